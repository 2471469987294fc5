# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress of a project, on the target."""

from __future__ import annotations

import json

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import HostError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.project.execution import Event
from ansible_collections.slipway.docker.plugins.module_utils.runtime.project.progress import Progress
from ansible_collections.slipway.docker.plugins.module_utils.runtime.project.table import Key

STEP = "load image a: from https://user:secret@example.com/a.tar"
EVENTS = [Event(Key("image", "a"), STEP, what, at, at) for at, what in enumerate(("began", "failed"))]


def test_the_file_has_the_events_and_is_removed(tmp_path):
    """Only its owner can read it, and it has no passwords."""
    path = tmp_path / "progress"
    progress = Progress(str(path))
    for event in EVENTS:
        progress(event)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["result"] for line in lines] == ["began", "failed"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert "secret" not in path.read_text() + json.dumps(progress.timeline())
    progress.close()
    assert not path.exists()


def test_an_existing_file_is_refused(tmp_path):
    """It may be a link of somebody else."""
    (tmp_path / "progress").symlink_to(tmp_path / "other")
    with pytest.raises(HostError, match="progress_file: .* cannot be created: File exists"):
        Progress(str(tmp_path / "progress"))


@pytest.mark.parametrize("path", ["/dev/null/progress", "/nonexistent/progress"])
def test_a_file_that_cannot_be_created_is_no_failure(path):
    """The timeline has the same."""
    progress = Progress(path)
    for event in EVENTS:
        progress(event)
    progress.close()
    assert [step["result"] for step in progress.timeline()] == ["failed"]


def test_a_file_that_somebody_removed_is_no_failure(tmp_path):
    """Such as the action plugin, when the connection broke."""
    progress = Progress(str(tmp_path / "progress"))
    (tmp_path / "progress").unlink()
    progress(EVENTS[0])
    progress.close()
