# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image in a registry, or the images of a repository."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Dict, Mapping

from ...errors import InputError
from ...registry.client import Registries
from ...state.plan import Plan
from ...state.resource import Params, Resource
from . import absent, copying, pruning
from .table import ABSENT, PRESENT, PRUNED, TABLE

ONLY = {PRESENT: ("source", "platforms", "referrers", "force_tag"), PRUNED: ("keep", "tags")}
STATES: Mapping[str, ModuleType] = {PRESENT: copying, ABSENT: absent, PRUNED: pruning}


def observe(client: Registries, params: Params) -> Any:
    """Observe what the state requires. Raises InputError for options of another state."""
    for state, options in ONLY.items():
        for option in options:
            if params[option] and params["state"] != state:
                raise InputError("%s: no effect with state: %s" % (option, params["state"]), "Remove it.")
    return STATES[params["state"]].observe(client, params)


def plan(params: Params, snapshot: Any) -> Plan:
    """The plan for the state."""
    made: Plan = STATES[params["state"]].plan(params, snapshot)
    return made


def report(params: Params, snapshot: Any) -> Dict[str, Any]:
    """The return values for the state."""
    values: Dict[str, Any] = STATES[params["state"]].report(params, snapshot)
    return values


REGISTRY_IMAGE = Resource(TABLE, observe, report, plan)
