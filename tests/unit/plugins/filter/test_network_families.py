# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the filter network_families promises."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.filter.network_families import FilterModule

network_families = FilterModule().filters()["network_families"]


def test_families_are_apart_and_each_network_is_there_once() -> None:
    assert network_families(["10.0.0.0/8", "fd00::1", "192.0.2.7", "fd00:0::1/128", "10.0.0.0/8"]) == {
        "ipv4": ["10.0.0.0/8", "192.0.2.7/32"],
        "ipv6": ["fd00::1/128"],
    }
    assert network_families([]) == {"ipv4": [], "ipv6": []}


@pytest.mark.parametrize("bad", ["10.0.0.1/8", "10.0.0.0/33", "eth0", "", None, 167772160])
def test_what_is_no_network_is_refused(bad: str) -> None:
    with pytest.raises(AnsibleFilterError, match="is no network, such as"):
        network_families(["10.0.0.0/8", bad])
