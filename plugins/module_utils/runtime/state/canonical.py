# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One spelling per meaning. Each function takes the user's spelling or the Engine's; ValueError if it is neither."""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping

_SIZE = re.compile(r"(-?\d+(?:\.\d+)?)\s*([bkmgtp]?)(?:i?b)?$", re.IGNORECASE)
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)")
_NANOSECONDS = {"h": 3600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 10**3, "µs": 10**3, "ns": 1}


def text(value: Any) -> str:
    """A scalar as the string that the Engine keeps; booleans as YAML's ``true`` and ``false``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        raise ValueError("expected a string or number, got %r" % (value,))
    return "" if value is None else str(value)


def texts(value: Mapping[str, Any]) -> Dict[str, str]:
    """A dict of strings (labels, driver options)."""
    return {str(key): text(entry) for key, entry in value.items()}


def size(value: Any) -> int:
    """An amount of bytes: ``512m``, ``1.5 GiB`` or a number; units are powers of 1024."""
    match = None if isinstance(value, bool) else _SIZE.match(str(value).strip())
    if not match:
        raise ValueError("%r is not a size, write it like 512m or 2g" % (value,))
    return int(float(match.group(1)) * 1024 ** "bkmgtp".index(match.group(2).lower() or "b"))


def duration(value: Any) -> int:
    """A time in nanoseconds: ``1m30s``, ``500ms``; a plain number is nanoseconds already."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    written = str(value).strip()
    if written == "0":
        return 0
    parts = _DURATION.findall(written)
    if not parts or "".join(number + unit for number, unit in parts) != written:
        raise ValueError("%r is not a time, write it like 30s or 1m30s" % (value,))
    return int(sum(float(number) * _NANOSECONDS[unit] for number, unit in parts))


def plugin(value: Any) -> str:
    """The name of a driver. The Engine adds the tag ``:latest`` to that of a managed plugin where it has none."""
    name = text(value)
    return name[: -len(":latest")] if name.endswith(":latest") else name


def address(value: Any) -> str:
    """An IP address in its shortest spelling."""
    import ipaddress  # costs 1.5 ms, and few tasks need it

    return str(ipaddress.ip_address(str(value).strip()))


def subnet(value: Any) -> str:
    """An IP network in CIDR notation, in its shortest spelling and without host bits."""
    import ipaddress

    written = str(value).strip()
    if "/" not in written:
        raise ValueError("%r is not a subnet, write it like 192.0.2.0/24" % written)
    return str(ipaddress.ip_network(written, strict=False))
