# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes that need no new container: limits, the restart policy, and networks."""

from __future__ import annotations

from typing import Any, List, Mapping, Tuple

from ...engine import lifecycle
from ...state.compare import Change
from ...state.field import CONNECT, UPDATE
from ...state.plan import Kind, Step
from ...state.resource import Params
from .comparison import Comparison
from .connecting import needs_mac
from .limits import with_partners
from .networks import shares
from .table import TABLE


def because(changes: Tuple[Change, ...]) -> str:
    """The changes as a reason; empty if there are none."""
    names = ", ".join(change.title for change in changes)
    return "%s %s" % (names, "differs" if len(changes) == 1 else "differ") if changes else ""


def in_place(params: Params, container: Mapping[str, Any], change: Change, found: Comparison) -> bool:
    """Whether the Engine can apply the change to the existing container.

    An update ignores zero and empty values (API 1.41 to 1.51), so it cannot remove a limit.
    """
    if change.on_change == CONNECT:
        fixed = change.name in found.dropped or shares(found.have["network_mode"])
        return not fixed and not needs_mac(params, container, found)
    return change.on_change == UPDATE and (bool(change.want) or change.name == "restart_retries")


def update(params: Params, container: Mapping[str, Any], found: Comparison) -> List[Step]:
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
