# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for a condition: the loop used by all waits."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

FIRST = 0.05  # seconds of the first pause; each further one is half as long again
LONGEST = 0.1  # default maximum seconds of a pause

Found = TypeVar("Found")


def until(look: Callable[[], Found | None], limit: float | None, longest: float | None = None) -> Found | None:
    """Return the first result of ``look`` that is not None, or None after ``limit`` seconds.

    ``limit`` None waits without limit. ``look`` is called at least once, and once more at the end, however slow the
    host is. ``longest`` is the longest pause in seconds (default: LONGEST).
    """
    began, pause = time.monotonic(), FIRST
    while True:
        over = limit is not None and time.monotonic() - began >= limit
        found = look()
        if found is not None or over:
            return found
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST if longest is None else longest)
