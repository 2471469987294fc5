# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container whose ID begins with a name that a task uses is never read or changed."""

from __future__ import annotations

import json
import time
from contextlib import closing

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import execute, planned
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import containers
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.resource import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.dial import connect
from cases import complete
from harness.driver import failed, succeeded
from harness.image import BASE

SLEEP = (BASE, "sleep", "10000")
SERVICE = {"image": BASE, "command": "sleep 10000", "stop_timeout": 0}


class Foreign:
    """A running container of others. ``part`` is the beginning of its ID, which is not a name."""

    def __init__(self, engine, digits=4):
        self.engine = engine
        self.id = engine.docker("run", "--detach", "--name", "foreign", "--stop-timeout", "0", *SLEEP)
        self.part = self.id[:digits]

    def verify(self):
        """Check that it is unchanged."""
        shown = self.engine.inspect("container", self.id)
        assert (shown["Name"], shown["State"]["Running"]) == ("/foreign", True)
        assert list(shown["NetworkSettings"]["Networks"]) == ["bridge"]
        assert not shown["ExecIDs"]


@pytest.fixture
def foreign(engine):
    """A container of others, which no test may change."""
    there = Foreign(engine)
    yield there
    there.verify()


def test_it_is_not_removed(foreign, scenario):
    """No container has the name."""
    scenario("container", changed=False, name=foreign.part, state="absent")


def test_a_container_with_that_name_is_created_replaced_and_removed(foreign, engine, scenario):
    """Beside it, even when the Engine would find it by ID after the old container is removed."""
    scenario("container", name=foreign.part, **SERVICE)
    assert engine.names("container") == sorted(["foreign", foreign.part])
    scenario("container", name=foreign.part, **SERVICE, env={"A": "1"})
    scenario("container", name=foreign.part, state="absent")
    assert engine.names("container") == ["foreign"]


def test_a_replacement_with_many_other_containers(engine, module):
    """Some of their IDs begin with c0 or similar."""
    there = [engine.docker("create", *SLEEP) for _number in range(6)]
    name = there[0][:2]
    succeeded(module("container", name=name, **SERVICE))
    again = succeeded(module("container", name=name, **SERVICE, env={"A": "1"}))
    assert again["container"]["Name"] == "/" + name
    assert set(there) < {entry["Id"] for entry in engine.api("GET", "/containers/json?all=1")}


def test_it_is_not_shown(foreign, module):
    """By container_info."""
    assert not succeeded(module("container_info", name=foreign.part))["exists"]
    for name in ("foreign", foreign.id, foreign.id[:12]):
        assert succeeded(module("container_info", name=name))["container"]["Id"] == foreign.id
    for name in (foreign.id[:11], foreign.id[:13], foreign.id[:63], foreign.id.upper()[:12] + "Z"):
        assert not succeeded(module("container_info", name=name))["exists"]


def test_no_command_is_run_in_it(foreign, module):
    """By container_exec."""
    missing = "there is no container %s" % foreign.part
    assert missing in failed(module("container_exec", container=foreign.part, command="touch /seen"))
    predicted = succeeded(module("container_exec", check=True, container=foreign.part, command="true"))
    assert missing.capitalize() in str(predicted["warnings"])


def test_no_file_is_copied_into_it_or_out_of_it(foreign, engine, module, tmp_path):
    """By container_copy."""
    options = {"container": foreign.part, "container_path": "/seen"}
    assert "there is no container %s" % foreign.part in failed(module("container_copy", content="x", **options))
    copied = module("container_copy", **{**options, "container_path": "/etc/passwd"}, dest=str(tmp_path / "passwd"))
    assert "there is no container %s" % foreign.part in failed(copied)
    assert not (tmp_path / "passwd").exists()
    assert engine.docker("exec", "foreign", "ls", "/").split().count("seen") == 0


def test_the_beginning_of_several_ids_is_not_a_name(engine, module):
    """The engine returns an error, because it is ambiguous."""
    there = [engine.docker("create", *SLEEP) for _number in range(17)]
    twice = next(number[0] for number in there if sum(other[0] == number[0] for other in there) > 1)
    client = Client(connect(parse(engine.host), 60))
    with closing(client):
        assert containers.inspect(client, twice) is None
        assert containers.inspect(client, there[0][:12])["Id"] == there[0]
    assert not succeeded(module("container_info", name=there[0][:11]))["exists"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("network_mode", "container:%s"),
        ("ipc_mode", "container:%s"),
        ("pid_mode", "container:%s"),
        ("links", ["%s:store"]),
        ("volumes_from", ["%s:ro"]),
    ],
)
def test_its_namespaces_and_volumes_are_not_used(option, value, foreign, engine, module):
    """Check mode warns, because an earlier task may create a container with that name. A run changes nothing."""
    value = [value[0] % foreign.part] if isinstance(value, list) else value % foreign.part
    said = "%s: there is no container %s" % (option, foreign.part)
    predicted = succeeded(module("container", check=True, name="web", **SERVICE, **{option: value}))
    assert said in str(predicted["warnings"])
    assert predicted["changed"]
    assert said in failed(module("container", name="web", **SERVICE, **{option: value}))
    assert engine.names("container") == ["foreign"]


@pytest.mark.parametrize("options", [{"networks": [{"name": "%s"}]}, {"network_mode": "%s"}])
def test_a_network_by_the_beginning_of_its_id_is_not_joined(options, engine, module):
    """By a new or an existing container."""
    number = engine.docker("network", "create", "foreign")
    name = json.loads(json.dumps(options).replace("%s", number[:4]))
    said = "%s: there is no network %s" % (next(iter(options)), number[:4])
    for _there in range(2):
        assert said in str(succeeded(module("container", check=True, name="web", **SERVICE, **name))["warnings"])
        assert said in failed(module("container", name="web", **SERVICE, **name))
        succeeded(module("container", name="web", **SERVICE))
    assert engine.inspect("network", "foreign")["Containers"] == {}
    assert list(engine.inspect("container", "web")["NetworkSettings"]["Networks"]) == ["bridge"]


def test_a_network_does_not_connect_it(foreign, engine, module):
    """Entries of ``connected`` are names."""
    result = module("network", name="net", connected=[foreign.part])
    assert "there is no container %s" % foreign.part in str(result)


def test_an_image_by_the_beginning_of_its_id_is_not_used(engine, module, foreign):
    """Except for the first 12 digits."""
    digits = engine.inspect("image", BASE)["Id"].partition(":")[2]
    for part in (digits[:5], digits[:11], digits[:13]):
        message = failed(module("container", name="web", **{**SERVICE, "image": part}, pull="never"))
        assert "The image %s is not on this host, and pull is never" % part in message
        assert succeeded(module("image_info", name=[part]))["images"] == []
        assert not succeeded(module("image", name=part, state="absent"))["changed"]
    assert succeeded(module("image_info", name=[digits[:12]]))["images"]
    succeeded(module("container", name="web", **{**SERVICE, "image": digits[:12]}, pull="never"))
    again = succeeded(module("container", name="web", **{**SERVICE, "image": digits[:12]}, pull="never"))
    assert not again["changed"]


@pytest.mark.parametrize("digits", [12, 64])
def test_an_id_identifies_a_container_and_its_replacement(digits, engine, module):
    """With the original ID. A task with an unknown ID creates nothing."""
    number = engine.docker("run", "--detach", "--name", "web", "--stop-timeout", "0", *SLEEP)[:digits]
    for value in ("1", "2"):
        result = succeeded(module("container", name=number, **SERVICE, env={"A": value}))
        assert result["changed"]
        assert result["container"]["Name"] == "/web"
        again = succeeded(module("container", name=number, **SERVICE, env={"A": value}))
        assert not again["changed"], again["actions"]
        assert engine.names("container") == ["web"]
    assert not succeeded(module("container", name="web", **SERVICE, env={"A": "2"}))["changed"]
    assert succeeded(module("container", name=number, state="absent"))["changed"]
    assert engine.names("container") == []
    for check in (True, False):
        assert "name: there is no container with the ID" in failed(
            module("container", check=check, name=number, **SERVICE)
        )
    assert not succeeded(module("container", name=number, state="absent"))["changed"]


class Meanwhile:
    """Runs a module in this process and changes something before one of its steps."""

    def __init__(self, engine):
        self.engine = engine
        self.done = 0.0  # when the other run has finished

    def run(self, verb, what, **params):
        """Converge, and call ``what`` before the first step with this verb. Returns the message of the failure."""
        complete_params = complete(CONTAINER, params)
        with closing(Client(connect(parse(self.engine.host), 60))) as client:
            plan = planned(CONTAINER, complete_params, CONTAINER.observe(client, complete_params), client)
            number = [step.kind for step in plan.steps].index(verb)
            call = plan.steps[number].call

            def interfere(*args):
                what()
                self.done = time.monotonic()
                return call(*args)

            steps = list(plan.steps)
            steps[number] = steps[number]._replace(call=interfere)
            with pytest.raises(StepError) as caught:
                execute(plan._replace(steps=tuple(steps)), client)
        return str(caught.value)


@pytest.mark.parametrize("verb", ["create", "start", "stop", "remove", "rename"])
def test_two_simultaneous_replacements(verb, engine, module):
    """One succeeds. The other fails at once and says why, and its next run succeeds."""
    options = {"name": "web", **SERVICE, "update_order": "start-first"}
    succeeded(module("container", **options))

    def other():
        succeeded(module("container", **options, env={"BY": "other"}))

    meanwhile = Meanwhile(engine)
    message = meanwhile.run(verb, other, **options, env={"BY": "me"})
    assert time.monotonic() - meanwhile.done < 30
    assert "Run the task again" in message
    assert "somebody else" in message or "in the meantime" in message
    assert engine.names("container") == ["web"], message
    assert "BY=other" in engine.inspect("container", "web")["Config"]["Env"]
    assert engine.inspect("container", "web")["State"]["Running"]
    succeeded(module("container", **options, env={"BY": "me"}))
    assert not succeeded(module("container", **options, env={"BY": "me"}))["changed"]


def test_two_simultaneous_creations(engine, module):
    """Neither run removes the container of the other."""

    def other():
        succeeded(module("container", name="web", **SERVICE, env={"BY": "other"}))

    message = Meanwhile(engine).run("create", other, name="web", **SERVICE)
    assert "another container has got the name web in the meantime" in message
    assert "BY=other" in engine.inspect("container", "web")["Config"]["Env"]


def test_a_failed_replacement_says_which_container_is_running(engine, module):
    """By its usual name, and with the last output of the new one."""
    succeeded(module("container", name="web", **SERVICE))
    broken = {**SERVICE, "command": ["sh", "-c", "echo no licence; exit 3"]}
    message = failed(module("container", name="web", **broken))
    assert message.startswith("Waiting failed for the new container web: it exited with exit code 3")
    assert 'right after its start: "no licence"' in message
    assert "The container web is now running." in message
