# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last version of the engine, from the repository, after its predecessors."""

from __future__ import annotations


def test_the_engine_is_running_and_enabled(host):
    """With systemd, without failed units."""
    assert host.service("docker").is_running
    assert host.service("docker").is_enabled
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""
    assert host.check_output("readlink /proc/$(cat /run/docker.pid)/exe") == "/usr/bin/dockerd"


def test_the_version_is_the_newest_matching_one_and_on_hold(host):
    """Although a newer one is available."""
    assert host.package("docker-ce").version.startswith("5:24.0.2-1")
    assert host.check_output("apt-mark showhold").split() == ["containerd.io", "docker-ce", "docker-ce-cli"]
    assert "docker-ce" not in host.check_output("apt-get --simulate dist-upgrade | grep ^Inst || true")


def test_only_the_repository_trusts_its_key(host):
    """In a file that all users can read."""
    key = host.file("/etc/apt/keyrings/docker.asc")
    assert key.mode == 0o644
    assert (
        "Signed-By: /etc/apt/keyrings/docker.asc" in host.file("/etc/apt/sources.list.d/docker.sources").content_string
    )
    assert host.check_output("apt-get --option=APT::Update::Error-Mode=any --quiet=2 update") == ""


def test_containers_and_images_are_kept(host):
    """With all versions of the engine."""
    assert host.check_output("docker ps --all --format '{{.Names}}'") == "kept"
    assert host.check_output("docker start kept; docker exec kept /busybox echo here").split() == ["kept", "here"]


def test_only_the_last_declared_cli_plugins_are_installed(host):
    """The others were removed with their engine."""
    assert host.check_output("docker compose version") == "This is compose version."
    assert host.run("docker buildx version").rc != 0


def test_services_can_start_again(host):
    """No policy is left."""
    assert not host.file("/usr/sbin/policy-rc.d").exists
