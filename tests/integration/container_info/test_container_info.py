# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Information about real containers, compared with the docker command and the host."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from harness.driver import failed, succeeded
from harness.image import BASE

EVERYTHING = {"size": True, "stats": True, "processes": True, "logs": {}}
TALK = "echo out; echo err >&2; printf 'no end'"


@pytest.fixture
def look(module):
    """Runs container_info, which reports no change."""

    def look(name="web", **params):
        result = succeeded(module("container_info", name=name, **params))
        assert result["changed"] is False
        return result

    return look


@pytest.fixture
def run(engine):
    """Runs the container ``web``. With an end, waits until it exits."""

    def run(command, *options, end=False):
        engine.docker("run", "--detach", "--name", "web", *options, BASE, "sh", "-c", command)
        if end:
            engine.docker("wait", "web")

    return run


def test_only_requested_information_is_returned(run, look, engine):
    """By default, only the container as the Engine shows it."""
    run("exec sleep 1000")
    found = look()
    assert found["container"] == engine.api("GET", "/v1.41/containers/web/json")
    assert found["exists"] is True
    assert not {"size", "stats", "processes", "logs", "actions", "diff"} & set(found)


def test_a_missing_container(look):
    """All return values exist."""
    found = look("nothing", **EVERYTHING)
    assert found["exists"] is False
    assert [found[name] for name in ("container", "size", "stats", "processes", "logs")] == [None] * 5


def test_size(run, look, engine):
    """The size of written files, and of all files."""
    run("dd if=/dev/zero of=/file bs=1000 count=77 && exec sleep 1000")
    engine.docker("exec", "web", "sh", "-c", "until [ $(stat -c %s /file) = 77000 ]; do sleep 0.1; done")
    found = look(size=True)
    assert found["size"]["SizeRw"] == 77000
    assert found["size"]["SizeRootFs"] == found["size"]["SizeRw"] + engine.inspect("image", BASE)["Size"]
    assert "SizeRw" not in found["container"]


def measured(engine):
    """What the Engine says when it is asked directly. That is little where its host hides control groups from it.

    Docker 20.10 leaves parts out there; Docker 26 says that it has received no metrics.
    """
    return engine.api("GET", "/v1.41/containers/web/stats?stream=false&one-shot=true")


def steady(stats):
    """The values that do not change over time. None may be missing, unless there is only an error."""
    parts = {"pids_stats": None, "memory_stats": {}} if list(stats) == ["message"] else stats
    return {
        "names": sorted(stats),
        "pids": parts["pids_stats"],
        "limit": parts["memory_stats"].get("limit"),
        "networks": sorted(parts.get("networks", ())),
    }


def test_stats(run, look, engine):
    """All values of the Engine."""
    run("exec sleep 1000", "--memory", "32m")
    stats = steady(look(stats=True)["stats"])
    direct = measured(engine)
    assert stats == steady(direct)
    assert stats["networks"] == (["eth0"] if "networks" in direct else [])
    assert stats["limit"] in (None, 32 * 1024 * 1024)


def test_processes(run, look, engine):
    """Compared with the processes of the host."""
    run("sleep 1001 & exec sleep 1002")
    engine.docker("exec", "web", "sh", "-c", "until pidof sleep | grep -q ' '; do sleep 0.1; done")
    first = str(engine.inspect("container", "web")["State"]["Pid"])
    found = {row["PID"]: row["CMD"] for row in look(processes=True)["processes"]}
    assert found[first] == "sleep 1002"
    assert sorted(found.values()) == ["sleep 1001", "sleep 1002"]
    for pid, command in found.items():
        assert Path("/proc/%s/cmdline" % pid).read_bytes() == command.replace(" ", "\0").encode() + b"\0"
    chosen = look(processes=True, ps_args="-eo pid,args")["processes"]
    assert {row["PID"]: row["COMMAND"] for row in chosen} == found


def test_logs(run, look, engine):
    """Both streams, as they were written."""
    run(TALK, end=True)
    assert look(logs={})["logs"] == {"stdout": "out\nno end", "stderr": "err\n", "truncated": False}


def test_logs_of_a_terminal(run, look):
    """One stream, with the line ends of a terminal."""
    run(TALK, "--tty", end=True)
    assert look(logs={})["logs"] == {"stdout": "out\r\nerr\r\nno end", "stderr": "", "truncated": False}


def test_log_tail(run, look):
    """As many as requested; 100 by default."""
    run("seq 1 300", end=True)
    assert look(logs={"tail": 2})["logs"]["stdout"] == "299\n300\n"
    assert look(logs={"tail": 0})["logs"]["stdout"] == ""
    assert look(logs={})["logs"]["stdout"].split() == [str(number) for number in range(201, 301)]
    assert len(look(logs={"tail": 1000})["logs"]["stdout"].split()) == 300


def test_long_logs_are_truncated(run, look):
    """With a warning."""
    run("dd if=/dev/zero bs=1M count=3 | tr '\\0' a; echo end", end=True)
    logs = look(logs={})["logs"]
    assert len(logs["stdout"]) == 1024 * 1024
    assert logs["stdout"].endswith("aaaend\n")
    assert logs["truncated"] is True


def written(engine):
    """The lines of the container's log with their times, from the log file."""
    path = engine.inspect("container", "web")["LogPath"]
    return [(entry["log"], entry["time"]) for entry in map(json.loads, Path(path).read_text().splitlines())]


def test_logs_between_two_times(run, look, engine):
    """With nanoseconds, in all notations; and with timestamps."""
    run("for n in 1 2 3; do echo $n; sleep 0.2; done", end=True)
    (_one, first), (_two, second), (_three, third) = written(engine)
    assert look(logs={"since": second})["logs"]["stdout"] == "2\n3\n"
    assert look(logs={"until": second})["logs"]["stdout"] == "1\n2\n"
    assert look(logs={"since": second, "until": second})["logs"]["stdout"] == "2\n"
    moment = datetime.datetime.fromisoformat(second[:26]).replace(tzinfo=datetime.UTC)
    there = moment.astimezone(datetime.timezone(datetime.timedelta(hours=-3))).isoformat()
    assert look(logs={"until": there})["logs"]["stdout"] in ("1\n", "1\n2\n")
    assert look(logs={"since": there})["logs"]["stdout"] == "2\n3\n"
    assert look(logs={"since": "%.6f" % moment.timestamp()})["logs"]["stdout"] == "2\n3\n"
    assert look(logs={"since": "10m"})["logs"]["stdout"] == "1\n2\n3\n"
    assert look(logs={"until": "10m"})["logs"]["stdout"] == ""
    stamped = look(logs={"timestamps": True})["logs"]["stdout"]
    # The engine pads times with zeros, unlike the command.
    assert [line.split("Z ")[0].rstrip("0") for line in stamped.splitlines()] == [
        moment.rstrip("Z").rstrip("0") for moment in (first, second, third)
    ]
    assert [line.split("Z ")[1] for line in stamped.splitlines()] == ["1", "2", "3"]


@pytest.mark.parametrize("state", ["created", "exited"])
def test_a_stopped_container(state, look, engine):
    """It has a size and logs, but no processes and no statistics."""
    engine.docker("create" if state == "created" else "run", "--name", "web", BASE, "echo", "bye")
    found = look(**EVERYTHING)
    assert found["container"]["State"]["Status"] == state
    assert found["size"]["SizeRw"] == 0
    assert (found["stats"], found["processes"]) == (None, [])
    assert found["logs"]["stdout"] == ("bye\n" if state == "exited" else "")


def test_a_paused_container(run, look, engine):
    """It has all of them."""
    run("echo hello; exec sleep 1000")
    engine.docker("pause", "web")
    found = look(**EVERYTHING)
    assert steady(found["stats"]) == steady(measured(engine))
    assert [row["CMD"] for row in found["processes"]] == ["sleep 1000"]
    assert found["logs"]["stdout"] == "hello\n"


def test_a_container_by_id(run, look, engine):
    """Also by the first 12 digits."""
    run(TALK, end=True)
    assert look(engine.inspect("container", "web")["Id"][:12], **EVERYTHING)["logs"]["stderr"] == "err\n"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"logs": {"since": "yesterday"}}, "logs.since: 'yesterday' is not a time. Use a duration"),
        ({"logs": {"until": "2026-13-01"}}, "logs.until: '2026-13-01' is not a time. Use a duration"),
        ({"logs": {"tail": -1}}, "logs.tail: -1 is not a number of lines. Set it to 0 or more."),
        ({"ps_args": "aux"}, "ps_args requires processes: true. Set processes: true."),
        ({"processes": True, "ps_args": "--nonsense"}, "Check ps_args; the output of ps must have the column PID."),
        ({"processes": True, "ps_args": "-eo comm"}, "Check ps_args; the output of ps must have the column PID."),
        ({"logs": {}}, "logs: the output of the container cannot be read"),
    ],
)
def test_invalid_options_are_rejected(params, message, run, module):
    """With one sentence and a remedy."""
    run("exec sleep 1000", "--log-driver", "none")
    assert message in failed(module("container_info", name="web", **params))
