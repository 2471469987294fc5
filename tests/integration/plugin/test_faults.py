# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of a plugin is cut off or killed before and after each call. The next run completes and enables it."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import execute, planned
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.plugin import PLUGIN
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.dial import connect
from cases import complete
from harness.converging import converge, converge_and_die
from harness.engine import ApiError
from harness.proxy import Fault, Proxy

TITLE = "Faults of a change of a plugin"
ID = re.compile("[0-9a-f]{64}")
ALIAS = "storage:latest"
FAULTS = [("once", "after"), ("for good", "after"), ("kill", "before"), ("kill", "after")]


@pytest.fixture(autouse=True)
def logged_in(engine, monkeypatch):
    """Gives this process the credentials of the registry."""
    monkeypatch.setenv("DOCKER_CONFIG", str(engine.root / "client"))


def shown(engine):
    """The plugin as the engine shows it, or None."""
    try:
        return engine.api("GET", "/v1.41/plugins/%s/json" % ALIAS)
    except ApiError as error:
        assert error.status == 404, error
        return None


def verify(engine, task):
    """Check that the plugin is as declared, and nothing is left over."""
    found = shown(engine)
    assert found["PluginReference"] == task["plugin_name"]
    assert found["Enabled"] is True
    for item in (task["plugin_options"] or {}).items():
        assert "%s=%s" % item in found["Settings"]["Env"]
    assert engine.docker("plugin", "ls", "--format", "{{.Name}}").split() == [ALIAS]
    assert engine.names("network") == ["bridge", "host", "none"]


def settle(engine, proxy, task):
    """Wait for the engine, which usually completes an installation or upgrade whose client was killed."""
    until = time.monotonic() + 5
    while proxy.calls[-1].endswith(("/pull", "/upgrade")) and time.monotonic() < until:
        found = shown(engine)
        if found and found["PluginReference"] == task["plugin_name"]:
            return
        time.sleep(0.05)


def struck(engine, task, place, *fault):
    """The result of a run with a fault, and its proxy."""
    with Proxy(engine.socket, place / "proxy.sock", Fault(*fault)) as proxy:
        run = converge_and_die if fault[2] == "kill" else converge
        return run(PLUGIN, "unix://" + proxy.socket, task), proxy


@pytest.mark.parametrize(("how", "when"), FAULTS)
def test_an_upgrade(how, when, engine, published, tmp_path, report_table):
    """To another version with other settings, and back. The plugin is enabled before and afterwards."""
    tasks = [
        complete(PLUGIN, {"name": published[0] + tag, "alias": "storage", "plugin_options": options})
        for tag, options in ((":1", {"DEBUG": "5"}), (":2", {"LEVEL": "high", "DEBUG": "6"}))
    ]
    assert converge(PLUGIN, engine.host, {**tasks[0], "state": "enable"}) == {}
    at = tried = 0
    for number in itertools.count(1):
        before = shown(engine)
        result, proxy = struck(engine, tasks[1 - at], tmp_path, number, when, how)
        if not proxy.struck:
            break
        tried += 1
        settle(engine, proxy, tasks[1 - at])
        left = shown(engine)
        if result.get("rolled_back"):
            assert (left["PluginReference"], left["Settings"]) == (before["PluginReference"], before["Settings"])
            verify(engine, tasks[at])
        # The next run has the same task or the previous one.
        at = 1 - at if number % 3 else at
        assert converge(PLUGIN, engine.host, tasks[at]) == {}, (number, proxy.calls)
        verify(engine, tasks[at])
        report_table(
            TITLE,
            fault="%s, %s" % (how, when),
            call="%02d %s" % (number, ID.sub("ID", proxy.calls[number - 1])),
            left="%s, %s" % (left["PluginReference"][-1], "enabled" if left["Enabled"] else "disabled"),
        )
    assert result == {}, result
    verify(engine, tasks[1 - at])
    assert tried > 10


def test_a_plugin_that_another_run_has_installed_meanwhile(engine, published):
    """It is kept. Only a plugin that this run has installed is removed in a rollback."""
    task = complete(PLUGIN, {"name": published[0] + ":1", "alias": "storage"})
    client = Client(connect(parse(engine.host), 30))
    plan = planned(PLUGIN, task, PLUGIN.observe(client, task), client)
    assert converge(PLUGIN, engine.host, task) == {}
    with pytest.raises(StepError, match="already exists"):
        execute(plan, client)
    client.close()
    assert shown(engine)["PluginReference"] == published[0] + ":1"


@pytest.mark.parametrize(("how", "when"), FAULTS)
def test_an_installation_and_a_removal(how, when, engine, published, tmp_path):
    """The next run completes it."""
    wanted = {"name": published[0] + ":1", "alias": "storage"}
    task = complete(PLUGIN, {**wanted, "plugin_options": {"DEBUG": "5"}, "state": "enable"})
    gone = complete(PLUGIN, {**wanted, "state": "absent"})
    ended = set()
    for number in itertools.count(1):
        result, proxy = struck(engine, task, tmp_path, number, when, how)
        if not proxy.struck:
            ended.add("made")
            assert result == {}, result
        settle(engine, proxy, task)
        assert converge(PLUGIN, engine.host, task) == {}, (number, proxy.calls)
        verify(engine, task)
        result, proxy = struck(engine, gone, tmp_path, number, when, how)
        if not proxy.struck:
            ended.add("removed")
            assert result == {}, result
        assert converge(PLUGIN, engine.host, gone) == {}, (number, proxy.calls)
        assert shown(engine) is None
        if len(ended) == 2:
            break
    assert number > 5
