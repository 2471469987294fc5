# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the check of names for the certificate of the remote API."""

from __future__ import annotations

from typing import Any

import pytest
from role_variables import role_variable


def wrong(**options: Any) -> Any:
    """The names that the role rejects."""
    return role_variable("engine", "engine_remote_wrong_names", {}, **options)


@pytest.mark.parametrize(
    "name", ["a b", "https://a.example", "a.example:2376", "a/b", "", "a..b", "a.example\n", "$ENV"]
)
def test_invalid_names_are_rejected(name: str) -> None:
    """Otherwise openssl would accept it, or fail after everything else has changed."""
    options = {"engine_remote_api_address": "192.0.2.1", "engine_remote_api_names": ["a.example", name]}
    assert wrong(**options) == [name]


@pytest.mark.parametrize("name", ["a", "A-1.example", "*.example.com", "my_host", "192.0.2.2", "2001:db8::1", "::1"])
def test_valid_names_are_accepted(name: str) -> None:
    assert wrong(engine_remote_api_address=name, engine_remote_api_names=name) == []
