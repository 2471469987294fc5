# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks for networks that the Engine would refuse to create, as far as that is known. No I/O."""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Iterable, Mapping, Sequence, Tuple

from ...engine import network_changes
from ...errors import DriftError, InputError
from ...state.canonical import BOOLEANS, version_tuple
from ...state.field import dig
from .table import Values

Json = Mapping[str, Any]

# Driver options, their values in the Engine as patterns, and in words.
_BOOL, _TRUTH = "|".join(BOOLEANS), "true or false"
_BRIDGE, _NAME = "com.docker.network.bridge.", "com.docker.network.bridge.name"
_VLAN = "|bridge|private|passthru|vepa"
OPTION_VALUES: Mapping[str, Tuple[Tuple[str, str, str], ...]] = {
    "bridge": (
        ("com.docker.network.driver.mtu", r"\+?\d{1,5}", "a number of bytes, at most 65535"),
        (_NAME, r"(?!\.{1,2}$)[^/:\s]{0,15}", "an interface name of at most 15 letters"),
        (_BRIDGE + "enable_icc", _BOOL, _TRUTH),
        (_BRIDGE + "enable_ip_masquerade", _BOOL, _TRUTH),
        (_BRIDGE + "default_bridge", _BOOL, _TRUTH),
        (_BRIDGE + "host_binding_ipv4", r"[0-9a-fA-F.:]+", "an IP address"),
    ),
    "macvlan": (("macvlan_mode", _VLAN, "bridge, private, passthru or vepa"),),
    "ipvlan": (("ipvlan_mode", "|l2|l3|l3s", "l2, l3 or l3s"), ("ipvlan_flag", _VLAN, "bridge, private or vepa")),
}
# Built into every engine, so no look-up is required; overlay also requires a swarm.
BUILT_IN = ("bridge", "ipvlan", "macvlan", "overlay")

SMALL, IPVLAN_L3S = "1.42", "1.42"  # the API versions that introduced subnets of one or two addresses, and this mode
SHARED_PARENT = "1.46"  # since then several networks may share a parent interface
RESERVED_FIRST = "1.48"  # before it, the Engine chooses a gateway before it reserves addresses


def refuse_driver(want: Values, driver: str = "bridge") -> None:
    """Raise InputError for a driver or driver options that the Engine rejects; ``driver`` is the existing one."""
    if want.get("driver") in ("host", "null"):
        raise InputError(
            "driver: the Engine has one network with the driver %s and cannot create another" % want["driver"],
            "Use that network, or choose another driver.",
        )
    options = want.get("driver_options", {})
    for key, fits, kind in OPTION_VALUES.get(want.get("driver", driver), ()):
        if key in options and not re.fullmatch(fits, options[key]):
            raise InputError("driver_options: %s is %r, and should be %s" % (key, options[key], kind))


def refuse_making(want: Values, settings: Values, number: str, version: str, others: Sequence[Json]) -> None:
    """Raise InputError or DriftError for declared values (``want``) with which the Engine cannot create a network.

    ``settings`` are all settings of the new network, ``number`` is the id of the one that it replaces, and ``others``
    are all networks.
    """
    if settings.get("config_only"):
        return
    if settings.get("ingress") and settings.get("driver") != "overlay":
        raise InputError("ingress: the ingress network needs the driver overlay", "Give 'driver: overlay' as well.")
    others, old = [item for item in others if item["Id"] != number], version_tuple(version)
    if settings.get("driver") != "overlay" and settings.get("ipam_driver", "default") == "default":
        local = [item for item in others if item.get("Scope") == "local"]
        found = network_changes.overlap(want.get("ipam_config", ()), local)
        if found:
            raise DriftError("ipam_config: %s" % found, "Choose another subnet, or remove that network first.")
        for cidr in want.get("ipam_config", ()):
            _refuse_subnet(cidr, settings["ipam_config"].get(cidr, {}), old)
    _refuse_interface(settings, others, old)


def _refuse_subnet(cidr: str, pool: Json, version: Tuple[int, ...]) -> None:
    whole = ipaddress.ip_network(cidr)
    room = whole.max_prefixlen - whole.prefixlen
    if whole.is_multicast or not int(whole.network_address) >> (24 if whole.version == 4 else 48):
        raise InputError("ipam_config: %s has no addresses for hosts" % cidr, "Choose another subnet.")
    # Engines reserve the first address, and older ones also the last one for IPv4.
    needed = 1 if whole.version == 6 else 2 if version < version_tuple(SMALL) else 0
    if room < needed:
        raise InputError(
            "ipam_config: %s is too small: this engine sets aside the first address, and needs one for the gateway"
            % cidr,
            "Choose a larger subnet, /%d or less." % (whole.max_prefixlen - needed),
        )
    first = str((ipaddress.ip_network(pool.get("iprange") or cidr)).network_address)
    gateway = str(whole.network_address + 1) if first == str(whole.network_address) else first
    for name, host in pool.get("aux_addresses", {}).items() if "gateway" not in pool else ():
        if host == gateway and version < version_tuple(RESERVED_FIRST):
            raise InputError(
                "ipam_config: aux_addresses.%s is %s, which this engine gives to the gateway" % (name, host),
                "Give the gateway as well.",
            )


def refuse_pools(subnets: Iterable[str], settings: Values) -> None:
    """Raise InputError for several subnets of one IP version in a bridge network, which only Podman supports."""
    if settings.get("config_only") or settings.get("driver", "bridge") != "bridge":
        return
    for kind, six in (("IPv4", False), ("IPv6", True)):
        found = [cidr for cidr in subnets if (":" in cidr) is six]
        if len(found) > 1:
            raise InputError(
                "ipam_config: a bridge network has one %s subnet, but there are %s" % (kind, " and ".join(found)),
                "Keep one of them, or create a network for each.",
            )


def _refuse_interface(settings: Values, others: Sequence[Json], version: Tuple[int, ...]) -> None:
    """A bridge belongs to one network, and with older engines so does a parent interface."""
    driver, options = settings.get("driver", "bridge"), settings.get("driver_options", {})
    bridge, parent = options.get(_NAME) if driver == "bridge" else "", options.get("parent")
    for item in others:
        if bridge and bridge == _bridge(item):
            raise DriftError(
                "driver_options: %s is %s, which is the bridge of the network %s" % (_NAME, bridge, item["Name"]),
                "Choose another name, or leave it out: then the Engine chooses one.",
            )
        shares = driver in ("ipvlan", "macvlan") and item.get("Driver") == driver
        if parent and shares and parent == dig(item, "Options.parent") and version < version_tuple(SHARED_PARENT):
            raise DriftError(
                "driver_options: the parent %s is that of the network %s, and this engine shares none"
                % (parent, item["Name"]),
                "Give that network several subnets, or use another interface, such as %s.10 for a VLAN." % parent,
            )
    if driver == "ipvlan" and options.get("ipvlan_mode") == "l3s" and version < version_tuple(IPVLAN_L3S):
        raise InputError("driver_options: ipvlan_mode is l3s, which requires Engine API %s" % IPVLAN_L3S, "Use l3.")


def _bridge(network: Json) -> str:
    """The name of a network's bridge, empty if there is none."""
    if network.get("Driver") != "bridge":
        return ""
    return str((network.get("Options") or {}).get(_NAME) or "br-" + network["Id"][:12])


def needs_swarm(settings: Values) -> str:
    """The option that only a swarm manager supports, empty if there is none."""
    wants = {"ingress": settings.get("ingress"), "scope": settings.get("scope") in ("swarm", "global")}
    wants["driver"] = settings.get("driver") == "overlay"
    return next((option for option, wanted in wants.items() if wanted), "")


def unlisted(driver: str) -> str:
    """A sentence saying that an engine does not list a driver."""
    return "driver: this engine has no network driver %s among those that it lists" % driver
