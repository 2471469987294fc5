# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in a replacement: whether the old container stops before the new one starts."""

from __future__ import annotations

from typing import Any, Iterator, List, Mapping

from ...errors import InputError
from ...state.field import dig
from ...state.resource import Params
from .bindings import bound, taken_by_both
from .networks import shares

# A declared address, and its name in inspect for a running container.
_ADDRESSES = (
    ("ipv4_address", "IPAddress"),
    ("ipv6_address", "GlobalIPv6Address"),
    ("mac_address", "MacAddress"),
)


def stops_first(
    params: Params, old: Mapping[str, Any], values: Mapping[str, Any], have: Mapping[str, Any], one_off: bool
) -> bool:
    """Whether the old container is stopped before the new one, with these values, is started.

    By default only if both cannot run at once. Raises InputError if the task wants the new one to start first although
    they cannot.
    """
    if not old["State"]["Running"] or params["update_order"] == "stop-first":
        return True
    only_one = [*_ports(old, values, have), *_addresses(old, values, have)]
    if params["update_order"] == "start-first":
        if only_one:
            raise InputError(
                "update_order: the new container cannot start before the old one has stopped, because both have %s"
                % ", ".join(only_one),
                "Remove update_order, or set it to stop-first.",
            )
        return False
    return bool(only_one or one_off or _in_each_others_way(old))


def _ports(old: Mapping[str, Any], values: Mapping[str, Any], have: Mapping[str, Any]) -> Iterator[str]:
    if shares(have["network_mode"]) or shares(values.get("network_mode", "default")):
        return  # published ports have no effect there
    wanted = values.get("published_ports", {})
    for held in (have["published_ports"], bound(old)):
        both = taken_by_both(wanted, held)
        if both:
            yield "the host port %s" % ", ".join(both)
            return


def _addresses(old: Mapping[str, Any], values: Mapping[str, Any], have: Mapping[str, Any]) -> Iterator[str]:
    shown = dig(old, "NetworkSettings.Networks") or {}
    mac = values.get("mac_address")
    if mac and mac in [(settings.get("MacAddress") or "").lower() for settings in shown.values()]:
        yield "the MAC address %s" % mac
    for network, settings in values.get("networks", {}).items():
        for option, key in _ADDRESSES:
            held = {have["networks"].get(network, {}).get(option), (shown.get(network, {}).get(key) or "").lower()}
            if settings.get(option) and settings[option].lower() in held:
                yield "the address %s in %s" % (settings[option], network)


def _in_each_others_way(old: Mapping[str, Any]) -> bool:
    """Whether both might write to the same files, or listen in the same network."""
    mode = dig(old, "HostConfig.NetworkMode") or ""
    mounts: List[Mapping[str, Any]] = old.get("Mounts") or []
    return (
        mode == "host"
        or mode.startswith("container:")
        or any(mount.get("Type") != "tmpfs" and mount.get("RW") for mount in mounts)
    )
