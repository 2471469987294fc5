# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes that affect several objects are planned against each other's effects, and made in one run."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError
from harness.image import BASE


def ids(engine):
    """The IDs of all containers by name."""
    return {name: engine.inspect("container", name)["Id"] for name in engine.names("container")}


def test_what_shares_the_namespace_of_a_replaced_container_is_replaced(project, engine):
    """In the same run, also indirectly; nothing else is."""
    containers = {
        "db": {"env": {"A": "1"}},
        "side": {"network_mode": "container:db"},
        "probe": {"pid_mode": "container:side"},
        "other": {},
    }
    project.scenario(containers=containers)
    before = ids(engine)
    containers["db"]["env"] = {"A": "2"}
    project.scenario(containers=containers)
    after = ids(engine)
    assert {name for name in before if before[name] != after[name]} == {"db", "side", "probe"}
    assert engine.inspect("container", "side")["HostConfig"]["NetworkMode"] == "container:" + after["db"]
    assert not project.warnings


def test_a_recreated_network_surprises_nobody(project, engine):
    """Its containers stay and are connected to it, and another one is created on it."""
    networks = {"site": {"ipam_config": [{"subnet": "10.97.1.0/24"}]}}
    containers = {"web": {"networks": [{"name": "site", "ipv4_address": "10.97.1.7"}]}, "db": {}}
    project.scenario(networks=networks, containers=containers)
    before = ids(engine)
    networks["site"]["internal"] = True
    containers["new"] = {"networks": [{"name": "site"}]}
    project.scenario(networks=networks, containers=containers)
    after = ids(engine)
    assert after["web"] == before["web"]
    number = engine.inspect("network", "site")["Id"]
    for name in ("web", "new"):
        shown = engine.inspect("container", name)["NetworkSettings"]["Networks"]["site"]
        assert shown["NetworkID"] == number
        assert shown["IPAddress"]
    assert engine.inspect("network", "site")["Labels"] == {"slipway.docker.project": "shop"}


def test_a_changed_image_replaces_what_is_made_of_it(project, engine, tmp_path):
    """A new build replaces its containers in the same run, and no others."""
    (tmp_path / "Dockerfile").write_text('FROM scratch\nCOPY one /\nENTRYPOINT ["/nothing"]\n')
    (tmp_path / "one").write_text("1")
    images = {"shop/app:1": {"source": "build", "build": {"path": str(tmp_path)}}}
    containers = {"web": {"image": "shop/app:1", "state": "present"}, "db": {}}
    try:
        project.scenario(images=images, containers=containers)
        before = ids(engine)
        (tmp_path / "one").write_text("2")
        done = project.scenario(images=images, containers=containers)
        after = ids(engine)
        assert before["db"] == after["db"]
        assert before["web"] != after["web"]
        assert engine.inspect("container", "web")["Image"] == engine.inspect("image", "shop/app:1")["Id"]
        assert [entry["resource"] for entry in done.plan.data()] == ["image shop/app:1", "container web"]
    finally:
        engine.docker("rm", "--force", "web")
        engine.docker("rmi", "--force", "shop/app:1")


def test_a_port_that_moves_is_freed_first(project, engine):
    """From a container that is declared later, and from one that is no longer declared."""
    project.scenario(containers={"aa": {"published_ports": []}, "bb": {"published_ports": ["8191:80"]}})
    project.scenario(containers={"aa": {"published_ports": ["8191:80"]}, "bb": {"published_ports": ["8192:80"]}})
    project.scenario(containers={"cc": {"published_ports": ["8192:80"]}, "aa": {"published_ports": ["8191:80"]}})
    assert sorted(engine.names("container")) == ["aa", "cc"]


def test_an_address_that_moves_is_freed_first(project, engine):
    """From one container to another."""
    networks = {"site": {"ipam_config": [{"subnet": "10.97.2.0/24"}]}}
    at = [{"name": "site", "ipv4_address": "10.97.2.9"}]
    project.scenario(networks=networks, containers={"aa": {"networks": [{"name": "site"}]}, "bb": {"networks": at}})
    other = [{"name": "site", "ipv4_address": "10.97.2.10"}]
    project.scenario(networks=networks, containers={"aa": {"networks": at}, "bb": {"networks": other}})
    shown = engine.inspect("container", "aa")["NetworkSettings"]["Networks"]["site"]
    assert shown["IPAddress"] == "10.97.2.9"


def test_a_swap_of_ports_is_refused(project, engine):
    """With a sentence that names both containers, before anything changes."""
    project.scenario(containers={"aa": {"published_ports": ["8193:80"]}, "bb": {"published_ports": ["8194:80"]}})
    before = ids(engine)
    with pytest.raises(SlipwayError) as caught:
        project(containers={"aa": {"published_ports": ["8194:80"]}, "bb": {"published_ports": ["8193:80"]}})
    for words in ("container aa", "container bb", "the host port 8193", "the host port 8194", "cycle"):
        assert words in str(caught.value)
    assert ids(engine) == before


def test_a_changed_network_moves_a_subnet(project, engine):
    """A subnet is freed by a network that is removed, before another one takes it."""
    pool = [{"subnet": "10.97.3.0/24"}]
    project.scenario(networks={"old": {"ipam_config": pool}}, containers={"aa": {"networks": [{"name": "old"}]}})
    project.scenario(networks={"new": {"ipam_config": pool}}, containers={"bb": {}})
    assert "old" not in engine.names("network")


def test_an_image_of_a_container_is_pulled_once(project, engine):
    """An image that the host has needs no step."""
    assert not project.plan(images=[{"name": BASE, "source": "local"}])
