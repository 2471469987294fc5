# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan that recreates a network, or finishes what a killed run has left of a recreation. No I/O."""

from __future__ import annotations

from typing import Iterable, List, NamedTuple, Sequence, Tuple

from ...engine.notes import Note, Writing
from ...errors import BlockedError, InputError
from ...state.canonical import version_tuple
from ...state.compare import because
from ...state.grammar import is_id
from ...state.noting import noted
from ...state.plan import Kind, Plan, Step, created, refused
from ...state.resource import Params
from . import refusals
from .comparison import Comparison, Connected, compare_connected
from .endpoints import MAC_IGNORED, Endpoint, addresses_outside, attached
from .note import content, disconnected, missing_members, name_in, needs_note, with_endpoints
from .observe import Details, Snapshot
from .steps import INTERRUPTED, Steps, prerequisites
from .table import PREDEFINED, TABLE, Values, recreated


class Task(NamedTuple):
    """A task for a network that exists, or that a killed run has removed: how it differs, and its containers.

    ``before`` are the steps that finish what a killed run has left, and ``warnings`` those so far.
    """

    params: Params
    snapshot: Snapshot
    network: Values
    found: Comparison
    details: Details
    connected: Connected
    before: Tuple[Step, ...] = ()
    warnings: Tuple[str, ...] = ()


def recreate(task: Task) -> Plan:
    """Replace the network by one with the declared settings, to which all containers are connected that stay."""
    network, found, details, connected = task.network, task.found, task.details, task.connected
    name, reason = network["Name"], because(found.changes) or "force is set"
    if task.params["name"] != name:
        raise InputError(
            "name: %s is an id, and the network has to be recreated (%s), which gives it another id"
            % (task.params["name"], reason),
            "Name it: %s." % name,
        )
    settings = recreated(found.enforced, found.have)
    refusals.refuse_creation(found.enforced, settings, task.snapshot, details)
    if details.unlisted == settings.get("driver"):
        raise BlockedError(
            "%s, and the network %s is not given up for one" % (refusals.unlisted(details.unlisted), name),
            "Install the plugin of this driver, or choose another driver. Old plugins are listed once they are in use.",
        )
    changes, used = found.changes + connected.changes, refusals.in_use(network, details)
    if used:
        step = refused(Kind.REMOVE, "network", name, reason, used)
        return Plan(task.before + step.steps, changes, task.warnings + step.warnings)
    steps, endpoints, missing = Steps(network), details.endpoints(network), connected.missing()
    refusals.refuse_connections(name, settings, bool(missing))
    stay = list(filter(connected.keeps, endpoints))
    back, losses = _restorable(task.params, task.snapshot, network, stay, _subnets(settings))
    gone = [item for item in endpoints if not (item.idle and item in stay)]
    sequence = (
        steps.disconnect(gone, "its network is recreated")
        + steps.remove(found.have, reason)
        + steps.create(settings, reason)
        + steps.connect(back, "its network was recreated")
        + steps.connect(missing)
    )
    if back or needs_note(settings, found.want):
        subject, members = "the recreation of network %s" % name, [item.number for item in gone]
        text, note = content(network, found.have, endpoints), Writing("network", name)
        sequence = noted(note, subject, text, sequence, lambda client: steps.place.has(client, members))
    first = prerequisites(task.params, details, missing, found.want)
    return Plan(first.steps + task.before + sequence, changes, task.warnings + losses + first.warnings)


def recover(task: Task, note: Note) -> Task:
    """The task as it will be after steps that connect what a killed run has left disconnected."""
    network, details, steps = task.network, task.details, Steps(task.network)
    lost = list(filter(task.connected.keeps, disconnected(note, network, details.members)))
    lost, losses = _restorable(task.params, task.snapshot, network, lost, task.found.have["ipam_config"] or None)
    known = {item["Id"]: item for item in (*details.detailed, *details.members)}
    details = details._replace(
        listed=with_endpoints(details.listed, network, lost),
        detailed=attached(with_endpoints(known.values(), network, lost), network),
    )
    return task._replace(
        details=details,
        connected=compare_connected(task.params, network, details.listed),
        before=steps.reattach(lost) + steps.remove_note(note),
        warnings=losses + missing_members(note, steps.name, details.members),
    )


def create(params: Params, snapshot: Snapshot, found: Comparison, details: Details) -> Plan:
    """Create a network, and connect the containers that the task lists.

    If a killed run has removed the network, it gets its former settings and containers.
    """
    note, want, connected = snapshot.note, found.want, compare_connected(params, None, details.listed)
    name, enforced, settings, reason = name_in(note, params["name"]), want, want, "it does not exist"
    if note:
        enforced, settings, reason = found.enforced, recreated(found.enforced, found.have), INTERRUPTED
    elif name in PREDEFINED:  # there is no engine yet
        return Plan(warnings=connected.warnings)
    else:
        _refuse_name(name)
    refusals.refuse_creation(enforced, settings, snapshot, details)
    scope = found.have.get("scope") or settings.get("scope")
    steps = Steps({"Name": name, "Id": "", "Scope": scope or "local"})
    stay = list(filter(connected.keeps, disconnected(note, steps.network, details.members)))
    back, losses = _restorable(params, snapshot, steps.network, stay, _subnets(settings))
    missing = connected.endpoints([item.container for item in stay])
    refusals.refuse_connections(name, settings, bool(missing))
    first = prerequisites(params, details, missing, want)
    shown = want if params["connected"] is None else {**want, "connected": connected.want}
    unlisted = (refusals.unlisted(details.unlisted) + ".",) if details.unlisted and not note else ()
    return Plan(
        first.steps
        + steps.create(settings, reason)
        + steps.reattach(back)
        + steps.connect(missing)
        + steps.remove_note(note),
        created(TABLE.fields, shown),
        connected.warnings + unlisted + losses + missing_members(note, name, details.members) + first.warnings,
        exists=False,
    )


def _refuse_name(name: str) -> None:
    if is_id(name):
        raise InputError(
            "name: there is no network with the ID %s, and an ID cannot be the name of a new network" % name,
            "Use the name of the network.",
        )
    if name == "default":
        raise InputError("name: the Engine makes no network of the name default", "Choose another name.")


def _subnets(settings: Values) -> Iterable[str] | None:
    """The subnets of a network to create; None if they come from a configuration network, which is not read."""
    return None if settings.get("config_from") else settings.get("ipam_config", {})


def _restorable(
    params: Params, snapshot: Snapshot, network: Values, stay: Sequence[Endpoint], subnets: Iterable[str] | None
) -> Tuple[List[Endpoint], Tuple[str, ...]]:
    """The endpoints to connect to a network with these subnets (None if unknown), and warnings about what they lose.

    Raises BlockedError for anything that must not be lost.
    """
    cause = "The network %s cannot be recreated: " % network["Name"]
    outside = [] if subnets is None else addresses_outside(stay, subnets)
    if outside and network["Scope"] != "swarm":
        raise BlockedError(
            cause + "the container %s has the address %s, which is in no new subnet" % outside[0],
            "Choose a subnet that contains the address, or disconnect the container first.",
        )
    back = [item for item in stay if not item.idle]
    ignored = version_tuple(snapshot.version) >= MAC_IGNORED
    stripped = [item for item in back if item.mac_address and ignored]
    if stripped and not params["force"]:
        raise BlockedError(
            cause
            + "this engine cannot restore the MAC address of the container %s, %s"
            % (stripped[0].container, stripped[0].mac_address),
            "Remove the container first, or set 'force: true' to continue without the MAC address.",
        )
    warnings = ["container %s gets another address instead of %s" % item for item in outside]
    warnings += ["container %s loses its MAC address %s" % (item.container, item.mac_address) for item in stripped]
    moved = dict(outside)
    return [item.without_addresses() if item.container in moved else item for item in back], tuple(warnings)
