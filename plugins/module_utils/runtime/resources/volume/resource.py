# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A named volume. The Engine cannot change one: any difference requires a new one, without the data."""

from __future__ import annotations

from functools import partial
from typing import Any, Dict, Mapping, NamedTuple, Sequence, Tuple

from ...engine import containers, notes, volumes
from ...engine.client import Client
from ...errors import BlockedError, InputError
from ...state import grammar
from ...state.canonical import plugin, texts
from ...state.compare import Change, because, describe
from ...state.field import Control, Field
from ...state.noting import finished, noted
from ...state.plan import Kind, Needs, Plan, Step, created, refused
from ...state.resource import Params, Resource
from ...state.table import COMPARISONS, Table
from ...values import labels

TABLE = Table(
    noun="volume",
    options=(
        Control("volume_name", aliases=("name",), required=True, grammar=grammar.volume),
        Field("driver", api="Driver", none="local", canonical=plugin),
        Field("driver_options", type="dict", api="DriverOpts", observed="Options", none={}, canonical=texts),
        Field("labels", type="dict", api="Labels", none={}, canonical=labels.labels),
        Control("recreate", choices=("always", "never", "options-changed"), default="never"),
        COMPARISONS,
        Control("state", choices=("absent", "present"), default="present"),
    ),
)


# Options of the local driver. The first two go together; the quota requires certain file systems.
NEEDED = ("type", "device")
LOCAL_OPTIONS = (*NEEDED, "o", "size")


Values = Mapping[str, Any]


class Snapshot(NamedTuple):
    """The volume from inspect, or None, and the note of a run that was killed while recreating it."""

    volume: Values | None
    note: notes.Note | None = None


class Details(NamedTuple):
    """What only a removal depends on: the names of the containers that use the volume.

    For another driver, also all available ``drivers``.
    """

    users: Sequence[str] = ()
    drivers: Sequence[str] = ()


def observe(client: Client, params: Params) -> Snapshot:
    """Two calls: the volume, and the note of a run that was killed while recreating it."""
    name = params["volume_name"]
    return Snapshot(volumes.inspect(client, name), notes.find(client, "volume", name))


def look_further(client: Client, name: str, drivers: bool = False) -> Details:
    """The containers that use a volume, and all ``drivers``, if they are needed."""
    users = sorted(containers.name_of(container) for container in containers.list_all(client, volume=[name]))
    return Details(users, volumes.drivers(client) if drivers else ())


def plan(params: Params, snapshot: Snapshot) -> Plan | Needs:
    """Create or remove the volume, and lose data only if the task allows it.

    Raises InputError for options that the local driver rejects, and BlockedError if containers use the volume to
    remove, if there is no such driver, or if a difference requires a new volume that ``recreate`` does not allow.
    """
    name, volume, note = params["volume_name"], snapshot.volume, snapshot.note
    over = finished(note, notes.title("volume", name), notes.drop)
    if params["state"] == "absent":
        if volume is None:
            return Plan(over, exists=False, stays=False)
        return Needs(partial(look_further, name=name), partial(_removal, name, volume, over))
    TABLE.check_comparisons(params["comparisons"])
    labels.refuse_ours(params)
    want = TABLE.want(params)
    if volume is None:
        settings = {**_kept(want, dict(note.content.get("have") or {})), **want} if note else want
        _refuse_unknown_options(settings)
        reason = "its recreation was interrupted" if note else "it does not exist"
        return Plan((_create(name, settings, reason), *over), created(TABLE.fields, want), exists=False)
    have = TABLE.have(volume)
    changes, recreate = TABLE.changes(want, have, params["comparisons"]), params["recreate"]
    if recreate == "always" or recreate == "options-changed" and changes:
        look = partial(look_further, name=name, drivers=any(change.name == "driver" for change in changes))
        return Needs(look, partial(_recreation, volume, want, have, changes, over))
    if any(change.name != "labels" for change in changes):
        raise BlockedError(
            "The volume %s exists and cannot be changed without losing its data: %s"
            % (name, "; ".join(describe(change) for change in changes)),
            "Change the task to match the volume, or set 'recreate: options-changed' to replace it by an empty one.",
            diff=Plan(changes=changes).diff(),
        )
    left = changes + TABLE.ignored(want, have, params["comparisons"])
    return Plan(over, warnings=tuple("volume %s is left alone: %s" % (name, describe(change)) for change in left))


def _removal(name: str, volume: Values, over: Tuple[Step, ...], details: Details) -> Plan:
    reason = "it exists, and state is absent"
    if details.users:
        used = _in_use(name, details.users)
        return refused(Kind.REMOVE, "volume", name, reason, used)._replace(stays=False)
    return Plan((_remove(volume, reason), *over), stays=False)


def _recreation(
    volume: Values, want: Values, have: Values, changes: Tuple[Change, ...], over: Tuple[Step, ...], details: Details
) -> Plan:
    """Replace the volume by an empty one; ``over`` are the steps before."""
    name = str(volume["Name"])
    reason = because(changes) or "recreate is always"
    if details.users:
        plan = refused(Kind.REMOVE, "volume", name, reason, _in_use(name, details.users))
        return plan._replace(steps=over + plan.steps, changes=changes)
    settings = {**_kept(want, have), **want}
    _refuse_unknown_options(settings)
    if details.drivers and settings["driver"] not in [plugin(driver) for driver in details.drivers]:
        raise BlockedError(
            "The volume %s is not replaced by one with the driver %s, which this engine does not have"
            % (name, settings["driver"]),
            "Install the plugin of this driver, or use one of %s." % ", ".join(sorted(details.drivers)),
        )
    steps: Tuple[Step, ...] = (_remove(volume, reason), _create(name, settings, reason, volume))
    if set(settings) - set(want) - (set() if settings.get("driver") != TABLE.field("driver").none else {"driver"}):
        subject, note = "the recreation of volume %s" % name, notes.Writing("volume", name)
        steps = noted(note, subject, {"have": have}, steps, lambda client: bool(volumes.inspect(client, name)))
    return Plan(over + steps, changes)


def _kept(want: Values, have: Values) -> Dict[str, Any]:
    """What a new volume takes over from the replaced one; options of another driver do not fit."""
    driver = have.get("driver")
    kept = have if want.get("driver", driver) == driver else {"labels": have.get("labels")}
    return {key: kept[key] for key in kept if kept[key]}


def _in_use(name: str, users: Sequence[str]) -> BlockedError:
    return BlockedError(
        "The volume %s cannot be removed, because containers use it: %s" % (name, ", ".join(users)),
        "Remove these containers first.",
    )


def _refuse_unknown_options(settings: Values) -> None:
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


def _create(name: str, settings: Values, reason: str, before: Values | None = None) -> Step:
    """Create a volume; one in place of another (``before``) keeps our labels."""
    body = labels.added({"Name": name, **TABLE.body(settings)}, labels.ours((before or {}).get("Labels")))
    return Step(Kind.CREATE, "volume", name, reason, volumes.create, body=body)


def _remove(volume: Values, reason: str) -> Step:
    name, have = str(volume["Name"]), TABLE.have(volume)
    again = _create(name, {key: have[key] for key in have if have[key]}, "create it again, but empty", volume)
    return Step(Kind.REMOVE, "volume", name, reason, volumes.remove, (name,), again)


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``volume``."""
    return {"volume": snapshot.volume or {}}


VOLUME = Resource(TABLE, observe, report, plan)
