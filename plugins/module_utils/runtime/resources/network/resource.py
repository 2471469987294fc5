# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network: what a task reports about it."""

from __future__ import annotations

from typing import Any, Dict

from ...state.resource import Params, Resource
from .observe import Snapshot, observe
from .plan import plan
from .table import TABLE


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``network``."""
    return {"network": snapshot.network or {}}


NETWORK = Resource(TABLE, observe, report, plan)
