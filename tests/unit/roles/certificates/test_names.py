# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the name of the CA."""

from __future__ import annotations

import pytest
from role_variables import role_variable


@pytest.mark.parametrize(
    ("authority", "name"),
    [
        ("Registry 192.0.2.1", "Registry 192.0.2.1"),
        ("Registry " + "a" * 60 + ".example", "Registry " + "a" * 55),
        ("Docker Engine of n1/b", "Docker Engine of n1-b"),
        ("Docker Engine of \u00fc+=", "Docker Engine of ---"),
    ],
)
def test_a_long_name_is_truncated(authority, name):
    """X.509 limits names to 64 characters, and openssl separates the parts of a subject with slashes."""
    given = {"certificates_authority": authority, "certificates_directory": "/d", "certificates_names": ["a"]}
    assert role_variable("certificates", "certificates_authority_name", {}, **given) == name
