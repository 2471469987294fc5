# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about containers: what is sent, what failures say, and when a wait ends."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import containers
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    Conflict,
    EngineError,
    NotFound,
    ServerError,
    SlipwayError,
)

PREFIX = "driver failed programming external connectivity on endpoint web (0a1b): "


class Engine:
    """Answers calls from a script; the last answer to a path is given again and again."""

    def __init__(self, **answers):
        self.answers = {key.replace("__", "/"): list(value) for key, value in answers.items()}
        self.calls = []

    def call(self, method, path, query=None, body=None, timeout=None):
        """Answer with what comes next for the end of the path."""
        self.calls.append((method, path, query))
        found = next((self.answers[end] for end in self.answers if path.endswith(end)), None)
        if not found:
            raise NotFound("nothing there", status=404)
        answer = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def get(self, path, **query):
        """GET."""
        return self.call("GET", path, query)

    def request(self, *words):
        """Containers here write nothing."""
        raise NotFound("nothing there", status=404)


def shown(running=True, code=0, restarts=0, health=None, output="", restarting=False, streak=3):
    """What inspect shows."""
    state = {"Running": running, "Restarting": restarting, "ExitCode": code}
    if health:
        state["Health"] = {"Status": health, "FailingStreak": streak, "Log": [{"Output": output}]}
    return {"Id": "c0ffee", "Config": {"Tty": False}, "RestartCount": restarts, "State": state}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Waits are short."""
    monkeypatch.setattr(containers, "POLL", 0.001)
    monkeypatch.setattr(containers, "SETTLE", 0.02)


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
    engine = Engine(
        start=[ServerError("no", status=500, said=PREFIX + said)], containers__json=[[{"Names": ["/other"]}]]
    )
    with pytest.raises(ServerError) as caught:
        containers.start(engine, "web")
    assert caught.value.cause == "port %s is taken (on address %s) by the container other" % (port, address)


def test_only_what_was_made_is_unmade():
    """Not a container that has the name already, and not the last one left."""
    taken = containers.Creation("web", {})
    with pytest.raises(Conflict):
        taken.make(Engine(create=[Conflict("the name is taken", status=409)]))
    engine = Engine(create=[{"Id": "new"}], old__json=[shown()], containers__new=[None])
    taken.unmake(engine)
    assert engine.calls == []
    made = containers.Creation("web", {}, instead_of="old")
    made.make(engine)
    made.unmake(engine)
    assert ("DELETE", "/containers/new", {"v": False, "force": True}) in engine.calls
    alone = Engine(create=[{"Id": "new"}])
    made.make(alone)
    made.unmake(alone)
    assert "DELETE" not in [method for method, _path, _query in alone.calls]


WITHOUT_SWAP = "Your kernel does not support swap limit capabilities. Memory limited without swap."


def test_a_limit_that_the_engine_throws_away_is_named():
    """By the option that it comes from; and without a warning nobody looks."""
    asked = {"Memory": 64, "MemorySwap": 128, "PidsLimit": -1}
    body, options = {"HostConfig": asked}, {"HostConfig.MemorySwap": "memory_swap"}
    kept = {"Memory": 64, "MemorySwap": -1, "PidsLimit": None}
    engine = Engine(create=[{"Id": "new", "Warnings": [WITHOUT_SWAP]}], new__json=[{"HostConfig": kept}])
    with pytest.raises(EngineError) as caught:
        containers.Creation("web", body, options=options).make(engine)
    assert str(caught.value) == "this engine cannot do memory_swap: %s Leave it out." % WITHOUT_SWAP
    engine = Engine(update=[{"Warnings": [WITHOUT_SWAP]}], web__json=[{"HostConfig": kept}])
    with pytest.raises(EngineError, match="this engine cannot do memory_swap"):
        containers.update(engine, "web", asked, options)
    containers.update(engine, "web", {"Memory": 64}, options)
    silent = Engine(create=[{"Id": "new", "Warnings": []}], update=[{"Warnings": None}])
    containers.Creation("web", body).make(silent)
    containers.update(silent, "web", asked)
    assert "GET" not in [method for method, _path, _query in silent.calls]


@pytest.mark.parametrize(
    "looks",
    [
        [shown()],
        [shown(running=False)],
        [shown(health="starting"), shown(health="starting"), shown(health="healthy")],
        [shown(health="unhealthy", streak=0), shown(health="unhealthy", streak=2), shown(health="healthy")],
    ],
)
def test_a_container_runs(looks):
    """It stays up, or has done its work, or is healthy."""
    containers.await_running(Engine(web__json=looks), "web", 1)


@pytest.mark.parametrize(
    ("looks", "message"),
    [
        ([shown(), shown(running=False, code=3)], "it ended with exit code 3 right after its start"),
        ([shown(), shown(restarts=1)], "it ended right after its start"),
        ([shown(health="starting"), shown(health="unhealthy", output="sick")], "it is unhealthy"),
        (
            [shown(health="starting"), shown(running=False, code=1, health="unhealthy")],
            "it ended with exit code 1 before",
        ),
        ([shown(health="unhealthy", streak=0, code=1, restarting=True)], "it ended with exit code 1 before"),
        ([shown(health="starting")], "it was not healthy within 0.05 s"),
        ([], "it is gone"),
    ],
)
def test_a_container_does_not_run(looks, message):
    """And why."""
    with pytest.raises(SlipwayError, match=message):
        containers.await_running(Engine(web__json=looks), "web", 0.05)


def test_nothing_to_do_is_fine():
    """Stopping, killing and removing what is gone; pausing what is paused, and going on where nothing is paused."""
    for call in (containers.stop, containers.kill, containers.remove):
        call(Engine(), "web")
    containers.pause(Engine(pause=[Conflict("no", status=409, said="Container web is already paused")]), "web")
    containers.unpause(Engine(unpause=[ServerError("no", status=500, said="Container web is not paused")]), "web")
    with pytest.raises(Conflict):
        containers.pause(Engine(pause=[Conflict("no", status=409, said="Container web is not running")]), "web")


def test_a_signal_that_ends_nothing_is_followed_by_one_that_does():
    """After the time that the container has."""
    engine = Engine(kill=[None], json=[shown()])
    containers.kill(engine, "web", "SIGUSR1", 0)
    assert [query for method, _path, query in engine.calls if method == "POST"] == [
        {"signal": "SIGUSR1"},
        {"signal": None},
    ]
    ended = Engine(kill=[None], json=[shown(), shown(running=False)])
    containers.kill(ended, "web", "SIGUSR1", -1)
    assert [query for method, _path, query in ended.calls if method == "POST"] == [{"signal": "SIGUSR1"}]


def test_what_stays_is_waited_for_only_so_long():
    """A container that the Engine does not get rid of."""
    engine = Engine(web__json=[shown()], containers__web=[Conflict("no", status=409, said="already in progress")])
    with pytest.raises(SlipwayError, match="it is still there after 0.02 s"):
        containers.remove(engine, "web", patience=0.02)
