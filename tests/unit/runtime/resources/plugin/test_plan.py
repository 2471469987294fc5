# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of plugin, and the calls for them."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.notes import Note
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.nothing import NoEngine
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.plugin import PLUGIN, Snapshot
from cases import complete, hold, load


@pytest.mark.parametrize("case", load(__file__))
def test_plan(case):
    """Cases from the YAML file."""
    hold(case, PLUGIN, _snapshot)


def _snapshot(note=None, **observed):
    return Snapshot(note=note and Note(*note), **observed)


def test_without_an_engine_the_installation_is_predicted():
    """The required privileges are unknown then."""
    params = complete(PLUGIN, {"name": "nfs", "state": "enable"})
    plan = PLUGIN.plan(params, PLUGIN.observe(NoEngine(), params))
    assert [step.kind for step in plan.steps] == ["install", "enable"]
