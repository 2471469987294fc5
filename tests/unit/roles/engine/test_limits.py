# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the check of default-ulimits."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LIMITS = Path(__file__).parents[4] / "roles" / "engine" / "files" / "limits.py"
MOST = int(Path("/proc/sys/fs/nr_open").read_text(encoding="ascii"))


def said(limits: Any) -> str:
    """The output of the program."""
    argv = [sys.executable, str(LIMITS), json.dumps(limits)]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def test_possible_limits_have_no_problems() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert said({"nofile": {"Name": "nofile", "Soft": 64, "Hard": hard}, "core": {"Hard": 0}}) == ""


def test_a_limit_above_that_of_the_kernel_is_a_problem() -> None:
    says = said({"nofile": {"Name": "nofile", "Soft": 64, "Hard": MOST + 1}})
    assert says.startswith("nofile has a hard limit of %d, above the hard limit of this host, which is " % (MOST + 1))
    assert says.endswith("(kernel: %d)" % MOST)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"nofile": {"Soft": 65, "Hard": 64}}, "nofile has a soft limit of 65, above its hard limit of 64"),
        ({"nofile": {"Soft": -1, "Hard": 64}}, "nofile has a soft limit of -1, above its hard limit of 64"),
        ({"files": {"Soft": 1, "Hard": 1}}, "files is not a limit that this host supports"),
    ],
)
def test_invalid_limits_are_problems(limits: Any, says: str) -> None:
    assert said(limits) == says
