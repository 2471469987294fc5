# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options for compatibility with community.docker, and settings that engines drop."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.table import version_tuple
from harness.driver import failed, succeeded
from harness.image import BASE

TASK = {"name": "web", "image": "app:1", "command": "sleep 1000", "stop_timeout": 0}


@pytest.fixture
def app(engine):
    """Creates images: app(name, *changes)."""
    made = set()

    def app(name, *changes):
        engine.docker("create", "--name", "seed", BASE)
        words = [word for entry in changes for word in ("--change", entry)]
        engine.docker("commit", *words, "seed", name)
        engine.docker("rm", "seed")
        made.add(name)

    app("app:1", "ENV OF=one", "LABEL of=one", 'HEALTHCHECK --interval=1s CMD ["true"]')
    yield app
    engine.clean()
    engine.docker("rmi", *made)


def test_image_name_mismatch_and_ignored_images(engine, module, scenario, app):
    """The image with the name, or the one of the container. A new container always has the image of the task."""
    scenario("container", **TASK, env={"A": 1})
    app("app:1", "ENV OF=two")
    left = {"comparisons": {"image": "ignore"}, "env": {"A": 1}}
    scenario("container", **TASK, **left, image_comparison="current-image", changed=False)
    foretold = succeeded(module("container", check=True, **TASK, **left))
    assert [key for key in foretold["diff"]["after"] if "header" not in key] == ["env", "image"]
    scenario("container", **TASK, env={"A": 2}, image_comparison="current-image")
    assert {"OF=two", "A=2"} <= set(engine.inspect("container", "web")["Config"]["Env"])


def test_another_name_for_the_same_image_is_no_difference(engine, scenario, app):
    """Unless the task requests it."""
    engine.docker("tag", "app:1", "app:same")
    scenario("container", **TASK)
    same = {**TASK, "image": "app:same"}
    scenario("container", **same, changed=False)
    changed = scenario("container", **same, image_name_mismatch="recreate")
    assert list(changed["diff"]["after"]) == ["image"]
    assert engine.inspect("container", "web")["Config"]["Image"] == "app:same"
    scenario(
        "container", **{**TASK, "image": "docker.io/library/app:same"}, image_name_mismatch="recreate", changed=False
    )
    engine.clean()
    engine.docker("rmi", "app:same")


def test_labels_of_the_image_that_the_task_does_not_set(engine, module, scenario, app):
    """They are ignored or an error, as the task says."""
    refused = failed(module("container", **TASK, image_label_mismatch="fail", labels={"a": 1}))
    assert "the image app:1 has labels that the task does not set: of" in refused
    assert engine.names("container") == []
    scenario("container", **TASK, image_label_mismatch="fail", labels={"a": 1, "of": "task"})


def test_the_health_check_of_the_image_is_kept(engine, scenario, app):
    """Unless the task declares that a missing test disables it."""
    scenario("container", **TASK, healthcheck={"retries": 5})
    assert engine.inspect("container", "web")["Config"]["Healthcheck"]["Test"] == ["CMD", "true"]
    scenario("container", **TASK, healthcheck={"retries": 5, "test_cli_compatible": False})
    assert engine.inspect("container", "web")["Config"]["Healthcheck"]["Test"] == ["NONE"]


def test_env_file_may_be_a_single_path(engine, scenario, app, tmp_path):
    """Instead of a list."""
    file = tmp_path / "web.env"
    file.write_text("A=1\n")
    scenario("container", **TASK, env_file=str(file))
    assert "A=1" in engine.inspect("container", "web")["Config"]["Env"]


def test_the_default_address_of_ports(engine, scenario, app):
    """For ports without an address."""
    ports = {"published_ports": ["8080:80", "127.0.0.2:8081:81"], "default_host_ip": "127.0.0.1"}
    scenario("container", **TASK, **ports)
    shown = engine.inspect("container", "web")["NetworkSettings"]["Ports"]
    assert shown["80/tcp"] == [{"HostIp": "127.0.0.1", "HostPort": "8080"}]
    assert shown["81/tcp"] == [{"HostIp": "127.0.0.2", "HostPort": "8081"}]


def test_networks_cli_compatible(engine, scenario, app):
    """With and without the default network."""
    engine.docker("network", "create", "site")
    scenario("container", **TASK, networks=[{"name": "site"}], networks_cli_compatible=False)
    assert set(engine.inspect("container", "web")["NetworkSettings"]["Networks"]) == {"bridge", "site"}
    scenario("container", **TASK, networks=[{"name": "site"}])
    assert set(engine.inspect("container", "web")["NetworkSettings"]["Networks"]) == {"site"}


@pytest.mark.parametrize("networks", [{}, {"networks": [{"name": "site"}]}], ids=["bridge", "site"])
def test_a_mac_address_is_that_of_the_first_network(networks, engine, scenario, app):
    """As the container sees it."""
    engine.docker("network", "create", "site")
    scenario("container", **TASK, **networks, mac_address="92:D0:C6:0A:29:33")
    assert engine.docker("exec", "web", "cat", "/sys/class/net/eth0/address") == "92:d0:c6:0a:29:33"


def test_a_mac_address_in_each_network(engine, module, scenario, app):
    """Engines that support it ignore it for a later connection. Older engines reject the option."""
    for name in ("site", "back"):
        engine.docker("network", "create", name)
    task = {**TASK, "networks": [{"name": "site"}, {"name": "back", "mac_address": "92:d0:c6:0a:29:33"}]}
    if version_tuple(engine.docker("version", "--format", "{{.Server.APIVersion}}")) < (1, 44):
        assert "networks.mac_address requires Engine API 1.44" in failed(module("container", **task))
        assert engine.names("container") == []
        return
    scenario("container", **TASK, networks=[{"name": "site"}])
    scenario("container", **task)
    assert "92:d0:c6:0a:29:33" in engine.docker("exec", "web", "sh", "-c", "cat /sys/class/net/*/address").split()
    task["networks"][0]["mac_address"] = "92:d0:c6:0a:29:44"
    scenario("container", **task)
    addresses = engine.docker("exec", "web", "sh", "-c", "cat /sys/class/net/*/address").split()
    assert {"92:d0:c6:0a:29:33", "92:d0:c6:0a:29:44"} <= set(addresses)


def test_a_limit_that_the_engine_drops_fails_the_task(engine, module, scenario, app):
    """For an update and a replacement. The old container keeps running."""
    probe = engine.api("POST", "/containers/create?name=probe", {"Image": "app:1", "HostConfig": {"BlkioWeight": 300}})
    engine.docker("rm", "probe")
    scenario("container", **TASK)
    before = engine.inspect("container", "web")
    if not probe["Warnings"]:
        scenario("container", **TASK, blkio_weight=300)
        assert engine.inspect("container", "web")["HostConfig"]["BlkioWeight"] == 300
        return
    for more in ({}, {"user": "65534"}):
        message = failed(module("container", **TASK, **more, blkio_weight=300))
        assert "this engine does not support blkio_weight: Your kernel does not support Block I/O weight" in message
        assert engine.names("container") == ["web"]
        shown = engine.inspect("container", "web")
        assert (shown["Id"], shown["State"]["Running"]) == (before["Id"], True)
        assert shown["HostConfig"] == before["HostConfig"]


def test_a_warning_without_a_dropped_value_is_no_failure(engine, scenario, app):
    """The engine warns that memory has no limit."""
    scenario("container", **TASK, oom_killer=True)
    assert engine.inspect("container", "web")["HostConfig"]["OomKillDisable"] is True
