# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of volumes."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.notes import Note
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume.resource import (
    VOLUME,
    Details,
    Snapshot,
)
from cases import hold, load


@pytest.mark.parametrize("case", load(__file__))
def test_plan(case):
    """See cases."""
    hold(case, VOLUME, _snapshot, _details)


def _snapshot(volume, note=None, **details):
    return Snapshot(volume, note and Note(*note))


def _details(volume, note=None, **details):
    return Details(**details)
