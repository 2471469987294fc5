# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Something answers that is no registry, or one that has gone mad: each call ends, and its error names the call."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry import client as client_file
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.access import Access
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.client import Registry
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.manifest import Descriptor
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.repository import Repository

DIGEST = "sha256:" + "a" * 64


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's ``answer`` says: status, headers, and pieces of the body with a pause before each."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Answer."""
        status, headers, pieces, pause = self.server.answer(self)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for piece in pieces:
                time.sleep(pause)
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if "Content-Length" not in headers else piece)
                self.wfile.flush()
            if "Content-Length" not in headers:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_GET  # noqa: N815

    def log_message(self, *_args):
        """Nothing."""


@pytest.fixture
def registry(monkeypatch):
    """Has one answer as told."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def say(body=b"", status=200, pause=0.0, answer=None, **headers):
        pieces = [body] if isinstance(body, bytes) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        server.answer = answer or (lambda _request: (status, named, pieces, pause))
        found = Registry("127.0.0.1:%d" % server.server_port, Access(timeout=1))
        found._scheme = "http"
        monkeypatch.setattr(found.http, "_pause", lambda _seconds: None)
        return found

    yield say
    server.shutdown()
    server.server_close()


CALLS = {
    "list repositories": lambda registry: list(registry.catalog(10)),
    "list the tags of app": lambda registry: Repository(registry, "app").tags(),
    "list what refers to": lambda registry: Repository(registry, "app").referrers(DIGEST),
    "get the manifest 1 of app": lambda registry: Repository(registry, "app").manifest("1"),
}


@pytest.mark.parametrize(
    "body", [b"[]", b"5", b"null", b"", b"<html>", b'{"repositories": 5, "tags": 5, "manifests": 5}']
)
@pytest.mark.parametrize("doing", CALLS)
def test_answers_that_no_registry_gives(registry, doing, body):
    """The error names the call."""
    with pytest.raises(SlipwayError, match="Cannot %s" % doing):
        CALLS[doing](registry(body))


@pytest.mark.parametrize("doing", CALLS)
@pytest.mark.parametrize("status", [301, 304, 399])
def test_redirects_where_none_belongs(registry, doing, status):
    """Without a Location there is nowhere to go."""
    with pytest.raises(SlipwayError, match="Cannot %s.*a redirect that is not part of the registry API" % doing):
        CALLS[doing](registry(status=status, Content_Length="0"))


@pytest.mark.parametrize(
    "call",
    [
        lambda registry: Repository(registry, "app").delete(DIGEST),
        lambda registry: Repository(registry, "app").upload(Descriptor("x", DIGEST, 1), lambda: [b"x"]),
        lambda registry: Repository(registry, "app").mount(Descriptor("x", DIGEST, 1), "other"),
    ],
)
def test_redirects_of_what_changes_something(registry, call):
    """They are not followed, and no success."""
    with pytest.raises(SlipwayError, match=r"answered 302, a redirect that is not part of the registry API"):
        call(registry(status=302, Location="/login", Content_Length="0"))


@pytest.mark.parametrize("location", ["http://[", "https://u:PW@h:99999/", "file:///etc/passwd"])
def test_locations(registry, location):
    """That lead nowhere, and may hold a password."""
    for call in CALLS.values():
        with pytest.raises(SlipwayError, match="which is not an HTTP address") as caught:
            call(registry(status=302, Location=location, Content_Length="0"))
        assert "PW" not in str(caught.value)
    with pytest.raises(SlipwayError, match="which is not an HTTP address") as caught:
        blob = Descriptor("x", DIGEST, 1)
        Repository(registry(status=202, Location=location, Content_Length="0"), "app").upload(blob, lambda: [b"x"])
    assert "PW" not in str(caught.value)
    with pytest.raises(SlipwayError, match="which is not an HTTP address"):
        list(registry(b"{}", Link="<%s>; rel=next" % location).catalog(10))


def test_a_busy_registry_with_a_strange_date(registry):
    """It is asked again, and then given up."""
    with pytest.raises(SlipwayError, match=r"Cannot list repositories.*TOOMANYREQUESTS \(429\)"):
        list(registry(status=429, Retry_After="\u00b2", Content_Length="0").catalog(10))


def test_a_circle_of_redirects(registry):
    """It is left."""
    with pytest.raises(SlipwayError, match="redirects too often"):
        list(registry(status=307, Location="/v2/_catalog", Content_Length="0").catalog(10))


def endless(piece):
    """For ever the same."""
    while True:
        yield piece


@pytest.mark.parametrize("doing", CALLS)
def test_bodies_without_end(registry, doing, monkeypatch):
    """They are read up to a bound."""
    monkeypatch.setattr(client_file, "PAGE_LIMIT", 1 << 20)
    with pytest.raises(SlipwayError, match="answers with more than [0-9]+ bytes"):
        CALLS[doing](registry(endless(b" " * 65536)))


@pytest.mark.parametrize("doing", ["list repositories", "get the manifest 1 of app"])
def test_a_byte_at_a_time(registry, doing):
    """Never silent for long, and never done."""
    with pytest.raises(SlipwayError, match="did not finish its answer within 4 seconds"):
        CALLS[doing](registry(endless(b" "), pause=0.3))


def test_pages_without_end(registry, monkeypatch):
    """Each names another, with nothing new on it, or always with something new."""
    count = iter(range(1000000))

    def page(name):
        number = next(count)
        link = {"Link": '</v2/_catalog?last=%d>; rel="next"' % number}
        body = b'{"repositories": ["app%d"]}' % (number if name else 0)
        return 200, {**link, "Content-Length": str(len(body))}, [body], 0

    with pytest.raises(SlipwayError, match="Cannot list repositories: the list of .* does not end"):
        list(registry(answer=lambda _request: page("")).catalog(1))
    assert next(count) < 30
    monkeypatch.setattr(client_file, "MOST_PAGES", 40)
    with pytest.raises(SlipwayError, match="Cannot list repositories: the list of .* does not end"):
        list(registry(answer=lambda _request: page("new")).catalog(1))


@pytest.mark.parametrize(
    "header", ["Bearer", 'Bearer realm="http://["', 'Bearer realm="ftp://u:PW@h/"', "Bearer " * 9000]
)
def test_challenges_that_cannot_be_answered(registry, header):
    """The error says so, and nobody is asked for a token."""
    with pytest.raises(SlipwayError) as caught:
        list(registry(status=401, WWW_Authenticate=header[:60000], Content_Length="0").catalog(1))
    assert "PW" not in str(caught.value)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"token": 5}', b'{"token": "a\\nb"}', b'{"token": "\xc3\xbc"}', b"[" * 5000]
)
def test_tokens_that_are_none(registry, body):
    """The server of tokens is named."""

    def answer(request):
        if "/token" in request.path:
            return 200, {"Content-Length": str(len(body))}, [body], 0
        realm = 'Bearer realm="http://%s/token"' % request.headers["Host"]
        return 401, {"WWW-Authenticate": realm, "Content-Length": "0"}, [], 0

    with pytest.raises(SlipwayError, match="The token server http://127.*/token did not return a token"):
        list(registry(answer=answer).catalog(1))
