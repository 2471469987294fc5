# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that create, change, replace, start, stop or remove a container. No I/O.

``making`` has the steps for a new one, ``changing`` those in place, ``running`` those that start and stop it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Dict, List, Mapping, Tuple

from ...engine import lifecycle
from ...errors import InputError
from ...state.compare import Change
from ...state.grammar import is_id
from ...state.plan import Kind, Made, Plan, Step, created
from ...state.resource import Params
from . import changing, host, making, references, running
from .contradictions import refuse_with_what_is
from .difference import difference, left_alone, taken_along
from .observe import Snapshot, labels_count, look_at_labels, pull, successor_name
from .table import TABLE


def converge(params: Params, snapshot: Snapshot, want: Dict[str, Any]) -> Plan:
    """The plan from the snapshot to the task's state and values (``want``). Raises InputError if that is impossible."""
    if params["state"] == "absent":
        return _absent(params, snapshot)
    before, snapshot = _recovered(params, snapshot)
    name, container = params["name"], snapshot.container
    aftermath = partial(running.aftermath, name=name)
    if container is None:
        if is_id(name):
            raise InputError(
                "name: there is no container with the ID %s, and an ID cannot be the name of a new container" % name,
                "Use the name of the container.",
            )
        if "image" not in want:
            raise InputError(
                "The container %s does not exist, and the task sets no image to create it from" % name, "Set image."
            )
        running.refuse_contradictions(params, want)
        host.refuse(want, set(want), want, snapshot.host)
        made = Made()
        steps = _pull(params, snapshot) + making.create(
            params, references.with_ids(want, snapshot.ids), made, running.run(params, made)
        )
        warnings, stays = running.warnings(params, None), not running.leaves_nothing(params, want, None)
        changes = created(TABLE.fields, want)
        plan = Plan(tuple(before + steps), changes, warnings, exists=False, stays=stays, aftermath=aftermath)
        return _with_all_there(plan, snapshot)
    found = difference(params, snapshot, container)
    values = {**found.have, **found.want}
    running.refuse_contradictions(params, values)
    refuse_with_what_is(want, values)
    host.refuse(want, {change.name for change in found.changes} & set(want), values, snapshot.host)
    warnings = left_alone(name, found)
    changes, stays = found.changes, not running.leaves_nothing(params, values, container)
    if params["recreate"] or not all(changing.in_place(change, found) for change in found.changes):
        if snapshot.successor:
            raise InputError(
                "The name %s is required for the replacement, but another container has it" % successor_name(name),
                "Rename or remove it.",
            )
        reason = changing.because(found.changes) or "recreate is true"
        runs = params["state"] in running.RUNNING or params["state"] == "present" and container["State"]["Running"]
        made = Made()
        linked = references.with_ids(want, snapshot.ids)
        steps = _pull(params, snapshot) + making.replacement(params, container, linked, found, reason, runs, made)
        steps += running.after_replacement(params, container, made, runs)
        warnings, changes = taken_along(name, found), changes + found.drift
        warnings += _dependants(params, snapshot, changes)
    else:
        halt = running.halt(params, container, changes)
        to_state = running.go_on(params, container) if halt else running.to_state(params, container)
        steps = [*halt, *changing.update(params, container, found), *changing.reconnect(params, container, found)]
        steps += to_state
        changes += running.status(container, steps)
    warnings += running.warnings(params, container)
    steps = before + steps
    plan = Plan(tuple(steps), changes, warnings, stays=stays, aftermath=aftermath if steps else None)
    return _with_all_there(plan, snapshot)


def _with_all_there(plan: Plan, snapshot: Snapshot) -> Plan:
    """The plan, failing before any change if it creates or connects a container and something required is missing."""
    if not any(
        (step.kind, step.noun) in ((Kind.CREATE, "container"), (Kind.CONNECT, "container")) for step in plan.steps
    ):
        return plan
    steps, warnings = references.refuse(snapshot.absent)
    return plan._replace(steps=(*steps, *plan.steps), warnings=plan.warnings + warnings)


def _absent(params: Params, snapshot: Snapshot) -> Plan:
    steps: List[Step] = []
    container, left = snapshot.container, snapshot.successor
    why = "it exists, and state is absent"
    if container:
        steps += making.remove(params, container, why)
    if left and making.labelled(left, making.REPLACES):
        beside = [_undone(params, container, left, why, alone=True)] if container else []
        steps += beside or making.remove(params, left, why)
    return Plan(tuple(steps), warnings=_dependants(params, snapshot), exists=bool(steps), stays=False)


def _recovered(params: Params, snapshot: Snapshot) -> Tuple[List[Step], Snapshot]:
    """Steps that finish or undo what a killed run left, and the snapshot as it will be after them.

    If the old container is half removed, its successor was already running; so its removal is finished.
    """
    name, container, left = params["name"], snapshot.container, snapshot.successor
    steps: List[Step] = []
    if container and not lifecycle.is_whole(container):
        again = (container["Id"], False, True, params["removal_wait_timeout"])
        why = "its removal was interrupted"
        steps.append(Step(Kind.REMOVE, "container", name, why, lifecycle.remove, again, lasting=True))
        container = None
    if left is None or not making.labelled(left, making.REPLACES):
        return steps, replace(snapshot, container=container)
    new, reason = successor_name(name), "a replacement was interrupted"
    if container is None:
        why = "%s after the old one was gone" % reason
        steps.append(Step(Kind.RENAME, "container", new, why, lifecycle.rename, (left["Id"], name), lasting=True))
        steps += making.discard(making.labelled(left, making.DISCARDS))
        return steps, replace(snapshot, container=dict(left, Name="/" + name), successor=None)
    steps, state = [_undone(params, container, left, reason)], container["State"]
    was = making.labelled(left, making.WAS) if _is_of(left, container) else ""
    if was in ("running", "paused", "restarting") and not state["Running"] and params["state"] != "stopped":
        args = (container["Id"], was == "paused")
        steps.append(Step(Kind.START, "container", name, reason, lifecycle.start_again, args, lasting=True))
        state = dict(state, Running=True, Status=was, Paused=was == "paused", Restarting=False)
    return steps, replace(snapshot, container=dict(container, State=state), successor=None)


def _undone(
    params: Params, container: Mapping[str, Any], left: Mapping[str, Any], reason: str, alone: bool = False
) -> Step:
    """Remove a container that a killed run created beside another one, with the volumes that only it has.

    It is kept if the old container is gone by then, unless it is ``alone`` because that was removed first.
    """
    volumes = _is_of(left, container) or not params["keep_volumes"]
    args = (left["Id"], "" if alone else container["Id"], volumes)
    return Step(Kind.REMOVE, "container", successor_name(params["name"]), reason, lifecycle.discard, args, lasting=True)


def _is_of(left: Mapping[str, Any], container: Mapping[str, Any]) -> bool:
    return making.labelled(left, making.REPLACES) == str(container["Id"])


def _dependants(params: Params, snapshot: Snapshot, changes: Tuple[Change, ...] = ()) -> Tuple[str, ...]:
    """Warnings about containers that refer to one that is removed."""
    name, found = params["name"], []
    others = params["state"] != "absent" and any(change.name in ("mounts", "volumes") for change in changes)
    for other, options in sorted(snapshot.dependants.items()):
        broken = ", ".join(option for option in options if option != "volumes_from")
        if broken:
            found.append(
                (
                    "The container %s uses %s (%s), which is removed. Run its task after this one to replace "
                    "it, or recreate it."
                )
                % (other, name, broken)
            )
        elif others:
            found.append(
                (
                    "The container %s uses the volumes of the removed container %s (volumes_from). Run its "
                    "task with recreate: true to use the volumes of the new one."
                )
                % (other, name)
            )
    return tuple(found)


def _pull(params: Params, snapshot: Snapshot) -> List[Step]:
    reference = params["image"]
    if not reference or snapshot.image and not (snapshot.moved or snapshot.unnamed):
        return []
    if params["pull"] == "never":
        cause = "is not the required one: " + snapshot.moved if snapshot.moved else "is not on this host"
        raise InputError("The image %s %s, and pull is never" % (reference, cause), "Pull or build it first.")
    if reference.startswith("sha256:"):
        raise InputError("The image %s is not on this host, and an ID cannot be pulled" % reference, "Name it.")
    reason = snapshot.moved or "it is not on this host"
    steps = [Step(Kind.PULL, "image", reference, reason, pull, (reference, params["platform"]), lasting=True)]
    if labels_count(params):
        args = (reference, params["labels"] or {})
        reason = "image_label_mismatch is fail"
        steps.append(Step(Kind.LOOK_AT, "image", reference, reason, look_at_labels, args, alters=False))
    return steps
