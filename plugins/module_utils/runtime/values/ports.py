# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports: ``[address:][host port:]container port[/protocol]``, each port may be a range."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Tuple

from ..state.canonical import address as canonical_address

_PORT = re.compile(r"(\d+)(?:-(\d+))?$", re.ASCII)
_PROTOCOLS = ("tcp", "udp", "sctp")


def exposed(value: List[Any] | Mapping[str, Any] | None) -> List[str]:
    """Ports as ``80/tcp``, sorted and with ranges expanded."""
    return sorted({"%d/%s" % (port, protocol) for entry in value or () for port, protocol in _ports(str(entry))})


def published(value: List[Any]) -> Dict[str, List[str]]:
    """Published ports as ``{80/tcp: [address:host port]}``, with an empty host port if the Engine chooses one.

    Raises ValueError for ranges of different lengths and malformed ports.
    """
    found: Dict[str, List[str]] = {}
    taken: Dict[str, str] = {}
    for entry in map(_unambiguous, value):
        address, host, container = _split(entry)
        inside = _ports(container)
        for number, (port, protocol) in enumerate(inside):
            outside, there = _host_port(entry, host, number, len(inside)), "%d/%s" % (port, protocol)
            binding = "%s:%s" % (address, outside)
            if outside.isdigit() and taken.setdefault("%s/%s" % (binding, protocol), there) != there:
                raise ValueError("%r: another entry has the same host port %s" % (entry, outside))
            found.setdefault(there, []).append(binding)
    return {port: sorted(set(bindings)) for port, bindings in found.items()}


def _unambiguous(entry: Any) -> str:
    """An entry as a string. Raises ValueError for a number that may be two ports: YAML reads 22:22 as base 60."""
    if isinstance(entry, str):
        return entry
    if isinstance(entry, bool) or not isinstance(entry, int):
        raise ValueError("%r is not a string such as '8080:80'" % (entry,))
    host, inside = divmod(entry, 60)
    if entry > 65535 or host and inside:
        raise ValueError(
            "YAML reads %d for both %d and %d:%02d without quotes; quote the value" % (entry, entry, host, inside)
        )
    return str(entry)


def _split(entry: str) -> Tuple[str, str, str]:
    rest, _colon, container = entry.rpartition(":")
    if rest.startswith("["):
        address, bracket, host = rest[1:].partition("]")
        if not bracket or host and not host.startswith(":"):
            raise ValueError("%r is not of the form [address]:host:container, such as [::1]:8080:80" % entry)
        return canonical_address(address), host[1:], container
    address, _colon, host = rest.rpartition(":")
    if ":" in address:
        raise ValueError("%r: an IPv6 address must be in brackets" % entry)
    return address and canonical_address(address), host, container


def _ports(entry: str) -> List[Tuple[int, str]]:
    ports, _slash, protocol = entry.partition("/")
    protocol = protocol.lower() or "tcp"
    if protocol not in _PROTOCOLS:
        raise ValueError("%r: the protocol must be one of %s" % (entry, ", ".join(_PROTOCOLS)))
    return [(port, protocol) for port in _range(ports)]


def _range(ports: str) -> List[int]:
    match = _PORT.match(ports)
    first = int(match.group(1)) if match else 0
    last = int(match.group(2) or first) if match else 0
    if not 0 < first <= last < 65536:
        raise ValueError("%r is not a port from 1 to 65535, or a range such as 8000-8010" % ports)
    return list(range(first, last + 1))


def _host_port(entry: str, host: str, number: int, wanted: int) -> str:
    if host in ("", "0"):
        return ""
    offered = _range(host)
    if wanted == 1 and len(offered) > 1:
        return host  # the Engine chooses one of them
    if len(offered) != wanted:
        raise ValueError(
            "%r: the ranges have different lengths (%d and %d); use the same number of ports"
            % (entry, len(offered), wanted)
        )
    return str(offered[number])
