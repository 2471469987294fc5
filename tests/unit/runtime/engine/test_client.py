# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine API's common part, against a connection that only writes down what is asked of it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client, segment
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    BadRequest,
    Conflict,
    EngineError,
    Forbidden,
    InputError,
    NotFound,
    ServerError,
    TlsError,
    TransportError,
    Unauthorized,
    VersionError,
)

PING = (200, {"api-version": "1.41"}, b"OK")


class Answer:
    """As Response."""

    def __init__(self, status=200, headers=None, body=b""):
        self.status, self.headers, self.body = status, headers or {}, body

    def read(self):
        """All of it."""
        return self.body


class Fake:
    """As Connection: gives the answers in turn, and keeps the requests."""

    where = "there"

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def request(self, method, target, headers=None, body=None, timeout=None):
        """The next answer."""
        self.requests.append((method, target, headers, body, timeout))
        return Answer(*self.answers.pop(0))

    @property
    def lines(self):
        """Methods and targets."""
        return ["%s %s" % request[:2] for request in self.requests]


def test_the_version_comes_with_the_first_answer():
    """To a request that only looks; it is the engine's own version as long as we know that one."""
    fake = Fake((200, {"api-version": "1.41"}, b"{}"), (200, {}, b"{}"))
    client = Client(fake)
    client.get("/info", all=True)
    client.get("/info")
    assert fake.lines == ["GET /info?all=1", "GET /v1.41/info"]
    missing = Client(Fake((404, {"api-version": "1.43"}, b'{"message":"No such container: x"}')))
    with pytest.raises(NotFound):
        missing.get("/containers/x/json")
    assert missing.version == "1.43"


def test_an_engine_that_is_newer_than_us_is_asked_again():
    """In a version that both know."""
    fake = Fake((200, {"api-version": "1.52"}, b'{"new": 1}'), (200, {}, b'{"known": 1}'))
    assert Client(fake).get("/info") == {"known": 1}
    assert fake.lines == ["GET /info", "GET /v1.51/info"]


def test_the_version_is_negotiated_before_a_change():
    """Which must not be done in a version that we do not know."""
    fake = Fake(PING, (200, {}, b"{}"), (200, {}, b"{}"))
    client = Client(fake)
    client.call("POST", "/volumes/create")
    client.get("/info")
    assert fake.lines == ["GET /_ping", "POST /v1.41/volumes/create", "GET /v1.41/info"]


@pytest.mark.parametrize(
    "offered, used", [("1.41", "1.41"), ("1.45", "1.45"), ("1.51", "1.51"), ("1.52", "1.51"), ("1.100", "1.51")]
)
def test_the_newest_version_that_both_know(offered, used):
    """Numbers, not text."""
    assert Client(Fake((200, {"api-version": offered}, b"OK"))).version == used


@pytest.mark.parametrize("asked, used", [("1.43", "1.43"), ("v1.43", "1.43"), (" 1.99 ", "1.99")])
def test_a_version_that_was_asked_for(asked, used):
    """It is not negotiated: a newer one than we know may be fine with the engine."""
    fake = Fake((200, {}, b"{}"))
    Client(fake, asked).get("/info")
    assert fake.lines == ["GET /v%s/info" % used]


@pytest.mark.parametrize(
    "asked, message",
    [
        ("", "'' is no version"),
        ("latest", "'latest' is no version of the Engine API. Write it like 1.41, or auto."),
        ("1", "'1' is no version"),
        ("1.41.0", "'1.41.0' is no version"),
        ("1.4\N{SUPERSCRIPT ONE}", "'1.4.' is no version"),
        ("1.40", "1.40 is older than 1.41, the oldest that is supported. Leave api_version out"),
    ],
)
def test_a_version_that_cannot_be(asked, message):
    """Refused before anything is called."""
    with pytest.raises(InputError, match="^api_version: " + message):
        Client(Fake(), asked)


def test_an_engine_that_is_too_old():
    """It says which it speaks and what to do."""
    with pytest.raises(VersionError, match="The engine speaks API 1.40, and the oldest supported is 1.41.*Upgrade"):
        Client(Fake((200, {"api-version": "1.40"}, b"OK"))).get("/info")


@pytest.mark.parametrize(
    "answer", [(200, {}, b"<html>"), (404, {}, b"<html>"), (302, {}, b""), (200, {"api-version": "x"}, b"OK")]
)
def test_what_is_no_engine(answer):
    """A web server, for one."""
    with pytest.raises(TransportError, match="What answers at there is not an engine .*Check docker_host"):
        Client(Fake(answer)).get("/info")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_404_that_no_engine_gives(method):
    """It does not mean that the object is missing."""
    with pytest.raises(TransportError, match="What answers at there is not an engine"):
        Client(Fake((404, {}, b"<html>Not Found</html>")), "1.41").call(method, "/volumes/x")


def test_an_answer_that_is_no_json():
    """With version and status as if it were an engine."""
    with pytest.raises(TransportError, match=r"not an engine \(GET /info gave no JSON\)"):
        Client(Fake((200, {}, b"hello")), "1.41").get("/info")


@pytest.mark.parametrize(
    "status, kind",
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (418, EngineError),
        (500, ServerError),
        (503, ServerError),
    ],
)
def test_a_status_becomes_an_error(status, kind):
    """With the engine's own words."""
    with pytest.raises(kind) as caught:
        Client(Fake((status, {}, b'{"message":" no such\\nluck\\n"}')), "1.41").get("/x")
    assert caught.type is kind
    assert (caught.value.status, caught.value.said) == (status, "no such luck")
    assert str(caught.value) == "The engine said: no such luck."


@pytest.mark.parametrize(
    "body, said",
    [
        (b"", "status 500, without a word"),
        (b"<html>\n  Bad\n</html>", "status 500, <html> Bad </html>"),
        (b'"text"', 'status 500, "text"'),
        (b"\xff" * 1000, "status 500, " + "\ufffd" * 300),
    ],
)
def test_an_error_that_is_no_json(body, said):
    """As one line, and not too much of it."""
    with pytest.raises(ServerError) as caught:
        Client(Fake((500, {}, body)), "1.41").get("/x")
    assert caught.value.said == said


def test_a_missing_object_without_words():
    """HEAD has no body."""
    with pytest.raises(NotFound):
        Client(Fake((404, {}, b"")), "1.41").request("HEAD", "/containers/x/archive")


@pytest.mark.parametrize("version", ["auto", "1.41"])
def test_plain_words_to_a_tls_port(version):
    """Go's servers answer them in HTTP."""
    with pytest.raises(TlsError, match="The engine speaks TLS, and was addressed without. Set validate_certs"):
        Client(Fake((400, {}, b"Client sent an HTTP request to an HTTPS server.\n")), version).get("/info")


def test_a_proxy_that_forbids_the_ping():
    """Its words are given, not a guess."""
    with pytest.raises(Forbidden, match="The engine said: status 403, Request forbidden by administrative rules"):
        Client(Fake((403, {}, b"Request forbidden by administrative rules."))).get("/info")


@pytest.mark.parametrize("said", ["client version 1.99 is too new. Maximum is 1.41", "client version 1.41 is too old"])
def test_a_version_that_the_engine_refuses(said):
    """It says what it knows; we say what to do."""
    with pytest.raises(VersionError, match="The engine refuses the API version: client version.*Leave api_version out"):
        Client(Fake((400, {}, json.dumps({"message": said}).encode())), "1.99").get("/info")


def test_a_query_is_spelled_as_the_engine_reads_it():
    """Booleans as 1 and 0, what is compound as JSON, None left out."""
    fake = Fake((200, {}, b"[]"))
    Client(fake, "1.41").get(
        "/containers/json", all=True, size=False, limit=3, filters={"name": ["a b"]}, before=None, text="x&y"
    )
    assert fake.lines == [
        "GET /v1.41/containers/json?all=1&size=0&limit=3&filters=%7B%22name%22%3A+%5B%22a+b%22%5D%7D&text=x%26y"
    ]


def test_bodies():
    """JSON with its type, raw as it is; each with the headers and the time limit that were given."""
    fake = Fake((201, {}, b""), (200, {}, b" \n"))
    client = Client(fake, "1.41")
    assert client.call("POST", "/a", body={"b": "\u00e9"}, headers={"X": "y"}, timeout=5) is None
    assert client.request("PUT", "/b", raw=b"tar").status == 200
    assert fake.requests == [
        ("POST", "/v1.41/a", {"X": "y", "Content-Type": "application/json"}, b'{"b": "\\u00e9"}', 5),
        ("PUT", "/v1.41/b", {}, b"tar", None),
    ]


def test_a_name_is_one_segment():
    """Whatever is in it."""
    assert segment("a/b?c#d e%") == "a%2Fb%3Fc%23d%20e%25"
