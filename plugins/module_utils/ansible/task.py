# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a task to its result: observe, plan, execute unless in check mode, exit."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any, Callable, Dict, Mapping

from ansible.module_utils.basic import AnsibleModule

from ..runtime.errors import EngineMissing, SlipwayError
from ..runtime.state.compare import hide
from ..runtime.state.plan import execute
from ..runtime.state.resource import Resource, no_plan
from ..runtime.state.table import Table


@dataclass(frozen=True)
class Side:
    """The other side of a task, an engine or registries: the options for the way there, and the client they make.

    ``nothing`` makes the client that check mode asks where the other side does not exist yet.
    """

    spec: Callable[[], Dict[str, Any]]
    client: Callable[[Mapping[str, Any]], Any]
    nothing: Callable[[], Any] | None = None


def perform(resource: Resource, side: Side) -> None:
    """Be the module of a resource: read the task, converge, and exit with the result."""
    table = resource.table
    module = AnsibleModule(
        argument_spec={**side.spec(), **table.argument_spec()},
        supports_check_mode=True,
        # Only keeps the arguments, secrets in dicts among them, out of the system log.
        no_log=True,
        **table.rules(),
    )
    invocation = {"module_args": _shown(table, module.params)}
    try:
        with closing(side.client(module.params)) as client:
            result = _converge(module, resource, side, client)
    except SlipwayError as error:
        module.fail_json(msg=str(error), invocation=invocation, **{"changed": False, **error.details})
    leave = module.fail_json if result.get("failed") else module.exit_json
    leave(invocation=invocation, **result)


def _converge(module: AnsibleModule, resource: Resource, side: Side, client: Any) -> Dict[str, Any]:
    params = module.params
    try:
        snapshot = resource.observe(client, params)
    except EngineMissing as error:
        if not module.check_mode or side.nothing is None:
            raise
        module.warn("%s Check mode goes on as if an engine without any object were there." % error)
        client = side.nothing()
        snapshot = resource.observe(client, params)
    plan = resource.plan(params, snapshot)
    for warning in plan.warnings:
        module.warn(warning)
    changed, outcome = plan.changed, {}
    if plan.steps and not module.check_mode:
        results = execute(plan, client)
        outcome = resource.outcome(params, results) if resource.outcome else {}
        if not resource.settled:
            before, snapshot = snapshot, resource.observe(client, params)
            changed = resource.changed(plan, before, snapshot) if resource.changed else changed
    result = {"changed": changed, **resource.report(params, snapshot), **outcome}
    if resource.plan is not no_plan:
        result["actions"] = plan.actions()
        if module._diff:
            result["diff"] = plan.diff()
    return result


def _shown(table: Table, params: Dict[str, Any]) -> Dict[str, Any]:
    secret = {option.name: option for option in table.options if option.secret}
    return {name: hide(secret[name], value) if name in secret else value for name, value in params.items()}
