# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps that stop and remove a container. No I/O."""

from __future__ import annotations

from typing import Any, List, Mapping

from ...engine import lifecycle, volumes
from ...engine.containers import name_of
from ...state.field import dig
from ...state.plan import Kind, Made, Step
from ...state.resource import Params
from .volumes import carried

Inspected = Mapping[str, Any]


def stop(params: Params, container: Inspected, reason: str, undo: Step | None = None) -> List[Step]:
    """Stop a container if it is running; it is started again if a later step fails."""
    if not container["State"]["Running"]:
        return []
    name, target, seconds = name_of(container), container["Id"], seconds_to_stop(params, container)
    undo = undo or start_again(container, target)
    if params["force_kill"]:
        args = (target, params["kill_signal"], seconds)
        return [Step(Kind.KILL, "container", name, reason, lifecycle.kill, args, undo)]
    return [Step(Kind.STOP, "container", name, reason, lifecycle.stop, (target, seconds), undo)]


def start_again(old: Inspected, target: str | Made) -> Step:
    """Undo the stop of a container, on itself or on its recreation."""
    args = (target, bool(old["State"].get("Paused")))
    return Step(Kind.START, "container", name_of(old), "undo its stop", lifecycle.start_again, args)


def remove(params: Params, container: Inspected, reason: str) -> List[Step]:
    """Stop and remove a container, with its anonymous volumes unless ``keep_volumes``."""
    args = (container["Id"], not params["keep_volumes"], False, params["removal_wait_timeout"])
    removal = Step(Kind.REMOVE, "container", name_of(container), reason, lifecycle.remove, args)
    steps = [*stop(params, container, reason), removal]
    return steps if params["keep_volumes"] else steps + discard(",".join(carried(container)))


def discard(written: str) -> List[Step]:
    """Remove the volumes in a label: mounted by name, they no longer count as anonymous in the Engine."""
    return [
        Step(Kind.REMOVE, "volume", name, "it was anonymous", volumes.discard, (name,), lasting=True)
        for name in filter(None, written.split(","))
    ]


def seconds_to_stop(params: Params, container: Inspected) -> int:
    """The seconds that a container may take to stop."""
    own: int | None = dig(container, "Config.StopTimeout")
    declared: int | None = params["stop_timeout"]
    return next(limit for limit in (declared, own, lifecycle.STOP_LIMIT) if limit is not None)


def has_done_its_work(container: Inspected) -> bool:
    """Whether a container has exited with 0: if so, its successor or next run may exit as well."""
    return bool(container["State"]["Status"] == "exited" and container["State"].get("ExitCode") == 0)
