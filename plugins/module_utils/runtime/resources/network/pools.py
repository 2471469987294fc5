# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The address pools of a network: a dict from subnets to their other declared settings.

The Engine completes its input: it chooses gateways, and a pool for each IP version without one. So only declared
settings of pools are compared, and pools of an undeclared IP version are the Engine's choice.
"""

from __future__ import annotations

import ipaddress
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from ...state.canonical import address, contains, seen, texts

Pools = Dict[str, Dict[str, Any]]


def subnet(value: Any) -> str:
    """An IP network in CIDR notation, in its shortest spelling and without host bits. Raises ValueError."""
    host, slash, bits = str(value).strip().partition("/")
    if not slash:
        raise ValueError("%r is not a subnet such as 192.0.2.0/24" % value)
    return str(ipaddress.ip_network("%s/%s" % (address(host), bits), strict=False))


# Our names, the Engine's names, and the normal form of the value.
PARTS = (
    ("gateway", "Gateway", address),
    ("iprange", "IPRange", subnet),
    (
        "aux_addresses",
        "AuxiliaryAddresses",
        lambda hosts: {name: address(host) for name, host in texts(hosts).items()},
    ),
)


def version(cidr: str) -> int:
    """The IP version of a normalized subnet or address, 4 or 6."""
    return 6 if ":" in cidr else 4


def number(host: str) -> int:
    """An address as a number, for sorting; also accepts malformed values from an engine."""
    try:
        return int(ipaddress.ip_address(host))
    except ValueError:
        return 0


def declared(entries: Sequence[Mapping[str, Any]]) -> Pools:
    """The declared ``ipam_config``. Raises ValueError that names an invalid entry."""
    pools: Pools = {}
    for place, entry in enumerate(entries, 1):
        try:
            cidr, pool = _declared(entry)
        except ValueError as error:
            raise ValueError("entry %d: %s" % (place, error) if len(entries) > 1 else str(error))
        if cidr in pools:
            raise ValueError("the subnet %s is listed twice" % cidr)
        pools[cidr] = pool
    networks = sorted((ipaddress.ip_network(cidr) for cidr in pools), key=lambda network: (network.version, network))
    for one, next_one in zip(networks, networks[1:]):
        if one.version == next_one.version and one.overlaps(next_one):
            raise ValueError("the subnets %s and %s overlap" % (one, next_one))
    return pools


def _declared(entry: Mapping[str, Any]) -> Tuple[str, Dict[str, Any]]:
    if not entry.get("subnet"):
        raise ValueError("each entry needs a subnet")
    cidr, pool = subnet(entry["subnet"]), {}
    for ours, _theirs, spell in PARTS:
        if entry.get(ours) not in (None, ""):
            try:
                pool[ours] = spell(entry[ours])
            except ValueError as error:
                raise ValueError("%s: %s" % (ours, error))
    _refuse_addresses(cidr, pool)
    return cidr, pool


def _refuse_addresses(cidr: str, pool: Mapping[str, Any]) -> None:
    hosts = {"gateway": pool["gateway"]} if "gateway" in pool else {}
    hosts.update({"aux_addresses.%s" % name: host for name, host in pool.get("aux_addresses", {}).items()})
    whole = ipaddress.ip_network(cidr)
    taken: Dict[str, str] = {}
    for name, host in hosts.items():
        if not contains(cidr, host):
            raise ValueError("the %s %s is outside the subnet %s" % (name, host, cidr))
        if host in taken:
            raise ValueError("the address %s is both %s and %s" % (host, taken[host], name))
        taken[host] = name
    # For IPv6, the Engine reserves only the first address.
    ends = [("network", whole.network_address), ("broadcast", whole.broadcast_address)][
        : 1 if whole.version == 6 else 2
    ]
    for kind, end in ends if whole.num_addresses > 2 else ():
        if str(end) in taken:
            raise ValueError("the %s %s is the %s address of the subnet %s" % (taken[str(end)], end, kind, cidr))
    inner = pool.get("iprange")
    if inner and not (version(inner) == version(cidr) and ipaddress.ip_network(inner).subnet_of(whole)):  # type: ignore[arg-type]
        raise ValueError("the iprange %s is outside the subnet %s" % (inner, cidr))


def observed(network: Mapping[str, Any]) -> Pools:
    """The pools in an inspect result of a network."""
    pools: Pools = {}
    for entry in (network.get("IPAM") or {}).get("Config") or ():
        pools[str(seen(subnet, entry.get("Subnet") or ""))] = {
            ours: seen(spell, entry[theirs]) for ours, theirs, spell in PARTS if entry.get(theirs)
        }
    return pools


def request(pools: Pools) -> Dict[str, List[Dict[str, Any]]]:
    """The pools in a create request."""
    return {
        "IPAM.Config": [
            {"Subnet": cidr, **{theirs: pool[ours] for ours, theirs, _spell in PARTS if ours in pool}}
            for cidr, pool in pools.items()
        ]
    }


def comparable(have: Pools, want: Pools) -> Pools:
    """The pools of a network for IP versions that are declared."""
    versions = {version(cidr) for cidr in want}
    return {cidr: pool for cidr, pool in have.items() if version(cidr) in versions}


def completed(want: Pools, have: Pools) -> Pools:
    """The declared pools, completed with the network's existing settings."""
    pools = {cidr: {**have.get(cidr, {}), **pool} for cidr, pool in want.items()}
    versions = {version(cidr) for cidr in want}
    pools.update({cidr: pool for cidr, pool in have.items() if version(cidr) not in versions})
    return pools
