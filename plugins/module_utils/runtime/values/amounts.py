# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes and durations, as users write them. Each function takes the user's spelling or the Engine's number."""

from __future__ import annotations

import re
from typing import Any

_SIZE = re.compile(r"(-?\d+(?:\.\d+)?)\s*([bkmgtp]?)(?:i?b)?$", re.IGNORECASE | re.ASCII)
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)", re.ASCII)
_NANOSECONDS = {"h": 3600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1, "µs": 10**3}


def size(value: Any) -> int:
    """An amount of bytes: ``512m``, ``1.5 GiB`` or a number; units are powers of 1024."""
    match = None if isinstance(value, bool) else _SIZE.match(str(value).strip())
    if not match:
        raise ValueError("%r is not a size such as 512m or 2g" % (value,))
    found = int(float(match.group(1)) * 1024 ** "bkmgtp".index(match.group(2).lower() or "b"))
    if abs(found) >= 2**63:
        raise ValueError("%r is too large for a size" % (value,))
    return found


def size_text(value: int) -> str:
    """Bytes as a user writes them: ``64m``."""
    unit = next((power for power in (4, 3, 2, 1) if value > 0 and value % 1024**power == 0), 0)
    return "%d%s" % (value // 1024**unit, "bkmgt"[unit] if unit else "")


def duration_text(value: int) -> str:
    """Nanoseconds as a user writes them: ``1m30s``."""
    words = []
    for unit, length in _NANOSECONDS.items():
        count, value = divmod(value, length)
        words += ["%d%s" % (count, unit)] if count else []
    return "".join(words) or "0"


def duration(value: Any) -> int:
    """A time in nanoseconds: ``1m30s``, ``500ms``; a plain number is nanoseconds already."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    written = str(value).strip()
    if written == "0":
        return 0
    parts = _DURATION.findall(written)
    if not parts or "".join(number + unit for number, unit in parts) != written:
        raise ValueError("%r is not a duration such as 30s or 1m30s" % (value,))
    found = int(sum(float(number) * _NANOSECONDS[unit] for number, unit in parts))
    if found >= 2**63:
        raise ValueError("%r is too long for a duration" % (value,))
    return found
