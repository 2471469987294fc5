# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What containers do: bounds of output, and what failures say."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import activity
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    Conflict,
    EngineError,
    NotFound,
    ServerError,
)


class Engine:
    """Gives one answer to whatever it is asked."""

    def __init__(self, answer):
        self.answer = answer

    def get(self, path, *, expect=None, **query):
        """The answer, or the failure."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def request(self, method, path, query):
        """The answer as a body."""
        self.query = query
        self.get(path)
        return self

    def chunks(self):
        """The body."""
        return iter(self.answer)


def frame(stream, text):
    """A piece of output as the Engine sends it."""
    return bytes((stream, 0, 0, 0)) + len(text).to_bytes(4, "big") + text


def test_streams_are_kept_apart():
    """Whatever the order of the pieces, and where they end."""
    whole = frame(1, b"one ") + frame(2, b"two ") + frame(1, b"three \xff") + frame(2, b"four")
    engine = Engine([whole[:5], whole[5:30], whole[30:]])
    shown = activity.logs(engine, "web", False, {"tail": "7"})
    assert shown == {"stdout": "one three \ufffd", "stderr": "two four", "truncated": False}
    assert engine.query == {"stdout": True, "stderr": True, "tail": "7"}


def test_a_terminal_has_one_stream():
    """No frames there."""
    assert activity.logs(Engine([b"both"]), "web", True, {})["stdout"] == "both"


def test_of_much_output_the_end_is_shown(monkeypatch):
    """Of each stream by itself."""
    monkeypatch.setattr(activity, "OUTPUT_LIMIT", 8)
    engine = Engine([frame(1, b"0123"), frame(1, b"45678"), frame(2, b"01234567"), frame(1, b"9")])
    assert activity.logs(engine, "web", False, {}) == {"stdout": "23456789", "stderr": "01234567", "truncated": True}


def test_logs_that_are_not_kept():
    """The driver none keeps nothing."""
    refusal = EngineError("x", said="configured logging driver does not support reading", status=501)
    with pytest.raises(EngineError, match=r"logs: the output of the container cannot be read.*another log driver"):
        activity.logs(Engine(refusal), "web", False, {})


def test_processes_by_the_titles_of_ps():
    """Whatever the titles are."""
    found = {"Titles": ["PID", "CMD"], "Processes": [["1", "sh"], ["7", "sleep 9"]]}
    assert activity.processes(Engine(found), "web", None) == [{"PID": "1", "CMD": "sh"}, {"PID": "7", "CMD": "sleep 9"}]


@pytest.mark.parametrize("answer", [Conflict("it is not running"), {"Titles": ["PID"], "Processes": None}])
def test_no_processes(answer):
    """A container that does not run has none."""
    assert activity.processes(Engine(answer), "web", None) == []


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
    with pytest.raises(ServerError) as caught:
        activity.processes(Engine(ServerError(said, said=said, status=500)), "web", ps_args)
    assert caught.value.fix.startswith(fix)
    assert bool(caught.value.fix) == bool(fix)


def test_a_container_that_went_away():
    """That is no lack of processes."""
    with pytest.raises(NotFound):
        activity.processes(Engine(NotFound("no such container", status=404)), "web", None)
