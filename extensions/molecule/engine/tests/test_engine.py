# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine after all that was done to it."""

from __future__ import annotations

import json


def test_it_runs_and_comes_back_at_boot(host):
    """By systemd, with nothing failed."""
    assert host.service("docker").is_running
    assert host.service("docker").is_enabled
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""


def test_it_runs_with_the_last_configuration(host):
    """As the file says and as the engine shows."""
    config = json.loads(host.file("/etc/docker/daemon.json").content_string)
    assert config == {"live-restore": True, "labels": ["made=first"], "log-driver": "local"}
    shown = json.loads(host.check_output("docker info --format '{{json .}}'"))
    assert shown["LiveRestoreEnabled"]
    assert shown["LoggingDriver"] == "local"
    assert shown["Labels"] == ["made=first"]
    assert shown["CgroupVersion"] == "2"


def test_a_container_runs(host):
    """With the profile of the kernel's AppArmor, where it has one."""
    host.check_output(
        "set -e; cd $(mktemp -d); cp /bin/busybox .; tar -c busybox | docker import - tested >/dev/null; "
        "docker run --rm tested /busybox echo it runs"
    )
