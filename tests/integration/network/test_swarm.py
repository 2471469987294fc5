# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks in a swarm with one node."""

from __future__ import annotations

import time

import pytest
from harness.driver import Modules, failed
from harness.image import BASE

SLEEP = (BASE, "sleep", "10000")


@pytest.fixture(scope="session")
def manager(engine_factory):
    """An engine that is a swarm manager."""
    manager = engine_factory("swarm")
    manager.docker("swarm", "init", "--advertise-addr", manager.address)
    # They are created a moment after the swarm.
    _eventually(lambda: {"docker_gwbridge", "ingress"} <= set(manager.names("network")))
    return manager


@pytest.fixture
def run(manager):
    """Runs modules against the swarm."""
    return Modules(manager)


def on(engine, network):
    """The addresses of the containers on a network."""
    containers = engine.inspect("network", network)["Containers"] or {}
    return {entry["Name"]: entry["IPv4Address"].split("/")[0] for key, entry in containers.items() if "lb-" not in key}


def test_overlay(manager, run, name):
    """Settings that the swarm adds are no difference. Containers are reconnected; services prevent a recreation."""
    pools = [{"subnet": "10.216.0.0/24"}]
    options = {"driver": "overlay", "attachable": True, "scope": "swarm", "driver_options": {"encrypted": ""}}
    made = run.scenario("network", name=name, ipam_config=pools, **options)
    assert made["network"]["Scope"] == "swarm"
    assert "warnings" not in made
    manager.docker("run", "-d", "--name", "any", "--network", name, "--network-alias", "db", *SLEEP)
    manager.docker("run", "-d", "--name", "fixed", "--network", name, "--ip", "10.216.0.77", *SLEEP)
    run.scenario("network", name=name, changed=False, connected=["any", "fixed"])
    run.scenario("network", name=name, labels={"a": "b"})
    assert on(manager, name)["fixed"] == "10.216.0.77"
    assert sorted(on(manager, name)) == ["any", "fixed"]
    assert manager.inspect("network", name)["Labels"] == {"a": "b"}
    assert "encrypted" in manager.inspect("network", name)["Options"]
    assert "10.216.0." in manager.docker("exec", "fixed", "ping", "-c1", "-W5", "db")

    moved = run.scenario("network", name=name, ipam_config=[{"subnet": "10.217.0.0/24"}])
    assert "container fixed gets another address instead of 10.216.0.77" in str(moved["warnings"])
    assert all(address.startswith("10.217.0.") for address in on(manager, name).values())
    assert sorted(on(manager, name)) == ["any", "fixed"]

    manager.docker("service", "create", "--detach", "--name", "web", "--network", name, *SLEEP)
    for params in ({"labels": {}}, {"state": "absent"}):
        message = failed(run("network", name=name, **params))
        assert "The network %s cannot be removed, because services use it: web." % name in message
    manager.docker("service", "rm", "web")
    _eventually(lambda: list(on(manager, name)) and len(manager.docker("ps", "-q").split()) == 2)
    run.scenario("network", name=name, state="absent")
    manager.docker("rm", "-f", "any", "fixed")


def test_not_attachable(manager, run, name):
    """The swarm rejects containers on it, so this is refused before anything changes, also in check mode."""
    manager.docker("run", "-d", "--name", "one", *SLEEP)
    for check in (True, False):
        message = failed(run("network", check=check, name=name, driver="overlay", connected=["one"]))
        assert (
            "connected: containers cannot be connected to the network %s, because it is not attachable" % name
            in message
        )
    assert name not in manager.names("network")
    manager.docker("rm", "-f", "one")


def test_ingress(manager, run):
    """Recreated if no service publishes a port, after the last task has ended and the old network is gone."""
    manager.docker("service", "create", "--detach", "--name", "web", "-p", "8099:80", *SLEEP)
    change = {"name": "ingress", "driver": "overlay", "ingress": True, "ipam_config": [{"subnet": "10.218.0.0/24"}]}
    assert "because services use it: web." in failed(run("network", **change))
    _eventually(lambda: manager.docker("ps", "-q"))
    manager.docker("service", "rm", "web")  # its task takes ten more seconds to stop
    run.scenario("network", **change)
    shown = manager.inspect("network", "ingress")
    assert shown["Ingress"]
    assert shown["IPAM"]["Config"][0]["Subnet"] == "10.218.0.0/24"
    message = failed(run("network", name="other", driver="overlay", ingress=True))
    assert "ingress" in message
    assert "other" not in manager.names("network")


def test_docker_gwbridge_belongs_to_the_swarm(manager, run):
    """Never changed or removed."""
    number = manager.inspect("network", "docker_gwbridge")["Id"]
    left = run.scenario("network", changed=False, name="docker_gwbridge", internal=True)
    assert "left alone" in str(left["warnings"])
    assert "cannot be removed" in failed(run("network", name="docker_gwbridge", state="absent"))
    assert manager.inspect("network", "docker_gwbridge")["Id"] == number


def _eventually(happens, patience=30):
    deadline = time.monotonic() + patience
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.2)
