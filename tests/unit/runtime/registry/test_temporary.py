# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary files of killed runs are recognized, and no others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry import temporary

HANG = """
import sys
sys.path[:0] = %r
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry import temporary
number, _path = temporary.new_file(sys.argv[1])
with temporary.new_directory(sys.argv[1]):
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_the_next_run_removes_files_of_a_killed_run(tmp_path):
    """But not those of a run that is still active."""
    program = [sys.executable, "-c", HANG % (sys.path,), str(tmp_path)]
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    assert len(list(tmp_path.iterdir())) == 2
    assert temporary.left(tmp_path) == []
    process.send_signal(signal.SIGKILL)
    process.wait()
    found = temporary.left(tmp_path)
    assert len(found) == 2
    for path in found:
        temporary.discard(None, path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_not_killed_leaves_no_files(tmp_path):
    """Even if the directory is not empty."""
    with pytest.raises(KeyError), temporary.new_directory(tmp_path) as path:
        (tmp_path / path / "file").write_text("x")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [".slipway-settings", ".slipway-1a2b3c4d.txt", "slipway-1a2b3c4d", ".slipway-1a2b"])
def test_files_with_other_names_are_kept(tmp_path, name):
    """Whoever created them."""
    (tmp_path / name).write_text("x")
    assert temporary.left(tmp_path) == []


def test_files_of_other_users_are_kept(tmp_path):
    """And symbolic links."""
    if os.geteuid():
        pytest.skip("only root can give files away")
    theirs = tmp_path / ".slipway-1a2b3c4d"
    theirs.write_text("x")
    os.chown(theirs, 1234, 1234)
    (tmp_path / ".slipway-1a2b3c4e").symlink_to("/etc")
    assert temporary.left(tmp_path) == []
    temporary.discard(None, str(theirs))
    assert theirs.exists()


def test_a_missing_directory_has_no_leftovers(tmp_path):
    """It is not an error."""
    assert temporary.left(tmp_path / "nowhere") == []
