# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project: the networks, volumes, images and containers of a host, converged in one task."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Tuple

from ..converge import DONE
from ..errors import BlockedError, StepError
from ..state.plan import Needs
from ..state.resource import Params, Resource
from .execution import SKIPPED, UNDONE, Execution, Result
from .graph import Graph, part
from .planning import Snapshot, graph, observe
from .progress import Progress
from .table import PROJECT as WHOLE
from .table import TABLE, Key

SHOWN = "container"  # the inspect result of a container that failed, which may be long
RETURNED = ("status", "stdout", "stderr")  # of what the resource of a node returns


def plan(params: Params, snapshot: Snapshot) -> Needs:
    """The plan of all objects; each look at the host may depend on the plans before it."""
    return Needs(lambda client: graph(params, snapshot), lambda found: _approved(params, found))


def _approved(params: Params, found: Any) -> Any:
    """The plan. Raises BlockedError if another one was approved."""
    wanted = params["plan_digest"]
    if not wanted or wanted == found.values["plan_digest"]:
        return found
    approved = wanted.split(".")[1:]
    now = {part(entry): entry["resource"] for entry in found.data()}
    moved = sorted(resource for short, resource in now.items() if short not in approved)
    gone = len([short for short in approved if short not in now])
    words = ["the plan for %s is a new one" % ", ".join(moved)] if moved else []
    words += ["%d of its resources would change otherwise or not at all" % gone] if gone else []
    raise BlockedError(
        "The host or the project is no longer as it was when the plan was approved: %s"
        % (" and ".join(words) or "the order differs"),
        "Run the task in check mode, and approve the new plan.",
        **found.values,
    )


def run(params: Params, found: Any, client: Any) -> Tuple[Graph, bool, Dict[str, Any]]:
    """Execute the plan, or a new one if another run was there meanwhile.

    Returns what was executed, whether it has changed anything, and the return values. Raises StepError if a resource
    failed, once all others are done.
    """
    with found.lock.held(params["lock_timeout"], params["name"]) as moved:
        if moved:
            found = _approved(params, graph(params, observe(client, params)))
        progress = Progress(params["progress_file"])
        try:
            results, stuck = _execute(found, client, params, progress)
        finally:
            progress.close()
    values = {**_values(found, results), "timeline": progress.timeline()}
    if any(result.what != DONE for result in results.values()):
        kept = params["on_failure"] == WHOLE and stuck is None
        raise _failed(results, stuck, kept, {**found.values, **values})
    return found, any(result.changed for result in results.values()), values


def _execute(
    found: Graph, client: Any, params: Params, progress: Progress
) -> Tuple[Mapping[Key, Result], List[str] | None]:
    """What became of each node, and the steps that could not be undone; None if those of other nodes were kept."""
    whole = params["on_failure"] == WHOLE
    execution = Execution(found, client, params["parallel"], progress, whole)
    if not whole:
        execution.run(found.nodes)
        return execution.results, None
    if not execution.run([node.part(final=False) for node in found.nodes]):
        return execution.results, execution.take_back()
    execution.run([node.part(final=True) for node in found.nodes])
    return execution.results, None


def _failed(results: Mapping[Key, Result], stuck: List[str] | None, kept: bool, values: Mapping[str, Any]) -> StepError:
    """The error; ``kept`` says that only a removal failed, after which nothing else is taken back."""
    failed = {key: result.error for key, result in results.items() if result.error}
    skipped = [str(key) for key, result in results.items() if result.what == SKIPPED]
    words = ["%s: %s" % (key, error.cause) for key, error in failed.items()]
    advice = [error.fix for error in failed.values() if error.fix] if len(failed) == 1 else []
    if skipped:
        advice.append(
            "Not begun%s: %s." % (", because they come after it" if stuck is None else "", ", ".join(skipped))
        )
    if kept:
        advice.append("All other changes are kept. Run the task again to finish the removals.")
    undone = any(result.what == UNDONE for result in results.values())
    if stuck:
        advice.append("Some changes of other resources could not be rolled back: %s." % "; ".join(stuck))
    elif undone:
        advice.append("The changes of all other resources have been rolled back.")
    details = [
        {
            "resource": str(key),
            "msg": str(error),
            **{name: error.details[name] for name in error.details if name != SHOWN},
        }
        for key, error in failed.items()
    ]
    whole = {**(details[0] if len(failed) == 1 else {}), **values, "failures": details}
    whole["rolled_back"] = (
        not stuck and not kept and all(error.details.get("rolled_back", True) for error in failed.values())
    )
    whole["changed"] = any(result.changed for result in results.values())
    for name in ("resource", "msg"):
        whole.pop(name, None)
    return StepError("; ".join(words), " ".join(advice), **whole)


def _values(found: Graph, results: Mapping[Key, Result]) -> Dict[str, Any]:
    return {
        "resources": [
            {
                "resource": str(node.key),
                "result": _word(results[node.key], node.changes),
                "changed": results[node.key].changed,
                **{key: value for key, value in results[node.key].values.items() if key in RETURNED},
            }
            for node in found.nodes
        ],
    }


def _word(result: Result, changes: bool) -> str:
    return "unchanged" if result.what == DONE and not changes else result.what


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """Nothing: what a project returns depends on its plan."""
    return {}


PROJECT = Resource(TABLE, observe, report, plan, settled=True, execute=run)
