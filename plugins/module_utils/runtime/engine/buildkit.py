# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""BuildKit's progress as lines of text.

It arrives as base64 of a protobuf message (StatusResponse of BuildKit's control API). Of that, this reads vertices
(the steps of the build: field 1) with digest (1), name (3), cached (4), started (5) and error (7), and logs (field 3)
with vertex (1) and message (4).
"""

from __future__ import annotations

import base64
from typing import Dict, Iterator, List, Tuple, Union

Value = Union[int, bytes]

TRACE = "moby.buildkit.trace"
LONGEST = 8192  # bytes kept of a line, its last ones
MOST = 10000  # maximum number of steps, and of their log lines


class Progress:
    """Converts messages to lines, each prefixed with the number of its step."""

    def __init__(self) -> None:
        self._numbers: Dict[bytes, int] = {}
        self._told: set[Tuple[int, str]] = set()
        self._open: Dict[int, bytes] = {}

    def lines(self, trace: str) -> Iterator[str]:
        """The new lines in one message (base64); none if it cannot be decoded."""
        try:
            message = base64.b64decode(trace)
        except ValueError:
            return
        for field, value in _fields(message):
            if field == 1 and isinstance(value, bytes):
                yield from self._vertex(dict(_fields(value)))
            elif field == 3 and isinstance(value, bytes):
                yield from self._log(dict(_fields(value)))

    def rest(self) -> Iterator[str]:
        """The remaining lines, which had no line break at the end."""
        for number, text in sorted(self._open.items()):
            if text:
                yield "#%d %s" % (number, _text(text))
        self._open.clear()

    def _vertex(self, vertex: Dict[int, Value]) -> Iterator[str]:
        if 5 not in vertex and 4 not in vertex:
            return  # not started
        number = self._number(vertex)
        yield from self._once(number, _text(_bytes(vertex, 3)))
        if vertex.get(4):
            yield from self._once(number, "CACHED")
        if vertex.get(7):
            yield from self._once(number, "ERROR: " + _text(_bytes(vertex, 7)))

    def _log(self, log: Dict[int, Value]) -> Iterator[str]:
        number = self._number(log)
        *whole, rest = (self._open.get(number, b"") + _bytes(log, 4)).split(b"\n")
        self._open[number] = rest[-LONGEST:]
        for line in whole:
            yield "#%d %s" % (number, _text(line[-LONGEST:]))

    def _once(self, number: int, text: str) -> Iterator[str]:
        if (number, text) not in self._told:
            if len(self._told) >= MOST:
                self._told.clear()
            self._told.add((number, text))
            yield "#%d %s" % (number, text)

    def _number(self, part: Dict[int, Value]) -> int:
        if len(self._numbers) >= MOST:
            self._numbers.clear()
            self._open.clear()
        return self._numbers.setdefault(_bytes(part, 1), len(self._numbers) + 1)


def _bytes(message: Dict[int, Value], field: int) -> bytes:
    value = message.get(field, b"")
    return value if isinstance(value, bytes) else b""


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").rstrip("\r")


def _fields(message: bytes) -> List[Tuple[int, Value]]:
    """The fields of a protobuf message: numbers and raw values (https://protobuf.dev/programming-guides/encoding)."""
    found: List[Tuple[int, Value]] = []
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            number, at = _varint(message, at)
            found.append((key >> 3, number))
            continue
        if kind == 2:
            length, at = _varint(message, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            break  # groups: deprecated long ago, not used here
        found.append((key >> 3, message[at : at + length]))
        at += length
    return found


def _varint(message: bytes, at: int) -> Tuple[int, int]:
    value = shift = 0
    while at < len(message):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80 or shift > 63:
            break
    return value, at
