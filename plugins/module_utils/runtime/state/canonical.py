# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One spelling per meaning. Each function takes the user's spelling or the Engine's; ValueError if it is neither.

What an engine shows goes through ``seen``, which never fails: an odd value, which somebody gave the Engine by other
means, is its own canonical form.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, Mapping, Tuple

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


def contains(pool: str, host: str) -> bool:
    """Whether a subnet contains an address; also accepts malformed values from an engine."""
    import ipaddress  # as above

    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(pool, strict=False)
    except ValueError:
        return False


def version_tuple(version: str) -> Tuple[int, ...]:
    """A version of numbers and dots, such as ``1.41``, for comparisons: ``(1, 41)``."""
    return tuple(int(part) for part in version.split("."))
