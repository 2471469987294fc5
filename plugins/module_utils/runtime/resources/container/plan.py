# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for a container, without I/O. Usually nothing changes, and then no other module is imported."""

from __future__ import annotations

from typing import Any, Mapping, Tuple

from ...state.plan import Needs, Plan
from ...state.resource import Params
from .comparison import compare, left_alone
from .contradictions import refuse_contradictions, without_effect
from .declaration import completed, declared
from .image import labels_count, refuse_labels
from .observe import Snapshot
from .table import TABLE


def plan(task: Params, snapshot: Snapshot) -> Plan | Needs:
    """Create, change, replace, start, stop or remove a container.

    Raises InputError for contradictory options, and VersionError for one that the engine is too old for.
    """
    container, params = snapshot.container, completed(task, snapshot)
    want = declared(params, snapshot)
    TABLE.check_comparisons(params["comparisons"])
    TABLE.check_version(params, snapshot.version)
    refuse_contradictions(want, bool(container or snapshot.successor))
    idle: Tuple[str, ...] = ()
    found = None
    if params["state"] != "absent":
        idle = without_effect(want)
        if labels_count(params) and snapshot.image and not snapshot.moved:
            refuse_labels(params["image"], snapshot.image, want.get("labels", {}))
        if container and not snapshot.successor and _is_in_state(params, container["State"]):
            found = compare(params, want, snapshot, container)
            if not found.changes:
                return Plan(warnings=left_alone(params["name"], found) + idle)
    from .converge import Task  # with its imports, a fifth of a module's run time

    return Task(params, task["name"], want, snapshot, idle).plan(found)


def _is_in_state(params: Params, state: Mapping[str, Any]) -> bool:
    """Whether a container is in the task's state, for the common cases; ``converge`` handles all of them."""
    if state["Status"] in ("dead", "removing"):
        return False
    runs = state["Running"] and not state.get("Paused") and not state.get("Restarting")
    settled = {
        "present": True,
        "started": runs,
        "healthy": runs and (state.get("Health") or {}).get("Status") == "healthy",
        "stopped": not state["Running"],
    }[params["state"]]
    extras = ("recreate", "restart", "paused", "cleanup", "output_logs")
    return bool(settled and params["detach"] and not any(params[option] for option in extras))
