# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of planning as data: the task, the observed state, and the expected plan.

A file ``cases/*.yaml`` (or ``.json``) next to a test is a list of cases:

    - case: a missing volume is created      # what is tested
      params: {name: data}                   # as in a playbook; completed by Ansible's validation
      observed: {volume: null}               # the arguments of the resource's snapshot
      actions: ["create volume data: it does not exist"]
      diff: {before: {exists: false}, after: {exists: true}}        # compared if given
      warnings: ["..."]                                             # default: none
      changed: false                         # for steps that change nothing; default: whether there are steps
      args: [[{Name: data}]]                 # the arguments of the steps' calls, compared if given
      noted: true                            # the steps are enclosed by the creation and removal of a note, which
                                             # actions and args do not list
    - case: ...
      error: "part of the message"           # instead of actions

A test passes each of them to ``hold``:

    @pytest.mark.parametrize("case", load(__file__))
    def test_plan(case):
        hold(case, VOLUME, Snapshot)
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Mapping

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.slipway.docker.plugins.module_utils.ansible.entries import read_entries
from ansible_collections.slipway.docker.plugins.module_utils.runtime import converge
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.plan import Needs, Plan
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.resource import Resource

KEYS = {"case", "params", "observed", "actions", "changed", "diff", "warnings", "args", "error", "noted"}
Case = dict[str, Any]


def load(test: str, name: str = "*") -> list[Any]:
    """The cases in the files ``cases/NAME.yaml`` and ``.json`` next to a test file, as parameters for pytest."""
    found = []
    for path in sorted(Path(test).parent.glob("cases/%s.*" % name)):
        for case in yaml.safe_load(path.read_text()):  # JSON is YAML
            strange = set(case) - KEYS
            assert not strange, "%s, %s: %s" % (path, case.get("case"), strange)
            found.append(pytest.param(case, id="%s-%s" % (path.stem, case["case"].replace(" ", "-"))))
    assert found, "there are no cases %s beside %s" % (name, test)
    return found


def hold(
    case: Case, resource: Resource, snapshot: Callable[..., Any], details: Callable[..., Any] = lambda **observed: None
) -> None:
    """Compare a resource's plan with a case. ``details`` creates the data on which a change depends."""
    observed = case.get("observed", {})

    def make() -> Plan:
        params = complete(resource, case["params"])
        return planned(resource, params, snapshot(**observed), details(**observed))

    if "error" in case:
        with pytest.raises(SlipwayError) as caught:
            make()
        assert case["error"] in str(caught.value)
        if "diff" in case:
            assert caught.value.details.get("diff") == case["diff"]
        return
    plan = make()
    steps = list(plan.steps)
    if case.get("noted"):
        first, last = steps.pop(0), steps.pop()
        assert (first.kind, first.noun, last.kind, last.noun) == ("create", "note", "remove", "note")
    assert [str(step) for step in steps] == case["actions"]
    assert plan.changed is case.get("changed", bool(case["actions"]))
    assert list(plan.warnings) == case.get("warnings", [])
    if "diff" in case:
        assert plan.diff() == case["diff"]
    if "args" in case:
        assert json.loads(json.dumps([step.arguments for step in steps], default=str)) == case["args"]


def planned(resource: Resource, params: Mapping[str, Any], snapshot: Any, details: Any = None) -> Plan:
    """The plan of a resource, completed with details if it needs them."""
    found = resource.plan(params, snapshot)
    return found.plan(details) if isinstance(found, Needs) else found


def plan_with(resource: Resource, params: Mapping[str, Any], client: Any) -> Plan:
    """The plan of a resource, with all data read from a client."""
    return converge.planned(resource, params, resource.observe(client, params), client)


def count_calls(monkeypatch: pytest.MonkeyPatch, *places: tuple[Any, str]) -> Counter[str]:
    """Count the calls of functions, each given by its module or class and its name, from now on."""
    calls: Counter[str] = Counter()

    def count(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def counting(*args: Any, **kwargs: Any) -> Any:
            calls[name] += 1
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, counting)

    for owner, name in places:
        count(owner, name)
    return calls


def complete(resource: Resource, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as a module gets them: aliases resolved, types converted, defaults and None filled in."""
    table = resource.table
    result = ArgumentSpecValidator(table.argument_spec(), **table.rules()).validate(dict(params))
    assert not result.error_messages, result.error_messages
    validated: dict[str, Any] = result.validated_parameters
    return {**validated, **read_entries(table, validated)[0]}
