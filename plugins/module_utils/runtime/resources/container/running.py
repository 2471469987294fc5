# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a container that is there to one that runs, or does not, as the state says."""

from __future__ import annotations

from typing import Any, List, Mapping

from ...engine import containers
from ...state.plan import Step
from ...state.resource import Params
from . import making

RUNNING = ("started", "healthy")


def run(params: Params) -> List[Step]:
    """Start a container and, where the state says so, wait until it is healthy."""
    name, state = params["name"], params["state"]
    if state not in RUNNING:
        return []
    start = Step("start", "container", name, "state is %s" % state, containers.start, (name,))
    return [start] + (_healthy(params) if state == "healthy" else [])


def to_state(params: Params, container: Mapping[str, Any]) -> List[Step]:
    """Start, stop or restart a container that exists, and stays."""
    name, state = params["name"], container["State"]
    if params["state"] == "stopped":
        return making.stop(params, container, "state is stopped")
    if params["state"] not in RUNNING:
        return []
    if not state["Running"]:
        return run(params)
    steps = []
    if params["restart"]:
        args = (name, making.seconds_to_stop(params, container))
        steps = [Step("restart", "container", name, "restart is true", containers.restart, args)]
    if params["state"] == "healthy" and (steps or (state.get("Health") or {}).get("Status") != "healthy"):
        steps += _healthy(params)
    return steps


def _healthy(params: Params) -> List[Step]:
    args = (params["name"], params["healthy_wait_timeout"])
    return [
        Step("wait for", "container", params["name"], "state is healthy", containers.await_healthy, args, alters=False)
    ]
