# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recreation is killed, or its engine is, before and after each call. The next run restores everything."""

from __future__ import annotations

import itertools
import re

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.resource import NETWORK
from cases import complete
from harness.converging import converge, converge_and_die
from harness.image import BASE
from harness.proxy import Fault, Proxy

TITLE = "Faults of the recreation of a network"
ID = re.compile("[0-9a-f]{64}")
NAME = "net"
SUBNET = "10.213.0.0/24"
# Settings that the task does not declare and must not lose.
KEPT = {"com.docker.network.driver.mtu": "1400"}
MAC = "02:42:ac:00:77:77"
FAULTS = [("kill", "before"), ("kill", "after"), ("once", "after")]
FIRST = 7  # the first call that changes something
WRITES = re.compile("^(POST|DELETE) ")


def params(generation, **more):
    """The task. Each generation requires that the network is recreated."""
    return complete(NETWORK, {"name": NAME, "labels": {"generation": str(generation)}, **more})


class Crowd:
    """Containers on a network, each with other settings."""

    def __init__(self, engine):
        self.engine = engine
        options = [word for item in KEPT.items() for word in ("--opt", "%s=%s" % item)]
        engine.docker("network", "create", "--subnet", SUBNET, "--label", "generation=0", *options, NAME)
        run = ("run", "-d", "--restart", "always", "--stop-timeout", "0", "--name")
        sleep = (BASE, "sleep", "10000")
        endpoint = {"IPAMConfig": {"IPv4Address": "10.213.0.10"}, "Aliases": ["db"]}
        body = {"Image": BASE, "Cmd": ["sleep", "10000"], "StopTimeout": 0}
        body["HostConfig"] = {"NetworkMode": NAME, "RestartPolicy": {"Name": "always"}}
        body["NetworkingConfig"] = {"EndpointsConfig": {NAME: endpoint}}
        if tuple(map(int, engine.api("GET", "/version")["ApiVersion"].split("."))) < (1, 44):
            body["MacAddress"] = MAC  # newer engines cannot restore a MAC address
        engine.api("POST", "/containers/create?name=fixed", body)
        engine.docker("start", "fixed")
        engine.docker(*run, "linked", "--network", NAME, "--link", "fixed:store", *sleep)
        engine.docker(*run, "second", *sleep)
        engine.docker("network", "connect", "--alias", "other", "--link-local-ip", "169.254.9.9", NAME, "second")
        self.before = self.found()

    def found(self):
        """The settings of each container, and whether it is running."""
        found = {}
        for name in ("fixed", "linked", "second"):
            shown = self.engine.inspect("container", name)
            here = shown["NetworkSettings"]["Networks"].get(NAME)
            asked = here and {key: here[key] for key in ("IPAMConfig", "Links")}
            if here:
                asked["Aliases"] = sorted(alias for alias in here["Aliases"] or () if alias != shown["Id"][:12])
                asked["connected"] = bool(here["EndpointID"])
                asked["MacAddress"] = name == "fixed" and here["MacAddress"]
            found[name] = {"runs": shown["State"]["Running"], "endpoint": asked}
        return found

    def verify(self, generation):
        """Check that all containers are unchanged, the network is as declared, and nothing is left over."""
        assert self.found() == self.before
        assert [name for name in self.engine.names("network") if name not in ("bridge", "host", "none")] == [NAME]
        shown = self.engine.inspect("network", NAME)
        assert shown["Labels"] == {"generation": str(generation)}
        assert shown["Options"].items() >= KEPT.items()
        assert [pool["Subnet"] for pool in shown["IPAM"]["Config"]] == [SUBNET]


@pytest.mark.parametrize(("how", "when"), FAULTS)
def test_a_fault_at_every_call(how, when, engine, tmp_path, report_table):
    """The next run, with the same task or the previous one, reconnects all containers with their settings."""
    crowd, generation, tried = Crowd(engine), 0, 0
    for number in itertools.count(FIRST):
        with Proxy(engine.socket, tmp_path / "proxy.sock", Fault(number, when, how)) as proxy:
            run = converge_and_die if how == "kill" else converge
            result = run(NETWORK, "unix://" + proxy.socket, params(generation + 1))
        if not proxy.struck:
            break
        tried += 1
        if result.get("rolled_back"):
            crowd.verify(generation)
        standing = all(item["endpoint"] for item in crowd.found().values())
        generation += number % 2
        assert converge(NETWORK, engine.host, params(generation)) == {}, (number, proxy.calls)
        crowd.verify(generation)
        report_table(
            TITLE,
            fault="%s, %s" % (how, when),
            call="%02d %s" % (number, ID.sub("ID", proxy.calls[number - 1])),
            left="all containers connected" if standing else "containers disconnected",
        )
    assert result == {}, result
    crowd.verify(generation + 1)
    assert "10.213.0.10" in engine.docker("exec", "linked", "ping", "-c1", "-W2", "store")
    assert tried > 10


def test_the_engine_is_killed(engine_factory, tmp_path, report_table):
    """After each call that changes something."""
    engine = engine_factory("killed")
    crowd = Crowd(engine)
    with Proxy(engine.socket, tmp_path / "proxy.sock") as proxy:
        assert converge(NETWORK, "unix://" + proxy.socket, params(1)) == {}
    calls = [number for number, call in enumerate(proxy.calls, 1) if WRITES.match(call)]
    assert (calls[0], len(calls)) == (FIRST, 10)
    # After some disconnections, the removal, the creation, and some connections.
    for generation, number in enumerate((calls[2], calls[4], calls[5], calls[7]), 1):
        with Proxy(engine.socket, tmp_path / "proxy.sock", Fault(number, "after", "for good")) as proxy:
            converge_and_die(NETWORK, "unix://" + proxy.socket, params(generation + 1))
            assert proxy.struck
        engine.kill()
        engine.start()
        assert converge(NETWORK, engine.host, params(generation + 1)) == {}, proxy.calls
        crowd.verify(generation + 1)
        report_table(TITLE, fault="engine killed, after", call="%02d %s" % (number, ID.sub("ID", proxy.calls[-1])))
    engine.clean()


def test_a_note_belongs_to_one_network(module, engine):
    """Runs for other networks and prune keep it; the state absent removes it."""
    note = {"slipway.docker.note": "network net", "slipway.docker.note.content": '{"name": "net"}'}
    labels = ["--label=%s=%s" % item for item in note.items()]
    engine.docker("network", "create", "--config-only", *labels, "slipway-note-network-net")
    engine.docker("network", "prune", "--force")
    assert module("network", name="other")["actions"] == ["create network other: it does not exist"]
    gone = module("network", name="net", state="absent")
    assert gone["actions"] == ["remove note slipway-note-network-net: the interrupted recreation is finished"]
    assert engine.names("network") == ["bridge", "host", "none", "other"]
