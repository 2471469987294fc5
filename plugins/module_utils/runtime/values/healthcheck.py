# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health checks."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from ..state.canonical import text
from ..state.field import Option
from .amounts import duration, duration_text

OPTIONS = (
    Option("test", type="raw"),
    Option("interval"),
    Option("timeout"),
    Option("start_period"),
    Option("start_interval", since="1.44"),
    Option("retries", type="int"),
    Option("test_cli_compatible", type="bool"),
)
_TIMES = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}
_NAMES = {**_TIMES, "test": "Test", "retries": "Retries"}
_TEST_KINDS = ("NONE", "CMD", "CMD-SHELL")


def canonical(value: Mapping[str, Any] | None) -> Dict[str, Any]:
    """A health check with times in nanoseconds, and without unset values."""
    given = {key: entry for key, entry in (value or {}).items() if entry is not None}
    found: Dict[str, Any] = {}
    test = given.get("test")
    if isinstance(test, (list, tuple)) and test:
        found["test"] = [text(word) for word in test]
    elif test:
        found["test"] = ["NONE"] if test == "NONE" else ["CMD-SHELL", text(test)]
    elif given.get("test_cli_compatible") is False:
        found["test"] = ["NONE"]
    found.update({name: duration(given[name]) for name in _TIMES if name in given})
    if "retries" in given:
        found["retries"] = int(given["retries"])
    return {"test": ["NONE"]} if found.get("test") == ["NONE"] else {key: found[key] for key in found if found[key]}


def check(value: Mapping[str, Any]) -> None:
    """Raise ValueError for a health check that the Engine rejects, or that crashes older engines."""
    kind, *words = value.get("test") or ["NONE"]
    if kind not in _TEST_KINDS:
        raise ValueError("test: a list must begin with one of %s" % ", ".join(_TEST_KINDS))
    if kind == "NONE" and words:
        raise ValueError("test: nothing can follow NONE, which disables the health check")
    if kind == "CMD" and not (words and words[0]):
        raise ValueError("test: CMD must be followed by the words of a command")
    if kind == "CMD-SHELL" and not (len(words) == 1 and words[0].strip()):
        raise ValueError("test: CMD-SHELL must be followed by a single string for the shell; use CMD for several words")
    for name in _TIMES:
        if name in value and value[name] < 10**6:
            raise ValueError("%s is less than a millisecond" % name)
    if value.get("retries", 0) < 0:
        raise ValueError("retries: %d is less than zero" % value["retries"])


def show(value: Mapping[str, Any]) -> Dict[str, Any]:
    """A health check with times in the user's notation."""
    return {key: duration_text(entry) if key in _TIMES else entry for key, entry in value.items()}


def encode(value: Mapping[str, Any]) -> Dict[str, Any]:
    """A health check as the Engine has it."""
    return {_NAMES[key]: entry for key, entry in value.items()}


def decode(raw: Mapping[str, Any] | None) -> Dict[str, Any]:
    """The reverse of ``encode``."""
    return canonical({name: (raw or {}).get(key) for name, key in _NAMES.items()})
