# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about containers: what is sent, what failures say, and when a wait ends."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import (
    creation,
    lifecycle,
    readiness,
    waiting,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.creation import Creation
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    Conflict,
    ConnectionBroken,
    EngineError,
    IrreversibleError,
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

    def call(self, method, path, query=None, body=None, **_more):
        """Answer with what comes next for the end of the path."""
        self.calls.append((method, path, query))
        found = next((self.answers[end] for end in self.answers if path.endswith(end)), None)
        if not found:
            raise NotFound("nothing there", status=404)
        answer = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def get(self, path, *, expect, **query):
        """GET."""
        return self.call("GET", path, query)

    def request(self, *words):
        """Containers here write nothing."""
        raise NotFound("nothing there", status=404)


def shown(
    running=True, code=0, restarts=0, health=None, output="", restarting=False, streak=3, status="running", number=""
):
    """What inspect shows, of the container web or of one with that id."""
    state = {"Status": status, "Running": running, "Restarting": restarting, "ExitCode": code}
    if health:
        state["Health"] = {"Status": health, "FailingStreak": streak, "Log": [{"Output": output}]}
    number = number or "c0ffee"
    return {"Id": number, "Name": "/web", "Config": {"Tty": False}, "RestartCount": restarts, "State": state}


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
    engine = Engine(
        start=[ServerError("no", status=500, said=PREFIX + said)],
        containers__json=[[{"Id": "other", "Names": ["/other"]}]],
    )
    with pytest.raises(ServerError) as caught:
        lifecycle.start(engine, "web")
    assert caught.value.cause == "port %s is in use (on address %s) by the container other" % (port, address)


def test_only_what_was_made_is_unmade():
    """Not a container that has the name already."""
    taken = Creation("web", {})
    with pytest.raises(Conflict):
        taken.make(Engine(create=[Conflict("the name is taken", status=409)]), taken.body)
    old, new = shown(number="old"), shown(number="new")
    engine = Engine(create=[{"Id": "new"}], old__json=[old], containers__new__json=[new, NotFound("gone")])
    assert taken.unmake(engine) is None
    assert engine.calls == []
    made = Creation("web", {}, instead_of="old")
    assert made.make(engine, made.body) == "new"
    assert made.unmake(engine) == {"container_output": "", "health_output": ""}
    assert ("DELETE", "/containers/new", {"v": True, "force": True}) in engine.calls
    assert made.unmake(engine) is None


@pytest.mark.parametrize("old", [None, "dead", "removing"])
def test_the_last_one_left_stays(old):
    """The one that it was made instead of is gone, or half gone."""
    whole, left = shown(number="old"), shown(status=old, number="old") if old else NotFound("gone")
    new = dict(shown(number="new"), Name="/web-slipway-new")
    engine = Engine(create=[{"Id": "new"}], new__json=[new], old__json=[whole, left])
    made = Creation("web-slipway-new", {}, instead_of="old")
    made.make(engine, made.body)
    with pytest.raises(
        IrreversibleError, match="The old container was removed, and the new one exists as web-slipway-new"
    ):
        made.unmake(engine)
    assert "DELETE" not in [method for method, _path, _query in engine.calls]


@pytest.mark.parametrize(
    ("labels", "status", "removed"),
    [({"a": "1"}, "created", True), ({"a": "2"}, "created", False), ({"a": "1"}, "running", False)],
)
def test_what_was_made_without_an_answer_is_unmade(labels, status, removed):
    """It is known by its labels, and that it was never started."""
    there = dict(shown(status=status), Config={"Tty": False, "Labels": {**labels, "of": "the image"}})
    engine = Engine(create=[ConnectionBroken("cut")], web__json=[there], c0ffee__json=[NotFound("gone")])
    made = Creation("web", {"Labels": {"a": "1"}})
    with pytest.raises(ConnectionBroken):
        made.make(engine, made.body)
    assert (made.unmake(engine) is not None) is removed
    assert ("DELETE" in [method for method, _path, _query in engine.calls]) is removed


def test_a_removal_is_tried_again():
    """For it may be done twice."""
    engine = Engine(containers__web=[ConnectionBroken("cut"), None])
    lifecycle.remove(engine, "web")
    assert [method for method, _path, _query in engine.calls] == ["DELETE", "DELETE", "GET"]


@pytest.mark.parametrize(("name", "calls"), [("/www", 1), ("/web", 2)])
def test_a_renaming_is_tried_again_unless_it_was_done(name, calls):
    """Its answer may have got lost."""
    engine = Engine(rename=[ConnectionBroken("cut"), None], c0ffee__json=[dict(shown(), Name=name)])
    lifecycle.rename(engine, "c0ffee", "www")
    assert [method for method, _path, _query in engine.calls].count("POST") == calls


def test_a_stop_is_taken_back():
    """Unless there is nothing to start again."""
    engine = Engine(start=[None], pause=[None])
    lifecycle.start_again(engine, "web", paused=True)
    assert [path for _method, path, _query in engine.calls] == ["/containers/web/start", "/containers/web/pause"]
    with pytest.raises(IrreversibleError, match="The stopped container no longer exists"):
        lifecycle.start_again(Engine(), "web")


WITHOUT_SWAP = "Your kernel does not support swap limit capabilities. Memory limited without swap."


def test_a_limit_that_the_engine_throws_away_is_named():
    """By the option that it comes from; and without a warning nobody looks."""
    asked = {"Memory": 64, "MemorySwap": 128, "PidsLimit": -1}
    body, options = {"HostConfig": asked}, {"HostConfig.MemorySwap": "memory_swap"}
    kept = {"Memory": 64, "MemorySwap": -1, "PidsLimit": None}
    engine = Engine(
        create=[{"Id": "new", "Warnings": [WITHOUT_SWAP]}], new__json=[dict(shown(number="new"), HostConfig=kept)]
    )
    with pytest.raises(EngineError) as caught:
        Creation("web", body, options=options).make(engine, body)
    assert str(caught.value) == "this engine does not support memory_swap: %s Remove it." % WITHOUT_SWAP
    engine = Engine(update=[{"Warnings": [WITHOUT_SWAP]}], web__json=[dict(shown(), HostConfig=kept)])
    with pytest.raises(EngineError, match="this engine does not support memory_swap"):
        lifecycle.update(engine, "web", options, asked)
    lifecycle.update(engine, "web", options, {"Memory": 64})
    silent = Engine(create=[{"Id": "new", "Warnings": []}], update=[{"Warnings": None}])
    Creation("web", body).make(silent, body)
    lifecycle.update(silent, "web", {}, asked)
    assert "GET" not in [method for method, _path, _query in silent.calls]


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
    readiness.await_running(Engine(web__json=looks), "web", 1)


@pytest.mark.parametrize(
    ("looks", "message"),
    [
        ([shown(), shown(running=False, code=3)], "it exited with exit code 3 right after its start"),
        (
            [shown(running=False)],
            (
                "it exited with exit code 0 right after its start. For a container that does its "
                "work and exits, set detach: false"
            ),
        ),
        ([shown(), shown(restarts=1)], "it exited right after its start"),
        ([shown(health="starting"), shown(health="unhealthy", output="sick")], "it is unhealthy"),
        (
            [shown(health="starting"), shown(running=False, code=1, health="unhealthy")],
            "it exited with exit code 1 before",
        ),
        ([shown(health="unhealthy", streak=0, code=1, restarting=True)], "it exited with exit code 1 before"),
        ([shown(health="starting")], "it did not become healthy within 0.05 s"),
        ([], "it is gone"),
    ],
)
def test_a_container_does_not_run(looks, message):
    """And why."""
    with pytest.raises(SlipwayError, match=message):
        readiness.await_running(Engine(web__json=looks), "web", 0.05)


def test_nothing_to_do_is_fine():
    """Stopping, killing and removing what is gone; pausing what is paused, and going on where nothing is paused."""
    for call in (lifecycle.stop, lifecycle.kill, lifecycle.remove):
        call(Engine(), "web")
    lifecycle.pause(Engine(pause=[Conflict("no", status=409, said="Container web is already paused")]), "web")
    lifecycle.unpause(Engine(unpause=[ServerError("no", status=500, said="Container web is not paused")]), "web")
    with pytest.raises(Conflict):
        lifecycle.pause(Engine(pause=[Conflict("no", status=409, said="Container web is not running")]), "web")


def test_a_signal_that_ends_nothing_is_followed_by_one_that_does():
    """After the time that the container has."""
    engine = Engine(kill=[None], json=[shown()])
    lifecycle.kill(engine, "web", "SIGUSR1", 0)
    assert [query for method, _path, query in engine.calls if method == "POST"] == [
        {"signal": "SIGUSR1"},
        {"signal": None},
    ]
    ended = Engine(kill=[None], json=[shown(), shown(running=False)])
    lifecycle.kill(ended, "web", "SIGUSR1", -1)
    assert [query for method, _path, query in ended.calls if method == "POST"] == [{"signal": "SIGUSR1"}]


def test_what_stays_is_waited_for_only_so_long():
    """A container that the Engine does not get rid of."""
    engine = Engine(web__json=[shown()], containers__web=[Conflict("no", status=409, said="already in progress")])
    with pytest.raises(SlipwayError, match="it still exists after 0.02 s"):
        lifecycle.remove(engine, "web", patience=0.02)


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
