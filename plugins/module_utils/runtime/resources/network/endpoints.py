# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints of containers on a network, with what is required to restore them. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict, Iterable, List, Mapping, Tuple

from ...engine.containers import endpoints_of, name_of
from ...state.canonical import contains
from . import pools
from .table import Values

TASK = "com.docker.swarm.task.id"

# Requested endpoint settings in inspect; the others are results.
REQUESTED = ("IPAMConfig", "Links", "Aliases", "DriverOpts", "GwPriority")

# Since this API version, engines ignore a container's MAC address when connecting it (moby issue 48192);
# older ones use that of the container.
MAC_IGNORED = (1, 44)


@dataclass(frozen=True)
class Endpoint:
    """A container on a network. ``settings`` are the EndpointConfig of a connect request, ``number`` is its id.

    ``idle`` marks an endpoint that is only recorded in a container that has never run: it finds its network by name,
    also a new one of that name.
    """

    container: str
    settings: Dict[str, Any]
    mac_address: str = ""
    idle: bool = False
    number: str = ""
    connected: bool = True

    @property
    def addresses(self) -> List[str]:
        """The requested addresses."""
        requested = self.settings.get("IPAMConfig") or {}
        return [requested[key] for key in ("IPv4Address", "IPv6Address") if requested.get(key)]

    def without_addresses(self) -> Endpoint:
        """The same endpoint without addresses."""
        return replace(self, settings={key: self.settings[key] for key in self.settings if key != "IPAMConfig"})

    @property
    def rank(self) -> Tuple[Any, ...]:
        """In this order no container takes the address of another; ties are sorted by address."""
        return (not self.addresses, [pools.number(address) for address in self.addresses], self.container)


def _shown_on(container: Values, network: Values) -> Values | None:
    """The endpoint of a container on a network, in an inspect or list result of the container."""
    for key, endpoint in endpoints_of(container).items():
        known = endpoint.get("NetworkID")
        if known == network["Id"] or (not known and key == network["Name"]):
            return dict(endpoint)
    return None


def attached(containers: Iterable[Values], network: Values | None) -> List[Values]:
    """The containers that are on a network, without those managed by a swarm."""
    return [
        container
        for container in containers
        if network is not None
        and _shown_on(container, network) is not None
        and TASK not in ((container.get("Labels") or container.get("Config", {}).get("Labels")) or {})
    ]


def endpoint(container: Values, network: Values) -> Endpoint:
    """The endpoint of a container; an empty one if it is not attached."""
    there = _shown_on(container, network)
    found = there or {}
    settings = {key: found[key] for key in REQUESTED if found.get(key)}
    # Older engines show the short id as an alias, and add it again.
    aliases = [alias for alias in settings.pop("Aliases", ()) if alias != container["Id"][:12]]
    if aliases:
        settings["Aliases"] = aliases
    main = container["HostConfig"]["NetworkMode"] in (network["Name"], network["Id"])
    mac_address = str(container["Config"].get("MacAddress") or "") if main else ""
    if mac_address:
        settings["MacAddress"] = mac_address
    return Endpoint(
        name_of(container), settings, mac_address, not found.get("NetworkID"), str(container["Id"]), there is not None
    )


def resolve(references: Iterable[str], listed: Iterable[Values]) -> List[str]:
    """Container names for names, IDs and short IDs; unknown ones are unchanged."""
    ids = {name_of(container): container["Id"] for container in listed}
    return sorted({_resolve(str(reference).lstrip("/"), ids) for reference in references})


def _resolve(reference: str, ids: Mapping[str, str]) -> str:
    if reference in ids:
        return reference
    matches = [name for name, full in ids.items() if len(reference) >= 12 and full.startswith(reference)]
    return matches[0] if len(matches) == 1 else reference


def addresses_outside(endpoints: Iterable[Endpoint], subnets: Iterable[str]) -> List[Tuple[str, str]]:
    """Containers and their requested addresses that are in none of the subnets."""
    subnets = list(subnets)
    return [
        (item.container, address)
        for item in endpoints
        for address in item.addresses
        if not any(contains(cidr, address) for cidr in subnets)
    ]
