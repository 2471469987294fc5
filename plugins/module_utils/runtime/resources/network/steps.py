# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of plans for networks, with their undo steps."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Sequence, Tuple

from ...engine import containers, network_changes, notes
from ...engine.placing import Place
from ...errors import BlockedError, NotFound
from ...state.noting import finished
from ...state.plan import Kind, Plan, Step, refused
from ...state.resource import Params
from ...values.labels import added, ours
from .comparison import differing
from .endpoints import Endpoint
from .observe import Details
from .table import TABLE, Values, needs_swarm, recreated

LISTED = "connected lists it"
INTERRUPTED = "a recreation of its network was interrupted"


class Steps:
    """The steps that work on one network: an existing one, or one to create, which has no ID yet."""

    def __init__(self, network: Values) -> None:
        self.network = network
        self.name = str(network["Name"])
        self.place = Place(network.get("Id", ""))
        self.swarm = network.get("Scope") == "swarm"

    def create(self, settings: Values, reason: str) -> Tuple[Step, ...]:
        """Create a network with these settings."""
        undo = Step(Kind.REMOVE, "network", self.name, "undo its creation", self.place.unmake)
        body = self._body(settings)

        def make(client: Any, wanted: Values) -> None:
            self.place.make(client, wanted, lambda network: differing(settings, network))

        return (Step(Kind.CREATE, "network", self.name, reason, make, undo=undo, body=body),)

    def remove(self, have: Values, reason: str) -> Tuple[Step, ...]:
        """Remove the network; ``have`` are its settings, for restoring it."""
        name, args = self.name, (self.network["Id"],)
        body = self._body(recreated({}, have))
        undo = Step(Kind.CREATE, "network", name, "undo its removal", self.place.restore, body=body)
        call = network_changes.remove_from_swarm if self.swarm else network_changes.remove
        remove = Step(Kind.REMOVE, "network", name, reason, call, args, undo)
        if not self.swarm:
            return (remove,)
        return (
            Step(Kind.AWAIT_IDLENESS, "network", name, "tasks may be ending", network_changes.await_idleness, args),
            remove,
            Step(Kind.AWAIT_END, "network", name, "a swarm takes a moment", network_changes.await_removal, args),
        )

    def _body(self, settings: Values) -> Dict[str, Any]:
        """The request that creates a network with these settings, and with our labels of the existing one."""
        return added({"Name": self.name, **TABLE.body(settings)}, ours(self.network.get("Labels")))

    def connect(self, endpoints: Iterable[Endpoint], reason: str = LISTED) -> Tuple[Step, ...]:
        """Connect containers, in this order."""
        return tuple(self._connect(item, reason)._replace(undo=self._disconnect(item)) for item in endpoints)

    def reattach(self, endpoints: Iterable[Endpoint]) -> Tuple[Step, ...]:
        """Connect containers that a killed run has disconnected, or somebody has since connected differently."""
        steps = (self._connect(item, INTERRUPTED) for item in endpoints)
        return tuple(step._replace(call=self.place.reattach, lasting=True) for step in steps)

    def disconnect(self, endpoints: Sequence[Endpoint], reason: str) -> Tuple[Step, ...]:
        """Disconnect containers in reverse order, so that undoing it connects them in this order."""
        return tuple(
            self._disconnect(item, reason)._replace(undo=self._connect(item, "undo its disconnection"))
            for item in reversed(endpoints)
        )

    def _connect(self, item: Endpoint, reason: str) -> Step:
        args = (item.number or item.container, self.swarm)
        return Step(Kind.CONNECT, "container", item.container, reason, self.place.connect, args, body=item.settings)

    def _disconnect(self, item: Endpoint, reason: str = "undo its connection") -> Step:
        args = (item.number or item.container,)
        return Step(Kind.DISCONNECT, "container", item.container, reason, self.place.disconnect, args)

    def remove_note(self, note: notes.Note | None) -> Tuple[Step, ...]:
        """Remove the note that a killed run has left, if any."""
        return finished(note, notes.title("network", self.name), notes.drop)


def prerequisites(
    params: Params, details: Details, connects: Iterable[Endpoint], creates: Values | None = None
) -> Plan:
    """Steps that fail before any change if a container to connect does not exist, with warnings.

    If a network with the settings ``creates`` is created, also if it requires a swarm or another network. The Engine
    would also accept prefixes of IDs.
    """
    swarm = source = Plan()
    option, name = needs_swarm(creates or {}), params["config_from"]
    if option and not details.managed:
        cause = "%s: this engine is no manager of a swarm, and only one makes such a network" % option
        alone = BlockedError(cause, "Run the task on a manager, or make the host one first.")
        swarm = refused(Kind.LOOK_FOR, "swarm for network", params["name"], "%s needs one" % option, alone)
    exists = any(item["Name"] == name and item.get("ConfigOnly") for item in details.others)
    if creates is not None and name and not exists:
        cause = "config_from: there is no network %s with config_only" % name
        error = NotFound(cause, "Create it first, or correct the name.")
        source = refused(Kind.LOOK_FOR, "network", name, "config_from names it", error)
    missing = [item.container for item in connects if not item.number]
    first = [Step(Kind.LOOK_FOR, "container", one, LISTED, containers.refuse, (one,), alters=False) for one in missing]
    return Plan((*first, *swarm.steps, *source.steps), warnings=swarm.warnings + source.warnings)
