# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's networks, with its names and addresses in them."""

from __future__ import annotations

import re
from typing import Any, Collection, Dict, List, Mapping

from ...engine.containers import endpoints_of
from ...errors import InputError
from ...state import grammar
from ...state.canonical import address, seen, text, texts
from ...state.field import Option, dig

_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}$")
_ID = re.compile(r"[0-9a-f]{12}([0-9a-f]{52})?$")

# How entries of these lists are normalized.
_LISTED = {"link_local_ips": address}

NETWORK_OPTIONS = (
    Option("name", required=True, grammar=grammar.network),
    Option("aliases", type="list", elements="str"),
    Option("ipv4_address"),
    Option("ipv6_address"),
    Option("links", type="list", elements="str"),
    Option("mac_address", since="1.44"),
    Option("driver_opts", type="dict"),
    Option("gw_priority", type="int", since="1.48"),
    Option("link_local_ips", type="list", elements="str"),
)
# The defaults of an endpoint. A MAC address has none, as the Engine may choose it.
LEFT_OUT: Mapping[str, Any] = {
    "aliases": [],
    "ipv4_address": "",
    "ipv6_address": "",
    "links": [],
    "link_local_ips": [],
    "driver_opts": {},
    "gw_priority": 0,
}


def networks(value: List[Mapping[str, Any]]) -> Dict[str, Dict[str, Any]]:
    """Networks by name, with their declared settings.

    Raises ValueError for duplicates and invalid settings.
    """
    found: Dict[str, Dict[str, Any]] = {}
    for entry in value:
        name = "bridge" if entry["name"] == "default" else entry["name"]
        if name in found:
            raise ValueError("the network %s is listed twice" % name)
        endpoint = {key: entry[key] for key in entry if key != "name" and entry[key] is not None}
        if "driver_opts" in endpoint:
            endpoint["driver_opts"] = texts(endpoint["driver_opts"])
        for key in ("aliases", "links", "link_local_ips"):
            if key in endpoint:
                endpoint[key] = sorted({_LISTED.get(key, text)(written) for written in endpoint[key]})
        if "mac_address" in endpoint:
            endpoint["mac_address"] = mac(endpoint["mac_address"])
        for key in ("ipv4_address", "ipv6_address"):
            if endpoint.get(key):
                endpoint[key] = _address(key, endpoint[key])
        _refuse_settings(name, endpoint, len(value) > 1)
        found[name] = endpoint
    return found


def _address(option: str, written: str) -> str:
    found = address(written)
    if (":" in found) != (option == "ipv6_address"):
        raise ValueError("%s: %s is not an address of this IP version" % (option, found))
    return found


def _refuse_settings(name: str, endpoint: Mapping[str, Any], others: bool) -> None:
    if name.startswith("container:"):
        raise ValueError("%s is not a network, but can be the network_mode" % name)
    settings = sorted(key for key in endpoint if endpoint[key])
    if shares(name) and (settings or others):
        raise ValueError("%s cannot be combined with other networks or have settings" % name)
    wrong = [key for key in ("ipv4_address", "ipv6_address") if key in settings]
    if name == "bridge" and wrong:
        raise ValueError("the default bridge does not support static addresses (%s); use another network" % wrong[0])


def endpoint(declared: Mapping[str, Any]) -> Dict[str, Any]:
    """The EndpointConfig for a network."""
    addresses = {
        "IPv4Address": declared.get("ipv4_address"),
        "IPv6Address": declared.get("ipv6_address"),
        "LinkLocalIPs": declared.get("link_local_ips"),
    }
    settings = {
        "IPAMConfig": {key: value for key, value in addresses.items() if value} or None,
        "Aliases": declared.get("aliases"),
        "Links": declared.get("links"),
        "MacAddress": declared.get("mac_address"),
        "DriverOpts": declared.get("driver_opts"),
        "GwPriority": declared.get("gw_priority"),
    }
    return {key: value for key, value in settings.items() if value}


def chosen(settings: Mapping[str, Any]) -> Dict[str, Any]:
    """The observed settings that were chosen explicitly; a MAC address may be the Engine's choice."""
    return {key: entry for key, entry in settings.items() if entry and key != "mac_address"}


def decode_networks(inspected: Mapping[str, Any]) -> Dict[str, Dict[str, Any]]:
    """The networks of a container. The aliases that the Engine adds (id, name, host name) are left out."""
    own = (inspected.get("Id", "")[:12], inspected.get("Name", "").lstrip("/"), dig(inspected, "Config.Hostname"))
    found = {}
    for name, settings in endpoints_of(inspected).items():
        if shares(name):
            continue
        addresses = settings.get("IPAMConfig") or {}
        found[name] = {
            "aliases": sorted({alias for alias in settings.get("Aliases") or () if alias not in own}),
            "ipv4_address": seen(address, addresses.get("IPv4Address") or ""),
            "ipv6_address": seen(address, addresses.get("IPv6Address") or ""),
            "links": sorted(settings.get("Links") or ()),
            "link_local_ips": sorted(seen(address, written) for written in addresses.get("LinkLocalIPs") or ()),
            "driver_opts": settings.get("DriverOpts") or {},
            "gw_priority": settings.get("GwPriority") or 0,
            "mac_address": seen(mac, settings.get("MacAddress") or dig(inspected, "Config.MacAddress") or ""),
        }
    return found


def mac(value: str) -> str:
    """A MAC address in lower case with colons, empty for none. Raises ValueError."""
    written = value.lower().replace("-", ":")
    if written and not _MAC.fullmatch(written):
        raise ValueError("%r is not a MAC address such as 92:d0:c6:0a:29:33 in quotes" % value)
    return written


def decode_mac(inspected: Mapping[str, Any]) -> str:
    """The MAC address of a container, which is that in its first network; since API 1.52 it is shown only there."""
    network = dig(inspected, "HostConfig.NetworkMode") or "default"
    endpoints = dig(inspected, "NetworkSettings.Networks") or {}
    endpoint = endpoints.get("bridge" if network == "default" else network) or {}
    return str(seen(mac, dig(inspected, "Config.MacAddress") or endpoint.get("MacAddress") or ""))


def mode(value: str | None) -> str:
    """A network mode; the default on Linux is the bridge."""
    return "default" if value in (None, "", "bridge") else str(value)


def decode_mode(inspected: Mapping[str, Any]) -> str:
    """The network mode of a container, with a network by name, even if it was given by id."""
    found = mode(dig(inspected, "HostConfig.NetworkMode"))
    if _ID.match(found):
        for name, settings in (dig(inspected, "NetworkSettings.Networks") or {}).items():
            if str(settings.get("NetworkID") or "").startswith(found):
                return str(name)
    return found


def by_id(params: Mapping[str, Any]) -> List[str]:
    """The networks of a task that look like ids."""
    names = [str(entry["name"]) for entry in params["networks"] or ()] + [params["network_mode"] or ""]
    return [name for name in names if _ID.match(name)]


def with_names(params: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    """The task with network ids replaced by names."""
    if not names:
        return params
    written, network_mode = params["networks"], params["network_mode"]
    named = written and [dict(entry, name=names.get(entry["name"], entry["name"])) for entry in written]
    return dict(params, networks=named, network_mode=names.get(network_mode, network_mode))


def shares(network_mode: str) -> bool:
    """Whether a container in this mode has no networks of its own."""
    return network_mode in ("host", "none") or network_mode.startswith("container:")


def is_user_defined(network_mode: str) -> bool:
    """Whether a container in this mode is on a user-defined network, where names replace links."""
    return not shares(network_mode) and network_mode not in ("bridge", "default")


def default_networks(network_mode: str) -> Dict[str, Dict[str, Any]]:
    """The networks of a container that declares none."""
    if shares(network_mode):
        return {}
    return {"bridge" if network_mode == "default" else network_mode: {}}


def is_in(wanted: Collection[str], there: Collection[str]) -> bool:
    """Whether these networks are present; ids are assumed to be."""
    return all(network in there or _ID.match(network) for network in wanted)


def with_mode(values: Mapping[str, Any]) -> Dict[str, Any]:
    """The values with ``host`` or ``none`` as the network mode, if that is what ``networks`` lists.

    Raises InputError if ``network_mode`` is another one.
    """
    found = dict(values)
    named = next(iter(found.get("networks", ())), "")
    if not shares(named):
        return found
    if found.setdefault("network_mode", named) != named:
        raise InputError(
            "networks: %s is a network mode, but network_mode is %s" % (named, found["network_mode"]),
            "Remove one of them.",
        )
    del found["networks"]
    return found


def without_alias(values: Mapping[str, Any], name: str | None) -> Dict[str, Any]:
    """The values without a declared alias that the Engine adds by itself."""
    if "networks" not in values:
        return dict(values)
    return {**values, "networks": {network: _without(name, entry) for network, entry in values["networks"].items()}}


def _without(name: str | None, entry: Mapping[str, Any]) -> Dict[str, Any]:
    if "aliases" not in entry:
        return dict(entry)
    return {**entry, "aliases": [alias for alias in entry["aliases"] if alias != name]}
