# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's networks in requests and steps. ``networks`` has their values.

A container is created on its first network, which is its network mode, and joins the others before it is started.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Tuple

from ...engine import connections
from ...state.compare import ALLOW_MORE, mode_of
from ...state.field import CONNECT, dig
from ...state.plan import Kind, Made, Step
from ...state.resource import Params
from .comparison import Comparison
from .networks import chosen, default_networks, endpoint, shares
from .references import key

Values = Mapping[str, Any]
Ids = Mapping[str, str]  # of ``references.look_up``


class Placement(NamedTuple):
    """The networks of a new container: what the create request has, and what follows.

    ``mode`` is the network mode, ``endpoints`` the settings by network in the request, ``later`` the networks to
    connect afterwards, and ``left`` one to disconnect then, because the mode implies it and the task does not.
    """

    mode: str
    endpoints: Dict[str, Dict[str, Any]]
    later: Tuple[str, ...]
    left: str


def placement(values: Values) -> Placement:
    """The networks of a new container with these values."""
    wanted = values.get("networks", {})
    mode = values.get("network_mode") or next(iter(wanted), "none" if "networks" in values else "default")
    first = "bridge" if mode == "default" else mode
    # Before API 1.44 engines accept a MAC address only for the container, since 1.52 only for the endpoint.
    own = {"mac_address": values["mac_address"]} if "mac_address" in values else {}
    # They ignore a MAC address when connecting later (API 1.44).
    at_once = [network for network in wanted if network != first and wanted[network].get("mac_address")]
    endpoints = {mode: {**own, **wanted.get(first, {})}, **{network: wanted[network] for network in at_once}}
    settings = {network: endpoint(declared) for network, declared in endpoints.items()}
    later = tuple(network for network in wanted if network != first and network not in at_once)
    left = first if "networks" in values and first not in wanted and not shares(mode) else ""
    return Placement(mode, settings if any(settings.values()) else {}, later, left)


def after_creation(name: str, made: Made, values: Values, ids: Ids, undo: Step) -> List[Step]:
    """The steps that complete the networks of a container that was just created; ``undo`` removes it."""
    placed, wanted = placement(values), values.get("networks", {})
    steps = [_leave(name, made, placed.left)._replace(undo=undo)] if placed.left else []
    return steps + [_join(name, made, network, wanted[network], ids=ids) for network in placed.later]


def reconnect(params: Params, container: Values, found: Comparison, ids: Ids) -> List[Step]:
    """Disconnect networks, then connect others; an endpoint that differs is disconnected and connected again."""
    name, target = params["name"], container["Id"]
    if not any(change.on_change == CONNECT for change in found.changes):
        return []
    want, have, wrong = found.want["networks"], found.have["networks"], _wrong(found)
    loose = mode_of(params, "networks") == ALLOW_MORE
    surplus = [] if loose else [network for network in have if network not in want]
    steps = []
    for network in surplus + [network for network in wrong if network in have]:
        reason = "its settings in %s differ" if network in want else "%s is not declared"
        steps.append(_leave(name, target, network, reason, have[network], _id_of(container, network)))
    for network in wrong:
        reason = "with other settings in %s" if network in have else "%s is declared"
        steps.append(_join(name, target, network, {**chosen(have.get(network, {})), **want[network]}, reason, ids))
    return steps


def needs_mac(params: Params, container: Values, found: Comparison) -> bool:
    """Whether a network must be connected with a MAC address, which API 1.44 to 1.53 ignore in a connect request.

    The container's own is that of its first network. No other network gets it later.
    """
    want, wrong = found.want["networks"], _wrong(found)
    first = set(default_networks(found.have["network_mode"]))
    stays = not want or mode_of(params, "networks") == ALLOW_MORE or first <= set(want)
    own = found.want.get("mac_address") or dig(container, "Config.MacAddress")
    return any(want[network].get("mac_address") for network in wrong) or bool(
        own and not (stays and first.isdisjoint(wrong))
    )


def _wrong(found: Comparison) -> List[str]:
    """The wanted networks that the container is not on, or with other settings."""
    have, want = found.have["networks"], found.want["networks"]
    return [network for network in want if not _holds(want[network], have.get(network))]


def _holds(want: Values, have: Values | None) -> bool:
    return have is not None and all(have[option] == want[option] for option in want)


def _id_of(container: Values, network: str) -> str:
    """The ID of a network of a running container; empty if it is not running, as the ID may be outdated then."""
    shown = dig(container, "NetworkSettings.Networks") or {}
    return str((shown.get(network) or {}).get("NetworkID") or "") if container["State"]["Running"] else ""


def _join(
    name: str,
    target: str | Made,
    network: str,
    settings: Values,
    reason: str = "%s is declared",
    ids: Ids | None = None,
) -> Step:
    """Connect a container (``target``: its ID) to a network, by the network's ID if that is known."""
    at = (ids or {}).get(key("network", network)) or network
    undo = _leave(name, target, network, "undo connecting it to %s", number=at)
    args = (at, target)
    why = reason % network
    return Step(Kind.CONNECT, "container", name, why, connections.connect, args, undo, body=endpoint(settings))


def _leave(
    name: str,
    target: str | Made,
    network: str,
    reason: str = "%s is not declared",
    was: Values | None = None,
    number: str = "",
) -> Step:
    """Disconnect a container from a network; ``was`` holds its endpoint settings, ``number`` the network's ID."""
    args, undo = (number or network, target), None
    if was:
        why = "undo disconnecting it from %s" % network
        undo = Step(Kind.CONNECT, "container", name, why, connections.reconnect, args, body=endpoint(chosen(was)))
    return Step(Kind.DISCONNECT, "container", name, reason % network, connections.disconnect, args, undo)
