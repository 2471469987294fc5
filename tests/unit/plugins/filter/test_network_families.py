# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter network_families."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.filter.network_families import FilterModule

network_families = FilterModule().filters()["network_families"]


def test_networks_are_separated_and_deduplicated() -> None:
    assert network_families(["10.0.0.0/8", "fd00::1", "192.0.2.7", "fd00:0::1/128", "10.0.0.0/8"]) == {
        "ipv4": ["10.0.0.0/8", "192.0.2.7/32"],
        "ipv6": ["fd00::1/128"],
    }
    assert network_families([]) == {"ipv4": [], "ipv6": []}


@pytest.mark.parametrize("bad", ["10.0.0.1/8", "10.0.0.0/33", "eth0", "", None, 167772160])
def test_other_values_than_networks_are_rejected(bad: str) -> None:
    with pytest.raises(AnsibleFilterError, match="is not a network such as"):
        network_families(["10.0.0.0/8", bad])
