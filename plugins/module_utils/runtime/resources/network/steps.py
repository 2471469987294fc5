# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of plans for networks, with their undo steps."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Tuple

from ...engine import networks, notes
from ...engine.placing import Place
from ...state.plan import Step
from .endpoints import Endpoint
from .table import TABLE, anew, differing

Steps = Tuple[Step, ...]


def create(place: Place, name: str, settings: Mapping[str, Any], reason: str) -> Steps:
    """Create a network with these settings."""
    undo = Step("remove", "network", name, "undo its creation", place.unmake)
    body = {"Name": name, **TABLE.body(settings)}

    def make(client: Any, wanted: Mapping[str, Any]) -> None:
        place.make(client, wanted, lambda network: differing(settings, network))

    return (Step("create", "network", name, reason, make, (body,), undo),)


def remove(place: Place, network: Mapping[str, Any], have: Mapping[str, Any], reason: str) -> Steps:
    """Remove a network; ``have`` are its settings, for restoring it."""
    name, number = network["Name"], network["Id"]
    body = {"Name": name, **TABLE.body(anew({}, have))}
    undo = Step("create", "network", name, "undo its removal", place.restore, (body,))
    if network["Scope"] != "swarm":
        return (Step("remove", "network", name, reason, networks.remove, (number,), undo),)
    return (
        Step("await idleness of", "network", name, "tasks may be ending", networks.await_idleness, (number,)),
        Step("remove", "network", name, reason, networks.remove_from_swarm, (number,), undo),
        Step("await the end of", "network", name, "a swarm takes a moment", networks.await_removal, (number,)),
    )


def connect(place: Place, endpoints: Iterable[Endpoint], reason: str, swarm: bool) -> Steps:
    """Connect containers, in this order."""
    return tuple(
        Step(
            "connect",
            "container",
            item.container,
            reason,
            place.connect,
            (item.number, item.settings, swarm),
            Step("disconnect", "container", item.container, "undo its connection", place.disconnect, (item.number,)),
        )
        for item in endpoints
    )


def reattach(place: Place, endpoints: Iterable[Endpoint], reason: str, swarm: bool) -> Steps:
    """Connect containers that a killed run has disconnected, or somebody has since connected differently."""
    return tuple(
        Step(
            "connect",
            "container",
            item.container,
            reason,
            place.reattach,
            (item.number, item.settings, swarm),
            lasting=True,
        )
        for item in endpoints
    )


def disconnect(place: Place, endpoints: Iterable[Endpoint], reason: str, swarm: bool) -> Steps:
    """Disconnect containers in reverse order, so that undoing it connects them in this order."""
    return tuple(
        Step(
            "disconnect",
            "container",
            item.container,
            reason,
            place.disconnect,
            (item.number,),
            Step(
                "connect",
                "container",
                item.container,
                "undo its disconnection",
                place.connect,
                (item.number, item.settings, swarm),
            ),
        )
        for item in reversed(list(endpoints))
    )


def forget(note: notes.Note | None, name: str, reason: str) -> Steps:
    """Remove the note that a killed run has left, if any."""
    if note is None:
        return ()
    return (Step("remove", "note", notes.title("network", name), reason, notes.drop, (note,), lasting=True),)
