# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Approved plans: check mode writes a file, and a run executes the plan in it or nothing."""

from __future__ import annotations

import json

import pytest
from harness.controller import play
from harness.driver import failed
from harness.image import BASE
from harness.playbook import run_playbook

FILE = "plans/{{ inventory_hostname }}.json"


@pytest.fixture
def converge(engine, tmp_path):
    """Runs a project with a plan file. Returns the numbers of changed and failed tasks, and the output."""

    def run(*arguments, plan_file=FILE, **options):
        options = {"docker_host": engine.host, "name": "shop", "plan_file": plan_file, **options}
        options.setdefault("containers", {"web": {"image": BASE, "command": ["sleep", "1000"], "stop_timeout": 0}})
        return run_playbook(engine, tmp_path, play(options), *arguments)

    return run


def test_an_approved_plan_is_executed(engine, converge, tmp_path):
    """A file of the owner, next to the playbook, and a run that does what it says."""
    changed, errors, printed = converge("--check")
    assert (changed, errors) == (1, 0), printed
    file = tmp_path / "plans" / "localhost.json"
    assert file.stat().st_mode & 0o777 == 0o600
    approved = json.loads(file.read_text())
    assert [entry["resource"] for entry in approved["plan"]] == ["container web"]
    assert engine.names("container") == []
    changed, errors, printed = converge()
    assert (changed, errors) == (1, 0), printed
    assert engine.names("container") == ["web"]
    assert json.loads(file.read_text()) == approved


def test_another_plan_is_refused(engine, converge):
    """The host has moved since. The error names what is planned differently, and nothing changes."""
    converge("--check")
    engine.docker("create", "--name", "web", BASE, "sleep", "5")
    before = engine.inspect("container", "web")["Id"]
    changed, errors, printed = converge()
    assert (changed, errors) == (0, 1)
    assert "The host or the project is no longer as it was when the plan was approved" in printed
    assert "container web" in printed
    assert engine.inspect("container", "web")["Id"] == before
    assert converge("--check")[1] == 0
    assert converge()[1] == 0
    assert engine.inspect("container", "web")["Id"] != before


def test_a_run_without_a_plan_is_refused(engine, converge):
    """Check mode comes first."""
    changed, errors, printed = converge()
    assert (changed, errors) == (0, 1)
    assert "localhost.json does not exist. Run the task in check mode first" in printed
    assert engine.names("container") == []


def test_hosts_do_not_overwrite_each_other(converge, tmp_path):
    """Of two hosts with the same file, one fails. With a file for each, both plans are written."""
    hosts = ["--check", "-i", "one,two,", "--limit", "one,two"]
    _changed, errors, printed = converge(*hosts, plan_file="plan.json")
    kept = json.loads((tmp_path / "plan.json").read_text())["host"]
    assert kept in ("one", "two")
    assert "contains the plan of the project shop on %s" % kept in printed
    assert "Use a file for each" in printed
    assert printed.count("failed=1") == 1, errors
    converge(*hosts)
    assert sorted(path.name for path in (tmp_path / "plans").iterdir()) == ["one.json", "two.json"]


def test_the_module_alone_refuses_a_plan_file(module):
    """Only the action plugin can read it."""
    assert "plan_file: it is a file on the controller" in failed(module("project", name="shop", plan_file="/x"))
