# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two streams that the Engine sends: JSON objects (pull, push, build, load) and output of containers.

Pure: bytes in, in pieces that may end anywhere, and meaning out, as soon as it is complete.
"""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, Iterator, Tuple

from ..errors import ConnectionBroken, StreamError, TransportError

STDOUT, STDERR = 1, 2
_SYSTEM = 3  # the Engine's own word about why a stream ends
_HEADER = 8


def json_lines(chunks: Iterable[bytes]) -> Iterator[Dict[str, Any]]:
    """The objects of a stream of JSON, several on a line or one over many chunks.

    Raises StreamError with the Engine's words at an object that reports an error (the status was 200 long before),
    ConnectionBroken where the stream ends inside an object, TransportError for what is no JSON object.
    """
    rest = b""
    for chunk in chunks:
        # Inside JSON a line break is always escaped, so a raw one never splits an object.
        whole, line_break, last = chunk.rpartition(b"\n")
        if line_break:
            for line in (rest + whole).split(b"\n"):
                yield from _objects(line, TransportError)
            rest = last
        else:
            rest += chunk
    yield from _objects(rest, ConnectionBroken)


def frames(chunks: Iterable[bytes], tty: bool = False) -> Iterator[Tuple[int, bytes]]:
    """The output of a container as ``(STDOUT or STDERR, bytes)``, in pieces as they arrive.

    A container without a TTY sends frames: one byte for the stream, three zero bytes, four bytes of length (big
    endian), and so much output (Engine API, "attach to a container"). With a TTY all is raw standard output.
    Raises StreamError with the Engine's words in a frame of its own, ConnectionBroken at an early end, and
    TransportError where the bytes are not frames.
    """
    if tty:
        yield from ((STDOUT, chunk) for chunk in chunks if chunk)
        return
    buffer = words = b""
    stream = left = 0
    for chunk in chunks:
        buffer, at = buffer + chunk, 0
        while at < len(buffer):
            if left:
                piece = buffer[at : at + left]
                at += len(piece)
                left -= len(piece)
                if stream == _SYSTEM:
                    words += piece
                else:
                    yield stream, piece
            elif words or len(buffer) - at < _HEADER:
                break
            else:
                stream, left = _header(buffer[at : at + _HEADER])
                at += _HEADER
        if words and not left:
            break
        buffer = buffer[at:]
    if words and not left:
        raise _said(words.decode("utf-8", "replace"))
    if left or buffer:
        raise ConnectionBroken("The output ended in the middle of a frame")


def output(chunks: Iterable[bytes], tty: bool = False) -> Tuple[bytes, bytes]:
    """All of standard output and of standard error. Raises as ``frames`` does."""
    streams = {STDOUT: bytearray(), STDERR: bytearray()}
    for stream, piece in frames(chunks, tty):
        streams[stream] += piece
    return bytes(streams[STDOUT]), bytes(streams[STDERR])


def _objects(line: bytes, unfinished: type[TransportError]) -> Iterator[Dict[str, Any]]:
    text = line.decode("utf-8", "replace").strip()
    while text:
        try:
            found, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            raise unfinished("The Engine's progress stopped making sense (%r)" % text[:80])
        if not isinstance(found, dict):
            raise TransportError("The Engine's progress stopped making sense (%r)" % text[:80])
        detail = found.get("errorDetail")
        said = detail.get("message") if isinstance(detail, dict) else None
        if said or found.get("error"):
            raise _said(str(said or found["error"]), detail.get("code", 0) if isinstance(detail, dict) else 0)
        yield found
        text = text[end:].lstrip()


def _said(words: str, status: Any = 0) -> StreamError:
    words = " ".join(words.split())
    return StreamError("The engine said: %s" % words, status=status if isinstance(status, int) else 0, said=words)


def _header(header: bytes) -> Tuple[int, int]:
    if header[0] > _SYSTEM or header[1:4] != b"\0\0\0":
        raise TransportError("The output is not in frames, as that of a container with a TTY is not (%r)" % header)
    # Stream 0 is what came in on standard input; it is echoed on standard output.
    return header[0] or STDOUT, int.from_bytes(header[4:], "big")
