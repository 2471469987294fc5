# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each option of a network on a real engine: created, unchanged, changed and removed."""

from __future__ import annotations

import pytest
from harness.driver import failed


def pool(network, cidr):
    """The pool of a network with this subnet, as inspect shows it."""
    return next(entry for entry in network["IPAM"]["Config"] if entry["Subnet"] == cidr)


FOUR, SIX = "10.213.0.0/24", "fd00:213::/64"

# An option with other required options, its two values, and how inspect shows each.
OPTIONS = [
    ("driver", {"driver_options": {"parent": "eth0"}}, "bridge", "macvlan", lambda n: n["Driver"]),
    (
        "driver_options",
        {},
        {"com.docker.network.bridge.name": "brx1"},
        {"com.docker.network.bridge.name": "brx2", "com.docker.network.driver.mtu": "1400"},
        lambda n: n["Options"],
    ),
    ("internal", {}, True, False, lambda n: n["Internal"]),
    ("attachable", {}, True, False, lambda n: n["Attachable"]),
    ("labels", {}, {"a": "1", "b": "yes"}, {"b": "yes"}, lambda n: n["Labels"]),
    ("ipam_driver_options", {}, {"a": "1"}, {"a": "2"}, lambda n: n["IPAM"]["Options"]),
]


@pytest.mark.parametrize(("option", "more", "first", "second", "see"), OPTIONS, ids=[row[0] for row in OPTIONS])
def test_an_option(engine, scenario, module, name, option, more, first, second, see):
    """Created with one value and changed to another. The difference names only this option."""
    scenario("network", name=name, **more, **{option: first})
    assert see(engine.inspect("network", name)) == first
    changed = scenario("network", name=name, **more, **{option: second})
    assert see(engine.inspect("network", name)) == second
    assert set(changed["diff"]["after"]) == {option}
    assert changed["actions"] == ["%s network %s: %s differs" % (verb, name, option) for verb in ("remove", "create")]
    assert changed["network"]["Id"] == engine.inspect("network", name)["Id"]
    scenario("network", changed=False, name=name)
    scenario("network", name=name, state="absent")
    assert name not in engine.names("network")


def test_a_plain_network(engine, scenario, module, name):
    """Only with a name. Later runs that declare the defaults change nothing."""
    scenario("network", name=name)
    scenario(
        "network",
        changed=False,
        name=name,
        driver="bridge",
        driver_options={},
        ipam_driver="default",
        ipam_driver_options={},
        ipam_config=[],
        enable_ipv6=False,
        internal=False,
        attachable=False,
        ingress=False,
        config_only=False,
        config_from="",
        scope="local",
        labels={},
        connected=[],
    )
    shown = module("network_info", name=name)
    assert shown["exists"]
    assert shown["network"]["Id"] == engine.inspect("network", name)["Id"]
    assert module("network_info", name=shown["network"]["Id"][:12])["network"]["Name"] == name
    scenario("network", name=name, state="absent")
    assert not module("network_info", name=name)["exists"]
    assert module("network_info", name=name)["network"] is None


def test_ipam_config(engine, scenario, name):
    """Two IP versions with all suboptions, in other spellings, in any order, and changed part by part."""
    four = {
        "subnet": FOUR,
        "gateway": "10.213.0.9",
        "iprange": "10.213.0.64/26",
        "aux_addresses": {"nas": "10.213.0.7"},
    }
    six = {"subnet": "FD00:0213:0:0::/64", "gateway": "fd00:213:0:0::9"}
    scenario("network", name=name, enable_ipv6=True, ipam_config=[four, six])
    shown = engine.inspect("network", name)
    assert pool(shown, FOUR) == {
        "Subnet": FOUR,
        "Gateway": "10.213.0.9",
        "IPRange": "10.213.0.64/26",
        "AuxiliaryAddresses": {"nas": "10.213.0.7"},
    }
    assert pool(shown, SIX)["Gateway"] == "fd00:213::9"
    scenario("network", changed=False, name=name, ipam_config=[{"subnet": "fd00:213::1/64"}, {"subnet": FOUR}])
    scenario("network", changed=False, name=name, ipam_config=[{"subnet": FOUR}])
    for key, value, seen in (
        ("gateway", "10.213.0.8", "Gateway"),
        ("iprange", "10.213.0.128/25", "IPRange"),
        ("aux_addresses", {"nas": "10.213.0.6"}, "AuxiliaryAddresses"),
    ):
        four[key] = value
        changed = scenario("network", name=name, ipam_config=[four])
        assert set(changed["diff"]["after"]) == {"ipam_config"}
        assert pool(engine.inspect("network", name), FOUR)[seen] == value
        assert pool(engine.inspect("network", name), SIX)["Gateway"] == "fd00:213::9"
    scenario("network", name=name, ipam_config=[{"subnet": "10.213.1.0/24"}, six])
    assert {entry["Subnet"] for entry in engine.inspect("network", name)["IPAM"]["Config"]} == {"10.213.1.0/24", SIX}
    scenario("network", name=name, enable_ipv6=False)
    assert [entry["Subnet"] for entry in engine.inspect("network", name)["IPAM"]["Config"]] == ["10.213.1.0/24"]


def test_macvlan_with_several_pools(engine, scenario, name):
    """Two subnets of one IP version, which a bridge cannot have."""
    pools = [{"subnet": FOUR}, {"subnet": "10.213.1.0/24", "gateway": "10.213.1.4"}]
    options = {"driver": "macvlan", "driver_options": {"parent": "eth0"}}
    scenario("network", name=name, ipam_config=pools, **options)
    scenario("network", changed=False, name=name, ipam_config=list(reversed(pools)), **options)
    scenario(
        "network", changed=False, name=name, ipam_config=pools[:1], comparisons={"ipam_config": "allow_more_present"}
    )
    scenario("network", name=name, ipam_config=pools[:1], **options)
    assert [entry["Subnet"] for entry in engine.inspect("network", name)["IPAM"]["Config"]] == [FOUR]


def test_ipvlan(engine, scenario, module, name):
    """If the kernel supports it."""
    result = module("network", name=name, driver="ipvlan", driver_options={"parent": "eth0"})
    if result["failed"]:
        assert "Could not create network %s: The engine said: operation not supported" % name in failed(result)
        assert name not in engine.names("network")
        pytest.skip("this kernel has no ipvlan")
    scenario("network", changed=False, name=name, driver="ipvlan", driver_options={"parent": "eth0"})


def test_config_only_and_config_from(engine, scenario, module, name):
    """A network with config_only and one that uses it. Neither can be removed before the other."""
    settings = name + "-settings"
    options = {"config_only": True, "labels": {"a": "b"}, "driver_options": {"com.docker.network.driver.mtu": "1400"}}
    scenario("network", name=settings, ipam_config=[{"subnet": FOUR}], **options)
    assert engine.inspect("network", settings)["ConfigOnly"]
    scenario("network", name=name, config_from=settings, internal=True)
    shown = engine.inspect("network", name)
    assert shown["ConfigFrom"] == {"Network": settings}
    assert pool(shown, FOUR)
    assert shown["Options"] == {"com.docker.network.driver.mtu": "1400"}
    scenario("network", name=name, internal=False)
    assert engine.inspect("network", name)["ConfigFrom"] == {"Network": settings}
    message = failed(module("network", name=settings, state="absent"))
    assert message.startswith("Could not remove network %s" % settings)
    assert (
        "cannot be removed, because networks use it as config_from: %s. Remove these networks first."
    ) % name in message
    assert "cannot be removed, because networks use it as config_from:" in str(
        module("network", check=True, name=settings, state="absent")
    )
    for wrong in ("nothing", name):
        message = failed(module("network", name=name + "-other", config_from=wrong))
        assert "config_from: there is no network %s with config_only. Create it first" % wrong in message
    scenario("network", name=name, config_from="")
    scenario("network", name=settings, labels={})
    assert engine.inspect("network", settings)["Options"] == {"com.docker.network.driver.mtu": "1400"}
    assert pool(engine.inspect("network", settings), FOUR)


def test_scope_and_ipam_driver(engine, scenario, module, name):
    """The only supported value is no difference; others are clear errors."""
    scenario("network", name=name, scope="local", ipam_driver="default")
    message = failed(module("network", name=name + "-other", scope="swarm", driver="overlay"))
    assert "Make the host a swarm manager first." in message or "Run the task on a manager" in message
    assert "nothing" in failed(module("network", name=name, ipam_driver="nothing"))
    scenario("network", changed=False, name=name, scope="local", ipam_driver="default")


def test_enable_ipv4(engine, scenario, module, name):
    """Disabled if the engine supports it; otherwise a clear error."""
    options = {"enable_ipv6": True, "ipam_config": [{"subnet": SIX}]}
    result = module("network", check=True, name=name, enable_ipv4=False, **options)
    if result["failed"]:
        assert "enable_ipv4 requires Engine API 1.47, but this engine is used with" in failed(result)
        pytest.skip("this engine cannot switch IPv4 off")
    scenario("network", name=name, enable_ipv4=False, **options)
    assert engine.inspect("network", name)["EnableIPv4"] is False
    scenario("network", name=name, enable_ipv4=True)


def test_force(engine, scenario, name):
    """Recreated in each run, with the same settings."""
    scenario("network", name=name, ipam_config=[{"subnet": FOUR}], labels={"a": "b"})
    before = engine.inspect("network", name)
    again = scenario("network", name=name, force=True, stable=False)
    after = engine.inspect("network", name)
    assert before["Id"] != after["Id"]
    assert again["diff"] == {"before": {}, "after": {}}
    for key in ("Labels", "IPAM", "Driver", "Options", "EnableIPv6", "Internal"):
        assert before[key] == after[key] or (key == "IPAM" and before[key]["Config"] == after[key]["Config"])


def test_comparisons(engine, scenario, module, name):
    """Ignored differences cause a warning."""
    engine.docker("network", "create", "--label", "a=b", "--label", "c=d", name)
    left = scenario(
        "network", changed=False, name=name, labels={"a": "b"}, comparisons={"labels": "allow_more_present"}
    )
    assert "network %s is left alone: labels is" % name in str(left["warnings"])
    scenario("network", changed=False, name=name, labels={}, internal=True, comparisons={"*": "ignore"})
    assert "no such option" in failed(module("network", name=name, comparisons={"subnets": "ignore"}))


def test_predefined_networks(engine, scenario, module):
    """Never changed or removed."""
    before = [engine.inspect("network", own)["Id"] for own in ("bridge", "host", "none")]
    for own in ("bridge", "host", "none"):
        left = scenario("network", changed=False, name=own, internal=True, force=True)
        assert "left alone: internal is false and should be true" in str(left["warnings"])
        assert "is predefined by the Engine and cannot be removed" in failed(
            module("network", name=own, state="absent")
        )
    assert before == [engine.inspect("network", own)["Id"] for own in ("bridge", "host", "none")]


def test_invalid_options_are_rejected(engine, module, name):
    """With one clear sentence, and nothing is created."""
    engine.docker("network", "create", "--subnet", FOUR, name)
    for params, words in (
        ({"ipam_config": [{"subnet": "10.213.0.128/25"}]}, "overlaps with %s of the network %s. Choose" % (FOUR, name)),
        ({"ipam_config": [{"subnet": "10.9.0.0/24", "gateway": "10.9.0.255"}]}, "is the broadcast address"),
        ({"name": ""}, "name: the name of a network is empty"),
        ({"name": ".."}, "name: '..' is not the name of a network"),
        ({"name": "a/b"}, "name: 'a/b' is not the name of a network"),
        ({"ipam_config": [{"subnet": "junk"}]}, "ipam_config: 'junk' is not a subnet such as 192.0.2.0/24"),
        ({"ipam_config": [{"subnet": "10.9.0.0/24", "gateway": "10.8.0.1"}]}, "10.8.0.1 is outside the subnet"),
        ({"driver": "nothing"}, "Install the plugin of this driver, or choose another driver."),
        ({"driver": "overlay"}, "manager of a swarm"),
        ({"driver": "macvlan", "driver_options": {"parent": "nothing"}}, "The engine said: "),
        ({"config_only": True, "connected": ["xx"]}, "config_only and connected contradict each other"),
        ({"connected": ["nothing"]}, "there is no container nothing"),
    ):
        assert words in failed(module("network", **{"name": name + "-other", **params}))
        assert engine.names("network") == sorted(["bridge", "host", "none", name])


def test_ambiguous_names_are_rejected(engine, module, name):
    """Engines before 25 allow them. The beginning of an ID is not a name, but its first 12 digits are accepted."""
    first = engine.api("POST", "/networks/create", {"Name": name})["Id"]
    try:
        second = engine.api("POST", "/networks/create", {"Name": name})["Id"]
    except AssertionError:
        pytest.skip("this engine keeps names unique")
    finally:
        assert module("network", check=True, name=first[:11])["actions"] == [
            "create network %s: it does not exist" % first[:11]
        ]
        assert module("network", check=True, name=first[:12])["actions"] == []
    for which in ("present", "absent"):
        message = failed(module("network", name=name, state=which))
        assert "There are 2 networks named %s (" % name in message
        assert first[:12] in message
        assert second[:12] in message
