# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of an existing container: changed in place, with failed connections that leave nothing behind."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError
from harness.image import BASE

from .in_process import converge, converge_twice

TASK = {"name": "web", "image": BASE, "command": "sleep 1000", "stop_timeout": 0}
ONE, TWO = "10.91.2.0/24", "10.91.3.0/24"


@pytest.fixture
def world(engine):
    """Two networks, and a container on the second one with a static address."""
    engine.docker("network", "create", "--subnet", ONE, "one")
    engine.docker("network", "create", "--subnet", TWO, "two")
    engine.docker("run", "--detach", "--name", "other", "--network", "two", "--ip", "10.91.3.9", BASE, "sleep", "1000")
    return engine


def on(engine, container="web"):
    """The networks of a container, as the engine shows them."""
    return sorted(engine.inspect("container", container)["NetworkSettings"]["Networks"])


def refused(engine, **task):
    """The error of a task."""
    with pytest.raises(SlipwayError) as caught:
        converge(engine, **{**TASK, **task})
    return caught.value


@pytest.mark.parametrize("state", ["started", "stopped"])
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"ipv4_address": "10.91.1.9"},
            "networks: no subnet of the network two has the address 10.91.1.9, only 10.91.3.0/24",
        ),
        ({"ipv6_address": "2001:db8::9"}, "networks: no subnet of the network two has the address 2001:db8::9"),
    ],
)
def test_an_address_outside_of_the_network(state, settings, words, world):
    """Refused before anything changes; check mode warns, because an earlier task may change the network."""
    converge(world, **TASK, networks=[{"name": "one"}], state=state)
    number = world.inspect("container", "web")["Id"]
    networks = [{"name": "one"}, {"name": "two", **settings}]
    for _time in (1, 2):
        assert words in str(converge(world, check=True, **TASK, networks=networks, state=state)["warned"])
        error = refused(world, networks=networks, state=state)
        assert words in str(error)
        assert error.details["rolled_back"]
        assert on(world) == ["one"]
        world.docker("restart", "--time", "0", "web")
        assert world.inspect("container", "web")["Id"] == number
        if state == "stopped":
            world.docker("stop", "--time", "0", "web")


def test_an_address_outside_of_the_network_of_a_new_container(world):
    """Also as its first network."""
    error = refused(world, networks=[{"name": "two", "ipv4_address": "10.91.1.9"}])
    assert "no subnet of the network two has the address 10.91.1.9, only 10.91.3.0/24" in str(error)
    assert "web" not in world.names("container")


@pytest.mark.parametrize("paused", [False, True])
def test_an_address_that_is_taken(paused, world):
    """The engine refuses it. The container stays as it was and can be started again, also after the second run."""
    converge(world, **TASK, networks=[{"name": "one"}], paused=paused)
    number = world.inspect("container", "web")["Id"]
    for _time in (1, 2):
        networks = [{"name": "one"}, {"name": "two", "ipv4_address": "10.91.3.9", "aliases": ["www"]}]
        error = refused(world, networks=networks, state="present")
        assert "Could not connect container web: The engine said: " in str(error)
        assert error.details["rolled_back"] is True
        assert on(world) == ["one"]
        if paused:
            world.docker("unpause", "web")
        world.docker("restart", "--time", "0", "web")
        assert world.inspect("container", "web")["Id"] == number
        if paused:
            world.docker("pause", "web")
    world.docker("rm", "--force", "other")
    converge_twice(world, **TASK, networks=networks, state="present")
    assert on(world) == ["one", "two"]


def test_a_taken_address_when_moving(world):
    """The settings of the networks that were left are restored."""
    converge(world, **TASK, networks=[{"name": "one", "ipv4_address": "10.91.2.7", "aliases": ["db"]}])
    error = refused(world, networks=[{"name": "two", "ipv4_address": "10.91.3.9"}])
    assert error.details["rolled_back"] is True
    found = world.inspect("container", "web")["NetworkSettings"]["Networks"]
    assert list(found) == ["one"]
    assert found["one"]["IPAddress"] == "10.91.2.7"
    assert "db" in found["one"]["Aliases"]
    world.docker("restart", "--time", "0", "web")


def test_a_network_without_a_free_address(world):
    """Engine 20.10 keeps the connection in a running container. The error says so, and the next run says the same."""
    world.docker("network", "create", "--subnet", "10.91.4.0/30", "full")
    world.docker("run", "--detach", "--name", "last", "--network", "full", BASE, "sleep", "1000")
    converge(world, **TASK, networks=[{"name": "one"}])
    for _time in (1, 2):
        error = refused(world, networks=[{"name": "one"}, {"name": "full"}])
        left = "full" in on(world)
        assert error.details["rolled_back"] is not left
        assert ("docker network disconnect --force full web" in str(error)) is left
    world.docker("stop", "--time", "0", "web")
    if left:
        world.docker("network", "disconnect", "--force", "full", "web")
    world.docker("start", "web")
    world.docker("rm", "--force", "last")
    converge_twice(world, **TASK, networks=[{"name": "one"}, {"name": "full"}])
    assert on(world) == ["full", "one"]


MAC = "92:d0:c6:0a:29:33"


def addresses(engine):
    """The MAC addresses in the container, by network."""
    shown = engine.inspect("container", "web")["NetworkSettings"]["Networks"]
    found = {name: entry["MacAddress"] for name, entry in shown.items()}
    links = engine.docker("exec", "web", "ip", "link")
    assert all(mac in links for mac in found.values())
    return found


@pytest.mark.parametrize("before", [["one"], ["one", "two"]])
def test_a_container_with_a_mac_address_changes_its_network(before, world):
    """The new network has the address, as in a new container, and a later start keeps it."""
    converge(world, **TASK, mac_address=MAC, networks=[{"name": name} for name in before])
    assert addresses(world)["one"] == MAC
    converge_twice(world, **TASK, mac_address=MAC, networks=[{"name": "two"}])
    assert addresses(world) == {"two": MAC}
    world.docker("restart", "--time", "0", "web")
    assert addresses(world) == {"two": MAC}


def test_a_mac_address_that_the_task_does_not_declare(world):
    """It is kept if the engine shows that somebody has set it."""
    body = {"Image": BASE, "Cmd": ["sleep", "1000"], "StopTimeout": 0, "MacAddress": MAC}
    body["HostConfig"] = {"NetworkMode": "one"}
    world.api("POST", "/v1.41/containers/create?name=web", body)
    world.docker("start", "web")
    converge_twice(world, name="web", networks=[{"name": "two"}])
    if world.inspect("container", "web")["Config"].get("MacAddress"):
        assert addresses(world) == {"two": MAC}


def test_another_network_is_left_in_place(world):
    """The network with the address stays."""
    converge(world, **TASK, mac_address=MAC, networks=[{"name": "one"}, {"name": "two"}])
    number = world.inspect("container", "web")["Id"]
    converge_twice(world, **TASK, mac_address=MAC, networks=[{"name": "one"}])
    assert addresses(world) == {"one": MAC}
    assert world.inspect("container", "web")["Id"] == number


def test_a_network_that_was_recreated(world):
    """The container cannot be started until it is recreated, also if the task does not name the network."""
    converge(world, **TASK, networks=[{"name": "one"}, {"name": "two"}], state="stopped")
    world.docker("start", "web")
    world.docker("stop", "--time", "0", "web")
    world.docker("network", "rm", "one")
    for task in ({"name": "web"}, {**TASK, "networks": [{"name": "one"}, {"name": "two"}]}):
        if "one" not in world.names("network"):
            world.docker("network", "create", "--subnet", ONE, "one")
        with pytest.raises(SlipwayError) as caught:
            converge(world, **task)
        words = "Could not start container web: its network one was removed, or recreated with another ID. "
        assert str(caught.value).startswith(words + "Create the network if it does not exist, and set recreate: true.")
        assert not world.inspect("container", "web")["State"]["Running"]
        converge(world, **task, recreate=True)
        assert not converge(world, **task)["changed"]
        found = world.inspect("container", "web")["NetworkSettings"]["Networks"]
        assert found["one"]["NetworkID"] == world.inspect("network", "one")["Id"]
        assert sorted(found) == ["one", "two"]
        world.docker("stop", "--time", "0", "web")
        world.docker("network", "rm", "one")


@pytest.mark.parametrize(
    "options", [{"networks": [{"name": "one"}, {"name": "settings"}]}, {"network_mode": "settings"}]
)
def test_a_network_that_holds_settings_for_others(options, world):
    """It cannot have containers. Check mode warns."""
    world.docker("network", "create", "--config-only", "settings")
    words = "the network settings holds settings for others (config_only)"
    assert words in str(converge(world, check=True, **TASK, **options)["warned"])
    assert words in str(refused(world, **options))
    assert "web" not in world.names("container")


def test_no_output_to_look_at(world):
    """The error does not refer to output that is empty."""
    error = refused(world, command=["sh", "-c", "exit 3"])
    assert "it exited with exit code 3 right after its start. There is no output." in str(error)
    done = converge(world, **{**TASK, "command": ["sh", "-c", "exit 3"]}, detach=False)
    assert done["msg"] == "The container web exited with exit code 3. There is no output."
