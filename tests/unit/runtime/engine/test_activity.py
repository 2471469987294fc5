# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What containers do: bounds of output, and what failures say."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import activity
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    EngineError,
    NotFound,
    ServerError,
)
from scripted import Call, Engine, refused

TOP = "GET /containers/web/top"
LOGS = "GET /containers/web/logs?stdout=1&stderr=1"


def frame(stream, text):
    """A piece of output as the Engine sends it."""
    return bytes((stream, 0, 0, 0)) + len(text).to_bytes(4, "big") + text


def test_streams_are_kept_apart():
    """Whatever the order of the pieces, and where they end."""
    whole = frame(1, b"one ") + frame(2, b"two ") + frame(1, b"three \xff") + frame(2, b"four")
    with Engine(Call(LOGS + "&tail=7", (whole[:5], whole[5:30], whole[30:]))) as client:
        shown = activity.logs(client, "web", False, {"tail": "7"})
    assert shown == {"stdout": "one three \ufffd", "stderr": "two four", "truncated": False}


def test_a_terminal_has_one_stream():
    """No frames there."""
    with Engine(Call(LOGS, b"both")) as client:
        assert activity.logs(client, "web", True, {})["stdout"] == "both"


def test_of_much_output_the_end_is_shown(monkeypatch):
    """Of each stream by itself."""
    monkeypatch.setattr(activity, "OUTPUT_LIMIT", 8)
    pieces = (frame(1, b"0123"), frame(1, b"45678"), frame(2, b"01234567"), frame(1, b"9"))
    with Engine(Call(LOGS, pieces)) as client:
        shown = activity.logs(client, "web", False, {})
    assert shown == {"stdout": "23456789", "stderr": "01234567", "truncated": True}


def test_logs_that_are_not_kept():
    """The driver none keeps nothing."""
    with (
        Engine(refused(LOGS, 501, "configured logging driver does not support reading")) as client,
        pytest.raises(EngineError, match=r"logs: the output of the container cannot be read.*another log driver"),
    ):
        activity.logs(client, "web", False, {})


def test_processes_by_the_titles_of_ps():
    """Whatever the titles are."""
    found = {"Titles": ["PID", "CMD"], "Processes": [["1", "sh"], ["7", "sleep 9"]]}
    with Engine(Call(TOP, found)) as client:
        assert activity.processes(client, "web", None) == [{"PID": "1", "CMD": "sh"}, {"PID": "7", "CMD": "sleep 9"}]


@pytest.mark.parametrize(
    "call",
    [
        refused(TOP, 409, "it is not running"),
        Call(TOP, {"Titles": ["PID"], "Processes": None}),
        Call(TOP, {"Titles": ["PID"]}),
    ],
)
def test_no_processes(call):
    """A container that does not run has none."""
    with Engine(call) as client:
        assert activity.processes(client, "web", None) == []


@pytest.mark.parametrize(
    ("said", "ps_args", "fix"),
    [
        ("ps: error: unknown option", "--what", "Check ps_args; the output of ps must have the column PID"),
        ('exec: "ps": executable file not found in $PATH', None, "Install ps on the engine's host"),
        ('exec: "ps": executable file not found in $PATH', "aux", "Install ps on the engine's host"),
        ("something else", None, ""),
    ],
)
def test_what_to_do_about_ps(said, ps_args, fix):
    """Its arguments are the user's, unless there are none."""
    query = "?ps_args=%s" % ps_args if ps_args else ""
    with Engine(refused(TOP + query, 500, said)) as client, pytest.raises(ServerError) as caught:
        activity.processes(client, "web", ps_args)
    assert caught.value.fix.startswith(fix)
    assert bool(caught.value.fix) == bool(fix)


def test_a_container_that_went_away():
    """That is no lack of processes."""
    with Engine(refused(TOP, 404, "no such container")) as client, pytest.raises(NotFound):
        activity.processes(client, "web", None)
