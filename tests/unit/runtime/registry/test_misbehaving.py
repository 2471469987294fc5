# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that is no registry, or a broken one: each call ends, and its error names the call."""

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
    """Sends the result of the server's ``answer``: status, headers, pieces of the body, and the pause before each."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Send the answer."""
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
        """Print nothing."""


@pytest.fixture
def registry(monkeypatch):
    """A registry with a single answer."""
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
def test_invalid_answers_are_errors(registry, doing, body):
    """The error names the call."""
    with pytest.raises(SlipwayError, match="Cannot %s" % doing):
        CALLS[doing](registry(body))


@pytest.mark.parametrize("doing", CALLS)
@pytest.mark.parametrize("status", [301, 304, 399])
def test_unexpected_redirects_are_errors(registry, doing, status):
    """A redirect without a Location as well."""
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
def test_redirects_of_changes_are_errors(registry, call):
    """They are not followed, and do not count as success."""
    with pytest.raises(SlipwayError, match=r"answered 302, a redirect that is not part of the registry API"):
        call(registry(status=302, Location="/login", Content_Length="0"))


@pytest.mark.parametrize("location", ["http://[", "https://u:PW@h:99999/", "file:///etc/passwd"])
def test_invalid_locations_are_errors(registry, location):
    """The message does not show a password in it."""
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


def test_an_invalid_retry_after_is_ignored(registry):
    """The request is retried a limited number of times."""
    with pytest.raises(SlipwayError, match=r"Cannot list repositories.*TOOMANYREQUESTS \(429\)"):
        list(registry(status=429, Retry_After="\u00b2", Content_Length="0").catalog(10))


def test_circular_redirects_are_errors(registry):
    """After a limited number."""
    with pytest.raises(SlipwayError, match="redirects too often"):
        list(registry(status=307, Location="/v2/_catalog", Content_Length="0").catalog(10))


def endless(piece):
    """The same piece, endlessly."""
    while True:
        yield piece


@pytest.mark.parametrize("doing", CALLS)
def test_endless_bodies_are_errors(registry, doing, monkeypatch):
    """They are read up to a limit."""
    monkeypatch.setattr(client_file, "PAGE_LIMIT", 1 << 20)
    with pytest.raises(SlipwayError, match="answers with more than [0-9]+ bytes"):
        CALLS[doing](registry(endless(b" " * 65536)))


@pytest.mark.parametrize("doing", ["list repositories", "get the manifest 1 of app"])
def test_an_endlessly_slow_answer_is_an_error(registry, doing):
    """It is never silent for long, so a timeout per read would not end it."""
    with pytest.raises(SlipwayError, match="did not finish its answer within 4 seconds"):
        CALLS[doing](registry(endless(b" "), pause=0.3))


def test_endless_pages_are_errors(registry, monkeypatch):
    """Each links to another one, without new entries or always with new ones."""
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
def test_invalid_challenges_are_errors(registry, header):
    """No token is requested."""
    with pytest.raises(SlipwayError) as caught:
        list(registry(status=401, WWW_Authenticate=header[:60000], Content_Length="0").catalog(1))
    assert "PW" not in str(caught.value)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"token": 5}', b'{"token": "a\\nb"}', b'{"token": "\xc3\xbc"}', b"[" * 5000]
)
def test_invalid_tokens_are_errors(registry, body):
    """The message names the token server."""

    def answer(request):
        if "/token" in request.path:
            return 200, {"Content-Length": str(len(body))}, [body], 0
        realm = 'Bearer realm="http://%s/token"' % request.headers["Host"]
        return 401, {"WWW-Authenticate": realm, "Content-Length": "0"}, [], 0

    with pytest.raises(SlipwayError, match="The token server http://127.*/token did not return a token"):
        list(registry(answer=answer).catalog(1))
