# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in a task are resolved once. An object that gets the name later is not used."""

from __future__ import annotations

from contextlib import closing

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import execute, planned
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.resource import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.dial import connect
from cases import complete
from harness.image import BASE

from .in_process import converge, converge_twice

SERVICE = {"name": "web", "image": BASE, "command": "sleep 1000", "stop_timeout": 0}


def run(engine, meanwhile, **task):
    """Plan a task, call a function, and execute the plan."""
    params = complete(CONTAINER, {**SERVICE, **task})
    with closing(Client(connect(parse(engine.host), 60))) as client:
        plan = planned(CONTAINER, params, CONTAINER.observe(client, params), client)
        meanwhile()
        return execute(plan, client)


def again(engine, kind, name, *words):
    """Remove an object and create another one with its name."""

    def happens():
        engine.docker(kind, "rm", *(["--force"] if kind == "container" else []), name)
        engine.docker(kind, *words)

    return happens


def database(engine):
    """A container as the target of a link."""
    engine.docker("run", "--detach", "--name", "db", "--stop-timeout", "0", BASE, "sleep", "1000")


@pytest.mark.parametrize("there", [False, True], ids=["created", "replaced"])
def test_a_link_uses_the_container_that_was_found(there, engine):
    """The engine shows its name, so there is no later difference."""
    database(engine)
    if there:
        converge(engine, **SERVICE)
    before = engine.names("container")
    with pytest.raises(StepError, match="(?i)no such container"):
        run(engine, again(engine, "container", "db", "create", "--name", "db", BASE), links=["db:store"])
    assert engine.names("container") == before
    engine.docker("rm", "db")
    database(engine)
    converge_twice(engine, **SERVICE, links=["db:store"])
    assert engine.inspect("container", "web")["HostConfig"]["Links"] == ["/db:/web/store"]


@pytest.mark.parametrize("there", [False, True], ids=["created", "connected"])
def test_a_joined_network_is_the_one_that_was_found(there, engine):
    """Except for the first network of a new container, because only its name survives a recreation of the network."""
    for name in ("one", "two"):
        engine.docker("network", "create", name)
    if there:
        converge(engine, **SERVICE, networks=[{"name": "one"}])
    wanted = [{"name": "one"}, {"name": "two", "aliases": ["www"]}]
    with pytest.raises(StepError, match="network .* (not found|was removed)"):
        run(engine, again(engine, "network", "two", "create", "two"), networks=wanted)
    assert engine.inspect("network", "two")["Containers"] == {}
    assert engine.names("container") == ["web"] * there
    converge_twice(engine, **SERVICE, networks=wanted)
    assert sorted(engine.inspect("container", "web")["NetworkSettings"]["Networks"]) == ["one", "two"]


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_a_container_is_disconnected_from_its_current_network(state, engine):
    """For a stopped container, the engine stores the name of a network and an ID that may be outdated."""
    for name in ("one", "two"):
        engine.docker("network", "create", name)
    both = [{"name": "one"}, {"name": "two"}]
    converge(engine, **SERVICE, networks=both)
    if state == "stopped":
        engine.docker("stop", "web")
        again(engine, "network", "two", "create", "two")()
        converge_twice(engine, **{**SERVICE, "state": "stopped"}, networks=both[:1])
    else:
        converge_twice(engine, **SERVICE, networks=both[:1])
    assert list(engine.inspect("container", "web")["NetworkSettings"]["Networks"]) == ["one"]
