# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of volumes."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.notes import Note
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume.resource import VOLUME, Snapshot
from cases import hold, load


@pytest.mark.parametrize("case", load(__file__))
def test_plan(case):
    """See cases."""
    hold(case, VOLUME, _snapshot)


def _snapshot(note=None, **observed):
    return Snapshot(note=note and Note(*note), **observed)
