# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that create, change, replace, start, stop or remove a container. No I/O.

``making`` has the steps for a new one, ``replacement`` those in place of an old one, ``connecting`` those that change
its networks, ``running`` and ``ending`` those that start and stop it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Dict, List, Mapping, Tuple

from ...engine import lifecycle
from ...errors import InputError
from ...state.compare import Change, because
from ...state.field import CONNECT, UPDATE
from ...state.grammar import is_id
from ...state.plan import Concern, Kind, Made, Needs, Plan, Step, created
from ...state.resource import Params
from . import connecting, ending, host, making, references, running
from .comparison import Comparison, compare, left_alone, taken_along
from .contradictions import refuse_with_what_is
from .image import labels_count, look_at_labels, pull
from .inheritance import inheritance
from .labels import DISCARDS, REPLACES, WAS, labelled
from .limits import with_partners
from .networks import shares
from .observe import Details, Snapshot, look_at_users, look_further, successor_name
from .replacement import Replacement
from .table import TABLE

Inspected = Mapping[str, Any]


@dataclass(frozen=True)
class Task:
    """A task for a container: its options and the name in them, the declared values (``want``), and what was observed.

    ``warnings`` are those so far, and ``before`` the steps that finish or undo what a killed run has left.
    """

    params: Params
    asked_for: str
    want: Mapping[str, Any]
    snapshot: Snapshot
    warnings: Tuple[str, ...] = ()
    before: Tuple[Step, ...] = ()

    def plan(self, found: Comparison | None) -> Plan | Needs:
        """The plan, with a comparison of the container if that is known. Raises InputError."""
        if self.params["state"] == "absent":
            return self._absent()
        task = self._recovered()
        container = task.snapshot.container
        if container is None:
            task._refuse_creation()
            return Needs(task._reader(False), task._creation)
        found = found or compare(task.params, task.want, task.snapshot, container)
        values = {**found.have, **found.want}
        running.refuse_contradictions(task.params, values)
        refuse_with_what_is(task.want, values)
        in_place = all(_in_place(task.params, container, change, found) for change in found.changes)
        if task.params["recreate"] or not in_place:
            return Needs(task._reader(True), partial(task._replacement, container, found))
        if not found.changes:
            return task._change(container, found, Details())
        return Needs(task._reader(False), partial(task._change, container, found))

    def _reader(self, replaces: bool) -> Any:
        return partial(look_further, params=self.params, snapshot=self.snapshot, replaces=replaces)

    def _refuse_creation(self) -> None:
        name = self.params["name"]
        if is_id(name):
            raise InputError(
                "name: there is no container with the ID %s, and an ID cannot be the name of a new container" % name,
                "Use the name of the container.",
            )
        if "image" not in self.want:
            raise InputError(
                "The container %s does not exist, and the task sets no image to create it from" % name, "Set image."
            )
        running.refuse_contradictions(self.params, self.want)

    def _creation(self, details: Details) -> Plan:
        params, want, made = self.params, self.want, Made()
        host.refuse(want, set(want), want, details.host)
        linked = references.with_ids(want, details.ids)
        steps = self._pull() + making.create(params, linked, details.ids, made, running.run(params, made))
        stays = not running.leaves_nothing(params, want, None)
        warnings = running.warnings(params, None)
        return self._finished(steps, created(TABLE.fields, want), warnings, stays, details, exists=False)

    def _replacement(self, container: Inspected, found: Comparison, details: Details) -> Plan:
        params, name = self.params, self.params["name"]
        self._refuse_by_host(found, details)
        if self.snapshot.successor:
            raise InputError(
                "The name %s is required for the replacement, but another container has it" % successor_name(name),
                "Rename or remove it.",
            )
        state = container["State"]
        new = Replacement(
            params,
            self.asked_for,
            container,
            references.with_ids(self.want, details.ids),
            found,
            inheritance(container, details.made_of),
            details.ids,
            params["state"] in running.RUNNING or params["state"] == "present" and state["Running"],
        )
        steps = self._pull() + new.steps(because(found.changes) or "recreate is true")
        steps += running.after_replacement(params, container, new.made, new.runs)
        changes = found.changes + found.ignored
        warnings = taken_along(name, found) + self._dependants(details, changes)
        warnings += running.warnings(params, container)
        return self._finished(steps, changes, warnings, self._stays(container, found), details)

    def _change(self, container: Inspected, found: Comparison, details: Details) -> Plan:
        params, changes = self.params, found.changes
        self._refuse_by_host(found, details)
        halt = running.halt(params, container, changes)
        steps = [
            *halt,
            *_update(params, container, found),
            *connecting.reconnect(params, container, found, details.ids),
            *(running.go_on(params, container) if halt else running.to_state(params, container)),
        ]
        warnings = left_alone(params["name"], found) + running.warnings(params, container)
        changes += running.status(container, steps)
        return self._finished(steps, changes, warnings, self._stays(container, found), details)

    def _finished(
        self,
        steps: List[Step],
        changes: Tuple[Change, ...],
        warnings: Tuple[str, ...],
        stays: bool,
        details: Details,
        exists: bool = True,
    ) -> Plan:
        """The plan of these steps; it fails before any change if a container that they connect refers to nothing."""
        first: List[Step] = []
        if any(step.kind in (Kind.CREATE, Kind.CONNECT) for step in steps):
            first, absent = references.refuse(details.absent)
            warnings += absent
        every = (*first, *self.before, *_volumes_last(steps, details))
        aftermath = partial(running.aftermath, name=self.params["name"]) if every else None
        return Plan(every, changes, warnings + self.warnings, exists=exists, stays=stays, aftermath=aftermath)

    def _stays(self, container: Inspected, found: Comparison) -> bool:
        return not running.leaves_nothing(self.params, {**found.have, **found.want}, container)

    def _refuse_by_host(self, found: Comparison, details: Details) -> None:
        changed = {change.name for change in found.changes} & set(self.want)
        host.refuse(self.want, changed, {**found.have, **found.want}, details.host)

    def _absent(self) -> Plan | Needs:
        params, snapshot, container = self.params, self.snapshot, self.snapshot.container
        steps: List[Step] = []
        left, why = snapshot.successor, "it exists, and state is absent"
        if container:
            steps += ending.remove(params, container, why)
        if left and labelled(left, REPLACES):
            steps += [self._undone(container, left, why, True)] if container else ending.remove(params, left, why)
        subject = container or left
        if not steps or subject is None:
            return Plan(exists=False, stays=False)
        return Needs(
            lambda client: look_at_users(client, subject),
            lambda details: Plan(_volumes_last(steps, details), warnings=self._dependants(details), stays=False),
        )

    def _recovered(self) -> Task:
        """The task as it will be after steps that finish or undo what a killed run has left.

        If the old container is half removed, its successor was already running; so its removal is finished.
        """
        params, name, snapshot = self.params, self.params["name"], self.snapshot
        container, left = snapshot.container, snapshot.successor
        steps: List[Step] = []
        if container and not lifecycle.is_whole(container):
            again = (container["Id"], False, True, params["removal_wait_timeout"])
            why = "its removal was interrupted"
            steps.append(Step(Kind.REMOVE, "container", name, why, lifecycle.remove, again, lasting=True))
            container = None
        if left is None or not labelled(left, REPLACES):
            return replace(self, before=tuple(steps), snapshot=replace(snapshot, container=container))
        new, reason = successor_name(name), "a replacement was interrupted"
        if container is None:
            why, args = "%s after the old one was gone" % reason, (left["Id"], name)
            steps.append(Step(Kind.RENAME, "container", new, why, lifecycle.rename, args, lasting=True))
            steps += ending.discard(labelled(left, DISCARDS))
            container = dict(left, Name="/" + name)
        else:
            steps += [self._undone(container, left, reason)]
            state, was = container["State"], labelled(left, WAS) if _is_of(left, container) else ""
            if was in ("running", "paused", "restarting") and not state["Running"] and params["state"] != "stopped":
                start = (container["Id"], was == "paused")
                steps.append(Step(Kind.START, "container", name, reason, lifecycle.start_again, start, lasting=True))
                container = dict(container, State=_as_before(state, was))
        return replace(self, before=tuple(steps), snapshot=replace(snapshot, container=container, successor=None))

    def _undone(self, container: Inspected, left: Inspected, reason: str, alone: bool = False) -> Step:
        """Remove a container that a killed run created beside another one, with the volumes that only it has.

        It is kept if the old container is gone by then, unless it is ``alone`` because that was removed first.
        """
        name, volumes = successor_name(self.params["name"]), _is_of(left, container) or not self.params["keep_volumes"]
        args = (left["Id"], "" if alone else container["Id"], volumes)
        return Step(Kind.REMOVE, "container", name, reason, lifecycle.discard, args, lasting=True)

    def _dependants(self, details: Details, changes: Tuple[Change, ...] = ()) -> Tuple[str, ...]:
        """Warnings about containers that refer to one that is removed, or use its volumes."""
        name = self.params["name"]
        found: List[str] = []
        others = self.params["state"] != "absent" and any(change.name in ("mounts", "volumes") for change in changes)
        for other, options in sorted(details.dependants.items()):
            broken = ", ".join(option for option in options if option != "volumes_from")
            if broken:
                words = (
                    "The container %s uses %s (%s), which is removed. Run its task after this one to replace it, or "
                    "recreate it."
                )
                found.append(Concern.about("container", other, words % (other, name, broken)))
            elif others:
                words = (
                    "The container %s uses the volumes of the removed container %s (volumes_from). Run its task with "
                    "recreate: true to use the volumes of the new one."
                )
                found.append(words % (other, name))
        kept = () if self.params["keep_volumes"] else sorted(details.used.items())
        words = "The anonymous volume %s of %s is kept, because the container %s uses it."
        return (*found, *(words % (volume, name, user) for volume, user in kept))

    def _pull(self) -> List[Step]:
        params, snapshot, reference = self.params, self.snapshot, self.params["image"]
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
            args, why = (reference, params["labels"] or {}), "image_label_mismatch is fail"
            steps.append(Step(Kind.LOOK_AT, "image", reference, why, look_at_labels, args, alters=False))
        return steps


def _in_place(params: Params, container: Inspected, change: Change, found: Comparison) -> bool:
    """Whether the Engine can apply the change to the existing container.

    An update ignores zero and empty values (API 1.41 to 1.51), so it cannot remove a limit.
    """
    if change.on_change == CONNECT:
        fixed = change.name in found.dropped or shares(found.have["network_mode"])
        return not fixed and not connecting.needs_mac(params, container, found)
    return change.on_change == UPDATE and (bool(change.want) or change.name == "restart_retries")


def _update(params: Params, container: Inspected, found: Comparison) -> List[Step]:
    """One call for all limits and the restart policy."""
    changes = tuple(change for change in found.changes if change.on_change == UPDATE)
    if not changes:
        return []
    name, target = params["name"], container["Id"]
    wanted = with_partners({change.name: change.want for change in changes}, found.want, found.have)
    body, places = TABLE.body(wanted)["HostConfig"], TABLE.places(wanted)
    back = TABLE.body({option: found.have[option] for option in wanted})["HostConfig"]
    undo = Step(Kind.UPDATE, "container", name, "undo its update", lifecycle.revert, (target, places), body=back)
    why = because(changes)
    return [Step(Kind.UPDATE, "container", name, why, lifecycle.update, (target, places), undo, body=body)]


def _volumes_last(steps: List[Step], details: Details) -> Tuple[Step, ...]:
    """The steps with the removal of volumes at the end, when nothing can fail any more, without those that are used."""
    volumes = [step for step in steps if step.noun == "volume"]
    unused = [step for step in volumes if step.name not in details.used]
    return (*(step for step in steps if step not in volumes), *unused)


def _is_of(left: Inspected, container: Inspected) -> bool:
    return labelled(left, REPLACES) == str(container["Id"])


def _as_before(state: Mapping[str, Any], was: str) -> Dict[str, Any]:
    """The state of a container that is started again, as it was before the interrupted run."""
    return dict(state, Running=True, Status=was, Paused=was == "paused", Restarting=False)
