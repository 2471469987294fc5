# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of containers in what the Engine returns."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.containers import name_of


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ({"Name": "/db"}, "db"),
        ({"Names": ["/web/db", "/db"]}, "db"),
        ({"Names": None}, "0123456789ab"),
        ({}, "0123456789ab"),
    ],
)
def test_name_of(shown, name):
    """Its own name, not the alias of a link; the ID of a container that has none."""
    assert name_of({"Id": "0123456789abcdef", **shown}) == name
