# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container: what a task reports about it."""

from __future__ import annotations

from typing import Any, Dict, List

from ...state.resource import Params, Resource
from .observe import Snapshot, observe, shown, successor_name
from .plan import plan
from .table import TABLE


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``container``: the inspect result without our labels and values of environment variables."""
    if snapshot.container is None:
        return {"container": {}}
    return {"container": shown(snapshot.container)}


def outcome(params: Params, results: List[Any]) -> Dict[str, Any]:
    """The result of a run to the end: ``container`` with its output, ``status``, and a failure for its exit code."""
    from ...engine.attach import KEPT, Ended
    from ...engine.lifecycle import last_words, look_at
    from ...engine.streams import STDERR, STDOUT

    ended = next((result for result in results if isinstance(result, Ended)), None)
    if ended is None:
        return {}
    # A replacement ran before it got its name.
    name = ended.container["Name"].partition(successor_name(""))[0]
    container = report({}, Snapshot(dict(ended.container, Name=name)))["container"]
    found: Dict[str, Any] = {"container": dict(container, Output=ended.output.text()), "status": ended.code}
    if params["output_logs"]:
        found.update(stdout=ended.output.text(STDOUT), stderr=ended.output.text(STDERR))
    if ended.output.cut:
        found["warnings"] = ["The container wrote more than %d MiB. Output has the end of it." % (KEPT // 1024**2)]
    if ended.code:
        lines = ended.output.last_lines()
        message = "The container %s exited with exit code %d%s. %s" % (
            name.lstrip("/"),
            ended.code,
            last_words(lines),
            look_at(container_output=lines),
        )
        found.update(failed=True, msg=message, container_output=lines)
    return found


CONTAINER = Resource(TABLE, observe, report, plan, outcome)
