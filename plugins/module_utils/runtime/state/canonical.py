# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One spelling per meaning. Each function takes the user's spelling or the Engine's; ValueError if it is neither.

What an engine shows goes through ``seen``, which never fails: an odd value, which somebody gave the Engine by other
means, is its own canonical form.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, Mapping, Tuple

_SIZE = re.compile(r"(-?\d+(?:\.\d+)?)\s*([bkmgtp]?)(?:i?b)?$", re.IGNORECASE | re.ASCII)
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)", re.ASCII)
_NANOSECONDS = {"h": 3600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1, "µs": 10**3}
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$", re.ASCII)

# The spellings of a boolean in options of drivers and of security (Go's strconv.ParseBool).
BOOLEANS = ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")

# What values of odd types and sizes raise.
ODD = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError)


def seen(canonical: Callable[[Any], Any], value: Any) -> Any:
    """The canonical form of an observed value, or the value as it is where it has none. Never raises."""
    try:
        return canonical(value)
    except ODD:
        return value


def text(value: Any) -> str:
    """A string, or a whole number as one. Raises ValueError, without the value, for what YAML has made of others."""
    if isinstance(value, bool):
        raise ValueError("YAML reads yes, no, on, off, true and false as booleans; quote the value")
    if isinstance(value, float):
        raise ValueError("YAML reads a number such as 1.10 as 1.1; quote the value")
    if isinstance(value, (dict, list, tuple)):
        kind = "dictionary" if isinstance(value, dict) else "list"
        raise ValueError("expected a string or number, got a %s" % kind)
    return "" if value is None else str(value)


def texts(value: Mapping[str, Any]) -> Dict[str, str]:
    """A dict of strings (labels, driver options). Raises ValueError that names the key."""
    found = {}
    for key, entry in value.items():
        try:
            found[str(key)] = text(entry)
        except ValueError as error:
            raise ValueError("%s: %s" % (key, error))
    return found


def path(value: Any) -> str:
    """A path as the Engine writes it: without doubled slashes, single dots and a slash at the end."""
    kept: List[str] = []
    for part in text(value).split("/"):
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part not in ("", ".") and not (part == ".." and value.startswith("/")):
            kept.append(part)
    return ("/" if str(value).startswith("/") else "") + "/".join(kept) if value else ""


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


def plugin(value: Any) -> str:
    """The name of a driver. The Engine adds the tag ``:latest`` to that of a managed plugin where it has none."""
    name = text(value)
    return name[: -len(":latest")] if name.endswith(":latest") else name


def address(value: Any) -> str:
    """An IP address in its shortest spelling. Raises ValueError."""
    written = str(value).strip()
    if _IPV4.match(written):
        return written
    if ":" not in written or "%" in written:
        raise ValueError("%r is not an IP address" % written)
    import ipaddress  # costs 1.5 ms, and few tasks need it

    try:
        return str(ipaddress.IPv6Address(written))
    except ValueError:
        raise ValueError("%r is not an IP address" % written)


def version_tuple(version: str) -> Tuple[int, ...]:
    """A version of numbers and dots, such as ``1.41``, for comparisons: ``(1, 41)``."""
    return tuple(int(part) for part in version.split("."))
