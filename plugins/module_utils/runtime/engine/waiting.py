# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for a condition: the one loop that all waits share."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

FIRST = 0.05  # seconds between the first two looks; each later pause is longer by half
LONGEST = 0.1  # seconds between two looks at most, unless a wait allows more

Found = TypeVar("Found")


def until(look: Callable[[], Found | None], limit: float | None, longest: float | None = None) -> Found | None:
    """Return the first answer of ``look`` that is not None, or None if there is none within ``limit`` seconds.

    ``limit`` is None for a wait without end. ``look`` is called at least once, and once more when the time is over,
    however slow the host is. ``longest`` is the longest pause between two looks, in seconds (LONGEST if not given).
    """
    began, pause = time.monotonic(), FIRST
    while True:
        over = limit is not None and time.monotonic() - began >= limit
        found = look()
        if found is not None or over:
            return found
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST if longest is None else longest)
