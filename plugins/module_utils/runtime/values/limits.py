# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of memory, processors and processes, and checks of numbers."""

from __future__ import annotations

from typing import Callable

from .amounts import size_text


def check_memory(value: int) -> None:
    """Raise ValueError for less than the Engine's minimum of memory."""
    if value and value < 6 * 1024**2:
        raise ValueError("%s is less than the minimum, 6m; use 0 for no limit" % size_text(value))


def cpus(value: int | float) -> int:
    """Number of CPUs in units of 1e-9: a float from users, an int from the Engine. Raises ValueError."""
    try:
        return round(value * 10**9) if isinstance(value, float) else value
    except (OverflowError, ValueError):
        raise ValueError("%s is not a number of CPUs" % value)


def show_cpus(value: int) -> float:
    """The reverse of ``cpus``."""
    return value / 10**9


def check_cpus(value: int) -> None:
    """Raise ValueError for less than the Engine's minimum; zero is no limit."""
    if value < 0 or 0 < value < 10**7:
        raise ValueError("%s is not a number of CPUs, 0.01 or more" % show_cpus(value))


def pids(value: int | None) -> int:
    """A limit of processes; -1 for none, for which the Engine also uses 0 and null."""
    return value if value and value > 0 else -1


def within(least: int, most: int, none: int = -1) -> Callable[[int], None]:
    """A check that a number is in a range, or ``none``. Raises ValueError."""

    def check(value: int) -> None:
        if not least <= value <= most and value != none:
            raise ValueError("%d is not from %d to %d" % (value, least, most))

    return check


def least(minimum: int) -> Callable[[int], None]:
    """A check for a minimum; zero and -1 mean no limit. Raises ValueError."""

    def check(value: int) -> None:
        if value not in (-1, 0) and value < minimum:
            raise ValueError("%d is less than the minimum, %d" % (value, minimum))

    return check


def not_negative(value: int) -> None:
    """Raise ValueError for a negative number."""
    if value < 0:
        raise ValueError("%d is less than zero" % value)
