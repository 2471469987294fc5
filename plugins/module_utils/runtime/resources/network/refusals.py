# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks for networks that the Engine would refuse to create, as far as that is known. No I/O."""

from __future__ import annotations

import ipaddress
import re
from typing import Iterable, Mapping, Sequence, Tuple

from ...engine import network_changes
from ...engine.client import NEWEST
from ...errors import BlockedError, InputError
from ...state.canonical import BOOLEANS, version_tuple
from ...state.field import dig
from .observe import Details, Snapshot
from .table import Values

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


def refuse_creation(want: Values, settings: Values, snapshot: Snapshot, details: Details) -> None:
    """Raise InputError or BlockedError for declared values (``want``) with which the Engine cannot create a network.

    ``settings`` are all settings of the new network.
    """
    if not snapshot.podman:
        _refuse_pools(want.get("ipam_config", ()), settings)
    if settings.get("config_only"):
        return
    if settings.get("ingress") and settings.get("driver") != "overlay":
        raise InputError("ingress: the ingress network needs the driver overlay", "Give 'driver: overlay' as well.")
    replaced = (snapshot.network or {}).get("Id")
    others = [item for item in details.others if item["Id"] != replaced]
    version = version_tuple(NEWEST if snapshot.podman else snapshot.version)
    if settings.get("driver") != "overlay" and settings.get("ipam_driver", "default") == "default":
        local = [item for item in others if item.get("Scope") == "local"]
        found = network_changes.overlap(want.get("ipam_config", ()), local)
        if found:
            raise BlockedError("ipam_config: %s" % found, "Choose another subnet, or remove that network first.")
        for cidr in want.get("ipam_config", ()):
            _refuse_subnet(cidr, settings["ipam_config"].get(cidr, {}), version)
    _refuse_interface(settings, others, version)


def _refuse_subnet(cidr: str, pool: Values, version: Tuple[int, ...]) -> None:
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


def _refuse_pools(subnets: Iterable[str], settings: Values) -> None:
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


def _refuse_interface(settings: Values, others: Sequence[Values], version: Tuple[int, ...]) -> None:
    """A bridge belongs to one network, and with older engines so does a parent interface."""
    driver, options = settings.get("driver", "bridge"), settings.get("driver_options", {})
    bridge, parent = options.get(_NAME) if driver == "bridge" else "", options.get("parent")
    for item in others:
        if bridge and bridge == _bridge(item):
            raise BlockedError(
                "driver_options: %s is %s, which is the bridge of the network %s" % (_NAME, bridge, item["Name"]),
                "Choose another name, or leave it out: then the Engine chooses one.",
            )
        shares = driver in ("ipvlan", "macvlan") and item.get("Driver") == driver
        if parent and shares and parent == dig(item, "Options.parent") and version < version_tuple(SHARED_PARENT):
            raise BlockedError(
                "driver_options: the parent %s is that of the network %s, and this engine shares none"
                % (parent, item["Name"]),
                "Give that network several subnets, or use another interface, such as %s.10 for a VLAN." % parent,
            )
    if driver == "ipvlan" and options.get("ipvlan_mode") == "l3s" and version < version_tuple(IPVLAN_L3S):
        raise InputError("driver_options: ipvlan_mode is l3s, which requires Engine API %s" % IPVLAN_L3S, "Use l3.")


def _bridge(network: Values) -> str:
    """The name of a network's bridge, empty if there is none."""
    if network.get("Driver") != "bridge":
        return ""
    return str((network.get("Options") or {}).get(_NAME) or "br-" + network["Id"][:12])


def refuse_connections(name: str, settings: Values, connected: bool) -> None:
    """Raise InputError if containers are ``connected`` to a network with these settings that cannot have any."""
    driver, why, fix = settings.get("driver"), "", "Use another network."
    if settings.get("config_only"):
        why = ", which holds settings for others (config_only)"
    elif driver in ("host", "null"):
        why = " or disconnected from it" if driver == "host" else ""
        fix = "Set network_mode: %s in the task of the container instead." % name
    elif settings.get("ingress"):
        why = ", which is only for swarm services (ingress)"
    elif driver == "overlay" and not settings.get("attachable"):
        why, fix = ", because it is not attachable", "Set attachable: true."
    else:
        return
    if connected:
        raise InputError("connected: containers cannot be connected to the network %s%s" % (name, why), fix)


def unlisted(driver: str) -> str:
    """A sentence saying that an engine does not list a driver."""
    return "driver: this engine has no network driver %s among those that it lists" % driver


def in_use(network: Values, details: Details) -> BlockedError | None:
    """The error for removing a network that other networks (with ``config_from``) or services use."""
    others = details.others if network.get("ConfigOnly") else ()
    made = sorted(item["Name"] for item in others if dig(item, "ConfigFrom.Network") == network["Name"])
    if made:
        return BlockedError(
            "The network %s cannot be removed, because networks use it as config_from: %s"
            % (network["Name"], ", ".join(made)),
            "Remove these networks first.",
        )
    if not details.services:
        return None
    return BlockedError(
        "The network %s cannot be removed, because services use it: %s"
        % (network["Name"], ", ".join(details.services)),
        "Remove these services, or disconnect them from the network, first.",
    )
