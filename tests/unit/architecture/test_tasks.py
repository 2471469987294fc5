# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible runs without a word and nobody meant."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted([*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("playbooks/*.yml")])


def tasks(blocks):
    """All tasks of a file, those in blocks and plays as well."""
    for block in blocks:
        yield block
        for part in ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"):
            yield from tasks(block.get(part) or [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_role_is_included_for_what_was_so_before(path):
    """The condition of an include already sees the options that it gives to the role."""
    mistaken = [
        (task["name"], sorted(mentioned))
        for task in tasks(yaml.safe_load(path.read_text()))
        if "ansible.builtin.include_role" in task
        and (mentioned := set(task.get("vars", {})) & set(re.findall(r"\w+", json.dumps(task.get("when", "")))))
    ]
    assert mistaken == []


ROLE_FILES = [path for path in FILES if path.parent.name == "tasks" and path.parents[2].name == "roles"]


@pytest.mark.parametrize("path", ROLE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_loop_has_a_variable_of_its_role(path):
    """Who includes a role in a loop has an `item` already, which a loop of the role would take."""
    role = path.parent.parent.name
    mistaken = [
        task["name"]
        for task in tasks(yaml.safe_load(path.read_text()))
        if any(key == "loop" or key.startswith("with_") for key in task)
        and not (task.get("loop_control") or {}).get("loop_var", "").startswith(role + "_")
    ]
    assert mistaken == []


@pytest.mark.parametrize("path", ROLE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_role_knows_no_item(path):
    """It is that of whoever includes the role."""
    assert re.findall(r".*(?<![\w.'])item\b(?!\(|s).*", path.read_text()) == []


def texts(task):
    """The contents of files, and the input and arguments of programs that a task gives, which have to stay text."""
    for module, options in task.items():
        if "." in module and isinstance(options, dict):
            yield from (options[name] for name in ("content", "stdin") if name in options)
            yield from (word for word in options.get("argv", ()) if "json" in str(word))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_text_stays_text(path):
    """Up to ansible-core 2.18, what a template makes becomes a list, a dictionary or a boolean if it looks like one of
    Python's, such as a file in JSON, unless the template is one expression that ends with one of these filters by
    their short names."""
    program, kept = "{{ lookup('ansible.builtin.file'", r"\| (string|to_json|to_nice_json) \}\}$"
    for task in tasks(yaml.safe_load(path.read_text())):
        for text in map(str, texts(task)):
            one = text.count("{{") == 1 and re.search(kept, text)
            assert one or text.startswith(program) or not text.startswith("{{"), text


@pytest.mark.parametrize("path", ROLE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_cause_is_not_hidden(path):
    """With no_log a task that fails shows no reason: it must not fail, and the next one says why."""
    hidden = [
        task["name"]
        for task in tasks(yaml.safe_load(path.read_text()))
        if task.get("no_log") and task.get("failed_when") is not False
    ]
    assert hidden == []
