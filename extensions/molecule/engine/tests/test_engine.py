# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine after all changes of the scenario."""

from __future__ import annotations

import json
import re
from base64 import b64encode

import pytest
from ansible_collections.slipway.docker.plugins.filter.daemon_problems import KEYS, daemon_problems

# The engine checks proxies for unknown keys.
ASKED = {**dict.fromkeys([*KEYS, "unheard-of"]), "proxies": {"no-proxy": ""}}


def test_the_engine_is_running_and_enabled(host):
    """With systemd, without failed units."""
    assert host.service("docker").is_running
    assert host.service("docker").is_enabled
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""


def test_the_engine_runs_with_the_last_configuration(host):
    """According to the file and to the engine."""
    config = json.loads(host.file("/etc/docker/daemon.json").content_string)
    assert config == {
        "data-root": "/srv/docker",
        "default-address-pools": [{"base": "10.79.0.0/16", "size": 24}],
        "default-ulimits": {"nofile": {"Name": "nofile", "Hard": 4096, "Soft": 1024}},
        "fixed-cidr-v6": "fd00:79::/64",
        "icc": False,
        "ipv6": True,
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
    assert shown["DockerRootDir"] == "/srv/docker"


def test_the_engine_starts_after_the_mount_of_its_data(host):
    """According to systemd."""
    assert (
        "/srv/docker" in host.check_output("systemctl show --property=RequiresMountsFor docker").split("=")[1].split()
    )


def test_networks_are_as_the_configuration_says(host):
    """The default one with IPv6 and without communication between containers, others from the address pool."""
    bridge = json.loads(host.check_output("docker network inspect bridge"))[0]
    assert bridge["EnableIPv6"]
    assert "fd00:79::/64" in [config["Subnet"] for config in bridge["IPAM"]["Config"]]
    assert bridge["Options"]["com.docker.network.bridge.enable_icc"] == "false"
    made = host.check_output("docker network create pooled >/dev/null; docker network inspect pooled")
    host.check_output("docker network rm pooled")
    assert json.loads(made)[0]["IPAM"]["Config"][0]["Subnet"].startswith("10.79.")


def test_the_role_supports_the_keys_of_this_engine(host):
    """The engine validates all of them at once, with an unknown one, and lists those that it does not support."""
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


def test_cli_plugins_are_installed(host):
    """From packages of the distribution, if it has them."""
    there = host.system_info.release.startswith("13")
    assert [host.run("docker %s version", name).rc == 0 for name in ("compose", "buildx")] == [there, there]


def test_a_container_runs(host):
    """With the AppArmor profile, if the kernel supports it, and with the settings of the role's profile."""
    shown = host.check_output(
        "set -e; cd $(mktemp -d); cp /bin/busybox .; tar -c busybox | docker import - tested >/dev/null; "
        "docker run --rm tested /busybox sh -c '/busybox grep NoNewPrivs /proc/self/status; ulimit -n; ulimit -Hn'"
    )
    assert shown.split() == ["NoNewPrivs:", "1", "1024", "4096"]


def test_logs_of_containers_are_rotated(host):
    """Each has the configured options."""
    host.check_output(
        "set -e; cd $(mktemp -d); cp /bin/busybox .; tar -c busybox | docker import - logged >/dev/null; "
        "docker create --name=logged logged /busybox"
    )
    made = json.loads(host.check_output("docker inspect logged; docker rm logged >/dev/null"))[0]["HostConfig"]
    assert made["LogConfig"] == {"Type": "local", "Config": {"max-file": "2", "max-size": "10m"}}


@pytest.mark.parametrize(
    ("path", "group", "most"),
    [
        ("/etc/docker", "root", 0o755),
        ("/etc/docker/daemon.json", "root", 0o644),
        ("/etc/default/docker", "root", 0o644),
        ("/lib/systemd/system/docker.service", "root", 0o644),
        ("/lib/systemd/system/docker.socket", "root", 0o644),
        ("/etc/systemd/system/docker.service.d/slipway.conf", "root", 0o644),
        ("/etc/audit/rules.d/50-docker.rules", "root", 0o640),
        ("/run/docker.sock", "docker", 0o660),
        ("/run/containerd/containerd.sock", "root", 0o660),
    ],
)
def test_only_root_can_change_files(host, path, group, most):
    """As audit tools check."""
    file = host.file(path)
    assert (file.user, file.group) == ("root", group)
    assert file.mode & ~most == 0


def test_audit_rules(host):
    """In the file and, if auditing is available, in the kernel."""
    watched = {
        "/etc/docker",
        "/etc/docker/daemon.json",
        "/etc/default/docker",
        "/run/containerd",
        "/run/containerd/containerd.sock",
        "/srv/docker",
        "/var/lib/docker",
        "/usr/bin/dockerd",
        "/usr/sbin/dockerd",
        "/usr/bin/containerd",
        "/usr/bin/runc",
        "/usr/sbin/runc",
    }
    rules = host.file("/etc/audit/rules.d/50-docker.rules").content_string
    assert watched <= set(re.findall(r"^-w (\S+) -p wa -k docker$", rules, re.MULTILINE))
    if host.run("auditctl -s").rc != 0:
        pytest.skip("auditing is not available on this host")
    assert watched <= set(re.findall(r"^-w (\S+?)/? -p wa -k docker$", host.check_output("auditctl -l"), re.MULTILINE))
