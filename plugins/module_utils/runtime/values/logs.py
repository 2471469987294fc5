# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of log drivers."""

from __future__ import annotations

from typing import Callable, Mapping

from ..errors import InputError
from ..state.canonical import BOOLEANS
from .amounts import size


def _is_size(written: str) -> bool:
    return size(written) >= 0


def _is_bool(written: str) -> bool:
    return written in BOOLEANS


def _is_anything(written: str) -> bool:
    return True


# Options of these log drivers, and checks of their values. A log file's path is an option of Podman only.
_SIZED = {"max-size": _is_size, "max-file": lambda written: int(written) > 0, "compress": _is_bool}
_BUFFERED: Mapping[str, Callable[[str], bool]] = {
    "mode": lambda written: written in ("", "blocking", "non-blocking"),
    "max-buffer-size": _is_size,
    "cache-disabled": _is_bool,
    "cache-max-size": _is_size,
    "cache-max-file": lambda written: int(written) > 0,
    "cache-compress": _is_bool,
}
LOG_OPTIONS: Mapping[str, Mapping[str, Callable[[str], bool]]] = {
    "json-file": {
        **_SIZED,
        "max-size": lambda written: size(written) > 0,
        **dict.fromkeys(("labels", "labels-regex", "env", "env-regex", "tag", "path"), _is_anything),
        **_BUFFERED,
    },
    "local": {**_SIZED, **_BUFFERED},
}


def refuse_log_options(driver: str, options: Mapping[str, str]) -> None:
    """Raise InputError for options that a log driver is known not to have."""
    known = LOG_OPTIONS.get(driver)
    for name, written in options.items() if known else ():
        check = (known or {}).get(name)
        if check is None:
            raise InputError(
                "log_options: the log driver %s has no option %s" % (driver, name),
                "It has %s." % ", ".join(sorted(set(known or ()) - {"path"})),
            )
        try:
            fits = check(written)
        except ValueError:
            fits = False
        if not fits:
            raise InputError(
                "log_options: %s is %r, which the log driver %s does not accept" % (name, written, driver),
                "Use sizes such as 10m, numbers from 1, and true or false; mode is blocking or non-blocking.",
            )
