# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers on a network: connected as declared, and connected again after the network is recreated."""

from __future__ import annotations

import pytest
from harness.driver import failed
from harness.image import BASE

OLD = "10.213.0.0/24"
SLEEP = (BASE, "sleep", "10000")


def endpoint(engine, container, network):
    """The settings that a container has requested on a network."""
    shown = engine.inspect("container", container)
    found = shown["NetworkSettings"]["Networks"][network]
    aliases = sorted(alias for alias in found["Aliases"] or () if alias != shown["Id"][:12])
    asked = {key: found.get(key) or None for key in ("IPAMConfig", "Links", "DriverOpts", "GwPriority")}
    return {**asked, "Aliases": aliases, "running": shown["State"]["Running"], "id": shown["Id"]}


def on(engine, network):
    """The names of the running containers on a network."""
    return sorted(entry["Name"] for entry in engine.inspect("network", network)["Containers"].values())


def old_mac_rules(engine):
    """Whether a reconnected container gets its MAC address, as before API 1.44."""
    return tuple(map(int, engine.api("GET", "/version")["ApiVersion"].split("."))) < (1, 44)


@pytest.fixture
def crowd(engine, name):
    """A network, created by others, with containers that have all kinds of settings."""
    engine.docker("network", "create", "--subnet", OLD, "--ipv6", "--subnet", "fd00:213::/64", name)
    fixed = ("--ip", "10.213.0.10", "--ip6", "fd00:213::10", "--network-alias", "db", "--network-alias", "master")
    engine.docker("run", "-d", "--name", "plain", "--network", name, *SLEEP)
    engine.docker("run", "-d", "--name", "fixed", "--network", name, *fixed, *SLEEP)
    engine.docker("run", "-d", "--name", "linked", "--network", name, "--link", "fixed:store", *SLEEP)
    engine.docker("run", "-d", "--name", "second", *SLEEP)
    engine.docker("network", "connect", "--alias", "other", "--link-local-ip", "169.254.9.9", name, "second")
    engine.docker("run", "-d", "--name", "stopped", "--network", name, "--network-alias", "late", *SLEEP)
    engine.docker("stop", "-t0", "stopped")
    engine.docker(
        "create", "--name", "new", "--network", name, "--network-alias", "fresh", "--ip", "10.213.0.12", *SLEEP
    )
    return ("plain", "fixed", "linked", "second", "stopped", "new")


def test_all_containers_are_reconnected(engine, scenario, name, crowd):
    """On another subnet, with addresses, aliases, links and names that resolve. Stopped ones can be started."""
    before = {container: endpoint(engine, container, name) for container in crowd}
    pools = [{"subnet": "10.213.0.0/16", "gateway": "10.213.0.1"}]
    changed = scenario("network", name=name, ipam_config=pools)
    assert {container: endpoint(engine, container, name) for container in crowd} == before
    assert on(engine, name) == ["fixed", "linked", "plain", "second"]
    assert set(changed["diff"]["after"]) == {"ipam_config"}
    shown = engine.inspect("container", "fixed")["NetworkSettings"]["Networks"][name]
    assert (shown["IPAddress"], shown["IPPrefixLen"]) == ("10.213.0.10", 16)
    assert shown["GlobalIPv6Address"] == "fd00:213::10"
    for alias in ("db", "master", "fixed"):
        assert "10.213.0.10" in engine.docker("exec", "plain", "ping", "-4", "-c1", "-W2", alias)
    assert "10.213.0.10" in engine.docker("exec", "linked", "ping", "-4", "-c1", "-W2", "store")
    for container, alias in (("stopped", "late"), ("new", "fresh")):
        engine.docker("start", container)
        engine.docker("exec", "plain", "ping", "-4", "-c1", "-W2", alias)
    assert engine.inspect("container", "new")["NetworkSettings"]["Networks"][name]["IPAddress"] == "10.213.0.12"


def test_a_static_mac_address_is_kept(engine, scenario, module, name):
    """If the engine supports it. Otherwise the task fails, unless force is set."""
    engine.docker("network", "create", "--subnet", OLD, name)
    mac = "02:42:ac:00:77:77"
    endpoint_config = {"MacAddress": mac, "IPAMConfig": {"IPv4Address": "10.213.0.10"}}
    body = {"Image": BASE, "Cmd": ["sleep", "1000"], "HostConfig": {"NetworkMode": name}}
    body["NetworkingConfig"] = {"EndpointsConfig": {name: endpoint_config}}
    if old_mac_rules(engine):
        body["MacAddress"] = mac
    engine.api("POST", "/containers/create?name=fixed", body)
    engine.docker("start", "fixed")
    assert mac in engine.docker("exec", "fixed", "ip", "link")
    if not old_mac_rules(engine):
        number = engine.inspect("network", name)["Id"]
        message = failed(module("network", name=name, labels={"a": "b"}))
        assert "this engine cannot restore the MAC address of the container fixed, %s" % mac in message
        assert engine.inspect("network", name)["Id"] == number
        assert "loses its MAC address" in str(module("network", name=name, force=True)["warnings"])
        return
    scenario("network", name=name, labels={"a": "b"})
    assert mac in engine.docker("exec", "fixed", "ip", "link")
    assert "10.213.0.10" in engine.docker("exec", "fixed", "ip", "address")


def test_a_published_port_works_after_a_recreation(engine, scenario, name):
    """The engine publishes it again."""
    engine.docker("network", "create", name)
    page = "echo works > /tmp/index.html; exec httpd -f -p 80 -h /tmp"
    engine.docker("run", "-d", "--name", "web", "--network", name, "-p", "8080:80", BASE, "sh", "-c", page)
    scenario("network", name=name, labels={"a": "b"})
    engine.await_server("web")
    assert engine.exec_in_ns(["busybox", "wget", "-qO-", "http://%s:8080/index.html" % engine.address]) == "works"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        # An interface with this name that is not a network is not known before.
        ({"driver_options": {"com.docker.network.bridge.name": "br-other"}}, "Could not create network"),
        (
            {"ipam_config": [{"subnet": OLD, "gateway": "10.213.0.10"}]},
            "Could not connect container fixed: The engine said: ",
        ),
    ],
    ids=["while-making", "while-connecting"],
)
def test_a_failed_recreation_restores_the_network(engine, module, name, crowd, params, words):
    """With the same settings and all containers."""
    engine.exec_in_ns(["ip", "link", "add", "br-other", "type", "veth", "peer", "name", "br-peer"])
    before = {container: endpoint(engine, container, name) for container in crowd}
    shown = engine.inspect("network", name)
    result = module("network", name=name, **params)
    engine.exec_in_ns(["ip", "link", "delete", "br-other"])
    assert words in failed(result)
    assert "The steps before it have been rolled back." in result["msg"]
    assert result["rolled_back"]
    assert {container: endpoint(engine, container, name) for container in crowd} == before
    assert on(engine, name) == ["fixed", "linked", "plain", "second"]
    again = engine.inspect("network", name)
    for key in ("Labels", "Options", "Driver", "EnableIPv6", "Internal", "Attachable"):
        assert again[key] == shown[key]
    assert {pool["Subnet"] for pool in again["IPAM"]["Config"]} == {pool["Subnet"] for pool in shown["IPAM"]["Config"]}
    assert "10.213.0.10" in engine.docker("exec", "linked", "ping", "-4", "-c1", "-W2", "store")
    engine.docker("start", "stopped", "new")


def test_an_overlapping_subnet_is_rejected(engine, module, name, crowd):
    """Also in check mode, before anything changes."""
    engine.docker("network", "create", "--subnet", "10.214.0.0/24", "other")
    number = engine.inspect("network", name)["Id"]
    for check in (True, False):
        message = failed(module("network", check=check, name=name, ipam_config=[{"subnet": "10.212.0.0/14"}]))
        assert "subnet 10.212.0.0/14 overlaps with 10.214.0.0/24 of the network other." in message
    assert engine.inspect("network", name)["Id"] == number


def test_a_container_address_outside_of_a_new_subnet_is_rejected(engine, module, name, crowd):
    """Also in check mode, with the container's name, before anything changes."""
    number = engine.inspect("network", name)["Id"]
    for check in (True, False):
        message = failed(module("network", check=check, name=name, ipam_config=[{"subnet": "10.215.0.0/24"}]))
        assert "the container fixed has the address 10.213.0.10, which is in no new subnet" in message
    assert engine.inspect("network", name)["Id"] == number
    assert on(engine, name) == ["fixed", "linked", "plain", "second"]


def test_connected(engine, scenario, module, name):
    """Exactly the declared containers, more, none, or unmanaged."""
    for container in ("one", "two", "three"):
        engine.docker("run", "-d", "--name", container, *SLEEP)
    scenario("network", name=name, connected=["one"])
    assert on(engine, name) == ["one"]
    number = engine.inspect("container", "two")["Id"]
    swapped = scenario("network", name=name, connected=[number[:12], "three"])
    assert swapped["actions"] == [
        "connect container three: connected lists it",
        "connect container two: connected lists it",
        "disconnect container one: connected does not list it",
    ]
    assert on(engine, name) == ["three", "two"]
    scenario("network", name=name, containers=["one"], incremental=True)
    assert on(engine, name) == ["one", "three", "two"]
    scenario("network", changed=False, name=name)
    scenario("network", changed=False, name=name, connected=["one"], comparisons={"connected": "allow_more_present"})
    engine.docker("stop", "-t0", "two")
    scenario("network", changed=False, name=name, connected=["one", "two", "three"])
    scenario("network", name=name, connected=[])
    assert on(engine, name) == []
    assert name not in engine.inspect("container", "two")["NetworkSettings"]["Networks"]


def test_connected_on_a_recreated_network(engine, scenario, name, crowd):
    """Declared containers are reconnected with their settings, or connected; others are disconnected."""
    before = endpoint(engine, "fixed", name)
    engine.docker("run", "-d", "--name", "more", *SLEEP)
    scenario("network", name=name, internal=True, connected=["fixed", "more", "new"])
    assert on(engine, name) == ["fixed", "more"]
    assert endpoint(engine, "fixed", name) == before
    for gone in ("plain", "linked", "second", "stopped"):
        assert name not in engine.inspect("container", gone)["NetworkSettings"]["Networks"]


def test_connected_to_a_predefined_network(engine, scenario, module):
    """Supported for bridge. A container that shares another network namespace is rejected."""
    engine.docker("network", "create", "own")
    engine.docker("run", "-d", "--name", "one", "--network", "own", *SLEEP)
    engine.docker("run", "-d", "--name", "alone", "--network", "none", *SLEEP)
    scenario("network", name="bridge", connected=["one"], appends=True)
    assert on(engine, "bridge") == ["one"]
    assert "connected: the container alone has the network mode none" in failed(
        module("network", name="own", connected=["alone"])
    )
    assert on(engine, "own") == ["one"]


@pytest.mark.parametrize("network", ["host", "none", "settings"])
def test_a_network_that_takes_no_containers(engine, module, network):
    """Refused before anything changes, also in check mode. One that is there already is no difference."""
    engine.docker("network", "create", "--config-only", "settings")
    engine.docker("run", "-d", "--name", "web", *SLEEP)
    for check in (True, False):
        message = failed(module("network", check=check, name=network, connected=["web"]))
        assert "connected: containers cannot be connected to the network %s" % network in message
    assert list(engine.inspect("container", "web")["NetworkSettings"]["Networks"]) == ["bridge"]
    if network != "settings":
        engine.docker("run", "-d", "--name", "alone", "--network", network, *SLEEP)
        assert not module("network", name=network, connected=["alone"])["changed"]


def test_a_failed_connection_is_rolled_back(engine, module, name):
    """It happens before any container is disconnected."""
    engine.docker("network", "create", name)
    engine.docker("run", "-d", "--name", "one", "--network", name, *SLEEP)
    assert "there is no container ghost" in failed(module("network", name=name, connected=["ghost"]))
    assert on(engine, name) == ["one"]
    assert "there is no container ghost" in failed(module("network", name=name + "-2", connected=["ghost"]))
    assert name + "-2" not in engine.names("network")


def test_a_container_without_a_free_address_is_not_connected(engine, module, name):
    """Also for the second run, though engine 20.10 keeps the failed connection in the running container."""
    engine.docker("network", "create", "--subnet", "10.213.0.0/30", name)
    engine.docker("run", "-d", "--name", "first", "--network", name, *SLEEP)
    engine.docker("run", "-d", "--name", "web", *SLEEP)
    for _time in (1, 2):
        assert module("network", check=True, name=name, connected=["web"], appends=True)["changed"]
        result = module("network", name=name, connected=["web"], appends=True)
        assert "Could not connect container web: The engine said: no available" in failed(result)
        assert result["rolled_back"] is not (name in engine.inspect("container", "web")["NetworkSettings"]["Networks"])
        assert on(engine, name) == ["first"]
    engine.docker("rm", "-f", "first")
    assert module("network", name=name, connected=["web"])["changed"]
    assert on(engine, name) == ["web"]
    engine.docker("restart", "-t0", "web")


def test_absent_disconnects_containers(engine, scenario, name, crowd):
    """They keep running, and the result names them. A container that never ran still has the network's name."""
    gone = scenario("network", name=name, state="absent")
    assert "is removed while containers are connected to it: fixed, linked, plain, second, stopped." in str(
        gone["warnings"]
    )
    assert sorted(gone["diff"]["before"]["connected"]) == ["fixed", "linked", "plain", "second", "stopped"]
    for container in ("plain", "fixed", "linked", "second"):
        shown = engine.inspect("container", container)
        assert shown["State"]["Running"]
        assert name not in shown["NetworkSettings"]["Networks"]
    scenario("network", name=name, ipam_config=[{"subnet": OLD}])
    engine.docker("start", "new")
    assert on(engine, name) == ["new"]
