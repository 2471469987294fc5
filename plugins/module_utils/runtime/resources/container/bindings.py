# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exposed and published ports of a container, and the ports of the host that it has."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Tuple

from ...state.canonical import address as canonical_address
from ...state.canonical import seen
from ...state.field import dig
from ...values.ports import exposed

_EVERYWHERE = ("", "0.0.0.0", "::")


def encode_exposed(value: Iterable[str]) -> Dict[str, Any]:
    """Exposed ports in the create request."""
    return {port: {} for port in value}


def decode_exposed(raw: Iterable[str] | None) -> List[str]:
    """The exposed ports of a container, including published ones and those of its image."""
    return sorted({port for entry in raw or () for port in _as_seen(entry)})


def _as_seen(written: str) -> List[str]:
    found = seen(lambda entry: exposed([entry]), written)
    return found if isinstance(found, list) else [found]


def at(address: str, value: Mapping[str, List[str]]) -> Dict[str, List[str]]:
    """Published ports, with this address for those without one. Raises ValueError for a malformed address."""
    address = canonical_address(address.strip("[]"))
    return {
        port: sorted({entry if entry.rpartition(":")[0] else address + entry for entry in entries})
        for port, entries in value.items()
    }


def encode_published(value: Mapping[str, List[str]]) -> Dict[str, Any]:
    """Published ports in the create request; the Engine publishes only ports that are also exposed."""
    bindings = {port: [_binding(written) for written in entries] for port, entries in value.items()}
    return {"HostConfig.PortBindings": bindings, "ExposedPorts": encode_exposed(value)}


def decode_published(inspected: Mapping[str, Any]) -> Dict[str, List[str]]:
    """The port bindings that a container was created with."""
    found = dig(inspected, "HostConfig.PortBindings") or {}
    return {
        inside: sorted(_written(entry) for entry in bindings or [{}])
        for port, bindings in found.items()
        for inside in _as_seen(port)
    }


def bound(inspected: Mapping[str, Any]) -> Dict[str, List[str]]:
    """The host ports of a running container, including those chosen by the Engine."""
    found = dig(inspected, "NetworkSettings.Ports") or {}
    return {port: [_written(entry) for entry in bindings] for port, bindings in found.items() if bindings}


def taken_by_both(one: Mapping[str, List[str]], other: Mapping[str, List[str]]) -> List[str]:
    """The host ports that both containers with these bindings would need."""
    return sorted(
        {
            mine[1]
            for mine in _host_ports(one)
            for its in _host_ports(other)
            if mine[1:] == its[1:] and (mine[0] in _EVERYWHERE or its[0] in _EVERYWHERE or mine[0] == its[0])
        }
    )


def _host_ports(bindings: Mapping[str, List[str]]) -> List[Tuple[str, str, str]]:
    """Address, port and protocol of each fixed host port; from a range the Engine chooses a free one."""
    found = []
    for port, entries in bindings.items():
        for entry in entries:
            address, _colon, host = entry.rpartition(":")
            if host.isdigit():
                found.append((address, host, port.partition("/")[2]))
    return found


def _binding(written: str) -> Dict[str, str]:
    address, _colon, port = written.rpartition(":")
    return {"HostIp": address, "HostPort": port}


def _written(binding: Mapping[str, str]) -> str:
    port = binding.get("HostPort") or ""
    address = binding.get("HostIp") or ""
    return "%s:%s" % (address and seen(canonical_address, address), "" if port == "0" else port)
