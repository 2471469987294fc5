# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for a container, without I/O. Usually nothing changes, and then no other module is imported."""

from __future__ import annotations

from typing import Any, Mapping, Tuple

from ...state.plan import Plan
from ...state.resource import Params
from .contradictions import refuse_contradictions, without_effect
from .difference import by_id, compatible, declared, difference, left_alone
from .networks import with_names
from .observe import Snapshot, labels_count, refuse_labels, with_files
from .table import TABLE


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Create, change, replace, start, stop or remove a container.

    Raises InputError for contradictory options, and VersionError for one that the engine is too old for.
    """
    container = snapshot.container
    # The task may name it by its id.
    params = dict(params, name=snapshot.name or params["name"], asked_for=params["name"], ids=snapshot.ids)
    params = compatible(with_names(with_files(params, snapshot), snapshot.networks))
    want = by_id(declared(params), snapshot)
    TABLE.check_comparisons(params["comparisons"])
    TABLE.check_version(params, snapshot.version)
    refuse_contradictions(want, bool(container or snapshot.successor))
    idle: Tuple[str, ...] = ()
    if params["state"] != "absent":
        idle = without_effect(want)
        if labels_count(params) and snapshot.image and not snapshot.moved:
            refuse_labels(params["image"], snapshot.image, want.get("labels", {}))
        if container and not snapshot.successor and _is_in_state(params, container["State"]):
            found = difference(params, snapshot, container)
            if not found.changes:
                return Plan(warnings=left_alone(params["name"], found) + idle)
    from .converge import converge  # with its imports, a fifth of a module's run time

    found_plan = converge(params, snapshot, want)
    return found_plan._replace(warnings=found_plan.warnings + idle)


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
