# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container is replaced, or it is as it was; whatever goes wrong, and wherever a run is killed."""

from __future__ import annotations

import time

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.resource import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.dial import connect
from cases import complete
from harness.driver import failed, succeeded
from harness.image import BASE

SERVICE = {
    "name": "web",
    "image": BASE,
    "command": "httpd -f -p 80 -h /data",
    "networks": [{"name": "site", "aliases": ["www"]}, {"name": "back", "ipv4_address": "10.78.0.9"}],
    "volumes": ["named:/data", "/anonymous"],
    "published_ports": ["8080:80"],
    "restart_policy": "unless-stopped",
    "env": {"GENERATION": "1"},
    "stop_timeout": 0,
}
NEW = {**SERVICE, "env": {"GENERATION": "2"}}


@pytest.fixture
def service(engine, module):
    """A service with a port, two networks, a named volume and an anonymous one, both with data."""
    engine.docker("network", "create", "site")
    engine.docker("network", "create", "--subnet", "10.78.0.0/24", "back")
    succeeded(module("container", **SERVICE))
    engine.docker("exec", "web", "sh", "-c", "echo page > /data/index.html; echo kept > /anonymous/file")
    return engine


def generation(engine, besides=()):
    """Which of the two runs under the name, after a look at all that it must have."""
    assert set(engine.names("container")) <= {"web", *besides}
    shown = engine.inspect("container", "web")
    assert shown["State"]["Running"]
    networks = shown["NetworkSettings"]["Networks"]
    assert sorted(networks) == ["back", "site"]
    assert "www" in networks["site"]["Aliases"]
    assert networks["back"]["IPAddress"] == "10.78.0.9"
    assert engine.docker("exec", "web", "cat", "/anonymous/file") == "kept"
    engine.await_server("web")
    assert engine.exec_in_ns(["/bin/busybox", "wget", "-q", "-O-", "http://127.0.0.1:8080/"]) == "page"
    assert len(engine.names("volume")) == 2
    return next(entry for entry in shown["Config"]["Env"] if entry.startswith("GENERATION="))[-1]


def test_a_container_is_replaced(service, scenario):
    """With its networks, addresses, volumes and port; a second time, too."""
    first = service.inspect("container", "web")["Id"]
    scenario("container", **NEW)
    assert generation(service) == "2"
    assert service.inspect("container", "web")["Id"] != first
    scenario("container", **SERVICE)
    assert generation(service) == "1"


@pytest.mark.parametrize(
    ("options", "cause", "output"),
    [
        ({"command": "nothing-like-this"}, "executable file not found", ""),
        ({"command": ["sh", "-c", "echo it broke; exit 3"]}, "right after its start", "it broke"),
        (
            {"healthcheck": {"test": "echo sick; false", "interval": "100ms", "retries": 1}},
            "it is unhealthy",
            "sick",
        ),
        ({"published_ports": ["8080:80", "9090:90"]}, "port 9090 is taken", "by the container other"),
        ({"user": "nobody-like-this"}, "unable to find user", ""),
        ({"volumes": ["/no/such/place:/data:nonsense", "/anonymous"]}, "nonsense", ""),
        ({"networks": [{"name": "no-such-network"}]}, "no-such-network", ""),
        ({"networks": [{"name": "site"}, {"name": "back", "ipv4_address": "10.99.0.1"}]}, "10.99.0.1", ""),
    ],
)
def test_a_failure_leaves_the_old_container(options, cause, output, service, module):
    """Under its name, running, the same one; and the message says why."""
    service.docker("run", "--detach", "--name", "other", "--publish", "9090:90", BASE, "sleep", "1000")
    before = service.inspect("container", "web")["Id"]
    in_place = set(options) == {"networks"}
    result = module("container", **{**(SERVICE if in_place else NEW), **options})
    assert cause in failed(result)
    assert output in result["msg"] + result.get("container_output", "") + result.get("health_output", "")
    service.docker("rm", "--force", "other")
    assert generation(service) == "1"
    assert service.inspect("container", "web")["Id"] == before


def test_a_killed_run_is_finished_or_undone_by_the_next(service, module):
    """Killed after any step, the service has its data, and the next run brings it to what is declared."""
    survived = []
    for number in range(20):
        client = Client(connect(parse(service.host), 60))
        params = complete(CONTAINER, NEW)
        steps = CONTAINER.plan(params, CONTAINER.observe(client, params)).steps
        for step in steps[:number]:
            step.call(client, *step.args)
        if number == len(steps):
            break
        if number % 2:  # go on, or go back
            succeeded(module("container", **NEW))
            assert generation(service) == "2"
        succeeded(module("container", **SERVICE))
        # Where the old container was still running there was nothing to do, so nobody looked further: what was made
        # beside it, and never started, waits for the next change.
        assert generation(service, besides=["web-slipway-new"]) == "1"
        survived.append(str(steps[number - 1]) if number else "nothing done")
    print("killed after, and survived:\n  " + "\n  ".join(survived))
    assert len(survived) == len(steps)


def test_a_container_of_somebody_else_is_not_touched(service, module):
    """Under the name that a replacement needs."""
    service.docker("run", "--detach", "--name", "web-slipway-new", BASE, "sleep", "1000")
    assert "web-slipway-new, which a replacement needs, is taken" in failed(module("container", **NEW))
    succeeded(module("container", name="web", state="absent"))
    assert service.names("container") == ["web-slipway-new"]


def test_unchanged_costs_three_calls(service):
    """The version, the container, its image."""
    client = Client(connect(parse(service.host), 60))
    calls = []
    request = client.connection.request
    client.connection.request = lambda *words: calls.append(words[:2]) or request(*words)
    params = complete(CONTAINER, SERVICE)
    assert CONTAINER.plan(params, CONTAINER.observe(client, params)).steps == ()
    assert len(calls) == 3, calls


def test_anonymous_volumes_go_with_the_container_if_told_so(service, module):
    """Also one that was carried over."""
    succeeded(module("container", **NEW))
    succeeded(module("container", name="web", state="absent", keep_volumes=False))
    assert service.names("volume") == ["named"]


def test_without_a_gap(engine, module):
    """Where nothing is shared, the old container runs until the new one does."""
    plain = {"name": "web", "image": BASE, "command": "sleep 1000", "stop_timeout": 0}
    succeeded(module("container", **plain))
    result = succeeded(module("container", **plain, env={"A": "1"}))
    words = [action.split(":")[0] for action in result["actions"]]
    assert words.index("start container web-slipway-new") < words.index("stop container web")
    assert engine.names("container") == ["web"]


def test_healthy_is_waited_for(engine, module):
    """And is no change by itself."""
    healthy = {
        "name": "web",
        "image": BASE,
        "command": ["sh", "-c", "sleep 1; touch /tmp/ready; sleep 1000"],
        "healthcheck": {"test": "test -e /tmp/ready", "interval": "200ms", "retries": 50},
        "state": "healthy",
        "stop_timeout": 0,
    }
    succeeded(module("container", **healthy))
    assert engine.inspect("container", "web")["State"]["Health"]["Status"] == "healthy"
    assert not succeeded(module("container", **healthy))["changed"]
    began = time.monotonic()
    late = {**healthy, "healthcheck": {"test": "false", "interval": "1s", "retries": 100}, "healthy_wait_timeout": 1}
    assert "not healthy within 1 s" in failed(module("container", **late))
    assert time.monotonic() - began < 15
    assert engine.inspect("container", "web")["State"]["Health"]["Status"] in ("starting", "healthy")
    none = {"name": "none", "image": BASE, "command": "sleep 1000", "state": "healthy", "stop_timeout": 0}
    assert "it has no health check" in failed(module("container", **none))
    assert engine.names("container") == ["web"]
