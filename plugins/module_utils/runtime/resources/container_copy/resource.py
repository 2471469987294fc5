# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files into a container and out of it, through the Engine: nothing is run in the container."""

from __future__ import annotations

from typing import Any, Dict, Union

from ...engine.client import Client
from ...state.plan import Plan
from ...state.resource import Params, Resource
from . import into, out
from .shown import legible
from .table import TABLE

Snapshot = Union[into.Snapshot, out.Snapshot]


def observe(client: Client, params: Params) -> Snapshot:
    """Both sides, of the way that the task goes."""
    return into.observe(client, params) if params["dest"] is None else out.observe(client, params)


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Write what differs."""
    return out.plan(params, snapshot) if isinstance(snapshot, out.Snapshot) else into.plan(params, snapshot)


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return values ``container_path`` and, on the way out, ``dest``."""
    found = {"container_path": legible(snapshot.path)}
    if isinstance(snapshot, out.Snapshot):
        found["dest"] = legible(snapshot.dest)
    return found


CONTAINER_COPY = Resource(TABLE, observe, report, plan, settled=True)
