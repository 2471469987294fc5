# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files copied into and out of containers through the Engine, without running a command in the container."""

from __future__ import annotations

from typing import Any, Dict, Union

from ...engine.client import Client
from ...state.plan import Plan
from ...state.resource import Params, Resource
from . import into, out, tree
from .entries import DIRECTORY
from .shown import legible
from .table import TABLE

Snapshot = Union[into.Snapshot, out.Snapshot, tree.Snapshot]


def observe(client: Client, params: Params) -> Snapshot:
    """Both sides, for the task's direction."""
    if params["dest"] is None:
        return into.observe(client, params)
    found = out.observe(client, params)
    is_tree = found.source is not None and found.source.kind == DIRECTORY
    return tree.observe(client, params, found) if is_tree else found


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Write what differs."""
    if isinstance(snapshot, tree.Snapshot):
        return tree.plan(params, snapshot)
    return out.plan(params, snapshot) if isinstance(snapshot, out.Snapshot) else into.plan(params, snapshot)


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return values ``container_path`` and, when copying out, ``dest``."""
    found = {"container_path": legible(snapshot.path)}
    if isinstance(snapshot, (out.Snapshot, tree.Snapshot)):
        found["dest"] = legible(snapshot.dest)
    return found


CONTAINER_COPY = Resource(TABLE, observe, report, plan, settled=True)
