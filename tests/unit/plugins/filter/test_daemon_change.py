# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter daemon_change."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.filter.daemon_change import FilterModule

daemon_change = FilterModule().filters()["daemon_change"]


@pytest.mark.parametrize(
    ("before", "config", "how"),
    [
        ("", {}, "nothing"),
        ("{}\n", {}, "nothing"),
        ('{"debug": true}', {"debug": True}, "nothing"),
        ("", {"debug": True}, "reload"),
        ('{"debug": true}', {"debug": False, "labels": ["a=b"]}, "reload"),
        ('{"log-driver": "local"}', {"log-driver": "local", "live-restore": True}, "reload"),
        ('{"debug": true}', {}, "restart"),
        ("", {"log-driver": "local"}, "restart"),
        ("", {"authorization-plugins": ["not-there"]}, "restart"),
        ('{"debug": true}', {"debug": False, "iptables": False}, "restart"),
        ("{broken", {"debug": True}, "restart"),
        ("[]", {}, "restart"),
    ],
)
def test_how_a_change_is_applied(before: str, config: dict[str, Any], how: str) -> None:
    assert daemon_change(before, config)["how"] == how


def test_the_reason_names_the_keys() -> None:
    assert daemon_change('{"debug": true, "mtu": 1400}', {})["why"].endswith(": debug, mtu")
    assert daemon_change("", {"mtu": 1400, "debug": True})["why"] == "a reload ignores mtu"
    assert daemon_change("", {"labels": [], "debug": True})["why"] == "debug, labels changed"


def test_shown_has_the_changed_keys_that_the_engine_reports() -> None:
    change = daemon_change('{"debug": true}', {"debug": True, "live-restore": True, "features": {}})
    assert change["shown"] == {"LiveRestoreEnabled": True}


def test_after_a_malformed_file_shown_has_all_reported_keys() -> None:
    assert daemon_change("{broken", {"log-driver": "local", "mtu": 1400})["shown"] == {"LoggingDriver": "local"}


def test_with_userns_remap_the_root_is_not_in_shown() -> None:
    assert daemon_change("", {"data-root": "/srv/docker"})["shown"] == {"DockerRootDir": "/srv/docker"}
    assert daemon_change("", {"data-root": "/srv/docker", "userns-remap": "default"})["shown"] == {}


def test_shown_has_the_root_with_links_resolved() -> None:
    change = daemon_change("", {"data-root": "/srv/docker"}, real_root="/mnt/docker")
    assert change["shown"] == {"DockerRootDir": "/mnt/docker"}
    assert daemon_change("", {"debug": True}, real_root="/mnt/docker")["shown"] == {"Debug": True}


def test_other_types_than_a_dictionary_are_rejected() -> None:
    with pytest.raises(AnsibleFilterError, match="needs a dictionary"):
        daemon_change("", ["debug"])
