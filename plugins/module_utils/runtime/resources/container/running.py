# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps from an existing container to the task's state: running, paused, ended or stopped."""

from __future__ import annotations

from typing import Any, List, Mapping, Tuple, Union

from ...engine import attach, containers, lifecycle, readiness
from ...engine.client import Client
from ...errors import InputError
from ...state.compare import Change
from ...state.field import UPDATE, dig
from ...state.plan import Kind, Made, Step, UndoDetails
from ...state.resource import Params
from . import ending
from .observe import shown

Target = Union[str, Made]  # a container by its id

RUNNING = ("started", "healthy")
NOTHING: Mapping[str, Any] = {"State": {"Running": False}}
# The status in a diff after the last of these steps.
AFTER = {
    Kind.START: "running",
    Kind.RESTART: "running",
    Kind.STOP: "exited",
    Kind.KILL: "exited",
    Kind.PAUSE: "paused",
    Kind.UNPAUSE: "running",
    Kind.RUN: "has run",
}


def is_one_off(params: Params) -> bool:
    """Whether the task ends with the container."""
    return params["state"] in RUNNING and not params["detach"]


def refuse_contradictions(params: Params, values: Mapping[str, Any]) -> None:
    """Raise InputError if the state contradicts the container's future ``values``."""
    state, policy = params["state"], values.get("restart_policy", "no")
    if params["paused"] and state not in RUNNING:
        raise InputError("paused requires a running container, but state is %s" % state, "Set state: started.")
    if params["paused"] and state == "healthy":
        raise InputError("paused: the health of a paused container is not checked, but state is healthy", "Choose one.")
    if values.get("auto_remove") and policy != "no":
        raise InputError("auto_remove cannot be used with restart_policy: %s" % policy)
    if not is_one_off(params):
        return
    for other, why in (
        (state == "healthy", "state: healthy waits for its health"),
        (params["paused"], "a paused container does not exit"),
        (policy not in ("no", "on-failure"), "restart_policy: %s restarts it each time" % policy),
    ):
        if other:
            raise InputError("detach: false waits until the container exits, but %s" % why, "Use one of them.")


def warnings(params: Params, container: Mapping[str, Any] | None) -> Tuple[str, ...]:
    """Warnings about options without effect, and about unrequested side effects."""
    there, found = container or NOTHING, []
    idle = [option for option in ("cleanup", "output_logs") if params[option] and params["detach"]]
    if idle:
        found.append("%s: no effect without detach: false" % " and ".join(idle))
    if _vanishes(params, there):
        found.append("The container %s has auto_remove and is removed when it stops." % params["name"])
    return tuple(found)


def leaves_nothing(params: Params, values: Mapping[str, Any], container: Mapping[str, Any] | None) -> bool:
    """Whether no container remains when the task is done."""
    if is_one_off(params):
        return bool(params["cleanup"] or values.get("auto_remove"))
    return _vanishes(params, container or NOTHING)


def status(container: Mapping[str, Any], steps: List[Step]) -> Tuple[Change, ...]:
    """The change of the container's status by the steps, for the diff."""
    before, after = container["State"]["Status"], [AFTER[step.kind] for step in steps if step.kind in AFTER]
    if not after:
        return ()
    return (Change("status", after[-1] + (" again" if after[-1] == before else ""), before),)


def run(
    params: Params, target: Target, container: Mapping[str, Any] | None = None, undo: Step | None = None
) -> List[Step]:
    """Start a stopped container and, depending on the task, wait until it is healthy or ends; ``undo`` stops it."""
    name, state = params["name"], params["state"]
    if state not in RUNNING:
        return []
    if is_one_off(params):
        reason = "state is %s, and detach is false" % state
        return [Step(Kind.RUN, "container", name, reason, attach.run, (target,)), *cleanup(params, target, container)]
    may_end = (True,) if state == "started" and container and ending.has_done_its_work(container) else ()
    start = Step(Kind.START, "container", name, "state is %s" % state, readiness.start_up, (target, *may_end), undo)
    return [start, *(_healthy(params, target) if state == "healthy" else ()), *pause(params, target, False)]


def cleanup(params: Params, target: Target, container: Mapping[str, Any] | None) -> List[Step]:
    """Remove a container that has ended."""
    if not (params["cleanup"] and is_one_off(params)):
        return []
    ended = {"Config": {}, "Name": "/" + params["name"], **(container or {}), **NOTHING, "Id": target}
    return ending.remove(params, ended, "cleanup is true")


def to_state(params: Params, container: Mapping[str, Any]) -> List[Step]:
    """Start, stop, restart, pause or wait for an existing container that is kept."""
    name, target, state = params["name"], container["Id"], container["State"]
    if _vanishes(params, container) and params["auto_remove"]:
        raise InputError(
            "auto_remove: the container %s is removed when it stops, but state is stopped" % name,
            "Set state: absent, or remove auto_remove.",
        )
    if params["state"] == "stopped":
        steps = ending.stop(params, container, "state is stopped")
        if _vanishes(params, container):
            args = (target, params["removal_wait_timeout"])
            why = "it has auto_remove"
            steps.append(Step(Kind.WAIT, "container", name, why, lifecycle.await_gone, args, alters=False))
        return steps
    if params["state"] not in RUNNING:
        return []
    if not state["Running"]:
        args = (target, ending.seconds_to_stop(params, container))
        undo = Step(Kind.STOP, "container", name, "undo its start", lifecycle.stop, args)
        return run(params, target, container, undo)
    if is_one_off(params):
        return _to_end(params, container)
    steps = _restart(params, container)
    paused = bool(state.get("Paused")) and not steps
    if state.get("Restarting") and params["paused"] and not steps:
        raise InputError(
            "The container %s exits and is restarted repeatedly, so it cannot be paused" % name, "Look at its log."
        )
    steps += pause(params, target, paused)
    if params["state"] == "healthy" and (steps or not _is_healthy(state)):
        if paused:
            _refuse_to_wait(params, "its health is not checked")
        steps += _healthy(params, target)
    return steps


def aftermath(client: Client, name: str) -> UndoDetails:
    """The state of a container after a failure: a sentence, and its part of the result."""
    found = containers.inspect(client, name)
    if found is None:
        return UndoDetails()
    state = found["State"]
    health = (state.get("Health") or {}).get("Status", "none")
    word = "restarting" if state.get("Restarting") else "paused" if state.get("Paused") else "running"
    if not state["Running"]:
        word = "not running; its last exit code was %s" % state.get("ExitCode", "unknown")
        word = "not started" if state["Status"] == "created" else word
    elif health not in ("none", ""):
        word += ", and its health is %s" % health
    return UndoDetails(stands="The container %s is now %s." % (name, word), container=shown(found))


def halt(params: Params, container: Mapping[str, Any], changes: Tuple[Change, ...]) -> List[Step]:
    """Stop a container that keeps restarting, because the Engine refuses to update it meanwhile."""
    if container["State"].get("Restarting") and any(change.on_change == UPDATE for change in changes):
        return ending.stop(params, container, "it cannot be changed while it is restarted repeatedly")
    return []


def go_on(params: Params, container: Mapping[str, Any]) -> List[Step]:
    """Start a container after ``halt``, if it is to run."""
    if params["state"] == "present":
        return [Step(Kind.START, "container", params["name"], "it ran before", lifecycle.start, (container["Id"],))]
    return to_state(params, dict(container, **NOTHING))


def after_replacement(params: Params, container: Mapping[str, Any], new: Target, runs: bool) -> List[Step]:
    """The steps after a ``new`` container has replaced this one."""
    if is_one_off(params):
        return cleanup(params, new, None)
    if params["paused"] is None and runs and container["State"].get("Paused"):
        return pause(dict(params, paused=True), new, False, "the old one was")
    return pause(params, new, False) if runs else []


def pause(params: Params, target: Target, paused: bool, reason: str = "paused is true") -> List[Step]:
    """Pause or unpause a running container."""
    name = params["name"]
    if params["paused"] in (None, paused):
        return []
    if not params["paused"]:
        undo = Step(Kind.PAUSE, "container", name, "undo unpausing it", lifecycle.pause, (target,))
        return [Step(Kind.UNPAUSE, "container", name, "paused is false", lifecycle.unpause, (target,), undo)]
    undo = Step(Kind.UNPAUSE, "container", name, "undo its pause", lifecycle.unpause, (target,))
    return [Step(Kind.PAUSE, "container", name, reason, lifecycle.pause, (target,), undo)]


def _restart(params: Params, container: Mapping[str, Any]) -> List[Step]:
    name, target, reason = params["name"], container["Id"], "restart is true"
    if not params["restart"]:
        return []
    if params["force_kill"] and not _removes_itself(container):
        start = Step(Kind.START, "container", name, reason, lifecycle.start, (target,))
        steps = [*ending.stop(params, container, reason), start]
    else:
        args = (target, ending.seconds_to_stop(params, container))
        steps = [Step(Kind.RESTART, "container", name, reason, lifecycle.restart, args)]
    if params["state"] == "started":
        steps.append(Step(Kind.WAIT, "container", name, "it must stay up", readiness.stay_up, (target,), alters=False))
    return steps


def _to_end(params: Params, container: Mapping[str, Any]) -> List[Step]:
    name, target = params["name"], container["Id"]
    if params["restart"] and _removes_itself(container):
        raise InputError(
            "restart: the container %s has auto_remove and is removed when it stops" % name,
            "Remove restart to wait until it exits.",
        )
    if params["restart"]:
        return ending.stop(params, container, "restart is true") + run(params, target, container)
    if container["State"].get("Paused"):
        _refuse_to_wait(params, "it does not exit")
    wait = Step(Kind.WAIT, "container", name, "detach is false", attach.run, (target, True), alters=False)
    return [*pause(params, target, bool(container["State"].get("Paused"))), wait, *cleanup(params, target, container)]


def _refuse_to_wait(params: Params, why: str) -> None:
    """Raise InputError if the task waits for a paused container and does not set ``paused``."""
    if params["paused"] is None:
        raise InputError("The container %s is paused, so %s" % (params["name"], why), "Set paused: false.")


def _healthy(params: Params, target: Target) -> List[Step]:
    args = (target, params["healthy_wait_timeout"])
    return [
        Step(Kind.WAIT, "container", params["name"], "state is healthy", readiness.await_healthy, args, alters=False)
    ]


def _vanishes(params: Params, container: Mapping[str, Any]) -> bool:
    return bool(params["state"] == "stopped" and container["State"]["Running"] and _removes_itself(container))


def _is_healthy(state: Mapping[str, Any]) -> bool:
    return (state.get("Health") or {}).get("Status") == "healthy"


def _removes_itself(container: Mapping[str, Any]) -> bool:
    return bool(dig(container, "HostConfig.AutoRemove"))
