# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter daemon_root."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.filter.daemon_root import FilterModule

daemon_root = FilterModule().filters()["daemon_root"]


@pytest.mark.parametrize(
    ("before", "config", "moved_by"),
    [
        ("", {}, []),
        ("", {"debug": True}, []),
        ("", {"data-root": "/var/lib/docker/"}, []),
        ("", {"data-root": "/srv/docker"}, ["data-root"]),
        ('{"data-root": "/srv/docker"}', {}, ["data-root"]),
        ('{"graph": "/srv/docker"}', {"data-root": "/srv/docker"}, []),
        ("", {"userns-remap": ""}, []),
        ("", {"userns-remap": "default"}, ["userns-remap"]),
        ('{"userns-remap": "default"}', {"userns-remap": "default"}, []),
        ('{"userns-remap": "default"}', {"userns-remap": "alice"}, ["userns-remap"]),
        ('{"userns-remap": "default"}', {"data-root": "/srv"}, ["data-root", "userns-remap"]),
        ("{broken", {}, []),
        ("[]", {}, []),
    ],
)
def test_keys_that_move_the_data(before: str, config: dict[str, Any], moved_by: list[str]) -> None:
    assert daemon_root(before, config)["moved_by"] == moved_by


def test_a_link_to_the_same_directory_moves_nothing() -> None:
    assert daemon_root("", {"data-root": "/srv/docker"}, same=True)["moved_by"] == []
    config = {"data-root": "/srv/docker", "userns-remap": "default"}
    assert daemon_root("", config, same=True)["moved_by"] == ["userns-remap"]


def test_the_root_is_the_one_before_the_change() -> None:
    before = '{"data-root": "/srv/docker", "userns-remap": "default"}'
    assert daemon_root(before, {}) == {
        "root": "/srv/docker",
        "remapped": True,
        "moved_by": ["data-root", "userns-remap"],
    }
    assert daemon_root("", {"data-root": "/srv/docker"})["root"] == "/var/lib/docker"


def test_other_types_than_a_dictionary_are_rejected() -> None:
    with pytest.raises(AnsibleFilterError, match="needs a dictionary"):
        daemon_root("", ["debug"])
