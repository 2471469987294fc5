# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes that need no new container: limits, the restart policy, and networks."""

from __future__ import annotations

from typing import Any, List, Mapping, Tuple

from ...engine import connections, lifecycle
from ...state.compare import ALLOW_MORE, Change
from ...state.field import CONNECT, UPDATE, dig
from ...state.plan import Kind, Made, Step
from ...state.resource import Params
from .difference import Difference
from .limits import with_partners
from .networks import chosen, default_networks, endpoint, shares
from .references import key
from .table import TABLE


def because(changes: Tuple[Change, ...]) -> str:
    """The changes as a reason; empty if there are none."""
    names = ", ".join(change.title for change in changes)
    return "%s %s" % (names, "differs" if len(changes) == 1 else "differ") if changes else ""


def in_place(change: Change, found: Difference) -> bool:
    """Whether the Engine can apply the change to the existing container.

    An update ignores zero and empty values (API 1.41 to 1.51), so it cannot remove a limit.
    """
    if change.cost == CONNECT:
        return change.name not in found.dropped and not shares(found.have["network_mode"]) and not _needs_mac(found)
    return change.cost == UPDATE and (bool(change.want) or change.name == "restart_retries")


def update(params: Params, container: Mapping[str, Any], found: Difference) -> List[Step]:
    """One call for all limits and the restart policy."""
    changes = tuple(change for change in found.changes if change.cost == UPDATE)
    if not changes:
        return []
    name, target = params["name"], container["Id"]
    wanted = with_partners({change.name: change.want for change in changes}, found.want, found.have)
    body = TABLE.body(wanted)["HostConfig"]
    back = TABLE.body({name: found.have[name] for name in wanted})["HostConfig"]
    places = TABLE.places(wanted)
    undo = Step(Kind.UPDATE, "container", name, "undo its update", lifecycle.revert, (target, back, places))
    args = (target, body, places)
    return [Step(Kind.UPDATE, "container", name, because(changes), lifecycle.update, args, undo)]


def reconnect(params: Params, container: Mapping[str, Any], found: Difference) -> List[Step]:
    """Disconnect networks, then connect others; an endpoint that differs is disconnected and connected again."""
    name, target, steps = params["name"], container["Id"], []
    comparisons = params["comparisons"] or {}
    loose = comparisons.get("networks", comparisons.get("*")) == ALLOW_MORE
    for change in found.changes:
        if change.cost != CONNECT:
            continue
        want, have = change.want, found.have["networks"]
        wrong = [network for network in want if not _holds(want[network], have.get(network))]
        surplus = [] if loose else [network for network in have if network not in want]
        for network in surplus + [network for network in wrong if network in have]:
            reason = "its settings in %s differ" if network in want else "%s is not declared"
            steps.append(leave(name, target, network, reason, have[network], _network_of(container, network)))
        for network in wrong:
            reason = "with other settings in %s" if network in have else "%s is declared"
            settings = {**chosen(have.get(network, {})), **want[network]}
            steps.append(join(name, target, network, settings, reason, params["ids"].get(key("network", network), "")))
    return steps


def _network_of(container: Mapping[str, Any], network: str) -> str:
    """The id of a network of a running container; empty if it is not running, as the id may be outdated then."""
    shown = dig(container, "NetworkSettings.Networks") or {}
    return str((shown.get(network) or {}).get("NetworkID") or "") if container["State"]["Running"] else ""


def join(
    name: str,
    target: str | Made,
    network: str,
    settings: Mapping[str, Any],
    reason: str = "%s is declared",
    number: str = "",
) -> Step:
    """Connect a container (``target``: its id) to a network, by its id (``number``) if known."""
    undo = leave(name, target, network, "undo connecting it to %s", number=number)
    args = (number or network, target, endpoint(settings))
    return Step(Kind.CONNECT, "container", name, reason % network, connections.connect, args, undo)


def leave(
    name: str,
    target: str | Made,
    network: str,
    reason: str = "%s is not declared",
    was: Mapping[str, Any] | None = None,
    number: str = "",
) -> Step:
    """Disconnect a container (``target``: its id) from a network; ``was`` holds its endpoint settings.

    The network is identified by its id (``number``) if known.
    """
    at = number or network
    back = (connections.connect, at, target, endpoint(chosen(was or {})))
    undo = Step(Kind.CONNECT, "container", name, "undo disconnecting it from %s" % network, connections.reconnect, back)
    return Step(
        Kind.DISCONNECT,
        "container",
        name,
        reason % network,
        connections.disconnect,
        (at, target),
        undo if was else None,
    )


def _needs_mac(found: Difference) -> bool:
    """Whether a network must be connected with a MAC address, which API 1.44 to 1.53 ignore in a connect request."""
    have, want = found.have["networks"], found.want["networks"]
    wrong = {network for network in want if not _holds(want[network], have.get(network))}
    first = default_networks(found.have["network_mode"])
    return any(want[network].get("mac_address") for network in wrong) or bool(
        found.want.get("mac_address") and wrong & set(first)
    )


def _holds(want: Mapping[str, Any], have: Mapping[str, Any] | None) -> bool:
    return have is not None and all(have[key] == want[key] for key in want)
