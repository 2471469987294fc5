# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about containers: what is sent, what failures say, and when a wait ends."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import (
    containers,
    creation,
    lifecycle,
    readiness,
    waiting,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.creation import Creation
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    ConflictError,
    ConnectionBroken,
    EngineError,
    IrreversibleError,
    ServerError,
    SlipwayError,
)
from scripted import Call, Engine, container, refused

PREFIX = "driver failed programming external connectivity on endpoint web (0a1b): "
CREATE = "POST /containers/create?name=web"
INSPECT = "GET /containers/web/json"
REMOVE = "DELETE /containers/web?v=0&force=0"


def shown(code=0, restarts=0, health=None, output="", streak=3, **state):
    """What inspect shows, of the container web."""
    if health:
        state["Health"] = {"Status": health, "FailingStreak": streak, "Log": [{"Output": output}]}
    return {**container(ExitCode=code, **state), "RestartCount": restarts}


def gone(number="web"):
    """A look at a container that does not exist."""
    return refused("GET /containers/%s/json" % number, 404, "No such container: %s" % number)


def output(number="web", said=b""):
    """The calls for the last output of a container."""
    return [
        Call("GET /containers/%s/json" % number, container(number=number)),
        Call("GET /containers/%s/logs?stdout=1&stderr=1&tail=20" % number, said),
    ]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Waits are short."""
    monkeypatch.setattr(waiting, "FIRST", 0.001)
    monkeypatch.setattr(waiting, "LONGEST", 0.001)
    monkeypatch.setattr(readiness, "SETTLE", 0.02)
    monkeypatch.setattr(creation, "VISIBLE", 0.02)


@pytest.mark.parametrize(
    ("said", "port", "address"),
    [
        ("Bind for 0.0.0.0:8080 failed: port is already allocated", "8080", "0.0.0.0"),
        ("Bind for :::8080 failed: port is already allocated", "8080", "::"),
        ("Error starting userland proxy: listen tcp4 0.0.0.0:81: bind: address already in use", "81", "0.0.0.0"),
        ("Error starting userland proxy: listen tcp6 [::1]:81: bind: address already in use", "81", "[::1]"),
        ("failed to bind host port for 127.0.0.1:82:172.17.0.4:80/udp: address already in use", "82", "127.0.0.1"),
        ("failed to bind host port 0.0.0.0:83/tcp: address already in use", "83", "0.0.0.0"),
    ],
)
def test_a_taken_port_is_named(said, port, address):
    """In the words of every engine, and with the container that has it."""
    other = {"Id": "1", "Names": ["/other"], "HostConfig": {"NetworkMode": "bridge"}}
    with (
        Engine(
            refused("POST /containers/web/start", 500, PREFIX + said),
            Call('GET /containers/json?all=1&filters={"publish": ["%s"], "status": ["running"]}' % port, [other]),
            *output(),
        ) as client,
        pytest.raises(ServerError) as caught,
    ):
        lifecycle.start(client, "web")
    assert caught.value.cause == "port %s is in use (on address %s) by the container other" % (port, address)


@pytest.mark.parametrize("names", [{}, {"Names": None}, {"Names": []}])
def test_a_container_without_a_name(names):
    """Has the beginning of its id."""
    assert containers.name_of({"Id": "0123456789abcdef", **names}) == "0123456789ab"


def test_only_what_was_made_is_unmade():
    """Not a container that has the name already."""
    taken = Creation("web", {})
    with Engine(refused(CREATE, 409, "the name is taken")) as client:
        with pytest.raises(ConflictError):
            taken.make(client, taken.body)
        assert taken.unmake(client) is None
    made = Creation("web", {}, instead_of="old")
    old = Call("GET /containers/old/json", container(number="old"))
    with Engine(
        old,
        Call(CREATE, {"Id": "new"}),
        Call("GET /containers/new/json", container(number="new")),
        old,
        *output("new"),
        Call("DELETE /containers/new?v=1&force=1"),
        gone("new"),
        gone("new"),
    ) as client:
        assert made.make(client, made.body) == "new"
        assert made.unmake(client) == {"container_output": "", "health_output": ""}
        assert made.unmake(client) is None


@pytest.mark.parametrize("old", [None, "dead", "removing"])
def test_the_last_one_left_stays(old):
    """The one that it was made instead of is gone, or half gone."""
    made = Creation("web-slipway-new", {}, instead_of="old")
    with Engine(
        Call("GET /containers/old/json", container(number="old")),
        Call("POST /containers/create?name=web-slipway-new", {"Id": "new"}),
        Call("GET /containers/new/json", container("web-slipway-new", "new")),
        Call("GET /containers/old/json", container(number="old", Status=old)) if old else gone("old"),
    ) as client:
        made.make(client, made.body)
        with pytest.raises(
            IrreversibleError, match="The old container was removed, and the new one exists as web-slipway-new"
        ):
            made.unmake(client)


@pytest.mark.parametrize(
    ("labels", "status", "removed"),
    [({"a": "1"}, "created", True), ({"a": "2"}, "created", False), ({"a": "1"}, "running", False)],
)
def test_what_was_made_without_an_answer_is_unmade(labels, status, removed):
    """It is known by its labels, and that it was never started."""
    there = {**container(Status=status), "Config": {"Tty": False, "Labels": {**labels, "of": "the image"}}}
    removal = [*output("c0ffee"), Call("DELETE /containers/c0ffee?v=1&force=1"), gone("c0ffee")]
    made = Creation("web", {"Labels": {"a": "1"}})
    with Engine(
        Call(CREATE, ConnectionBroken("cut"), body={"Labels": {"a": "1"}}),
        Call(INSPECT, there),
        *(removal if removed else ()),
    ) as client:
        with pytest.raises(ConnectionBroken):
            made.make(client, made.body)
        assert (made.unmake(client) is not None) is removed


def test_a_removal_is_tried_again():
    """For it may be done twice."""
    with Engine(Call(REMOVE, ConnectionBroken("cut")), Call(REMOVE), gone()) as client:
        lifecycle.remove(client, "web")


@pytest.mark.parametrize(("name", "again"), [("www", False), ("web", True)])
def test_a_renaming_is_tried_again_unless_it_was_done(name, again):
    """Its answer may have got lost."""
    rename = "POST /containers/c0ffee/rename?name=www"
    with Engine(
        Call(rename, ConnectionBroken("cut")),
        Call("GET /containers/c0ffee/json", container(name)),
        *([Call(rename)] if again else ()),
    ) as client:
        lifecycle.rename(client, "c0ffee", "www")


def test_a_stop_is_taken_back():
    """Unless there is nothing to start again."""
    with Engine(Call("POST /containers/web/start"), Call("POST /containers/web/pause")) as client:
        lifecycle.start_again(client, "web", paused=True)
    no_output = refused("GET /containers/web/logs?stdout=1&stderr=1&tail=20", 404, "No such container: web")
    with (
        Engine(
            refused("POST /containers/web/start", 404, "No such container: web"), gone(), no_output, gone()
        ) as client,
        pytest.raises(IrreversibleError, match="The stopped container no longer exists"),
    ):
        lifecycle.start_again(client, "web")


WITHOUT_SWAP = "Your kernel does not support swap limit capabilities. Memory limited without swap."


def test_a_limit_that_the_engine_throws_away_is_named():
    """By the option that it comes from; and without a warning nobody looks."""
    asked = {"Memory": 64, "MemorySwap": 128, "PidsLimit": -1}
    body, options = {"HostConfig": asked}, {"HostConfig.MemorySwap": "memory_swap"}
    kept = {"NetworkMode": "bridge", "Memory": 64, "MemorySwap": -1, "PidsLimit": None}
    warned, seen = {"Id": "new", "Warnings": [WITHOUT_SWAP]}, {**container(number="new"), "HostConfig": kept}
    with (
        Engine(Call(CREATE, warned, body=body), Call("GET /containers/new/json", seen)) as client,
        pytest.raises(EngineError) as caught,
    ):
        Creation("web", body, options=options).make(client, body)
    assert str(caught.value) == "this engine does not support memory_swap: %s Remove it." % WITHOUT_SWAP
    update, seen = "POST /containers/web/update", {**container(), "HostConfig": kept}
    with Engine(
        Call(update, {"Warnings": [WITHOUT_SWAP]}, body=asked),
        Call(INSPECT, seen),
        Call(update, {"Warnings": [WITHOUT_SWAP]}, body={"Memory": 64}),
        Call(INSPECT, seen),
    ) as client:
        with pytest.raises(EngineError, match="this engine does not support memory_swap"):
            lifecycle.update(client, "web", options, asked)
        lifecycle.update(client, "web", options, {"Memory": 64})
    with Engine(Call(CREATE, {"Id": "new", "Warnings": []}), Call(update, {"Warnings": None})) as client:
        Creation("web", body).make(client, body)
        lifecycle.update(client, "web", {}, asked)


def looked(looks):
    """The calls of looks at the container web; after the last one nothing changes."""
    return [Call(INSPECT, look, again=look is looks[-1]) for look in looks]


@pytest.mark.parametrize(
    "looks",
    [
        [shown()],
        [shown(health="starting"), shown(health="starting"), shown(health="healthy")],
        [shown(health="unhealthy", streak=0), shown(health="unhealthy", streak=2), shown(health="healthy")],
    ],
)
def test_a_container_runs(looks):
    """It stays up, or is healthy."""
    with Engine(*looked(looks)) as client:
        readiness.await_running(client, "web", 1)


@pytest.mark.parametrize(
    ("looks", "message", "then"),
    [
        (
            [shown(), shown(Running=False, code=3)],
            "it exited with exit code 3 right after its start",
            output("c0ffee"),
        ),
        (
            [shown(Running=False)],
            (
                "it exited with exit code 0 right after its start. For a container that does its "
                "work and exits, set detach: false"
            ),
            output("c0ffee"),
        ),
        (
            [shown(), shown(restarts=1)],
            'it exited right after its start: "gave up"',
            output("c0ffee", b"\1\0\0\0\0\0\0\7gave up"),
        ),
        ([shown(health="starting"), shown(health="unhealthy", output="sick")], 'it is unhealthy: "sick"', output()),
        (
            [shown(health="starting"), shown(Running=False, code=1, health="unhealthy")],
            "it exited with exit code 1 before",
            output(),
        ),
        (
            [shown(health="unhealthy", streak=0, code=1, Restarting=True)],
            "it exited with exit code 1 before",
            output(),
        ),
        ([shown(health="starting")], "it did not become healthy within 0.05 s", output()),
        ([], "it is gone", [gone()]),
    ],
)
def test_a_container_does_not_run(looks, message, then):
    """And why."""
    if then[0].line == INSPECT and looks:
        then = then[1:]  # what the last look shows is shown again
    with Engine(*looked(looks), *then) as client, pytest.raises(SlipwayError, match=message):
        readiness.await_running(client, "web", 0.05)


def test_nothing_to_do_is_fine():
    """Stopping, killing and removing what is gone; pausing what is paused, and going on where nothing is paused."""
    none = "No such container: web"
    with Engine(
        refused("POST /containers/web/stop?t=10", 404, none),
        refused("POST /containers/web/kill", 404, none),
        refused(REMOVE, 404, none),
        gone(),
        refused("POST /containers/web/pause", 409, "Container web is already paused"),
        refused("POST /containers/web/unpause", 500, "Container web is not paused"),
        refused("POST /containers/web/pause", 409, "Container web is not running"),
    ) as client:
        for call in (lifecycle.stop, lifecycle.kill, lifecycle.remove, lifecycle.pause, lifecycle.unpause):
            call(client, "web")
        with pytest.raises(ConflictError):
            lifecycle.pause(client, "web")


def test_a_signal_that_ends_nothing_is_followed_by_one_that_does():
    """After the time that the container has."""
    signal, runs = Call("POST /containers/web/kill?signal=SIGUSR1"), Call(INSPECT, shown())
    with Engine(signal, runs, Call("POST /containers/web/kill")) as client:
        lifecycle.kill(client, "web", "SIGUSR1", 0)
    with Engine(signal, runs, Call(INSPECT, shown(Running=False))) as client:
        lifecycle.kill(client, "web", "SIGUSR1", -1)


def test_what_stays_is_waited_for_only_so_long():
    """A container that the Engine does not get rid of."""
    with (
        Engine(refused(REMOVE, 409, "already in progress"), Call(INSPECT, shown(), again=True)) as client,
        pytest.raises(SlipwayError, match="it still exists after 0.02 s"),
    ):
        lifecycle.remove(client, "web", patience=0.02)


@pytest.mark.parametrize(
    ("answers", "limit", "found", "looks"),
    [
        ([None, None, 7], None, 7, 3),
        ([0], 5, 0, 1),
        ([None], 0, None, 1),
        ([None, None], 0.0005, None, 2),
    ],
)
def test_a_wait_ends(answers, limit, found, looks):
    """With the first answer, whatever it is, or with one more look when the time is over."""
    asked = []

    def look():
        asked.append(len(asked))
        return answers[min(len(asked), len(answers)) - 1]

    assert waiting.until(look, limit) == found
    assert len(asked) == looks
