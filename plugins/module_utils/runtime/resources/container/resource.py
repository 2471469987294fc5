# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container: what is looked at, what is planned, and what is shown of it."""

from __future__ import annotations

from typing import Any, Dict

from ...engine.client import Client
from ...state.compare import HIDDEN
from ...state.resource import Params, Resource
from .observe import Snapshot, look, look_further
from .plan import plan
from .table import TABLE
from .values import OURS


def observe(client: Client, params: Params) -> Snapshot:
    """One look; a closer one where something will change."""
    snapshot = look(client, params)
    return look_further(client, params, snapshot) if plan(params, snapshot).steps else snapshot


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``container``: what inspect shows, without our labels and the values of the environment."""
    if snapshot.container is None:
        return {"container": {}}
    config = dict(snapshot.container["Config"])
    config["Labels"] = {key: value for key, value in (config.get("Labels") or {}).items() if not key.startswith(OURS)}
    config["Env"] = ["%s=%s" % (entry.partition("=")[0], HIDDEN) for entry in config.get("Env") or ()]
    return {"container": dict(snapshot.container, Config=config)}


CONTAINER = Resource(TABLE, observe, report, plan)
