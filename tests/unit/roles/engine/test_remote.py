# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names the certificate of the remote API can have."""

from __future__ import annotations

from typing import Any

import pytest
from role_variables import role_variable


def wrong(**options: Any) -> Any:
    """What the role refuses of these options."""
    return role_variable("engine", "engine_remote_wrong_names", {}, **options)


@pytest.mark.parametrize(
    "name", ["a b", "https://a.example", "a.example:2376", "a/b", "", "a..b", "a.example\n", "$ENV"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    """openssl would put it into the certificate, or fail, when everything else has changed."""
    options = {"engine_remote_api_address": "192.0.2.1", "engine_remote_api_names": ["a.example", name]}
    assert wrong(**options) == [name]


@pytest.mark.parametrize("name", ["a", "A-1.example", "*.example.com", "my_host", "192.0.2.2", "2001:db8::1", "::1"])
def test_what_is_a_name_is_accepted(name: str) -> None:
    assert wrong(engine_remote_api_address=name, engine_remote_api_names=name) == []
