# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that the engine would reject are rejected before anything changes, also in check mode."""

from __future__ import annotations

import pytest
from harness.driver import failed, succeeded
from harness.engine import ApiError

BRIDGE = "com.docker.network.bridge.name"


def pool(subnet, **more):
    """The IPAM of a create request with one subnet."""
    return {"IPAM": {"Driver": "default", "Config": [{"Subnet": subnet, **more}]}}


def refuses(engine, **body):
    """The engine's error for a raw create request, which it must reject."""
    with pytest.raises(ApiError) as caught:
        engine.api("POST", "/networks/create", {"Name": "raw", "CheckDuplicate": True, **body})
    return str(caught.value)


def old(engine, version):
    """Whether an engine is older than an API version."""
    numbers = engine.api("GET", "/version")["ApiVersion"].split(".")
    return [int(part) for part in numbers] < [int(part) for part in version.split(".")]


# Options of a task, the equivalent raw request, a part of the message, and the API version that accepts it.
ALWAYS = "9.9"
REFUSED = [
    (
        {"driver_options": {"com.docker.network.driver.mtu": "-5"}},
        {"Options": {"com.docker.network.driver.mtu": "-5"}},
        "driver_options: com.docker.network.driver.mtu is '-5'",
        ALWAYS,
    ),
    ({"driver_options": {BRIDGE: "."}}, {"Options": {BRIDGE: "."}}, "driver_options: " + BRIDGE, ALWAYS),
    (
        {"driver": "macvlan", "driver_options": {"parent": "eth0", "macvlan_mode": "bogus"}},
        {"Driver": "macvlan", "Options": {"parent": "eth0", "macvlan_mode": "bogus"}},
        "driver_options: macvlan_mode is 'bogus'",
        ALWAYS,
    ),
    (
        {"driver": "ipvlan", "driver_options": {"parent": "eth0", "ipvlan_mode": "l3s"}},
        {"Driver": "ipvlan", "Options": {"parent": "eth0", "ipvlan_mode": "l3s"}},
        "driver_options: ipvlan_mode is l3s",
        "1.42",
    ),
    ({"ipam_config": [{"subnet": "10.91.0.0/31"}]}, pool("10.91.0.0/31"), "ipam_config: 10.91.0.0/31", "1.42"),
    ({"ipam_config": [{"subnet": "10.91.0.1/32"}]}, pool("10.91.0.1/32"), "ipam_config: 10.91.0.1/32", "1.42"),
    (
        {"enable_ipv6": True, "ipam_config": [{"subnet": "ff00:91::/64"}]},
        {"EnableIPv6": True, **pool("ff00:91::/64")},
        "ipam_config: ff00:91::/64 has no addresses for hosts",
        ALWAYS,
    ),
    (
        {"enable_ipv6": True, "ipam_config": [{"subnet": "fd00:91::/128"}]},
        {"EnableIPv6": True, **pool("fd00:91::/128")},
        "ipam_config: fd00:91::/128 is too small",
        ALWAYS,
    ),
    (
        {"ipam_config": [{"subnet": "10.91.0.0/24", "aux_addresses": {"a": "10.91.0.1"}}]},
        pool("10.91.0.0/24", AuxiliaryAddresses={"a": "10.91.0.1"}),
        "ipam_config: aux_addresses.a is 10.91.0.1, which this engine gives to the gateway",
        "1.48",
    ),
    (
        {"ipam_config": [{"subnet": "10.91.0.0/24"}, {"subnet": "10.92.0.0/24"}]},
        {"IPAM": {"Config": [{"Subnet": "10.91.0.0/24"}, {"Subnet": "10.92.0.0/24"}]}},
        "ipam_config: a bridge network has one IPv4 subnet, but there are 10.91.0.0/24 and 10.92.0.0/24",
        ALWAYS,
    ),
    (
        {"driver_options": {"com.docker.network.bridge.host_binding_ipv4": ""}},
        {"Options": {"com.docker.network.bridge.host_binding_ipv4": ""}},
        "driver_options: com.docker.network.bridge.host_binding_ipv4 is ''",
        ALWAYS,
    ),
    ({"ingress": True}, {"Ingress": True}, "ngress network needs the driver overlay", ALWAYS),
    ({"driver": "host"}, {"Driver": "host"}, "driver: the Engine has one network with the driver host", ALWAYS),
]


@pytest.mark.parametrize(("task", "body", "words", "until"), REFUSED, ids=[row[2] for row in REFUSED])
def test_values_that_the_engine_rejects(task, body, words, until, engine, module):
    """For a new network, and for an existing one, which is kept."""
    if not old(engine, until):
        pytest.skip("this engine takes it")
    refuses(engine, **body)
    for check in (True, False):
        assert words in failed(module("network", check=check, name="net", **task))
    assert engine.names("network") == ["bridge", "host", "none"]
    there = engine.docker("network", "create", "net")
    for check in (True, False):
        assert words in failed(module("network", check=check, name="net", **task))
    assert engine.inspect("network", "net")["Id"] == there


TAKEN = [
    {"enable_ipv6": True, "ipam_config": [{"subnet": "fd00:91::/127"}]},
    {"ipam_config": [{"subnet": "10.91.0.0/30", "gateway": "", "iprange": ""}]},
    {
        "driver": "ipvlan",
        "driver_options": {"parent": "eth0", "ipvlan_mode": "l3"},
        "ipam_config": [{"subnet": "10.91.0.0/24"}, {"subnet": "10.92.0.0/24"}],
    },
]


@pytest.mark.parametrize("task", TAKEN, ids=["two IPv6 addresses", "empty suboptions", "several subnets"])
def test_similar_values_that_the_engine_accepts(task, engine, module):
    """They are accepted."""
    module.scenario("network", name="net", **task)
    shown = engine.inspect("network", "net")["IPAM"]["Config"]
    assert {entry["subnet"] for entry in task["ipam_config"]} <= {entry["Subnet"] for entry in shown}


@pytest.mark.parametrize("there", [False, True], ids=["created", "replaced"])
def test_a_bridge_belongs_to_one_network(there, engine, module):
    """The engine accepts docker0 for a second network, and removes it with that network."""
    other = engine.docker("network", "create", "other")
    if there:
        engine.docker("network", "create", "net")
    refuses(engine, Options={BRIDGE: "br-" + other[:12]})
    for bridge, network in (("docker0", "bridge"), ("br-" + other[:12], "other")):
        for check in (True, False):
            said = failed(module("network", check=check, name="net", driver_options={BRIDGE: bridge}))
            assert "%s is %s, which is the bridge of the network %s." % (BRIDGE, bridge, network) in said
    assert engine.names("network") == sorted(["bridge", "host", "none", "other"] + ["net"] * there)
    succeeded(module("network", name="net", driver_options={BRIDGE: "br-mine"}))
    assert not succeeded(module("network", name="net", driver_options={BRIDGE: "br-mine"}))["changed"]


def test_a_parent_interface_belongs_to_one_network(engine, module):
    """Until Docker 27."""
    if not old(engine, "1.46"):
        pytest.skip("this engine shares parent interfaces")
    lan = {"driver": "macvlan", "driver_options": {"parent": "eth0"}}
    succeeded(module("network", name="lan", **lan))
    refuses(engine, Driver="macvlan", Options={"parent": "eth0"})
    for check in (True, False):
        assert "the parent eth0 is that of the network lan" in failed(module("network", check=check, name="net", **lan))
    assert not succeeded(module("network", name="lan", **lan))["changed"]


def test_a_network_is_not_removed_for_an_unlisted_driver(engine, module):
    """A new one is left to the engine, which may find an unlisted plugin. Check mode warns."""
    refuses(engine, Driver="nosuch")
    foretold = succeeded(module("network", check=True, name="net", driver="nosuch"))
    assert "driver: this engine has no network driver nosuch among those that it lists." in str(foretold["warnings"])
    assert "Install the plugin of this driver" in failed(module("network", name="net", driver="nosuch"))
    there = engine.docker("network", "create", "net")
    engine.docker("run", "--detach", "--name", "web", "--network", "net", "slipway/busybox", "sleep", "1000")
    for check in (True, False):
        said = failed(module("network", check=check, name="net", driver="nosuch"))
        assert said.startswith("driver: this engine has no network driver nosuch among those that it lists, and the")
    assert list(engine.inspect("network", "net")["Containers"]) == [engine.inspect("container", "web")["Id"]]
    assert engine.inspect("network", "net")["Id"] == there


@pytest.mark.parametrize("there", [False, True], ids=["created", "replaced"])
@pytest.mark.parametrize(
    ("task", "body"),
    [
        ({"driver": "overlay"}, {"Driver": "overlay"}),
        ({"driver": "bridge", "scope": "swarm"}, {"Driver": "bridge", "Scope": "swarm"}),
        ({"driver": "overlay", "ingress": True}, {"Driver": "overlay", "Ingress": True}),
    ],
    ids=["driver", "scope", "ingress"],
)
def test_an_overlay_network_requires_a_swarm(task, body, there, engine, module):
    """Check mode warns, because an earlier task may create the swarm. A run fails before anything changes."""
    if there:
        engine.docker("network", "create", "net")
    refuses(engine, **body)
    foretold = succeeded(module("network", check=True, name="net", **task))
    cause = ": this engine is no manager of a swarm, and only one makes such a network"
    assert cause in str(foretold["warnings"])
    before = engine.docker("network", "ls", "--quiet")
    said = module("network", name="net", **task)
    assert cause in failed(said) and "Run the task on a manager" in said["msg"]
    assert said["failed_step"] == foretold["actions"][0] and said["done"] == []
    assert engine.docker("network", "ls", "--quiet") == before


def test_a_network_that_is_identified_by_its_id_is_not_recreated(engine, module):
    """The new one would have another ID, so the next run would not find it."""
    there = engine.docker("network", "create", "net")
    for name in (there, there[:12]):
        assert not succeeded(module("network", name=name, internal=False))["changed"]
        for check in (True, False):
            said = failed(module("network", check=check, name=name, internal=True))
            assert said.endswith("(internal differs), which gives it another id. Name it: net.")
    assert engine.inspect("network", "net")["Id"] == there
    succeeded(module("network", name=there, state="absent"))
    assert "net" not in engine.names("network")
