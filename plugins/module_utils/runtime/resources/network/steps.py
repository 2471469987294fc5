# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of plans for networks, each with the step that takes it back."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Tuple

from ...engine import connections, networks
from ...state.plan import Step
from .endpoints import Endpoint
from .table import TABLE, anew

Steps = Tuple[Step, ...]


def create(name: str, settings: Mapping[str, Any], reason: str) -> Steps:
    """Make a network with these settings."""
    creation = networks.Creation()
    undo = Step("remove", "network", name, "take back its creation", creation.unmake)
    return (Step("create", "network", name, reason, creation.make, ({"Name": name, **TABLE.body(settings)},), undo),)


def remove(network: Mapping[str, Any], have: Mapping[str, Any], reason: str) -> Steps:
    """Remove a network; ``have`` are its settings, for bringing it back."""
    name, number = network["Name"], network["Id"]
    body = {"Name": name, **TABLE.body(anew({}, have))}
    undo = Step("create", "network", name, "take back its removal", networks.restore, (number, body))
    if network["Scope"] != "swarm":
        return (Step("remove", "network", name, reason, networks.remove, (number,), undo),)
    return (
        Step("await idleness of", "network", name, "tasks may be ending", networks.await_idleness, (number,)),
        Step("remove", "network", name, reason, networks.remove_from_swarm, (number,), undo),
        Step("await the end of", "network", name, "a swarm takes a moment", networks.await_removal, (number,)),
    )


def connect(network: Mapping[str, Any], endpoints: Iterable[Endpoint], reason: str) -> Steps:
    """Connect containers, in this order, to the network of this name and scope."""
    name = network["Name"]
    return tuple(
        Step(
            "connect",
            "container",
            item.container,
            reason,
            _connector(network),
            (name, item.container, item.settings),
            Step(
                "disconnect",
                "container",
                item.container,
                "take back its connection",
                connections.disconnect,
                (name, item.container),
            ),
        )
        for item in endpoints
    )


def disconnect(network: Mapping[str, Any], endpoints: Iterable[Endpoint], reason: str) -> Steps:
    """Disconnect containers in the reverse order, so that taking it back connects them in this one."""
    name = network["Name"]
    return tuple(
        Step(
            "disconnect",
            "container",
            item.container,
            reason,
            connections.disconnect,
            (name, item.container),
            Step(
                "connect",
                "container",
                item.container,
                "take back its disconnection",
                connections.reconnect,
                (_connector(network), name, item.container, item.settings),
            ),
        )
        for item in reversed(list(endpoints))
    )


def _connector(network: Mapping[str, Any]) -> Any:
    return connections.connect_to_swarm if network.get("Scope") == "swarm" else connections.connect
