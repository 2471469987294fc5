# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of how the role storage recognizes its own host by name and address."""

from __future__ import annotations

from role_variables import role_variable

NAMES = {"hostname": "n1", "fqdn": "n1.example.org"}
VOLUME = {"name": "a", "server": "192.0.2.1", "path": "/srv/a", "options": "rw"}


def test_a_host_is_recognized_by_its_addresses() -> None:
    facts = {**NAMES, "all_ipv4_addresses": ["192.0.2.1"], "all_ipv6_addresses": ["2001:db8::1"]}
    assert role_variable("storage", "storage_own_volumes", facts, storage_nfs_volumes=[VOLUME]) == [VOLUME]


def test_a_host_without_iproute2_has_no_addresses() -> None:
    """A minimal Debian has no iproute2, so Ansible cannot gather these facts."""
    assert role_variable("storage", "storage_own_volumes", NAMES, storage_nfs_volumes=[VOLUME]) == []
