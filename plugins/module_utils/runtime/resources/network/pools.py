# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The address pools of a network: a dict from each subnet to what else is declared of it.

The Engine completes what it gets: it chooses gateways, and a pool for each IP version that has none. So of a pool only
what was declared is compared, and pools of an IP version without a declared one are the Engine's own choice.
"""

from __future__ import annotations

import ipaddress
from typing import Any, Dict, Iterable, List, Mapping

from ...state.canonical import address, seen, subnet, texts

Pools = Dict[str, Dict[str, Any]]

# Our words, those of the Engine, and the one spelling of the value.
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
    """The IP version of a canonical subnet or address, 4 or 6."""
    return 6 if ":" in cidr else 4


def number(host: str) -> int:
    """An address as a number, for sorting."""
    return int(ipaddress.ip_address(host))


def contains(pool: str, host: str) -> bool:
    """Whether a subnet contains an address."""
    return ipaddress.ip_address(host) in ipaddress.ip_network(pool)


def declared(entries: Iterable[Mapping[str, Any]]) -> Pools:
    """What the user wrote in ``ipam_config``. Raises ValueError for what no network can have."""
    pools: Pools = {}
    for entry in entries:
        if not entry.get("subnet"):
            raise ValueError("each entry needs a subnet")
        cidr = subnet(entry["subnet"])
        if cidr in pools:
            raise ValueError("the subnet %s is there twice" % cidr)
        pools[cidr] = {ours: spell(entry[ours]) for ours, _theirs, spell in PARTS if entry.get(ours) is not None}
        _refuse_strangers(cidr, pools[cidr])
    networks = sorted((ipaddress.ip_network(cidr) for cidr in pools), key=lambda network: (network.version, network))
    for one, next_one in zip(networks, networks[1:]):
        if one.version == next_one.version and one.overlaps(next_one):
            raise ValueError("the subnets %s and %s overlap" % (one, next_one))
    return pools


def _refuse_strangers(cidr: str, pool: Mapping[str, Any]) -> None:
    hosts = {"gateway": pool["gateway"]} if "gateway" in pool else {}
    hosts.update({"aux_addresses.%s" % name: host for name, host in pool.get("aux_addresses", {}).items()})
    for name, host in hosts.items():
        if not contains(cidr, host):
            raise ValueError("the %s %s is outside the subnet %s" % (name, host, cidr))
    inner, outer = pool.get("iprange"), ipaddress.ip_network(cidr)
    if inner and not (version(inner) == version(cidr) and ipaddress.ip_network(inner).subnet_of(outer)):  # type: ignore[arg-type]
        raise ValueError("the iprange %s is outside the subnet %s" % (inner, cidr))


def observed(network: Mapping[str, Any]) -> Pools:
    """The pools in what inspect shows of a network."""
    pools: Pools = {}
    for entry in (network.get("IPAM") or {}).get("Config") or ():
        pools[seen(subnet, entry.get("Subnet", ""))] = {
            ours: seen(spell, entry[theirs]) for ours, theirs, spell in PARTS if entry.get(theirs)
        }
    return pools


def request(pools: Pools) -> Dict[str, List[Dict[str, Any]]]:
    """The pools in the body of a create request."""
    return {
        "IPAM.Config": [
            {"Subnet": cidr, **{theirs: pool[ours] for ours, theirs, _spell in PARTS if ours in pool}}
            for cidr, pool in pools.items()
        ]
    }


def comparable(have: Pools, want: Pools) -> Pools:
    """Of the pools of a network, those of the IP versions that are declared."""
    versions = {version(cidr) for cidr in want}
    return {cidr: pool for cidr, pool in have.items() if version(cidr) in versions}


def completed(want: Pools, have: Pools) -> Pools:
    """What is declared, and where it says nothing, what the network has."""
    pools = {cidr: {**have.get(cidr, {}), **pool} for cidr, pool in want.items()}
    versions = {version(cidr) for cidr in want}
    pools.update({cidr: pool for cidr, pool in have.items() if version(cidr) not in versions})
    return pools
