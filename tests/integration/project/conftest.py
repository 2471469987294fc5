# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the tests of projects."""

from __future__ import annotations

import pytest
from harness.projects import Projects


@pytest.fixture
def project(engine):
    """Converges a project on the shared engine."""
    return Projects(engine.host, "shop")
