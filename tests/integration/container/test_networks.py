# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks with a special meaning, and options that cannot be combined with them."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from harness.image import BASE

from .in_process import converge, converge_twice

TASK = {"name": "web", "image": BASE, "command": "sleep 1000", "stop_timeout": 0, "state": "present"}
LINKS = {"links": ["other:db"]}
PORT = {"published_ports": ["8080:80"]}
NO_EFFECT = "published_ports: no effect, because the container has no network."
OF_THE_HOST = "published_ports: no effect, because with network_mode: host, the container uses the ports of the host."


@pytest.fixture(scope="module")
def world(shared_engine):
    """A network, and a container to link to."""
    shared_engine.docker("network", "create", "site")
    shared_engine.docker("run", "--detach", "--name", "other", BASE, "sleep", "1000")
    yield shared_engine
    shared_engine.clean()


@pytest.fixture(autouse=True)
def no_container(world):
    """Removes the container ``web`` after the test."""
    yield
    if "web" in world.names("container"):
        world.docker("rm", "--force", "web")


@pytest.mark.parametrize(
    ("options", "mode", "networks"),
    [
        ({"networks": [{"name": "none"}]}, "none", ["none"]),
        ({"networks": [{"name": "host"}]}, "host", ["host"]),
        ({"networks": [{"name": "host"}], "network_mode": "host"}, "host", ["host"]),
        ({"networks": [{"name": "default"}]}, "bridge", ["bridge"]),
        ({"networks": [{"name": "bridge"}]}, "bridge", ["bridge"]),
        ({"networks": [{"name": "bridge", "aliases": ["web"]}]}, "bridge", ["bridge"]),
        ({"networks": [{"name": "bridge"}, {"name": "site"}], **LINKS}, "bridge", ["bridge", "site"]),
        ({"networks": [{"name": "site", "links": ["other:db"]}]}, "site", ["site"]),
        ({"network_mode": "default"}, "default", ["bridge"]),
        ({"networks": []}, "none", ["none"]),
        ({"networks": [], "network_mode": "host"}, "host", ["host"]),
    ],
)
def test_special_networks(options, mode, networks, world):
    """Created without later differences, and the container starts."""
    converge_twice(world, **TASK, **options)
    world.docker("start", "web")
    shown = world.inspect("container", "web")
    assert shown["HostConfig"]["NetworkMode"] == mode
    assert sorted(shown["NetworkSettings"]["Networks"]) == networks
    assert not converge(world, **TASK, **options)["changed"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"networks": [{"name": "host"}, {"name": "site"}]},
            "networks: host cannot be combined with other networks or have settings",
        ),
        (
            {"networks": [{"name": "site"}, {"name": "none"}]},
            "networks: none cannot be combined with other networks or have settings",
        ),
        ({"networks": [{"name": "none", "aliases": ["a"]}]}, "networks: none cannot .* have settings"),
        ({"networks": [{"name": "host"}], "network_mode": "site"}, "host is a network mode, but network_mode is site"),
        ({"networks": [{"name": "container:other"}]}, "networks.name: 'container:other' is not the name of a network"),
        ({"networks": [{"name": "bridge"}, {"name": "default"}]}, "the network bridge is listed twice"),
        (
            {"networks": [{"name": "bridge", "ipv4_address": "172.17.0.9"}]},
            "does not support static addresses .ipv4_address.",
        ),
        (
            {"networks": [{"name": "default", "ipv6_address": "2001:db8::9"}]},
            "does not support static addresses .ipv6_address.",
        ),
        (
            {"networks": [{"name": "bridge", "aliases": ["www"]}]},
            "networks: the default bridge does not support aliases",
        ),
        ({"networks": [{"name": "site"}], **LINKS}, "only the default bridge supports them, .* is site"),
        ({"network_mode": "site", **LINKS}, "only the default bridge supports them, .* is site"),
    ],
)
def test_invalid_networks_are_rejected(options, message, world):
    """Before anything changes, also in check mode."""
    for check in (True, False):
        with pytest.raises(InputError, match=message):
            converge(world, check, **TASK, **options)
    assert "web" not in world.names("container")


@pytest.mark.parametrize("digits", [12, 64])
def test_a_network_by_its_id(digits, world):
    """The same as by its name, in each option, also if others have connected it by ID."""
    number = world.inspect("network", "site")["Id"][:digits]
    bridge = {"name": "bridge"}
    for options, named in (
        ({"network_mode": number}, {"network_mode": "site"}),
        ({"networks": [{"name": number}, bridge]}, {"networks": [{"name": "site"}, bridge]}),
    ):
        converge_twice(world, **TASK, **options)
        assert not converge(world, **TASK, **named)["changed"]
    world.docker("rm", "--force", "web")
    world.docker("create", "--name", "web", "--network", number, BASE, "sleep", "1000")
    world.docker("start", "web")
    assert not converge(world, name="web", network_mode="site")["changed"]


def test_links_of_a_container_in_another_network(world):
    """Also if the task does not declare the network."""
    converge(world, **TASK, network_mode="site")
    with pytest.raises(InputError, match="only the default bridge supports them, .* is site"):
        converge(world, name="web", state="present", **LINKS)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"networks": [], **PORT}, NO_EFFECT),
        ({"network_mode": "none", **PORT}, NO_EFFECT),
        (
            {"network_mode": "host", **PORT},
            OF_THE_HOST,
        ),
        (PORT, ""),
        ({"networks": [{"name": "site"}], **PORT}, ""),
        ({"networks": [], "published_ports": []}, ""),
    ],
)
def test_unreachable_ports_cause_a_warning(options, told, world):
    """In each run."""
    for check in (True, False, False):
        assert converge(world, check, **TASK, **options)["warned"] == ([told] if told else [])


def test_a_stop_timeout_is_no_difference(world):
    """It applies to this stop and to new containers, unless comparisons says otherwise."""
    world.docker("run", "--detach", "--name", "web", "--stop-timeout", "7", BASE, "sleep", "1000")
    before = world.inspect("container", "web")["Id"]
    converge_twice(world, name="web", state="stopped", stop_timeout=0)
    converge(world, name="web", image=BASE, state="present", stop_timeout=3)
    assert world.inspect("container", "web")["Id"] == before
    converge_twice(world, name="web", state="present", user="1")
    assert world.inspect("container", "web")["Config"]["StopTimeout"] == 7
    converge_twice(world, name="web", state="present", stop_timeout=3, comparisons={"stop_timeout": "strict"})
    assert world.inspect("container", "web")["Config"]["StopTimeout"] == 3


@pytest.mark.parametrize("mode", ["bridge", None])
def test_settings_of_the_default_bridge(mode, world):
    """They are part of the create request, also if network_mode names the bridge."""
    settings = {"name": "bridge", "driver_opts": {"com.example.a": "b"}}
    made = converge_twice(world, **TASK, network_mode=mode, networks=[settings])
    assert made["actions"] == ["create container web: it does not exist"]
    shown = world.inspect("container", "web")["NetworkSettings"]["Networks"]
    assert shown["bridge"]["DriverOpts"] == {"com.example.a": "b"}
