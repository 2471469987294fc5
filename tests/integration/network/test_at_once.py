# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simultaneous runs that create a network with the same name result in one network."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import execute, planned
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.resource import NETWORK
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.dial import connect
from cases import complete
from harness.image import BASE

RUNS = 6


def at_once(host, tasks):
    """Do as the module does with these tasks, at the same moment. Returns their messages, empty for success."""
    looked = Barrier(len(tasks))

    def converge(task):
        client = Client(connect(parse(host), 30))
        try:
            plan = planned(NETWORK, task, NETWORK.observe(client, task), client)
            looked.wait(30)
            execute(plan, client)
        except SlipwayError as error:
            return str(error)
        finally:
            client.close()
        return ""

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(converge, tasks))


@pytest.mark.parametrize(
    "options",
    [{}, {"ipam_config": [{"subnet": "10.213.0.0/24"}]}, {"connected": ["one"]}],
    ids=["plain", "subnet", "connected"],
)
def test_the_same_network(engine, module, options):
    """All runs succeed with one network, and the next run changes nothing."""
    engine.docker("run", "-d", "--name", "one", BASE, "sleep", "1000")
    for number in range(3):
        task = {"name": "net-%d" % number, **options}
        if "ipam_config" in options:
            task["ipam_config"] = [{"subnet": "10.213.%d.0/24" % number}]
        assert at_once(engine.host, [complete(NETWORK, task)] * RUNS) == [""] * RUNS
        assert engine.names("network").count(task["name"]) == 1
        again = module("network", **task)
        assert not again["failed"], again
        assert not again["changed"], again["actions"]


def test_different_networks_with_the_same_name(engine):
    """One is created. Runs with other settings fail."""
    tasks = [complete(NETWORK, {"name": "net", "labels": {"a": str(number % 2)}}) for number in range(RUNS)]
    said = at_once(engine.host, tasks)
    assert engine.names("network").count("net") == 1
    winner = int(engine.inspect("network", "net")["Labels"]["a"])
    assert said[winner::2] == [""] * (RUNS // 2)
    for words in said[1 - winner :: 2]:
        assert (
            "Could not create network net: another run created the network net at the same time, with another value of"
        ) in words
        assert "labels" in words
