# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection is cut, or the module killed, before and after each call of a replacement: nothing is lost."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import execute, planned
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import readiness
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.resource import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.dial import connect
from cases import complete
from harness.driver import run_module, wait_for
from harness.engine import ApiError
from harness.image import BASE
from harness.proxy import Fault, Proxy

TITLE = "Faults of a replacement"
ID = re.compile("[0-9a-f]{64}")

# Each replacement creates one more anonymous volume, which belongs to the new container until it replaces the old one.
SERVICE = {
    "name": "web",
    "image": BASE,
    "command": "sleep 10000",
    "networks": [{"name": "site", "aliases": ["www"]}, {"name": "back"}],
    "stop_timeout": 0,
}
ORDERS = {
    "stop-first": {"published_ports": ["8080:80"]},
    "start-first": {"update_order": "start-first"},
    "removes itself": {"published_ports": ["8080:80"], "auto_remove": True},
}
# The last order differs from the first one only in the rollback, so half of the faults are sufficient.
FAULTS = [
    (order, how, when)
    for order in ORDERS
    for how in ("once", "for good", "kill")
    for when in ("before", "after")
    if order != "removes itself" or when == "after"
]


class Service:
    """A service that is replaced repeatedly, over a faulty connection."""

    def __init__(self, engine, order, place):
        self.engine = engine
        self.order = order
        self.place = place
        self.generation = 0
        for network in ("site", "back"):
            engine.docker("network", "create", network)
        self.run_in_process(engine.host, 0)
        self.first = self.mounts()["/anonymous"]
        for volume in ("named", self.first):
            (self.data(volume) / "file").write_text("kept")

    def params(self, generation):
        """The task."""
        own = ["/own-%d" % number for number in range(1, generation + 1)]
        volumes = ["named:/data", "/anonymous", *own]
        return {**SERVICE, **ORDERS[self.order], "env": {"GENERATION": str(generation)}, "volumes": volumes}

    def run_in_process(self, host, generation):
        """Converge as the module does, without starting a process."""
        client = Client(connect(parse(host), 30))
        params = complete(CONTAINER, self.params(generation))
        try:
            execute(planned(CONTAINER, params, CONTAINER.observe(client, params), client), client)
            CONTAINER.observe(client, params)
        except SlipwayError as error:
            return {"msg": str(error), **error.details}
        finally:
            client.close()
        return {}

    def run_as_module(self, host, generation):
        """Run the module in a process, which is killed."""
        try:
            params = {"docker_host": host, **self.params(generation)}
            return run_module("container", params, environ={"TMPDIR": str(self.place)})
        except AssertionError:
            return {"msg": "killed"}

    def found(self):
        """All containers by name, after those with auto_remove have been removed, which takes the engine a moment."""
        wait_for(lambda: not any(ending(shown) for shown in self.listed().values()), 10)
        return self.listed()

    def listed(self):
        """All current containers by name."""
        there = {}
        for entry in self.engine.api("GET", "/containers/json?all=1"):
            try:
                there[entry["Names"][0].lstrip("/")] = self.engine.api("GET", "/containers/%s/json" % entry["Id"])
            except ApiError as error:
                assert error.status == 404, error  # it has been removed by auto_remove meanwhile
        return there

    def mounts(self):
        """The volumes of the service, by target."""
        return {mount["Destination"]: mount["Name"] for mount in self.found()["web"]["Mounts"]}

    def volumes(self):
        """The names of all volumes."""
        return sorted(volume["Name"] for volume in self.engine.api("GET", "/volumes")["Volumes"])

    def data(self, volume):
        """The directory of a volume on the host."""
        return Path(self.engine.api("GET", "/volumes/%s" % volume)["Mountpoint"])

    def verify(self, generation):
        """Check that there is a single container with all settings, and nothing else."""
        assert list(self.found()) == ["web"]
        shown = self.found()["web"]
        assert shown["State"]["Running"]
        assert "GENERATION=%d" % generation in shown["Config"]["Env"]
        assert sorted(shown["NetworkSettings"]["Networks"]) == ["back", "site"]
        mounts = self.mounts()
        assert mounts["/anonymous"] == self.first
        assert len(mounts) == 2 + generation
        # The engine removes the volumes of a container only after the container is gone from its list.
        wait_for(lambda: self.volumes() == sorted(mounts.values()), 10)
        self.verify_data()

    def verify_data(self):
        """Check that no data was lost."""
        for volume in ("named", self.first):
            assert (self.data(volume) / "file").read_text() == "kept"


def ending(shown):
    """Whether a container has exited and the engine is about to remove it."""
    return shown["HostConfig"]["AutoRemove"] and shown["State"]["Status"] in ("exited", "removing", "dead")


def judged(service, before, result, how):
    """The effect of a fault, after checking that the result describes it correctly."""
    found = service.found()
    service.verify_data()
    old, new = (
        [name for name, shown in found.items() if "GENERATION=%d" % number in shown["Config"]["Env"]]
        for number in (service.generation, service.generation + 1)
    )
    runs = {name for name, shown in found.items() if shown["State"]["Running"]}
    if service.order != "removes itself" and old:
        assert found["web"]["Id"] == before
    if not result:
        assert (new, old, runs) == (["web"], [], {"web"})
        return "new one runs"
    if result.get("rolled_back") or how == "once":
        # A rollback or a continuation only needs a working connection.
        assert (old, new, runs) == (["web"], [], {"web"}), result
    if old:
        assert old == ["web"]
        return "old one %s%s" % ("runs" if "web" in runs else "is stopped", ", a new one is left" if new else "")
    assert runs or service.order == "removes itself", result
    name = "" if new == ["web"] else " as %s" % new[0]
    return "new one %s%s" % ("runs" if runs else "waits", name)


@pytest.mark.parametrize(("order", "how", "when"), FAULTS)
def test_a_fault_at_every_call(order, how, when, engine, tmp_path, monkeypatch, report_table):
    """After each fault a container is running or the next run starts it, and at the end nothing is left over."""
    monkeypatch.setattr(readiness, "SETTLE", 0.1)
    service = Service(engine, order, tmp_path)
    tried = 0
    for number in itertools.count(1):
        before = service.found()["web"]["Id"]
        with Proxy(engine.socket, tmp_path / "proxy.sock", Fault(number, when, how)) as proxy:
            run = service.run_as_module if how == "kill" else service.run_in_process
            result = run("unix://" + proxy.socket, service.generation + 1)
        if not proxy.struck:
            break
        tried += 1
        outcome = judged(service, before, result, how)
        # The next run has the same task or the previous one.
        back = service.found().get("web", {}).get("Id") == before and number % 2
        service.generation += 0 if back else 1
        after = service.run_in_process(engine.host, service.generation)
        assert after == {}
        service.verify(service.generation)
        report_table(
            TITLE,
            order=order,
            fault="%s, %s" % (how, when),
            call="%02d %s" % (number, ID.sub("ID", proxy.calls[number - 1])),
            survived_by=outcome,
            next_run="has the old one" if back else "has the new one",
        )
    assert result == {} or how == "kill" and not result["failed"], json.dumps(result)
    service.verify(service.generation + 1)
    assert tried > 15
    report_table(TITLE, order=order, fault="%s, %s" % (how, when), call="all %d" % tried, survived_by="survived")
