# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams mean the same wherever the network cuts them."""

from __future__ import annotations

import json

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.streams import (
    STDERR,
    STDOUT,
    frames,
    json_lines,
    last,
    output,
    progress,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    ConnectionBroken,
    StreamError,
    TransportError,
)
from hypothesis import given
from hypothesis import strategies as st
from scripted import Answer

OBJECTS = st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
OUTPUT = st.lists(st.tuples(st.sampled_from([STDOUT, STDERR]), st.binary(max_size=30)))


@st.composite
def pieces(draw, data):
    """Bytes cut anywhere, with empty pieces among them."""
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=10)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def frame(stream, data):
    """One frame as the Engine sends it."""
    return bytes([stream, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


@given(st.data(), OBJECTS, st.sampled_from(["", " ", "\n", "\r\n", "\n\n"]), st.booleans())
def test_json_objects_survive_any_cut(data, objects, between, ascii_only):
    """Also several on a line, without anything between them, and inside a character of several bytes."""
    objects = [{key: value for key, value in thing.items() if key not in ("error", "errorDetail")} for thing in objects]
    sent = "".join(json.dumps(thing, ensure_ascii=ascii_only) + between for thing in objects).encode()
    assert list(json_lines(data.draw(pieces(sent)))) == objects


def test_objects_come_as_soon_as_they_are_complete():
    """Progress is no use at the end."""
    came = []

    def chunks():
        yield b'{"status":"a"}\r\n{"sta'
        assert came == [{"status": "a"}]
        yield b'tus":"b"}\r\n'
        assert came == [{"status": "a"}, {"status": "b"}]

    for found in json_lines(chunks()):
        came.append(found)


@pytest.mark.parametrize(
    "line, said",
    [
        (b'{"errorDetail":{"message":"manifest unknown"},"error":"manifest unknown"}\r\n', "manifest unknown"),
        (b'{"error":"no space left on device"}', "no space left on device"),
        (b'{"errorDetail":{"code":1,"message":"exit code 1"}}\n', "exit code 1"),
    ],
)
def test_an_error_inside_a_200_is_an_error(line, said):
    """With the Engine's own words, after what came before it."""
    stream = json_lines([b'{"status":"Pulling"}\n', line, b'{"status":"never"}\n'])
    assert next(stream) == {"status": "Pulling"}
    with pytest.raises(StreamError, match="The engine said: " + said) as caught:
        next(stream)
    assert caught.value.said == said


def test_an_error_keeps_its_code():
    """The Engine numbers some errors with a status."""
    with pytest.raises(StreamError) as caught:
        list(json_lines([b'{"errorDetail":{"code":404,"message":"gone"}}']))
    assert caught.value.status == 404


def test_a_stream_that_ends_inside_an_object_is_broken():
    """A pull whose daemon died has not succeeded."""
    with pytest.raises(ConnectionBroken, match="The Engine's progress is not valid"):
        list(json_lines([b'{"status":"a"}\n{"status":']))


@pytest.mark.parametrize("line", [b"<html>\n", b"[1]\n", b'"text"\n', b'{"a":1} nonsense\n'])
def test_what_is_no_object_is_refused(line):
    """With a look at what it was."""
    with pytest.raises(TransportError, match="The Engine's progress is not valid"):
        list(json_lines([line, b'{"status":"a"}\n']))


@given(st.data(), OUTPUT)
def test_frames_survive_any_cut(data, parts):
    """Order is kept, and nothing is added to or lost from either stream."""
    sent = b"".join(frame(*part) for part in parts)
    got = list(frames(data.draw(pieces(sent))))
    # Runs of one stream may be cut elsewhere than they were sent, so compare byte by byte.
    assert [(s, byte) for s, piece in got for byte in piece] == [(s, byte) for s, piece in parts for byte in piece]


@given(OUTPUT)
def test_output_collects_both_streams(parts):
    """Each stream on its own, in full."""
    sent = b"".join(frame(*part) for part in parts)
    assert output([sent]) == tuple(b"".join(p for s, p in parts if s == stream) for stream in (STDOUT, STDERR))


@given(st.data(), st.binary())
def test_a_tty_is_raw(data, sent):
    """Nothing in it is taken for a frame."""
    assert output(data.draw(pieces(sent)), tty=True) == (sent, b"")


def test_echoed_input_is_standard_output():
    """Stream 0 is."""
    assert list(frames([frame(0, b"x")])) == [(STDOUT, b"x")]


@given(st.data())
def test_the_engines_own_frame_is_an_error(data):
    """It tells why the stream ends."""
    sent = frame(STDOUT, b"x") + frame(3, b"the log driver gave up") + frame(STDOUT, b"never")
    got = []
    with pytest.raises(StreamError, match="The engine said: the log driver gave up"):
        for part in frames(data.draw(pieces(sent))):
            got.append(part)
    assert got == [(STDOUT, b"x")]


@pytest.mark.parametrize("cut", range(1, 10))
def test_output_that_ends_inside_a_frame_is_broken(cut):
    """In its header as in its content, the Engine's own words included."""
    for stream in (STDOUT, 3):
        with pytest.raises(ConnectionBroken):
            list(frames([frame(stream, b"xy")[:cut]]))


def test_a_tty_that_nobody_foretold_is_noticed():
    """Raw output has no headers."""
    with pytest.raises(TransportError, match="The output has no frames, like that of a container with a TTY"):
        list(frames([b"hello, world"]))


def test_progress_that_never_begins():
    """Is none: a pull without a message has pulled nothing."""
    assert list(progress(Answer(pieces=(b'{"status":', b'"a"}')))) == [{"status": "a"}]
    for pieces in (), (b"",), (b"\r\n", b" "), (b"{}",), (b'{"Id": 5}',):
        with pytest.raises(ConnectionBroken, match="ended before it began"):
            list(progress(Answer(pieces=pieces)))


def test_a_line_without_end():
    """Takes no more memory than it may, and no more time for each piece of it."""
    with pytest.raises(TransportError, match="a line of more than 16777216 bytes"):
        list(json_lines(b"x" * 1024 for _piece in range(10**6)))


def test_many_objects_on_one_line_take_no_time():
    """Not even a long one."""
    assert sum(1 for _found in json_lines([b'{"a":1}' * 200_000])) == 200_000


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"a":' * 100_000])
def test_nesting_without_end(line):
    """Is no object."""
    with pytest.raises(TransportError, match="The Engine's progress is not valid"):
        list(json_lines([line, b"\n"]))


@pytest.mark.parametrize(
    "line",
    [b'{"errorDetail":{"code":5}}', b'{"errorDetail":"no"}', b'{"error":{"a":1}}', b'{"errorDetail":{"message":[1]}}'],
)
def test_an_error_without_words_is_one(line):
    """Whatever its shape."""
    with pytest.raises(StreamError, match="The engine said: "):
        list(json_lines([line]))


def test_the_engines_own_words_have_an_end():
    """Although their frame says that they have none for a long time."""
    header = b"\3\0\0\0\x0f\0\0\0"
    with pytest.raises(StreamError) as told:
        list(frames([header, *(b"x" * 2**20 for _piece in range(240))]))
    assert len(str(told.value)) < 100_000


def test_the_end_of_what_comes_in_pieces():
    """And whether there was more."""
    assert last([b"ab", b"", b"cd"], 4) == (b"abcd", False)
    assert last([b"ab", b"cd", b"e"], 4) == (b"bcde", True)
