# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parsing JSON from untrusted sources: everything here raises ValueError for malformed input, and nothing else.

Missing values and null count as empty.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List

# The OCI image specification's grammar, which is safe in a path.
DIGEST = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_DIGITS = 30  # of a number: converting millions of them takes hours


def decode(data: bytes) -> Any:
    """Decode JSON in UTF-8."""
    try:
        tree = json.loads(data.decode("utf-8"), parse_int=_integer, parse_constant=_integer)
        if _SURROGATE.search(data):  # an unpaired surrogate, which cannot be encoded
            json.dumps(tree, ensure_ascii=False).encode("utf-8")
        return tree
    except RecursionError:
        raise ValueError("it is nested too deeply")


def fields(value: Any) -> Dict[str, Any]:
    """An object."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError("there is %s instead of an object" % _kind(value))
    return value


def items(value: Any) -> List[Any]:
    """A list."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("there is %s instead of a list" % _kind(value))
    return value


def text(value: Any) -> str:
    """A string."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("there is %s instead of a string" % _kind(value))
    return value


def size(value: Any) -> int:
    """A size in bytes; required."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise ValueError("there is %s instead of a size" % _kind(value))
    return value


def digest(value: Any) -> str:
    """A digest; required."""
    if not DIGEST.fullmatch(text(value)):
        raise ValueError("there is %s instead of a digest" % (_kind(value) if not value else "something else"))
    return str(value)


def _integer(text: str) -> int:
    if len(text) > _DIGITS:
        raise ValueError("it has a number with %d digits" % len(text))
    return int(text)  # also called for "NaN" and "Infinity", which are not JSON


def _kind(value: Any) -> str:
    kinds = {type(None): "nothing", bool: "true or false", dict: "an object", list: "a list", str: "a string"}
    return kinds.get(type(value), "a number")
