# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of the last version, from the repository, with what its predecessors left."""

from __future__ import annotations


def test_it_runs_and_comes_back_at_boot(host):
    """By systemd, with nothing failed."""
    assert host.service("docker").is_running
    assert host.service("docker").is_enabled
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""
    assert host.check_output("readlink /proc/$(cat /run/docker.pid)/exe") == "/usr/bin/dockerd"


def test_its_version_is_the_newest_of_its_kind_and_on_hold(host):
    """In spite of a newer one."""
    assert host.package("docker-ce").version.startswith("5:24.0.2-1")
    assert host.check_output("apt-mark showhold").split() == ["containerd.io", "docker-ce", "docker-ce-cli"]
    assert "docker-ce" not in host.check_output("apt-get --simulate dist-upgrade | grep ^Inst || true")


def test_only_the_repository_has_its_key(host):
    """As a file that all may read."""
    key = host.file("/etc/apt/keyrings/docker.asc")
    assert key.mode == 0o644
    assert (
        "Signed-By: /etc/apt/keyrings/docker.asc" in host.file("/etc/apt/sources.list.d/docker.sources").content_string
    )
    assert host.check_output("apt-get --option=APT::Update::Error-Mode=any --quiet=2 update") == ""


def test_containers_and_images_are_still_there(host):
    """Through all the engines."""
    assert host.check_output("docker ps --all --format '{{.Names}}'") == "kept"
    assert host.check_output("docker start kept; docker exec kept /busybox echo here").split() == ["kept", "here"]


def test_plugins_are_those_that_were_wanted_last(host):
    """The others went with the engine."""
    assert host.check_output("docker compose version") == "This is compose version."
    assert host.run("docker buildx version").rc != 0


def test_services_may_start_again(host):
    """No policy is left."""
    assert not host.file("/usr/sbin/policy-rc.d").exists
