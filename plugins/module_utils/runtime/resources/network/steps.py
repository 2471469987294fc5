# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of plans for networks, with their undo steps."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Tuple

from ...engine import network_changes, notes
from ...engine.placing import Place
from ...state.plan import Kind, Step
from .endpoints import Endpoint
from .table import TABLE, anew, differing

Steps = Tuple[Step, ...]


def create(place: Place, name: str, settings: Mapping[str, Any], reason: str) -> Steps:
    """Create a network with these settings."""
    undo = Step(Kind.REMOVE, "network", name, "undo its creation", place.unmake)
    body = {"Name": name, **TABLE.body(settings)}

    def make(client: Any, wanted: Mapping[str, Any]) -> None:
        place.make(client, wanted, lambda network: differing(settings, network))

    return (Step(Kind.CREATE, "network", name, reason, make, undo=undo, body=body),)


def remove(place: Place, network: Mapping[str, Any], have: Mapping[str, Any], reason: str) -> Steps:
    """Remove a network; ``have`` are its settings, for restoring it."""
    name, number = network["Name"], network["Id"]
    body = {"Name": name, **TABLE.body(anew({}, have))}
    undo = Step(Kind.CREATE, "network", name, "undo its removal", place.restore, body=body)
    if network["Scope"] != "swarm":
        return (Step(Kind.REMOVE, "network", name, reason, network_changes.remove, (number,), undo),)
    return (
        Step(Kind.AWAIT_IDLENESS, "network", name, "tasks may be ending", network_changes.await_idleness, (number,)),
        Step(Kind.REMOVE, "network", name, reason, network_changes.remove_from_swarm, (number,), undo),
        Step(Kind.AWAIT_END, "network", name, "a swarm takes a moment", network_changes.await_removal, (number,)),
    )


def connect(place: Place, endpoints: Iterable[Endpoint], reason: str, swarm: bool) -> Steps:
    """Connect containers, in this order."""
    return tuple(_connect(place, item, reason, swarm)._replace(undo=_leave(place, item)) for item in endpoints)


def reattach(place: Place, endpoints: Iterable[Endpoint], reason: str, swarm: bool) -> Steps:
    """Connect containers that a killed run has disconnected, or somebody has since connected differently."""
    steps = (_connect(place, item, reason, swarm) for item in endpoints)
    return tuple(step._replace(call=place.reattach, lasting=True) for step in steps)


def disconnect(place: Place, endpoints: Iterable[Endpoint], reason: str, swarm: bool) -> Steps:
    """Disconnect containers in reverse order, so that undoing it connects them in this order."""
    return tuple(
        _leave(place, item, reason)._replace(undo=_connect(place, item, "undo its disconnection", swarm))
        for item in reversed(list(endpoints))
    )


def _connect(place: Place, item: Endpoint, reason: str, swarm: bool) -> Step:
    args = (item.number, swarm)
    return Step(Kind.CONNECT, "container", item.container, reason, place.connect, args, body=item.settings)


def _leave(place: Place, item: Endpoint, reason: str = "undo its connection") -> Step:
    return Step(Kind.DISCONNECT, "container", item.container, reason, place.disconnect, (item.number,))


def forget(note: notes.Note | None, name: str, reason: str) -> Steps:
    """Remove the note that a killed run has left, if any."""
    if note is None:
        return ()
    return (Step(Kind.REMOVE, "note", notes.title("network", name), reason, notes.drop, (note,), lasting=True),)
