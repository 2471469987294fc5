# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A named volume. The Engine cannot change one: any difference requires a new one, without the data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict, Mapping, Sequence, Tuple

from ...engine import containers, notes, volumes
from ...engine.client import Client
from ...errors import DriftError, InputError
from ...state import grammar
from ...state.canonical import plugin, texts
from ...state.compare import Change, describe
from ...state.field import Control, Field
from ...state.noting import noted
from ...state.plan import Kind, Plan, Step, created, refused
from ...state.resource import Params, Resource
from ...state.table import COMPARISONS, Table

TABLE = Table(
    noun="volume",
    options=(
        Control("volume_name", aliases=("name",), required=True, grammar=grammar.volume),
        Field("driver", api="Driver", none="local", canonical=plugin),
        Field("driver_options", type="dict", api="DriverOpts", observed="Options", none={}, canonical=texts),
        Field("labels", type="dict", api="Labels", none={}, canonical=texts),
        Control("recreate", choices=("always", "never", "options-changed"), default="never"),
        COMPARISONS,
        Control("state", choices=("absent", "present"), default="present"),
    ),
)


# Options of the local driver. The first two go together; the quota requires certain file systems.
NEEDED = ("type", "device")
LOCAL_OPTIONS = (*NEEDED, "o", "size")


@dataclass(frozen=True)
class Snapshot:
    """The volume from inspect, or None.

    For removing it, also the names of the containers that use it; for another driver, all available drivers. ``note``
    was left by a run that was killed while recreating the volume.
    """

    volume: Mapping[str, Any] | None
    users: Sequence[str] = ()
    drivers: Sequence[str] = ()
    note: notes.Note | None = None


def observe(client: Client, params: Params) -> Snapshot:
    """Two calls: the volume, and a note of a run that was killed while recreating it. More only for removing it."""
    name = params["volume_name"]
    snapshot = Snapshot(volumes.inspect(client, name), note=notes.find(client, "volume", name))
    if snapshot.volume is None or not _goes(params, snapshot.volume):
        return snapshot
    users = sorted(containers.name_of(container) for container in containers.list_all(client, volume=[name]))
    others = params["state"] == "present" and any(
        change.name == "driver" for change in _changes(params, snapshot.volume)
    )
    return replace(snapshot, users=users, drivers=volumes.drivers(client) if others else ())


def _goes(params: Params, volume: Mapping[str, Any]) -> bool:
    """Whether an existing volume has to be removed, possibly to be replaced."""
    if params["state"] == "absent" or params["recreate"] == "always":
        return True
    return params["recreate"] == "options-changed" and bool(_changes(params, volume))


def _changes(params: Params, volume: Mapping[str, Any]) -> Tuple[Change, ...]:
    return TABLE.changes(TABLE.want(params), TABLE.have(volume), params["comparisons"])


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Create or remove the volume, and lose data only if the task allows it.

    Raises InputError for options that the local driver rejects, and DriftError if containers use the volume to remove,
    if there is no such driver, or if a difference requires a new volume that ``recreate`` does not allow.
    """
    name, volume = params["volume_name"], snapshot.volume
    over = _forget(name, snapshot.note)
    if params["state"] == "absent":
        if volume is None:
            return Plan(over, exists=False, stays=False)
        reason = "it exists, and state is absent"
        blocked = _in_the_way(name, snapshot.users)
        if blocked:
            return refused(Kind.REMOVE, "volume", name, reason, blocked)._replace(stays=False)
        return Plan((_remove(name, TABLE.have(volume), reason), *over), stays=False)
    TABLE.check_comparisons(params["comparisons"])
    want = TABLE.want(params)
    if volume is None:
        settings = {**_kept(want, dict(snapshot.note.content.get("have") or {})), **want} if snapshot.note else want
        _refuse_unknown_options(settings)
        reason = "its recreation was interrupted" if snapshot.note else "it does not exist"
        return Plan((_create(name, settings, reason), *over), created(TABLE.fields, want), exists=False)
    plan = _plan_present(params, snapshot, volume, want)
    return plan._replace(steps=over + plan.steps)


def _plan_present(params: Params, snapshot: Snapshot, volume: Mapping[str, Any], want: Mapping[str, Any]) -> Plan:
    name = params["volume_name"]
    have, changes = TABLE.have(volume), _changes(params, volume)
    if _goes(params, volume):
        reason = "%s differs" % ", ".join(change.name for change in changes) if changes else "recreate is always"
        blocked = _in_the_way(name, snapshot.users)
        if blocked:
            return refused(Kind.REMOVE, "volume", name, reason, blocked)._replace(changes=changes)
        settings = {**_kept(want, have), **want}
        _refuse_unknown_options(settings)
        if snapshot.drivers and settings["driver"] not in [plugin(driver) for driver in snapshot.drivers]:
            raise DriftError(
                "The volume %s is not replaced by one with the driver %s, which this engine does not have"
                % (name, settings["driver"]),
                "Install the plugin of this driver, or use one of %s." % ", ".join(sorted(snapshot.drivers)),
            )
        steps: Tuple[Step, ...] = (_remove(name, have, reason), _create(name, settings, reason))
        if set(settings) - set(want) - (set() if settings.get("driver") != TABLE.field("driver").none else {"driver"}):
            subject, note = "the recreation of volume %s" % name, notes.Writing("volume", name)
            steps = noted(note, subject, {"have": have}, steps, lambda client: bool(volumes.inspect(client, name)))
        return Plan(steps, changes)
    if any(change.name != "labels" for change in changes):
        raise DriftError(
            "The volume %s exists and cannot be changed without losing its data: %s"
            % (name, "; ".join(describe(change) for change in changes)),
            "Change the task to match the volume, or set 'recreate: options-changed' to replace it by an empty one.",
            diff=Plan(changes=changes).diff(),
        )
    left = changes + TABLE.drift(want, have, params["comparisons"])
    return Plan(warnings=tuple("volume %s is left alone: %s" % (name, describe(change)) for change in left))


def _kept(want: Mapping[str, Any], have: Mapping[str, Any]) -> Dict[str, Any]:
    """What a new volume takes over from the replaced one; options of another driver do not fit."""
    driver = have.get("driver")
    kept = have if want.get("driver", driver) == driver else {"labels": have.get("labels")}
    return {key: kept[key] for key in kept if kept[key]}


def _in_the_way(name: str, users: Sequence[str]) -> DriftError | None:
    if not users:
        return None
    return DriftError(
        "The volume %s cannot be removed, because containers use it: %s" % (name, ", ".join(users)),
        "Remove these containers first.",
    )


def _forget(name: str, note: notes.Note | None) -> Tuple[Step, ...]:
    if note is None:
        return ()
    reason = "the interrupted recreation is finished"
    return (Step(Kind.REMOVE, "note", notes.title("volume", name), reason, notes.drop, (note,), lasting=True),)


def _refuse_unknown_options(settings: Mapping[str, Any]) -> None:
    """Checked before a volume is removed for one that the Engine would reject."""
    options = settings.get("driver_options")
    if settings.get("driver", "local") != "local" or not options:
        return
    unknown = [name for name in options if name not in LOCAL_OPTIONS]
    if unknown:
        raise InputError(
            "driver_options: the driver local has no option %s" % unknown[0], "It has %s." % ", ".join(LOCAL_OPTIONS)
        )
    missing = [name for name in NEEDED if not options.get(name)]
    if missing and set(options) != {"size"}:
        raise InputError(
            "driver_options: the driver local also needs %s" % " and ".join(missing),
            "Set both type and device, with the same meaning as for mount, or neither.",
        )


def _create(name: str, settings: Mapping[str, Any], reason: str) -> Step:
    return Step(Kind.CREATE, "volume", name, reason, volumes.create, body={"Name": name, **TABLE.body(settings)})


def _remove(name: str, have: Mapping[str, Any], reason: str) -> Step:
    again = _create(name, {key: have[key] for key in have if have[key]}, "create it again, but empty")
    return Step(Kind.REMOVE, "volume", name, reason, volumes.remove, (name,), again)


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``volume``."""
    return {"volume": snapshot.volume or {}}


VOLUME = Resource(TABLE, observe, report, plan)
