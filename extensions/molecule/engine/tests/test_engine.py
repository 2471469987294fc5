# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine after all that was done to it."""

from __future__ import annotations

import json
from base64 import b64encode

from ansible_collections.slipway.docker.plugins.filter.daemon_problems import KEYS, daemon_problems

# The engine looks into proxies for its keys.
ASKED = {**dict.fromkeys([*KEYS, "unheard-of"]), "proxies": {"no-proxy": ""}}


def test_it_runs_and_comes_back_at_boot(host):
    """By systemd, with nothing failed."""
    assert host.service("docker").is_running
    assert host.service("docker").is_enabled
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""


def test_it_runs_with_the_last_configuration(host):
    """As the file says and as the engine shows."""
    config = json.loads(host.file("/etc/docker/daemon.json").content_string)
    assert config == {
        "default-ulimits": {"nofile": {"Name": "nofile", "Hard": 4096, "Soft": 1024}},
        "icc": False,
        "labels": ["made=third", "host=one"],
        "live-restore": True,
        "log-driver": "local",
        "log-opts": {"max-size": "10m", "max-file": "2"},
        "no-new-privileges": True,
        "userland-proxy": False,
    }
    shown = json.loads(host.check_output("docker info --format '{{json .}}'"))
    assert shown["LiveRestoreEnabled"]
    assert shown["LoggingDriver"] == "local"
    assert sorted(shown["Labels"]) == ["host=one", "made=third"]
    assert shown["CgroupVersion"] == "2"


def test_the_role_knows_the_keys_that_this_engine_knows(host):
    """All of them at once, and one that no engine knows, so that it names those that it does not know."""
    version = host.check_output("dockerd --version | grep -o '[0-9][0-9.]*' | head -n 1")
    known = {key for key in KEYS if not daemon_problems({key: None}, version)[0].endswith(version)}
    answer = host.run(
        "echo %s | base64 -d | dockerd --config-file=/dev/stdin", b64encode(json.dumps(ASKED).encode()).decode()
    )
    assert answer.rc != 0
    refused = answer.stderr.strip().rpartition("match any configuration option: ")[2].split(", ")
    assert "unheard-of" in refused
    assert known.isdisjoint(refused)
    assert set(KEYS) - known - {"proxies"} <= set(refused)


def test_a_container_runs(host):
    """With the profile of the kernel's AppArmor, where it has one, and as the role's profile says."""
    shown = host.check_output(
        "set -e; cd $(mktemp -d); cp /bin/busybox .; tar -c busybox | docker import - tested >/dev/null; "
        "docker run --rm tested /busybox sh -c '/busybox grep NoNewPrivs /proc/self/status; ulimit -n; ulimit -Hn'"
    )
    assert shown.split() == ["NoNewPrivs:", "1", "1024", "4096"]
