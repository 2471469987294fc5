# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Environment variables."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ..state.canonical import texts


def canonical(value: List[str] | Mapping[str, Any] | None) -> Dict[str, Any]:
    """Variables with their values; None for a bare name, which makes the Engine drop a variable of the image."""
    if isinstance(value, Mapping):
        return texts(value)
    split = (entry.partition("=") for entry in value or ())
    return {name: text if equals else None for name, equals, text in split}


def check(value: Mapping[str, Any]) -> None:
    """Raise ValueError for an invalid name; the message does not show what may be a value."""
    for name in value:
        if not name or "=" in name:
            begins = "it begins with %r" % name.partition("=")[0] if name.strip("=") else "it is empty"
            raise ValueError("the name of a variable is empty or contains an equals sign (%s)" % begins)


def encode(value: Mapping[str, Any]) -> List[str]:
    """Variables as the Engine has them: ``NAME=VALUE``, sorted. A nameless one, possible in images, is left out."""
    return [name if value[name] is None else name + "=" + value[name] for name in sorted(value) if name]
