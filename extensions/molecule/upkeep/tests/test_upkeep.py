# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The remains of a registry that was removed with its data at the end of the scenario."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "path",
    [
        "/etc/docker/registry",
        "/etc/systemd/system/docker-registry.service.d",
        "/etc/cron.d/registry-cleanup",
        "/etc/systemd/system/registry-cleanup.service",
        "/etc/systemd/system/registry-cleanup.timer",
        "/etc/docker/registries/team",
        "/etc/systemd/system/docker-registry-team.service",
        "/etc/systemd/system/docker-registry-team.service.d",
        "/etc/systemd/system/registry-cleanup-team.timer",
        "/usr/lib/slipway-docker/registry",
        "/usr/lib/slipway-docker/registry-team",
        "/var/lib/docker-registry-team",
        "/var/lib/slipway/registry-team",
        "/var/lib/docker-registry",
        "/var/lib/slipway/registry",
    ],
)
def test_nothing_is_left(host, path):
    assert not host.file(path).exists


def test_nothing_runs(host):
    assert not host.package("docker-registry").is_installed
    if host.file("/run/systemd/system").exists:
        assert host.run("systemctl list-timers --all | grep registry-cleanup").rc == 1
    assert host.run("pidof docker-registry").rc == 1
