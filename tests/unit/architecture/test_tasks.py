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
