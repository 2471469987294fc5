# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The common part of the Engine API: versions, requests, and what an answer means."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client, segment
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.shape import NOTHING, maybe
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    BadRequest,
    ConflictError,
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
from scripted import Call, Engine

OLD = {"api-version": "1.41"}


def called(answer, status=0, headers=None, method="GET", path="/info", expect=dict, version="1.41"):
    """What comes of a single call that is answered so."""
    with Engine(Call("%s %s" % (method, path), answer, status, headers or {}), version=version) as client:
        return client.call(method, path, expect=expect)


@pytest.mark.parametrize(("more", "podman"), [({}, False), ({"libpod-api-version": "4.3.1"}, True)])
def test_podman_says_what_it_is(more, podman):
    """In each answer, whatever version of the API it speaks."""
    with Engine(Call("GET /info", {}, headers={**OLD, **more}), version="auto") as client:
        client.get("/info", expect=dict)
        assert client.podman is podman


def test_the_version_comes_with_the_first_answer():
    """To a request that only looks; it is the engine's own version as long as we know that one."""
    with Engine(
        Call("GET /info?all=1", {}, headers=OLD),
        Call("GET /v1.41/info", {}),
        version="auto",
    ) as client:
        client.get("/info", expect=dict, all=True)
        client.get("/info", expect=dict)
    missing = Call("GET /containers/x/json", {"message": "No such container: x"}, 404, {"api-version": "1.43"})
    with Engine(missing, version="auto") as client:
        with pytest.raises(NotFound):
            client.get("/containers/x/json", expect=dict)
        assert client.version == "1.43"


def test_an_engine_that_is_newer_than_us_is_asked_again():
    """In a version that both know."""
    with Engine(
        Call("GET /info", {"new": 1}, headers={"api-version": "1.52"}),
        Call("GET /v1.51/info", {"known": 1}),
        version="auto",
    ) as client:
        assert client.get("/info", expect=dict) == {"known": 1}


def test_the_version_is_negotiated_before_a_change():
    """Which must not be done in a version that we do not know."""
    with Engine(
        Call("GET /_ping", b"OK", headers=OLD),
        Call("POST /v1.41/volumes/create", {}),
        Call("GET /v1.41/info", {}),
        version="auto",
    ) as client:
        client.call("POST", "/volumes/create", expect=dict)
        client.get("/info", expect=dict)


@pytest.mark.parametrize(
    "offered, used", [("1.41", "1.41"), ("1.45", "1.45"), ("1.51", "1.51"), ("1.52", "1.51"), ("1.100", "1.51")]
)
def test_the_newest_version_that_both_know(offered, used):
    """Numbers, not text."""
    with Engine(Call("GET /_ping", b"OK", headers={"api-version": offered}), version="auto") as client:
        assert client.version == used


@pytest.mark.parametrize("asked, used", [("1.43", "1.43"), ("v1.43", "1.43"), (" 1.99 ", "1.99")])
def test_a_version_that_was_asked_for(asked, used):
    """It is not negotiated: a newer one than we know may be fine with the engine."""
    with Engine(Call("GET /v%s/info" % used, {}), version="auto") as client:
        Client(client.connection, asked).get("/info", expect=dict)


@pytest.mark.parametrize(
    "asked, message",
    [
        ("", "'' is not a version of the Engine API"),
        ("latest", "'latest' is not a version of the Engine API. Use a version such as 1.41, or auto."),
        ("1", "'1' is not a version of the Engine API"),
        ("1.41.0", "'1.41.0' is not a version of the Engine API"),
        ("1.4\N{SUPERSCRIPT ONE}", "'1.4.' is not a version of the Engine API"),
        (
            "1.40",
            (
                "1.40 is older than 1.41, the oldest supported version. Remove api_version to use the newest "
                "version that both support"
            ),
        ),
    ],
)
def test_a_version_that_cannot_be(asked, message):
    """Refused before anything is called."""
    with pytest.raises(InputError, match="^api_version: " + message):
        Client(Engine(), asked)


def test_an_engine_that_is_too_old():
    """It says which it speaks and what to do."""
    with pytest.raises(
        VersionError, match="The engine has API 1.40, but at least 1.41 .Docker 20.10. is required.*Upgrade"
    ):
        called(b"OK", headers={"api-version": "1.40"}, version="auto")


@pytest.mark.parametrize("answer", [(b"<html>", 200), (b"<html>", 404), (b"", 302), (b"OK", 200, {"api-version": "x"})])
def test_what_is_no_engine(answer):
    """A web server, for one."""
    with pytest.raises(TransportError, match="The server at there is not an engine .*Check docker_host"):
        called(*answer, version="auto")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_404_that_no_engine_gives(method):
    """It does not mean that the object is missing."""
    with pytest.raises(TransportError, match="The server at there is not an engine"):
        called(b"<html>Not Found</html>", 404, method=method, path="/volumes/x")


def test_an_answer_that_is_no_json():
    """With version and status as if it were an engine."""
    with pytest.raises(TransportError, match=r"not an engine \(GET /info did not return JSON\)"):
        called(b"hello")


@pytest.mark.parametrize(
    "status, kind",
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (409, ConflictError),
        (418, EngineError),
        (500, ServerError),
        (503, ServerError),
    ],
)
def test_a_status_becomes_an_error(status, kind):
    """With the engine's own words."""
    with pytest.raises(kind) as caught:
        called({"message": " no such\nluck\n"}, status)
    assert caught.type is kind
    assert (caught.value.status, caught.value.said) == (status, "no such luck")
    assert str(caught.value) == "The engine said: no such luck."


@pytest.mark.parametrize(
    "body, said",
    [
        (b"", "status 500, without a message"),
        (b"<html>\n  Bad\n</html>", "status 500, <html> Bad </html>"),
        (b'"text"', 'status 500, "text"'),
        (b"\xff" * 1000, "status 500, " + "\ufffd" * 300),
    ],
)
def test_an_error_that_is_no_json(body, said):
    """As one line, and not too much of it."""
    with pytest.raises(ServerError) as caught:
        called(body, 500)
    assert caught.value.said == said


def test_a_missing_object_without_words():
    """HEAD has no body."""
    with Engine(Call("HEAD /containers/x/archive", b"", 404)) as client, pytest.raises(NotFound):
        client.request("HEAD", "/containers/x/archive")


@pytest.mark.parametrize("version", ["auto", "1.41"])
def test_plain_words_to_a_tls_port(version):
    """Go's servers answer them in HTTP."""
    with pytest.raises(TlsError, match="The engine requires TLS. Set validate_certs"):
        called(b"Client sent an HTTP request to an HTTPS server.\n", 400, version=version)


def test_a_proxy_that_forbids_the_ping():
    """Its words are given, not a guess."""
    with pytest.raises(Forbidden, match="The engine said: status 403, Request forbidden by administrative rules"):
        called(b"Request forbidden by administrative rules.", 403, version="auto")


@pytest.mark.parametrize("said", ["client version 1.99 is too new. Maximum is 1.41", "client version 1.41 is too old"])
def test_a_version_that_the_engine_refuses(said):
    """It says what it knows; we say what to do."""
    with pytest.raises(
        VersionError,
        match="The engine refuses the API version: client version.*Remove api_version .auto.",
    ):
        called({"message": said}, 400, version="1.99")


def test_a_query_is_spelled_as_the_engine_reads_it():
    """Booleans as 1 and 0, what is compound as JSON, None left out; a path has the bytes that it has."""
    with Engine(
        Call('GET /containers/json?all=1&size=0&limit=3&filters={"name": ["a b"]}&text=x&\ufffd', [])
    ) as client:
        client.get(
            "/containers/json",
            expect=list,
            all=True,
            size=False,
            limit=3,
            filters={"name": ["a b"]},
            before=None,
            text="x&\udce9",
        )
    assert client.connection.requests[0].target == (
        "/v1.41/containers/json?all=1&size=0&limit=3&filters=%7B%22name%22%3A+%5B%22a+b%22%5D%7D&text=x%26%E9"
    )


def test_bodies():
    """JSON with its type, raw as it is; each with the headers and the time limit that were given."""
    with Engine(Call("POST /a", b"", 201), Call("PUT /b", b" \n")) as client:
        assert client.call("POST", "/a", body={"b": "\u00e9"}, headers={"X": "y"}, timeout=5, expect=None) is None
        assert client.request("PUT", "/b", raw=b"tar").status == 200
    assert client.connection.requests == [
        ("POST", "/v1.41/a", {"X": "y", "Content-Type": "application/json"}, b'{"b": "\\u00e9"}', 5),
        ("PUT", "/v1.41/b", {}, b"tar", None),
    ]


def test_a_name_is_one_segment():
    """Whatever is in it."""
    assert segment("a/b?c#d e%") == "a%2Fb%3Fc%23d%20e%25"


@pytest.mark.parametrize("status", [101, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 307, 308, 399])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "HEAD", "PUT"])
def test_a_status_that_the_engine_does_not_give(method, status):
    """Is no success: nothing was done."""
    headers = {"location": "https://me:PW@login.example/"} if status == 302 else {}
    with pytest.raises(
        TransportError, match="Unexpected answer from there to %s /x: status %d" % (method, status)
    ) as told:
        called(b"{}", status, headers, method, "/x?secret=PW")
    assert "PW" not in str(told.value)
    assert ("a redirect to https://...@login.example/" in str(told.value)) is (status == 302)


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body(status):
    """Is fine where the call has nothing to say, or names the status."""
    also = (304,) if status == 304 else ()
    with Engine(Call("POST /x", b"", status, again=True)) as client:
        assert client.call("POST", "/x", also=also, expect=NOTHING) is None
        with pytest.raises(TransportError, match="Unexpected answer"):
            client.call("POST", "/x", expect=dict)


@pytest.mark.parametrize("body", [b"{}", b"[]", b"5", b"0", b"true", b"[1]"])
def test_an_answer_where_none_belongs(body):
    """Then something else answered; Podman says OK."""
    with pytest.raises(TransportError, match="from there to POST /x: there is an unexpected answer"):
        called(body, method="POST", path="/x", expect=NOTHING)
    assert called("OK", method="POST", path="/x", expect=NOTHING) == "OK"


@pytest.mark.parametrize(
    "body, wrong",
    [
        (b"", "the answer is missing or null"),
        (b"null", "the answer is missing or null"),
        (b"[]", "the answer is not an object"),
        (b"5", "the answer is not an object"),
        (b"{}", "Id is missing or null"),
        (b'{"Id": 5}', "Id is not a text"),
        (b'{"Id": "1", "State": []}', "State is not an object"),
        (b'{"Id": "1", "State": {"Running": 1}}', "State.Running is not true or false"),
        (b'{"Id": "1", "State": {"Running": true, "Code": true}}', "State.Code is not a number"),
        (b'{"Id": "1", "State": {"Running": true, "Code": 1}, "Env": ["", null]}', "Env[1] is missing or null"),
        (
            b'{"Id": "1", "State": {"Running": true, "Code": 1}, "Labels": {"PW": 5}}',
            "an entry of Labels is not a text",
        ),
    ],
)
def test_an_answer_of_another_shape(body, wrong):
    """Names the call and the place, and shows no value."""
    shape = {
        "Id": str,
        "State": {"Running": bool, "Code": int},
        "Env": maybe([str]),
        "Labels": maybe({str: str}),
    }
    with pytest.raises(TransportError) as told:
        called(body, path="/x", expect=shape)
    assert told.value.cause == "Unexpected answer from there to GET /x: " + wrong
    right = {"Id": "1", "State": {"Running": False, "Code": 0}, "Labels": {"a": "b"}, "More": 1}
    assert called(right, path="/x", expect=shape) == right


@pytest.mark.parametrize("levels", [101, 500, 100_000])
def test_an_answer_of_too_many_levels(levels):
    """Would be a RecursionError in what comes after."""
    with pytest.raises(TransportError, match="GET /x"):
        called(b'{"a":' * levels + b"1" + b"}" * levels, path="/x")
    deep = b'{"a":' * 90 + b"[]" + b"}" * 90
    assert called(deep)


@pytest.mark.parametrize("body", [b'{"message": "%s"}' % (b"x" * 10**6), b"[" * 10**6])
def test_an_error_without_end(body):
    """Its message is no longer than people read."""
    with pytest.raises(ServerError) as told:
        called(body, 500)
    assert len(str(told.value)) < 5000
