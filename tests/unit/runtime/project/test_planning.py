# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of projects: what was declared before, what is declared now, and the lines of the plan."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError

from .engines import Empty, planned

CASES = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text())
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_lines(case):
    """Of a project on an engine where the project ``before`` was converged."""
    assert set(case) <= {"case", "before", "project", "lines", "error", "warnings"}
    engine = planned(Empty(), **case["before"])[1] if "before" in case else Empty()
    if "error" in case:
        with pytest.raises(SlipwayError) as caught:
            planned(engine, **case["project"])
        assert case["error"] == str(caught.value)
        return
    found, after = planned(engine, **case["project"])
    assert found.lines() == case["lines"]
    assert [text for text in found.warnings if "grow without" not in text] == case.get("warnings", [])
    assert not planned(after, **case["project"])[0].lines()
