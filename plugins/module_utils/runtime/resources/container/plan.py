# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What will happen to a container: pure.

``making`` has the steps to a new one, ``changing`` those in place, ``running`` those that start and stop it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import List, Tuple

from ...engine import containers
from ...errors import InputError
from ...state.compare import STRICT, describe
from ...state.plan import Plan, Step, created
from ...state.resource import Params
from . import changing, making, running
from .contradictions import refuse_contradictions
from .difference import compatible, declared, difference
from .observe import Snapshot, look_at_labels, pull, refuse_labels, successor_name, with_files
from .table import TABLE


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Make, change, replace, start, stop or remove.

    Raises InputError for options that contradict each other, and VersionError for one that the engine is too old for.
    """
    if snapshot.container:
        # It may have been asked for by its id.
        params = dict(params, name=snapshot.container["Name"].lstrip("/"))
    name = params["name"]
    params = compatible(with_files(params, snapshot))
    want = declared(params)
    TABLE.check_comparisons(params["comparisons"])
    TABLE.check_version(params, snapshot.version)
    refuse_contradictions(want, bool(snapshot.container or snapshot.successor))
    if params["state"] == "absent":
        return _absent(params, snapshot)
    before, snapshot = _recovered(params, snapshot)
    if _labels_count(params) and snapshot.image and not snapshot.moved:
        refuse_labels(params["image"], snapshot.image, want.get("labels", {}))
    container = snapshot.container
    if container is None:
        if "image" not in want:
            raise InputError(
                "There is no container %s, and the task names no image to make it of" % name, "Give the option image."
            )
        running.refuse_contradictions(params, want)
        steps = _pull(params, snapshot) + making.create(params, want) + running.run(params)
        warnings, stays = running.warnings(params, None), not running.leaves_nothing(params, want, None)
        return Plan(tuple(before + steps), created(TABLE.fields, want), warnings, exists=False, stays=stays)
    found = difference(params, snapshot, container)
    values = {**found.have, **found.want}
    running.refuse_contradictions(params, values)
    warnings = tuple("container %s is left alone: %s" % (name, describe(change)) for change in found.drift)
    changes, stays = found.changes, not running.leaves_nothing(params, values, container)
    if params["recreate"] or not all(changing.in_place(change, found) for change in found.changes):
        reason = changing.because(found.changes) or "recreate is true"
        runs = params["state"] in running.RUNNING or params["state"] == "present" and container["State"]["Running"]
        steps = _pull(params, snapshot) + making.replacement(params, container, want, found, reason, runs)
        steps += running.after_replacement(params, container, runs)
    else:
        halt = running.halt(params, container, changes)
        to_state = running.go_on(params, container) if halt else running.to_state(params, container)
        steps = halt + changing.update(params, found) + changing.reconnect(params, found) + to_state
        changes += running.status(container, steps)
    warnings += running.warnings(params, container)
    return Plan(tuple(before + steps), changes, warnings, stays=stays)


def _absent(params: Params, snapshot: Snapshot) -> Plan:
    steps: List[Step] = []
    for container in (snapshot.container, snapshot.successor):
        if container and (container is snapshot.container or making.is_ours(container)):
            steps += making.remove(params, container, "it exists, and state is absent")
    return Plan(tuple(steps), exists=bool(steps), stays=False)


def _recovered(params: Params, snapshot: Snapshot) -> Tuple[List[Step], Snapshot]:
    """Finish or undo what a killed run left: the steps, and the snapshot as it will be after them."""
    name, left = params["name"], snapshot.successor
    if left is None:
        return [], snapshot
    new = successor_name(name)
    if not making.is_ours(left):
        raise InputError(
            "The name %s, which a replacement needs, is taken by a container of somebody else" % new,
            "Rename or remove it.",
        )
    reason = "a replacement was interrupted"
    if snapshot.container is None:
        step = Step(
            "rename", "container", new, "%s after the old one was gone" % reason, containers.rename, (new, name)
        )
        return [step], replace(snapshot, container=dict(left, Name="/" + name), successor=None)
    steps = [Step("remove", "container", new, reason, containers.remove, (new, False, True))]
    state = snapshot.container["State"]
    if params["state"] in running.RUNNING and not state["Running"]:
        steps.append(Step("start", "container", name, reason, containers.start, (name,)))
        state = dict(state, Running=True, Paused=False)
    return steps, replace(snapshot, container=dict(snapshot.container, State=state), successor=None)


def _pull(params: Params, snapshot: Snapshot) -> List[Step]:
    reference = params["image"]
    if not reference or snapshot.image and not snapshot.moved:
        return []
    if params["pull"] == "never":
        raise InputError("The image %s is not on this host, and pull is never" % reference, "Pull or build it first.")
    if reference.startswith("sha256:"):
        raise InputError("The image %s is not on this host, and an id cannot be pulled" % reference, "Name it.")
    reason = "the registry has another one by now" if snapshot.moved else "it is not on this host"
    steps = [Step("pull", "image", reference, reason, pull, (reference, params["platform"]))]
    if _labels_count(params):
        args = (reference, params["labels"] or {})
        reason = "image_label_mismatch is fail"
        steps.append(Step("look at", "image", reference, reason, look_at_labels, args, alters=False))
    return steps


def _labels_count(params: Params) -> bool:
    """Whether each label of the image must be one of the task."""
    comparisons = params["comparisons"] or {}
    strict = comparisons.get("labels", comparisons.get("*", STRICT)) == STRICT
    return bool(params["image"]) and params["image_label_mismatch"] == "fail" and strict
