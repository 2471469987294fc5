# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of an old container that a new one keeps, depending on the change; verified with the docker command."""

from __future__ import annotations

import json
from itertools import combinations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.field import dig
from harness.image import BASE

from .in_process import converge, converge_twice

# The network options of a task, and the resulting networks of the container.
SITE = {"networks": [{"name": "site", "aliases": ["www"]}]}
PORT = {"published_ports": ["8080:80"]}
MODES = {
    "bridge": ({"network_mode": "bridge"}, ["bridge"]),
    "bridge, port": ({"network_mode": "bridge", **PORT}, ["bridge"]),
    "host": ({"network_mode": "host"}, ["host"]),
    "none": ({"network_mode": "none"}, []),
    "site, port": ({"network_mode": "site", **PORT}, ["site"]),
    "container": ({"network_mode": "container:other"}, []),
    "networks": (SITE, ["site"]),
    "no networks": ({"networks": []}, []),
}
TASK = {"name": "web", "image": BASE, "command": "sleep 1000", "stop_timeout": 0, "state": "present"}


@pytest.fixture(scope="module")
def world(shared_engine):
    """Networks, and a container to share namespaces with."""
    engine = shared_engine
    engine.docker("network", "create", "site")
    engine.docker("network", "create", "--subnet", "10.79.0.0/24", "back")
    engine.docker(
        "run", "--detach", "--name", "other", "--network", "back", "--ipc", "shareable", BASE, "sleep", "1000"
    )
    yield engine
    engine.clean()


@pytest.fixture
def web(world):
    """Creates the container ``web`` with the docker command. It is removed after the test."""

    def web(*options):
        world.docker("create", "--name", "web", *options, BASE, "sleep", "1000")

    yield web
    world.api("DELETE", "/containers/web?force=1&v=1")


def networks(engine):
    """The networks of the container."""
    return sorted(set(engine.inspect("container", "web")["NetworkSettings"]["Networks"]) - {"none"})


@pytest.mark.parametrize(("one", "other"), list(combinations(MODES, 2)))
def test_networks_follow_network_mode(one, other, world, web):
    """From each mode to each other one and back."""
    for name in (one, other, one):
        options, expected = MODES[name]
        converge(world, **TASK, **options)
        assert networks(world) == expected
        assert not converge(world, **TASK, **options)["changed"]
    world.docker("start", "web")
    assert networks(world) == expected


@pytest.mark.parametrize("name", ["host", "none", "site, port", "container", "no networks"])
def test_networks_that_are_no_longer_declared(name, world, web):
    """The networks follow the current mode."""
    for options in (MODES[name][0], {}):
        converge_twice(world, **TASK, **options)
    assert networks(world) == ["bridge"]


@pytest.mark.parametrize(
    ("made", "options", "expected"),
    [
        (["--network", "site", "--network-alias", "www"], {"network_mode": "bridge"}, ["bridge"]),
        (["--network", "site"], {"network_mode": "host"}, ["host"]),
        (["--network", "site"], {"network_mode": "back", "published_ports": ["8080:80"]}, ["back"]),
        (["--network", "host"], {"network_mode": "bridge", "published_ports": ["8080:80"]}, ["bridge"]),
        (["--network", "host"], {"networks": [{"name": "site"}]}, ["site"]),
        (["--network", "none"], {"network_mode": "site"}, ["site"]),
        (["--network", "container:other"], {"network_mode": "bridge"}, ["bridge"]),
        (["--network", "container:other"], {"network_mode": "site"}, ["site"]),
        (["--network", "site"], {"user": "1"}, ["site"]),
        (["--network", "none"], {"user": "1"}, []),
    ],
)
def test_networks_of_a_container_that_others_have_created(made, options, expected, world, web):
    """They follow a changed mode, and are kept otherwise."""
    web(*made)
    converge_twice(world, name="web", state="present", **options)
    assert networks(world) == expected
    world.docker("start", "web")


def test_a_network_that_others_have_connected_is_kept(world, web):
    """For each mode, except those without networks."""
    web("--network", "site")
    world.docker("network", "connect", "--alias", "www", "back", "web")
    converge_twice(world, name="web", state="present", network_mode="bridge")
    assert networks(world) == ["back", "bridge"]
    assert "www" in world.inspect("container", "web")["NetworkSettings"]["Networks"]["back"]["Aliases"]
    converge_twice(world, name="web", state="present", network_mode="none")
    assert networks(world) == []


MIB = 1024**2
NEW = {"user": "65534"}  # an unrelated difference
SHARED = {"network_mode": "container:other"}
# The arguments of the docker command, the options of the task, and the values that the docker command then shows.
VALUES = [
    # A user-defined network is replaced, with all of its settings.
    ("--hostname odd --dns 192.0.2.1 --add-host a:192.0.2.1 --publish 8081:80 --expose 99", SHARED, {}),
    ("--hostname odd --network site --network-alias www", SHARED, {}),
    ("--hostname odd", {"uts": "host"}, {"HostConfig.UTSMode": "host"}),
    ("--link other:db --network bridge", {"network_mode": "site"}, {"HostConfig.Links": None}),
    ("--hostname odd --network none", NEW, {"Config.Hostname": "odd"}),
    ("--hostname odd --network none", {"network_mode": "site"}, {"Config.Hostname": "odd"}),
    ("--expose 99 --publish 8081:80", {"published_ports": []}, {"Config.ExposedPorts": {"99/tcp": {}}}),
    ("--expose 99 --publish 8081:80", NEW, {"Config.ExposedPorts": {"80/tcp": {}, "99/tcp": {}}}),
    # Combinations that the Engine would reject.
    ("--restart always", {"auto_remove": True}, {"HostConfig.AutoRemove": True}),
    (
        "--rm",
        {"restart_policy": "always"},
        {"HostConfig.RestartPolicy.Name": "always", "HostConfig.AutoRemove": False},
    ),
    (
        "--restart on-failure:5",
        {**NEW, "restart_policy": "always"},
        {"HostConfig.RestartPolicy": {"Name": "always", "MaximumRetryCount": 0}},
    ),
    ("--log-opt max-size=1m", {"log_driver": "none"}, {"HostConfig.LogConfig": {"Type": "none", "Config": {}}}),
    ("--log-opt max-size=1m", NEW, {"HostConfig.LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}}}),
    # Rights.
    ("--privileged", {"privileged": False}, {"HostConfig.Privileged": False, "HostConfig.SecurityOpt": None}),
    ("--security-opt systempaths=unconfined", NEW, {"HostConfig.MaskedPaths": [], "HostConfig.ReadonlyPaths": []}),
    ("--security-opt systempaths=unconfined", {"privileged": True}, {"HostConfig.Privileged": True}),
    ("--ipc host --pid host", {"security_opts": ["no-new-privileges"]}, {"HostConfig.IpcMode": "host"}),
    ("--ipc host", {"security_opts": ["no-new-privileges"]}, {"HostConfig.IpcMode": "host"}),
    ("--ipc host", {"ipc_mode": "private"}, {"HostConfig.IpcMode": "private", "HostConfig.SecurityOpt": None}),
    ("--userns host", NEW, {"HostConfig.UsernsMode": "host"}),
    ("--volumes-from other", NEW, {"HostConfig.VolumesFrom": ["other"]}),
    # Limits.
    ("--memory 64m --memory-swap 64m", NEW, {"HostConfig.MemorySwap": 64 * MIB}),
    ("--memory 64m --memory-swap 64m", {**NEW, "memory": "96m"}, {"HostConfig.MemorySwap": 96 * MIB}),
    ("--memory 64m --memory-swap 96m", {**NEW, "memory": "128m"}, {"HostConfig.MemorySwap": 160 * MIB}),
    ("--memory 64m --memory-swap -1", {**NEW, "memory": "128m"}, {"HostConfig.MemorySwap": -1}),
    ("--memory 64m", {**NEW, "memory": "128m"}, {"HostConfig.MemorySwap": 256 * MIB}),
    ("--memory 64m --memory-swap 96m", {"memory": "0"}, {"HostConfig.Memory": 0, "HostConfig.MemorySwap": 0}),
    ("--memory 64m --memory-reservation 48m", {**NEW, "memory": "32m"}, {"HostConfig.MemoryReservation": 0}),
]


@pytest.mark.parametrize(
    ("made", "options", "expected"), VALUES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_settings_of_a_container_that_others_have_created(made, options, expected, world, web):
    """They are kept, unless they resulted from a changed option or contradict a declared one."""
    web(*made.split())
    before = world.inspect("container", "web")["Id"]
    converge_twice(world, name="web", state="present", **options)
    shown = world.inspect("container", "web")
    assert shown["Id"] != before
    assert {path: dig(shown, path) for path in expected} == expected
    if not options.get("privileged"):  # which the test machine may not allow
        world.docker("start", "web")


def test_a_chosen_mac_address_is_kept(world, web):
    """One that the Engine has chosen is not."""
    config = {"Image": BASE, "Cmd": ["sleep", "1000"], "MacAddress": "92:d0:c6:0a:29:33"}
    world.api("POST", "/v1.41/containers/create?name=web", config)
    converge_twice(world, name="web", state="present", **NEW)
    world.docker("start", "web")
    assert world.docker("exec", "web", "cat", "/sys/class/net/eth0/address") == "92:d0:c6:0a:29:33"


def test_a_task_without_an_image_keeps_declared_options(world, web):
    """Including values that equal the Engine's defaults, and log options."""
    web("--label", "made=here")
    declared = {
        "log_options": {"max-size": "1m"},
        "masked_paths": ["/proc/kcore"],
        "memory": "64m",
        "memory_swap": "64m",
        "exposed_ports": ["99"],
        "mac_address": "92:d0:c6:0a:29:33",
    }
    converge(world, **TASK, **declared)
    before = world.inspect("container", "web")
    converge_twice(world, name="web", state="present", **NEW)
    after = world.inspect("container", "web")
    assert after["Id"] != before["Id"]
    for path in ("LogConfig", "MaskedPaths", "MemorySwap"):
        assert after["HostConfig"][path] == before["HostConfig"][path]
    assert json.dumps(after["Config"]["ExposedPorts"]) == json.dumps(before["Config"]["ExposedPorts"])
    assert not converge(world, **TASK, **declared, **NEW)["changed"]
