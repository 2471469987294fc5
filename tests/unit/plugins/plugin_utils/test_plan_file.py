# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of approved plans."""

from __future__ import annotations

import json

import pytest
from ansible_collections.slipway.docker.plugins.plugin_utils.plan_file import PlanFile, PlanFileError

PLAN = [{"resource": "container web", "after": [], "steps": []}]


@pytest.fixture
def file(tmp_path):
    """The file of a project, in a directory that does not exist yet."""
    return PlanFile(tmp_path / "plans" / "host1.json", "host1", "shop")


def test_a_plan_is_written_and_read(file):
    """Only the owner can read it, and nothing else is left in the directory."""
    file.write(PLAN, "1.2")
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.path.read_text())["plan"] == PLAN
    file.write(PLAN, "3.4")
    assert (file.digest(), file.digest("3.4")) == ("3.4", "3.4")
    assert list(file.path.parent.iterdir()) == [file.path]


@pytest.mark.parametrize("other", [{"host": "host2"}, {"project": "blog"}])
def test_the_plan_of_another_host_or_project_is_kept(file, other):
    """And not executed."""
    file.write(PLAN, "1.2")
    for use in (lambda plan: plan.write(PLAN, "3.4"), PlanFile.digest):
        with pytest.raises(PlanFileError, match="contains the plan of the project shop on host1, not of .*inventory_h"):
            use(file._replace(**other))
    assert file.digest() == "1.2"


@pytest.mark.parametrize("content", ["", "[]", "{}", "\udcff", '{"host": "host1", "project": "shop"}'])
def test_a_file_that_is_no_plan_is_kept(file, content):
    """The path may be a mistake."""
    file.path.parent.mkdir()
    file.path.write_text(content, errors="surrogateescape")
    for use in (lambda plan: plan.write(PLAN, "3.4"), PlanFile.digest):
        with pytest.raises(PlanFileError, match="does not contain a plan"):
            use(file)
    assert file.path.read_text(errors="surrogateescape") == content


def test_problems_are_sentences(file):
    """They begin with the option."""
    with pytest.raises(PlanFileError, match="^plan_file: .* does not exist. Run the task in check mode first"):
        file.digest()
    file.write(PLAN, "1.2")
    with pytest.raises(PlanFileError, match="does not have the digest that plan_digest requires"):
        file.digest("3.4")
    directory = file._replace(path=file.path.parent)
    with pytest.raises(PlanFileError, match="^plan_file: .* cannot be read: Is a directory"):
        directory.digest()
    below = file._replace(path=file.path / "x")
    with pytest.raises(PlanFileError, match="^plan_file: .* cannot be written: "):
        below.write(PLAN, "1.2")
