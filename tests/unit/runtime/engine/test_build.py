# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building: the log of both builders, and failures."""

from __future__ import annotations

import base64
import json

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.build import build
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.buildkit import Progress
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import BadRequest, StreamError
from hypothesis import given
from hypothesis import strategies as st
from scripted import Call, Engine, refused


def varint(number):
    """A number as protobuf has it."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field(number, value):
    """A field of a protobuf message: a number, or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def vertex(digest, name, **more):
    """A step of a build."""
    numbers = {"cached": 4, "started": 5, "error": 7}
    rest = b"".join(field(numbers[key], value) for key, value in more.items())
    return field(1, field(1, digest) + field(2, b"an input") + field(3, name) + rest)


def log(digest, message):
    """Output of a step."""
    return field(3, field(1, digest) + field(2, b"time") + field(3, 1) + field(4, message))


def lines(*messages):
    """The lines that come of these messages."""
    progress = Progress()
    told = [line for message in messages for line in progress.lines(base64.b64encode(message).decode())]
    return told + list(progress.rest())


def test_steps_and_their_output():
    """Numbered in the order in which they begin; each said once, and lines put together from their pieces."""
    assert lines(
        vertex(b"a", b"FROM") + vertex(b"b", b"RUN"),
        vertex(b"b", b"RUN", started=b"now"),
        vertex(b"b", b"RUN", started=b"now"),
        log(b"b", b"one\ntw"),
        log(b"b", "o\r\nümläut".encode()),
        vertex(b"a", b"FROM", cached=1, started=b"now"),
        vertex(b"b", b"RUN", started=b"now", error=b"exit code: 1"),
    ) == ["#1 RUN", "#1 one", "#1 two", "#2 FROM", "#2 CACHED", "#1 ERROR: exit code: 1", "#1 ümläut"]


@given(st.binary(max_size=200))
def test_bytes_of_any_kind(data):
    """Are at worst no lines."""
    assert isinstance(lines(data), list)


def messages(*told):
    """The progress of a build, as it arrives."""
    return tuple(json.dumps(message).encode() + b"\n" for message in told)


def test_a_build_with_buildkit():
    """Parameters may be given more than once."""
    trace = base64.b64encode(vertex(b"a", b"RUN", started=b"now") + log(b"a", b"hello")).decode()
    told = messages(
        {"id": "moby.buildkit.trace", "aux": trace},
        {"id": "moby.image.id", "aux": {"ID": "sha256:1"}},
        {"stream": "Successfully tagged app:1\n"},
    )
    query = [("extrahosts", "a:1"), ("extrahosts", "b:2"), ("version", "2")]
    with Engine(Call("POST /build?t=app:1&extrahosts=a:1&extrahosts=b:2&version=2", told, body=b"tar")) as client:
        built = build(client, "app:1", query, [b"ta", b"r"])
    assert (built.image, built.log) == ("sha256:1", "#1 RUN\nSuccessfully tagged app:1\n#1 hello")
    (request,) = client.connection.requests
    assert request.headers == {"Content-Type": "application/x-tar"}
    assert request.timeout == 3600


def test_a_build_with_the_classic_builder():
    """Its log comes as text, in pieces; credentials for base images by registry."""
    told = messages(
        {"stream": "Step 1/1 : FROM x"},
        {"stream": "\n"},
        {"stream": " ---> "},
        {"stream": "1\n"},
        {"stream": "\x1b[91merr\n\x1b[0m"},
    )
    auths = {"r.example": {"username": "me"}}
    with Engine(Call("POST /build?t=app", told)) as client:
        built = build(client, "app", [], [], auths, silence=5)
    assert built.log == "Step 1/1 : FROM x\n ---> 1\nerr"
    (request,) = client.connection.requests
    assert json.loads(base64.urlsafe_b64decode(request.headers["X-Registry-Config"])) == auths
    assert request.timeout == 5


def test_a_build_that_fails():
    """The last lines are in the message, all of them in the details."""
    words = [{"stream": "line %d\n" % number} for number in range(9)]
    told = messages(*words, {"error": "the command returned a non-zero code: 7"})
    with Engine(Call("POST /build?t=app", told)) as client, pytest.raises(StreamError) as caught:
        build(client, "app", [], [])
    assert str(caught.value) == (
        "The build failed: the command returned a non-zero code: 7 (the log ends: line 5 | line 6 | line 7 | line 8)."
    )
    assert caught.value.details["stdout"].splitlines()[0] == "line 0"


def test_a_build_that_is_refused():
    """Before it began."""
    with Engine(refused("POST /build?t=app", 400, "boo")) as client, pytest.raises(BadRequest, match="boo"):
        build(client, "app", [], [b"tar"])
