# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes in tasks that Ansible does not report."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted([*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("playbooks/*.yml")])


def tasks(blocks):
    """All tasks of a file, including those in blocks and plays."""
    for block in blocks:
        yield block
        for part in ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"):
            yield from tasks(block.get(part) or [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_conditions_of_included_roles_do_not_use_their_options(path):
    """The condition of an include already sees the options that it passes to the role."""
    mistaken = [
        (task["name"], sorted(mentioned))
        for task in tasks(yaml.safe_load(path.read_text()))
        if "ansible.builtin.include_role" in task
        and (mentioned := set(task.get("vars", {})) & set(re.findall(r"\w+", json.dumps(task.get("when", "")))))
    ]
    assert mistaken == []


ROLE_FILES = [path for path in FILES if path.parent.name == "tasks" and path.parents[2].name == "roles"]


@pytest.mark.parametrize("path", ROLE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_loop_variables_have_the_prefix_of_their_role(path):
    """A role that is included in a loop would otherwise overwrite `item`."""
    role = path.parent.parent.name
    mistaken = [
        task["name"]
        for task in tasks(yaml.safe_load(path.read_text()))
        if any(key == "loop" or key.startswith("with_") for key in task)
        and not (task.get("loop_control") or {}).get("loop_var", "").startswith(role + "_")
    ]
    assert mistaken == []


@pytest.mark.parametrize("path", ROLE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_roles_do_not_use_item(path):
    """It belongs to the play that includes the role."""
    assert re.findall(r".*(?<![\w.'])item\b(?!\(|s).*", path.read_text()) == []


def texts(task):
    """Values of a task that must stay text: contents of files, and input and arguments of programs."""
    for module, options in task.items():
        if "." in module and isinstance(options, dict):
            yield from (options[name] for name in ("content", "stdin") if name in options)
            yield from (word for word in options.get("argv", ()) if "json" in str(word))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_text_stays_text(path):
    """Up to ansible-core 2.18, the result of a template becomes a list, a dictionary or a boolean if it looks like one.

    For example, JSON does. The exception is a single expression that ends with one of these filters by its short name.
    """
    program, kept = "{{ lookup('ansible.builtin.file'", r"\| (string|to_json|to_nice_json) \}\}$"
    for task in tasks(yaml.safe_load(path.read_text())):
        for text in map(str, texts(task)):
            one = text.count("{{") == 1 and re.search(kept, text)
            assert one or text.startswith(program) or not text.startswith("{{"), text


@pytest.mark.parametrize("path", ROLE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_tasks_with_no_log_do_not_fail(path):
    """A failed task with no_log shows no reason, so the next task checks and reports the result."""
    hidden = [
        task["name"]
        for task in tasks(yaml.safe_load(path.read_text()))
        if task.get("no_log") and task.get("failed_when") is not False
    ]
    assert hidden == []
