# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decoders for the Engine's streams: JSON objects (pull, push, build, load) and container output.

They do no I/O: the input is bytes in chunks of any size, and results are returned as soon as they are complete.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterable, Iterator, Tuple

from ..errors import ConnectionBroken, SlipwayError, StreamError, TransportError
from ..transport.http import Response

STDOUT, STDERR = 1, 2
_SYSTEM = 3  # the Engine's message about why a stream ended
_HEADER = 8
OUTPUT_LIMIT = 64 * 1024**2  # bytes of output kept in memory
_PROGRESS = {"status", "stream", "id", "aux", "progress", "progressDetail"}  # per line
_NEXT = re.compile(r"\s*")
OBJECT_LIMIT = 16 * 1024**2  # bytes of one object of a stream
WORDS_LIMIT = 64 * 1024  # bytes of the Engine's message at the end of a stream


def json_lines(chunks: Iterable[bytes]) -> Iterator[Dict[str, Any]]:
    """The objects of a JSON stream; a line may hold several, and an object may span chunks.

    Raises StreamError with the Engine's message for an object that reports an error (the status was already 200),
    ConnectionBroken if the stream ends inside an object, TransportError for anything but JSON objects.
    """
    rest = bytearray()
    for chunk in chunks:
        # Line breaks inside JSON are escaped, so a raw one never splits an object.
        *lines, last = chunk.split(b"\n")
        for line in lines:
            yield from _objects(bytes(rest + line), TransportError)
            rest.clear()
        rest += last
        if len(rest) > OBJECT_LIMIT:
            raise TransportError("The Engine's progress has a line of more than %d bytes" % OBJECT_LIMIT)
    yield from _objects(bytes(rest), ConnectionBroken)


def progress(response: Response) -> Iterator[Dict[str, Any]]:
    """The objects of an answer; there must be at least one. Raises as ``json_lines`` does."""
    said = False
    for found in json_lines(response.chunks()):
        said = said or not _PROGRESS.isdisjoint(found)
        yield found
    if not said:
        raise ConnectionBroken("The Engine's progress ended before it began")


def last(pieces: Iterable[bytes], limit: int) -> Tuple[bytes, bool]:
    """The last ``limit`` bytes of the chunks, and whether there were more."""
    kept, cut = bytearray(), False
    for piece in pieces:
        kept += piece
        if len(kept) > limit:
            cut = True
            del kept[:-limit]
    return bytes(kept), cut


def frames(chunks: Iterable[bytes], tty: bool = False) -> Iterator[Tuple[int, bytes]]:
    """Container output as ``(STDOUT or STDERR, bytes)``, in chunks as they arrive.

    Without a TTY the Engine sends frames: one byte for the stream, three zero bytes, four bytes of length (big endian),
    and that much output (Engine API, "attach to a container"). With a TTY all is raw standard output. Raises
    StreamError with the Engine's message from a frame of its own, ConnectionBroken at a premature end, and
    TransportError for malformed frames.
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
                    words = (words + piece)[:WORDS_LIMIT]
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
    """All of standard output and of standard error. Raises as ``frames`` does, and SlipwayError above the limit."""
    streams = {STDOUT: bytearray(), STDERR: bytearray()}
    for stream, piece in frames(chunks, tty):
        streams[stream] += piece
        if len(streams[STDOUT]) + len(streams[STDERR]) > OUTPUT_LIMIT:
            raise SlipwayError(
                "it wrote more than %d MiB" % (OUTPUT_LIMIT // 1024**2), "Let it write to a file. It may still run."
            )
    return bytes(streams[STDOUT]), bytes(streams[STDERR])


def _objects(line: bytes, unfinished: type[TransportError]) -> Iterator[Dict[str, Any]]:
    text = line.decode("utf-8", "replace").strip()
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            raise unfinished("The Engine's progress is not valid (%r)" % text[at : at + 80])
        if not isinstance(found, dict):
            raise TransportError("The Engine's progress is not valid (%r)" % text[at : at + 80])
        detail = found.get("errorDetail") or {}
        detail = detail if isinstance(detail, dict) else {"message": detail}
        if detail or found.get("error"):
            said = detail.get("message") or found.get("error") or "there was an error"
            raise _said(str(said)[:WORDS_LIMIT], detail.get("code", 0))
        yield found
        at = _NEXT.match(text, end).end()  # type: ignore[union-attr]  # it matches nothing as well


def _said(words: str, status: Any = 0) -> StreamError:
    words = " ".join(words.split())
    return StreamError("The engine said: %s" % words, status=status if isinstance(status, int) else 0, said=words)


def _header(header: bytes) -> Tuple[int, int]:
    if header[0] > _SYSTEM or header[1:4] != b"\0\0\0":
        raise TransportError("The output has no frames, like that of a container with a TTY (%r)" % header)
    # Stream 0 is standard input, echoed on standard output.
    return header[0] or STDOUT, int.from_bytes(header[4:], "big")
