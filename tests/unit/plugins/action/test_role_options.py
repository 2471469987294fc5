# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results and errors of the action role_options."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.slipway.docker.plugins.action.role_options import FACTS, ActionModule
from role_variables import ROLES

GATHERED = dict.fromkeys(FACTS, "x")


def run(role: str, args: dict[str, Any], user: str = "0", **variables: Any) -> dict[str, Any]:
    """The result of the action in a role whose tasks run as this user."""
    task = SimpleNamespace(args=args, async_val=0, check_mode=False, action="role_options")
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    variables = {"role_path": str(ROLES / role), "ansible_facts": GATHERED, **variables}
    loader = DataLoader()
    action = ActionModule(task, connection, None, loader, Templar(loader, variables), None)
    action._low_level_execute_command = lambda command: {"rc": 0, "stdout": "Welcome!\n%s\n" % user}
    return action.run(None, variables)


def test_options_are_converted_and_hidden() -> None:
    """They include passwords."""
    found = run("registry", {"facts": True, "root": True}, registry_remove_data="false", registry_port="5001")
    assert (found["remove_data"], found["port"], found["names"]) == (False, 5001, [])
    assert found["_ansible_no_log"] is True


def test_problems_are_reported() -> None:
    """Without the values of secrets."""
    found = run("registry", {}, registry_version=3.5)
    assert found["failed"]
    assert "registry_version has the invalid value 3.5" in found["msg"]
    assert "_ansible_no_log" not in found


@pytest.mark.parametrize("facts", [{}, {"python": "x"}])
def test_missing_facts_are_an_error(facts: dict[str, Any]) -> None:
    """With gather_facts: false, or with too small a subset."""
    found = run("registry", {"facts": True}, ansible_facts=facts)
    assert found["failed"]
    assert "gather_facts: true" in found["msg"]
    assert "distribution" in found["msg"]


def test_missing_root_privileges_are_an_error() -> None:
    """The user of the tasks counts, not that of the connection. A banner may precede the output."""
    found = run("registry", {"root": True}, user="1000")
    assert found["failed"]
    assert "user ID 1000" in found["msg"]
    assert "become: true" in found["msg"]


def test_a_role_can_run_without_facts_and_root_privileges() -> None:
    """Such as workloads, for which the group docker is sufficient."""
    assert not run("workloads", {}, user="1000", ansible_facts={}).get("failed")
