# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for a network, without I/O. The Engine cannot change one: other settings require a new network."""

from __future__ import annotations

from functools import partial

from ...errors import InputError
from ...state.compare import Change
from ...state.plan import Kind, Needs, Plan, refused
from ...state.resource import Params
from . import refusals
from .comparison import Comparison, compare, compare_connected, declared, is_exact, left_alone
from .note import name_in, settings_in
from .observe import Details, Snapshot, look_further
from .recreation import Task, create, recover, recreate
from .steps import Steps, prerequisites
from .table import KEPT, PREDEFINED, TABLE, Values


def plan(params: Params, snapshot: Snapshot) -> Plan | Needs:
    """Create, recreate or remove a network, and connect the containers that the task lists.

    Raises InputError for invalid options, VersionError for one that the engine is too old for, and BlockedError if a
    recreation would lose something.
    """
    if params["state"] == "absent":
        return _absent(params, snapshot)
    network, note = snapshot.network, snapshot.note
    want = declared(params, snapshot)
    TABLE.check_comparisons(params["comparisons"])
    look = partial(look_further, params=params, snapshot=snapshot, exact=is_exact(params))
    if network is None:
        found = compare(params, want, settings_in(note))
        return Needs(partial(look, creates=want), partial(create, params, snapshot, found))
    found = compare(params, want, TABLE.have(network))
    recreates = bool(found.changes or params["force"]) and network["Name"] not in KEPT
    if recreates:
        look = partial(look, creates=want, removes=True)
    elif note is None and params["connected"] is None:
        return Plan(warnings=left_alone(params, network, found))
    return Needs(look, partial(_existing, params, snapshot, network, found, recreates))


def _existing(
    params: Params, snapshot: Snapshot, network: Values, found: Comparison, recreates: bool, details: Details
) -> Plan:
    """Finish what a killed run has left; then recreate the network, or connect and disconnect containers."""
    task = Task(params, snapshot, network, found, details, compare_connected(params, network, details.listed))
    if snapshot.note:
        task = recover(task, snapshot.note)
    connected, steps = task.connected, Steps(network)
    warnings = connected.warnings + task.warnings + left_alone(params, network, found, connected.ignored)
    if recreates:
        return recreate(task._replace(warnings=warnings))
    missing = connected.missing()
    leaving = [item for item in task.details.endpoints(network) if not connected.keeps(item)]
    refusals.refuse_connections(
        network["Name"], found.have, bool(missing or leaving and found.have["driver"] == "host")
    )
    return Plan(
        # Connect first, because that may fail.
        prerequisites(params, details, missing).steps
        + task.before
        + steps.connect(missing)
        + steps.disconnect(leaving, "connected does not list it"),
        connected.changes,
        warnings,
    )


def _absent(params: Params, snapshot: Snapshot) -> Plan | Needs:
    name, network = params["name"], snapshot.network
    if name in PREDEFINED or network and network["Name"] in KEPT:
        raise InputError("The network %s is predefined by the Engine and cannot be removed" % name, "Remove the task.")
    if network is None:
        steps = Steps({"Name": name_in(snapshot.note, name)})
        return Plan(steps.remove_note(snapshot.note), exists=False, stays=False)
    look = partial(look_further, params=params, snapshot=snapshot, removes=True)
    return Needs(look, partial(_remove, snapshot, network))


def _remove(snapshot: Snapshot, network: Values, details: Details) -> Plan:
    name, steps, reason = network["Name"], Steps(network), "it exists, and state is absent"
    used = refusals.in_use(network, details)
    if used:
        return refused(Kind.REMOVE, "network", name, reason, used)._replace(stays=False)
    gone = [item for item in details.endpoints(network) if not item.idle]
    names = [item.container for item in gone]
    words = "The network %s is removed while containers are connected to it: %s." % (name, ", ".join(sorted(names)))
    return Plan(
        steps.disconnect(gone, "the network is to be removed")
        + steps.remove(TABLE.have(network), reason)
        + steps.remove_note(snapshot.note),
        (Change.of(TABLE.field("connected"), None, names),) if names else (),
        (words,) if names else (),
        stays=False,
    )
