# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the structure of answers of the Engine API.

A shape is a type; ``[shape]`` for a list; ``{"Key": shape}`` for an object with at least these keys; ``{str: shape}``
for one with any keys; ``maybe(shape)`` for values that may be null or missing. NOTHING is the shape of an empty answer.
"""

from __future__ import annotations

from typing import Any, Iterable, NamedTuple, Tuple

NOTHING = None
DEPTH = 100  # maximum nesting in an answer; the Engine's have less than ten levels
_WORDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number"}


class _Maybe(NamedTuple):
    shape: Any


def maybe(shape: Any) -> Any:
    """The shape of a value that may be null or missing."""
    return _Maybe(shape)


def fault(shape: Any, value: Any, place: str = "") -> str:
    """What is wrong with a value, and where in it, without showing it; empty if it has the shape."""
    if isinstance(shape, _Maybe):
        return "" if value is None else fault(shape.shape, value, place)
    if shape is NOTHING:
        # Podman answers "OK" where the Engine answers nothing.
        return "" if value is None or isinstance(value, str) else "there is an unexpected answer"
    kind: Any = shape if isinstance(shape, type) else type(shape)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        there = "missing or null" if value is None else "not " + _WORDS[kind]
        return "%s is %s" % (place or "the answer", there)
    if shape is kind:
        return ""
    parts: Iterable[Tuple[Any, Any, str]]
    if isinstance(shape, list):
        parts = ((shape[0], item, "%s[%d]" % (place, number)) for number, item in enumerate(value))
    elif str in shape:
        parts = ((shape[str], item, "an entry of " + (place or "the answer")) for item in value.values())
    else:
        dot = place + "." if place else ""
        parts = ((part, value.get(key), dot + key) for key, part in shape.items())
    return next(filter(None, (fault(*part) for part in parts)), "")


def too_deep(value: Any) -> bool:
    """Whether a value is nested deeper than any answer: later code would raise RecursionError."""
    level = [value]
    for _depth in range(DEPTH):
        level = [
            part
            for item in level
            if isinstance(item, (dict, list))
            for part in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True
