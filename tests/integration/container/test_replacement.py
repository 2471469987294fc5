# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container is replaced completely or not at all, whatever goes wrong and wherever a run is killed."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import execute, planned
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import lifecycle
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import StepError
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


def generation(engine):
    """The number of the running container, after checking that it has all settings."""
    assert engine.names("container") == ["web"]
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
    """With its networks, addresses, volumes and port; also a second time."""
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
        ({"published_ports": ["8080:80", "9090:90"]}, "port 9090 is in use", "by the container other"),
        ({"user": "nobody-like-this"}, "unable to find user", ""),
        ({"storage_opts": {"size": "1G"}, "volumes": ["/anonymous"]}, "storage-opt", ""),
        ({"networks": [{"name": "no-such-network"}]}, "no-such-network", ""),
        ({"networks": [{"name": "site"}, {"name": "back", "ipv4_address": "10.99.0.1"}]}, "10.99.0.1", ""),
    ],
)
def test_a_failure_leaves_the_old_container(options, cause, output, service, module):
    """The same container with its name, running; and the message has the reason."""
    service.docker("run", "--detach", "--name", "other", "--publish", "9090:90", BASE, "sleep", "1000")
    before = service.inspect("container", "web")["Id"]
    in_place = set(options) == {"networks"}
    result = module("container", **{**(SERVICE if in_place else NEW), **options})
    assert cause in failed(result)
    assert output in result["msg"] + result.get("container_output", "") + result.get("health_output", "")
    assert result["rolled_back"] is True
    if any(step.startswith("start container web-slipway-new") for step in [*result["done"], result["failed_step"]]):
        assert {"container_output", "health_output"} <= set(result)
    service.docker("rm", "--force", "other")
    assert generation(service) == "1"
    assert service.inspect("container", "web")["Id"] == before


def test_a_service_that_a_killed_run_has_stopped_is_started_again(service, module):
    """Even if the state does not require a running container, and nothing differs."""
    client = Client(connect(parse(service.host), 60))
    params = complete(CONTAINER, NEW)
    for step in planned(CONTAINER, params, CONTAINER.observe(client, params), client).steps[:4]:
        step.run(client)
    assert {"web", "web-slipway-new"} == set(service.names("container"))
    assert not service.inspect("container", "web")["State"]["Running"]
    result = succeeded(module("container", check=True, **{**SERVICE, "state": "present"}))
    assert succeeded(module("container", **{**SERVICE, "state": "present"}))["actions"] == result["actions"]
    assert generation(service) == "1"


def test_an_irreversible_replacement_is_completed_by_the_next_run(service, module, monkeypatch):
    """After the old container is removed, the new one is kept, and the error says so."""
    client = Client(connect(parse(service.host), 60))
    params = complete(CONTAINER, NEW)
    with monkeypatch.context() as patch:
        patch.setattr(lifecycle, "rename", lambda client, name, new: client.call("POST", "/no/such/place"))
        plan = planned(CONTAINER, params, CONTAINER.observe(client, params), client)
    with pytest.raises(StepError) as caught:
        execute(plan, client)
    assert caught.value.details["rolled_back"] is False
    assert "The old container was removed, and the new one exists as web-slipway-new. Run the" in str(caught.value)
    assert service.names("container") == ["web-slipway-new"]
    succeeded(module("container", **NEW))
    assert generation(service) == "2"


def test_a_container_of_others_with_the_temporary_name_is_kept(service, module):
    """The task fails."""
    service.docker("run", "--detach", "--name", "web-slipway-new", BASE, "sleep", "1000")
    assert "web-slipway-new is required for the replacement, but another container has it" in failed(
        module("container", **NEW)
    )
    succeeded(module("container", name="web", state="absent"))
    assert service.names("container") == ["web-slipway-new"]


def test_an_unchanged_container_takes_three_calls(service):
    """The container, a possible successor, and its image. The version comes with the first answer."""
    client = Client(connect(parse(service.host), 60))
    calls = []
    request = client.connection.request
    client.connection.request = lambda *words: calls.append(words[:2]) or request(*words)
    params = complete(CONTAINER, SERVICE)
    assert planned(CONTAINER, params, CONTAINER.observe(client, params), client).steps == ()
    assert len(calls) == 3, calls


def test_anonymous_volumes_are_removed_with_keep_volumes_false(service, module):
    """Also one from an earlier container."""
    succeeded(module("container", **NEW))
    succeeded(module("container", name="web", state="absent", keep_volumes=False))
    assert service.names("volume") == ["named"]


@pytest.mark.parametrize("replacements", [1, 2])
@pytest.mark.parametrize("task", [{**NEW, "env": {"GENERATION": "3"}}, {"name": "web", "state": "absent"}])
def test_an_anonymous_volume_in_use_is_kept_with_keep_volumes_false(replacements, task, service, module):
    """With a warning, also if it is from an earlier container."""
    for generation in range(2, 1 + replacements):
        succeeded(module("container", **{**SERVICE, "env": {"GENERATION": str(generation)}}))
    volume = next(name for name in service.names("volume") if name != "named")
    service.docker("run", "--detach", "--name", "other", "--volumes-from", "web", BASE, "sleep", "1000")
    foretold = succeeded(module("container", check=True, **task, keep_volumes=False))
    done = succeeded(module("container", **task, keep_volumes=False))
    words = "The anonymous volume %s of web is kept, because the container other uses it." % volume
    assert words in told(done)
    assert (told(foretold), foretold["actions"]) == (told(done), done["actions"])
    assert service.names("container") == (["other"] if task.get("state") == "absent" else ["other", "web"])
    assert service.docker("exec", "other", "cat", "/anonymous/file") == "kept"
    assert not succeeded(module("container", **task, keep_volumes=False))["changed"]


PLAIN = {"name": "web", "image": BASE, "command": "sleep 1000", "stop_timeout": 0}


def order(result):
    """The first of these steps in a plan."""
    words = [action.split(":")[0] for action in result["actions"]]
    start, stop = words.index("start container web-slipway-new"), words.index("stop container web")
    return "start-first" if start < stop else "stop-first"


@pytest.mark.parametrize(
    ("before", "after", "wish", "expected"),
    [
        ({}, {}, None, "start-first"),
        ({}, {}, "stop-first", "stop-first"),
        ({"volumes": ["named:/data"]}, {}, None, "stop-first"),
        ({"volumes": ["named:/data"]}, {}, "start-first", "start-first"),
        ({"volumes": ["named:/data:ro"]}, {}, None, "start-first"),
        ({"published_ports": ["8080:80"]}, {}, None, "stop-first"),
        ({"published_ports": ["8080:80"]}, {"published_ports": ["8081:80"]}, None, "start-first"),
        ({"published_ports": ["127.0.0.1::80"]}, {}, "start-first", "start-first"),
        ({"network_mode": "host"}, {}, None, "stop-first"),
        ({"network_mode": "host"}, {}, "start-first", "start-first"),
    ],
)
def test_the_update_order(before, after, wish, expected, engine, module, scenario):
    """The old container is stopped first only if both must not run at once, or if requested."""
    succeeded(module("container", **PLAIN, **before))
    result = scenario("container", **PLAIN, **{**before, **after}, env={"A": "1"}, update_order=wish or "auto")
    assert order(result) == expected
    assert engine.names("container") == ["web"]


@pytest.mark.parametrize(
    ("options", "both"),
    [
        ({"published_ports": ["127.0.0.1:8080:80"]}, "the host port 8080"),
        ({"networks": [{"name": "back", "ipv4_address": "10.78.0.9"}]}, "the address 10.78.0.9 in back"),
    ],
)
def test_start_first_is_rejected_if_both_cannot_run_at_once(options, both, engine, module):
    """With the reason, before anything changes."""
    engine.docker("network", "create", "--subnet", "10.78.0.0/24", "back")
    succeeded(module("container", **PLAIN, **options))
    before = engine.api("GET", "/containers/json?all=1")
    for check in (True, False):
        message = failed(module("container", check=check, **PLAIN, **options, update_order="start-first", tty=True))
        assert message.startswith(
            "update_order: the new container cannot start before the old one has stopped, because both have"
        )
        assert both in message
    assert [entry["Id"] for entry in engine.api("GET", "/containers/json")] == [entry["Id"] for entry in before]
    # A stopped container prevents nothing.
    engine.docker("stop", "web")
    succeeded(module("container", **PLAIN, **options, update_order="start-first", tty=True))


def serving(engine):
    """Whether any container of the service returns a page."""
    for entry in engine.api("GET", "/containers/json"):
        address = next(iter(entry["NetworkSettings"]["Networks"].values()))["IPAddress"]
        try:
            return engine.exec_in_ns(["/bin/busybox", "wget", "-q", "-O-", "http://%s/" % address]) == "page"
        except AssertionError:
            continue
    return False


def test_a_replacement_without_an_interruption(engine, module):
    """Requests are answered all the time, although both containers have the same files."""
    web = {**PLAIN, "command": "httpd -f -p 80 -h /data", "volumes": ["named:/data"], "update_order": "start-first"}
    succeeded(module("container", **web))
    engine.docker("exec", "web", "sh", "-c", "echo page > /data/index.html")
    engine.await_server("web")
    answers, done = [], threading.Event()

    def poll():
        while not done.is_set():
            answers.append(serving(engine))

    poller = threading.Thread(target=poll)
    poller.start()
    try:
        succeeded(module("container", **web, env={"A": "1"}))
    finally:
        done.set()
        poller.join()
    assert len(answers) > 5
    assert all(answers)


@pytest.fixture
def removes_itself(engine, module):
    """A service with auto_remove and an anonymous volume that would be removed with it."""
    engine.docker("network", "create", "site")
    web = {
        **PLAIN,
        "auto_remove": True,
        "networks": [{"name": "bridge"}, {"name": "site", "aliases": ["www"]}],
        "volumes": ["/anonymous"],
        "published_ports": ["8080:80"],
        "labels": {"some": "label"},
    }
    succeeded(module("container", **web))
    engine.docker("exec", "web", "sh", "-c", "echo kept > /anonymous/file")
    return web


def test_a_container_with_auto_remove_is_replaced(removes_itself, engine, scenario):
    """With its volume."""
    scenario("container", **removes_itself, env={"A": "1"})
    assert engine.docker("exec", "web", "cat", "/anonymous/file") == "kept"
    assert engine.names("container") == ["web"]


@pytest.mark.parametrize(
    "options",
    [
        {"command": ["sh", "-c", "exit 3"]},
        {"command": "nothing-like-this"},
        {"command": ["sh", "-c", "exit 3"], "published_ports": ["8081:80"], "update_order": "start-first"},
    ],
)
def test_a_container_with_auto_remove_is_created_again(options, removes_itself, engine, module):
    """If its successor fails. The same task then finds no difference."""
    before = engine.inspect("container", "web")
    result = module("container", **{**removes_itself, **options})
    assert failed(result)
    assert result["rolled_back"] is True
    assert engine.names("container") == ["web"]
    again = engine.inspect("container", "web")
    assert again["State"]["Running"]
    assert engine.docker("exec", "web", "cat", "/anonymous/file") == "kept"
    assert len(engine.names("volume")) == 1
    for part in ("PortBindings", "AutoRemove", "RestartPolicy", "NetworkMode"):
        assert again["HostConfig"][part] == before["HostConfig"][part]
    assert again["Config"]["Cmd"] == before["Config"]["Cmd"]
    assert sorted(again["NetworkSettings"]["Networks"]) == ["bridge", "site"]
    assert "www" in again["NetworkSettings"]["Networks"]["site"]["Aliases"]
    assert not succeeded(module("container", **removes_itself))["changed"]


def told(result):
    """The warnings of a result, in the format of Ansible."""
    return [warning["event"]["msg"] for warning in result.get("warnings", [])]


DEPENDANTS = {
    "by_ipc": ({"ipc_mode": "container:web"}, "ipc_mode"),
    "by_link": ({"links": ["web:db"]}, "links"),
    "by_network": ({"network_mode": "container:web"}, "network_mode"),
    "by_pid": ({"pid_mode": "container:web"}, "pid_mode"),
}


def test_dependent_containers_cause_a_warning(engine, module):
    """For a replacement or a removal, also in check mode. The tasks of these containers replace them."""
    web = {**PLAIN, "ipc_mode": "shareable"}
    succeeded(module("container", **web))
    for name, (options, _option) in DEPENDANTS.items():
        succeeded(module("container", **{**PLAIN, "name": name}, **options))
    # These keep working: links in user-defined networks use names, and volumes do not change.
    engine.docker("network", "create", "site")
    engine.docker("run", "--detach", "--name", "by_volumes", "--volumes-from", "web", BASE, "sleep", "1000")
    engine.docker(
        "run", "--detach", "--name", "by_name", "--network", "site", "--link", "web:db", BASE, "sleep", "1000"
    )
    new = {**web, "env": {"A": "1"}}
    foretold = succeeded(module("container", check=True, **new))
    result = succeeded(module("container", **new))
    assert told(result) == told(foretold)
    assert [warning.partition(",")[0] for warning in told(result)] == [
        "The container %s uses web (%s)" % (name, option) for name, (_options, option) in DEPENDANTS.items()
    ]
    assert not told(succeeded(module("container", **new)))
    for name, (options, option) in DEPENDANTS.items():
        again = succeeded(module("container", **{**PLAIN, "name": name}, **options))
        assert option in str(again["diff"]["after"])
        assert not succeeded(module("container", **{**PLAIN, "name": name}, **options))["changed"]
        assert engine.inspect("container", name)["State"]["Running"]
    assert "eth0" in engine.docker("exec", "by_network", "ip", "address")
    engine.docker("exec", "by_link", "ping", "-c", "1", "db")
    removed = succeeded(module("container", name="web", state="absent", stop_timeout=0))
    assert len(told(removed)) == len(DEPENDANTS)


def test_containers_with_volumes_from_cause_a_warning(engine, module):
    """If the new container has other volumes."""
    succeeded(module("container", **PLAIN, volumes=["named:/data"]))
    engine.docker("run", "--detach", "--name", "by_volumes", "--volumes-from", "web", BASE, "sleep", "1000")
    result = succeeded(module("container", **PLAIN, volumes=["other:/data"]))
    assert "The container by_volumes uses the volumes of the removed container web" in told(result)[0]


def test_the_state_healthy_waits(engine, module):
    """Waiting is not a change."""
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
    late = {**healthy, "healthcheck": {"test": "false", "interval": "1s", "retries": 100}, "healthy_wait_timeout": 1}
    assert "it did not become healthy within 1 s" in failed(module("container", **late))
    assert engine.inspect("container", "web")["State"]["Health"]["Status"] in ("starting", "healthy")
    none = {"name": "none", "image": BASE, "command": "sleep 1000", "state": "healthy", "stop_timeout": 0}
    assert "it has no health check" in failed(module("container", **none))
    assert engine.names("container") == ["web"]
