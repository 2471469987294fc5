# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How objects are named. Each function returns the name that is meant, and raises ValueError for what is none."""

from __future__ import annotations

import re

_TWO = re.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_ONE = re.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]*")
_ID = re.compile("[0-9a-f]{12}|[0-9a-f]{64}")


def container(value: str) -> str:
    """A container, by its name or id; the slash that inspect shows before a name is left out."""
    return _named(_TWO, "container", value[1:] if value.startswith("/") else value)


def volume(value: str) -> str:
    """A volume."""
    return _named(_TWO, "volume", value)


def network(value: str) -> str:
    """A network, by its name or id."""
    return _named(_ONE, "network", value)


def is_id(name: str) -> bool:
    """Whether a name can be the id of a container or a network, or its first 12 digits."""
    return bool(_ID.fullmatch(name))


def _named(grammar: re.Pattern[str], noun: str, name: str) -> str:
    if grammar.fullmatch(name):
        return name
    if not name.strip():
        raise ValueError("the name of a %s is empty" % noun)
    more = "at least one more of these" if grammar is _TWO else "more of these"
    raise ValueError(
        "%r is not the name of a %s, which begins with a letter or digit, followed by %s, '_', '.' and '-'"
        % (name, noun, more)
    )
