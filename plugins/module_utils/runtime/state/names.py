# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of networks and volumes that no object can have, or that would mean something else in a URL."""

from __future__ import annotations

from typing import Any, Mapping

from ..errors import InputError


def spelled(params: Mapping[str, Any], option: str, *aliases: str) -> str:
    """The name of an option as the user has typed it."""
    return next((alias for alias in aliases if params.get(alias) is not None), option)


def refuse_name(noun: str, name: str, option: str = "name") -> None:
    """Raises InputError, which names the option, for an empty name, ``.``, ``..``, and one with a slash in it."""
    if not name.strip():
        raise InputError("%s: the name of a %s is empty" % (option, noun), "Give the %s a name." % noun)
    if name.strip(".") == "" or "/" in name or any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise InputError(
            "%s: %r includes invalid characters for the name of a %s" % (option, name, noun),
            "Begin it with a letter or digit, and go on with these, '_', '.' and '-'.",
        )
