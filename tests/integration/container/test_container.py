# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""States, containers that others have created, and invalid options."""

from __future__ import annotations

import pytest
from harness.driver import failed, run_module, succeeded
from harness.image import BASE


@pytest.fixture
def foreign(engine):
    """A container created with the docker command, with many settings that no task declares."""
    engine.docker("network", "create", "site")
    options = ["--memory", "64m", "--env", "A=1", "--volume", "named:/data", "--network", "site", "--stop-timeout", "0"]
    engine.docker("run", "--detach", "--name", "web", *options, "--network-alias", "www", BASE, "sleep", "1000")
    return engine.inspect("container", "web")["Id"]


def test_states_without_other_options_never_replace(engine, scenario, foreign):
    """The container remains the same."""

    def is_running(wanted):
        def verify(result):
            shown = engine.inspect("container", "web")
            assert (shown["Id"], shown["State"]["Running"]) == (foreign, wanted)

        return verify

    scenario("container", is_running(True), changed=False, name="web")
    scenario("container", is_running(False), name="web", state="stopped")
    scenario("container", is_running(False), changed=False, name="web", state="present")
    scenario("container", is_running(True), name="web", state="started")
    scenario("container", is_running(True), name="web", restart=True, stable=False)
    scenario("container", is_running(False), name="web", state="stopped", force_kill=True)
    scenario("container", name="web", state="absent")
    assert engine.names("container") == []


def test_undeclared_settings_are_kept_in_a_replacement(engine, scenario, foreign):
    """Of a container that others have created."""
    shown = succeeded(scenario("container", name="web", image=BASE, user="65534"))["container"]
    assert shown["Id"] != foreign
    assert shown["HostConfig"]["Memory"] == 64 * 1024**2
    assert shown["HostConfig"]["Binds"] == ["named:/data"]
    found = engine.inspect("container", "web")
    assert "A=1" in found["Config"]["Env"]
    assert "www" in found["NetworkSettings"]["Networks"]["site"]["Aliases"]
    assert found["Config"]["Cmd"] == ["sleep", "1000"]


def test_removed_entries_are_removed_and_those_of_the_image_are_kept(engine, scenario):
    """Environment, labels, ports, volumes."""
    engine.docker("create", "--name", "seed", BASE)
    engine.docker("commit", "--change", "ENV FROM=image", "--change", "LABEL from=image", "seed", "child")
    engine.docker("rm", "seed")
    common = {"name": "web", "image": "child", "command": "sleep 1000", "stop_timeout": 0}
    more = {"env": {"A": 1, "B": 2}, "labels": {"a": 1, "b": 2}, "published_ports": ["80:80", "81:81"]}
    less = {"env": {"A": 1}, "labels": {"a": 1}, "published_ports": ["80:80"]}
    scenario("container", **common, **more)
    loose = scenario("container", **common, **less, comparisons={"*": "allow_more_present"}, changed=False)
    assert loose["actions"] == []
    scenario("container", **common, **less)
    shown = engine.inspect("container", "web")
    assert {entry for entry in shown["Config"]["Env"] if not entry.startswith("PATH=")} == {"A=1", "FROM=image"}
    assert {key for key in shown["Config"]["Labels"] if not key.startswith("slipway")} == {"a", "from"}
    assert list(shown["HostConfig"]["PortBindings"]) == ["80/tcp"]
    engine.clean()
    engine.docker("rmi", "child")


def test_a_moved_tag_is_a_change_but_a_second_name_is_not(engine, scenario):
    """Images are compared by ID."""
    engine.docker("tag", BASE, "app:1")
    engine.docker("tag", BASE, "app:same")
    scenario("container", name="web", image="app:1", command="sleep 1000", stop_timeout=0)
    scenario("container", name="web", image="app:same", command="sleep 1000", stop_timeout=0, changed=False)
    engine.docker("create", "--name", "seed", BASE)
    engine.docker("commit", "seed", "app:1")
    engine.docker("rm", "seed")
    moved = scenario("container", name="web", image="app:1", command="sleep 1000", stop_timeout=0)
    assert list(moved["diff"]["after"]) == ["image"]
    engine.clean()
    engine.docker("rmi", "app:1", "app:same")


def test_containers_resolve_each_other_by_name(engine, module):
    """On a user-defined network."""
    engine.docker("network", "create", "site")
    for name in ("one", "two"):
        common = {"image": BASE, "command": "sleep 1000", "networks": [{"name": "site", "aliases": ["alias-" + name]}]}
        succeeded(module("container", name=name, stop_timeout=0, **common))
    assert engine.docker("exec", "one", "ping", "-c1", "-W2", "two")
    assert engine.docker("exec", "two", "ping", "-c1", "-W2", "alias-one")


def test_sharing_namespaces_with_a_container_by_name(engine, scenario):
    """The Engine stores its ID."""
    engine.docker("run", "--detach", "--name", "host", "--ipc", "shareable", BASE, "sleep", "1000")
    modes = dict.fromkeys(("network_mode", "pid_mode", "ipc_mode"), "container:host")
    scenario("container", name="web", image=BASE, command="sleep 1000", stop_timeout=0, **modes)
    scenario("container", name="web", image=BASE, command="sleep 1000", stop_timeout=0, user="1", **modes)


def test_networks_are_connected_and_disconnected(engine, scenario):
    """Exactly the declared ones: the default one if none are declared, and none for an empty list."""

    def verify(*networks):
        shown = engine.inspect("container", "web")["NetworkSettings"]["Networks"]
        assert sorted(set(shown) - {"none"}) == sorted(networks)

    options = {"name": "web", "image": BASE, "command": "sleep 1000", "stop_timeout": 0}
    for name in ("one", "two"):
        engine.docker("network", "create", name)
    scenario("container", **options, networks=[{"name": "one"}])
    verify("one")
    scenario("container", **options, networks=[{"name": "two"}, {"name": "one", "aliases": ["www"]}])
    verify("one", "two")
    scenario("container", **options, networks=[{"name": "two"}], user="1")
    verify("two")
    scenario("container", **options)
    verify("bridge")
    scenario("container", **options, network_mode="bridge", networks=[{"name": "one"}])
    verify("one")
    scenario("container", **options, networks=[], recreate=True, stable=False)
    verify()


def test_a_privileged_container(engine, scenario):
    """The Engine adds a security option to it."""
    options = {"name": "web", "image": BASE, "command": "sleep 1000", "state": "present"}
    scenario("container", **options, privileged=True, security_opts=["no-new-privileges"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"image": "no/such:image", "pull": "never"}, "The image no/such:image is not on this host, and pull is never"),
        ({"image": "127.0.0.1:1/no:such"}, "127.0.0.1:1"),
        ({"image": "No/Such"}, "No/Such"),
        ({"memory": "lots"}, "memory: 'lots' is not a size such as 512m or 2g"),
        ({"mounts": [{"target": "/a"}, {"target": "/a/"}]}, "mounts: two mounts have the target /a"),
        ({"mounts": [{"target": "/a", "type": "bind"}]}, "mounts: the bind at /a needs a source"),
        ({"volumes": ["aa:/x", "bb:/x"]}, "volumes: two volumes have the target /x"),
        (
            {"volumes": ["aa:x"]},
            (
                "volumes: the target 'x' is not an absolute path; if it is part of a string that was split at "
                "commas, write the option as a list"
            ),
        ),
        ({"published_ports": ["8000-8002:80-81"]}, "the ranges have different lengths (3 and 2)"),
        ({"published_ports": ["70000"]}, "'70000' is not a port from 1 to 65535, or a range such as 8000-8010"),
        ({"healthcheck": {"test": ["true"]}}, "test: a list must begin with one of NONE, CMD, CMD-SHELL"),
        ({"healthcheck": {"test": "true", "interval": "5 parsecs"}}, "healthcheck: '5 parsecs' is not a duration"),
        ({"networks": [{"name": "a"}, {"name": "a"}]}, "networks: the network a is listed twice"),
        ({"network_mode": "host", "networks": [{"name": "a"}]}, ""),
        ({"networks": [{"name": "no-such"}]}, "no-such"),
        ({"comparisons": {"colour": "strict"}}, "comparisons.colour: there is no such option"),
        ({"ulimits": ["nofile"]}, "ulimits: 'nofile' is not of the form name:soft:hard"),
        (
            {"env": {"A=B": "1"}},
            "env: the name of a variable is empty or contains an equals sign (it begins with 'A')",
        ),
        ({"command": {"a": "b"}}, "command: expected a string or number"),
        (
            {"labels": {"slipway.docker.declared": "x"}},
            "labels: slipway.docker.declared is reserved for this collection",
        ),
        ({"network_mode": "service:web"}, "network_mode: service:web is not supported"),
    ],
)
def test_invalid_options_change_nothing(options, message, engine, module):
    """The error is one clear sentence."""
    assert message in failed(module("container", **{"name": "web", "image": BASE, "command": "sleep 1000", **options}))
    assert engine.names("container") == engine.names("volume") == []


@pytest.mark.parametrize(
    "options",
    [
        {"state": "healthy", "healthcheck": {"test": "false", "interval": "100ms", "retries": 1}},
        {"command": "nothing-like-this"},
        {"networks": [{"name": "site"}, {"name": "back", "ipv4_address": "10.98.0.1"}]},
    ],
)
def test_a_failed_creation_is_rolled_back(options, engine, module):
    """Completely, and the result says so."""
    engine.docker("network", "create", "site")
    engine.docker("network", "create", "--subnet", "10.98.0.0/24", "back")  # with the gateway 10.98.0.1
    result = module("container", **{"name": "web", "image": BASE, "command": ["sleep", "1000"], **options})
    failed(result)
    assert result["rolled_back"] is True
    assert result["not_undone"] == []
    assert "remove container web: undo its creation" in result["undone"]
    assert engine.names("container") == []


def test_container_info(engine, module, foreign):
    """For an existing and a missing container."""
    found = succeeded(module("container_info", name="web"))
    assert (found["exists"], found["container"]["Id"]) == (True, foreign)
    nothing = succeeded(module("container_info", name="nothing"))
    assert (nothing["exists"], nothing["container"]) == (False, None)


def test_secrets_are_in_no_output(engine, module):
    """Values of the environment, for all kinds of changes."""
    canary = "canary-in-a-coal-mine"
    common = {"name": "web", "image": BASE, "command": "sleep 1000", "stop_timeout": 0}
    for options in ({}, {"user": "1"}, {"command": "nothing-like-this"}, {"state": "absent"}):
        assert canary not in str(module("container", **{**common, "env": {"TOKEN": canary}, **options}))


def test_pull_always_queries_the_registry(engine, registry):
    """Nothing changes unless the tag has moved. Then the image is pulled; check mode downloads nothing."""
    registry.admit(engine)
    name = registry.host + "/app:1"
    environ = {"DOCKER_CONFIG": str(engine.root / "client")}
    options = {"name": "web", "image": name, "pull": "always", "command": "sleep 1000", "stop_timeout": 0}
    options["docker_host"] = engine.host

    def run(check=False):
        return succeeded(run_module("container", options, check=check, environ=environ))

    def push(*changes):
        engine.docker("create", "--name", "seed", BASE)
        engine.docker("commit", *(word for change in changes for word in ("--change", change)), "seed", name)
        engine.docker("rm", "seed")
        engine.docker("push", name)

    push("ENV VERSION=1")
    engine.docker("rmi", name)
    assert run()["actions"][0].startswith("pull image")
    assert not run()["changed"]
    first = engine.inspect("image", name)["Id"]
    push("ENV VERSION=2")
    # As after a push from another host: here, the name still refers to the first image.
    second = engine.inspect("image", name)["Id"]
    engine.docker("rmi", "--force", name)
    engine.docker("tag", first, name)
    foretold = run(check=True)
    assert list(foretold["diff"]["after"]) == ["image"]
    assert engine.inspect("image", name)["Id"] == first
    run()
    assert engine.inspect("container", "web")["Image"] == second
    assert not run()["changed"]
    engine.clean()
    engine.docker("rmi", "--force", first, second)
