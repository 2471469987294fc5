# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a resource: four functions around a table. A module hands one to ``run()``."""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, NamedTuple, Tuple

from .plan import Needs, Plan
from .table import Table

Params = Mapping[str, Any]


def no_plan(params: Params, snapshot: Any) -> Plan:
    """The plan of a resource that changes nothing (``_info`` modules)."""
    return Plan()


class Resource(NamedTuple):
    """A kind of object that can be observed and changed.

    ``observe(client, params)`` takes one snapshot of the host. ``plan(params, snapshot)`` is pure; if a change depends
    on more than the snapshot, it returns what it ``Needs``, so that nothing is compared twice.
    ``report(params, snapshot)`` gives the module's return values; after a change it gets a snapshot taken anew, in
    check mode the one before. ``settled`` says that nothing in it can be altered by the change; then it always gets the
    one before, and the host is not looked at again.
    ``outcome(params, results)`` gives return values that come from executing (results of the steps, in order); with
    ``failed`` and ``msg`` among them the task fails although every step was done. ``changed(plan, before, after)`` says
    from both snapshots whether executing has changed anything, for what the plan alone cannot know.
    ``execute(params, plan, client)`` executes a plan that is more than a sequence of steps; it returns what was
    executed in the end, whether that has changed anything, and further return values.
    """

    table: Table
    observe: Callable[[Any, Params], Any]
    report: Callable[[Params, Any], Dict[str, Any]]
    plan: Callable[[Params, Any], Plan | Needs] = no_plan
    outcome: Callable[[Params, list[Any]], Dict[str, Any]] | None = None
    settled: bool = False
    changed: Callable[[Plan, Any, Any], bool] | None = None
    execute: Callable[[Params, Any, Any], Tuple[Any, bool, Dict[str, Any]]] | None = None
