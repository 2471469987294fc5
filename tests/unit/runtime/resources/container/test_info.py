# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which calls container_info makes, and for which options it makes none."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError, NotFound
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container import info

NOW = 1_800_000_000


class Engine:
    """A container without output, or none."""

    def __init__(self, running=True, there=True):
        self.calls = []
        self.there = there
        self.container = {"Id": "c0ffee", "Name": "/web", "Config": {"Tty": False}, "State": {"Running": running}}

    def call(self, method, path, query=None, **_more):
        """Answer, and record the call."""
        self.calls.append((path, {key: value for key, value in (query or {}).items() if value is not None}))
        if not self.there:
            raise NotFound("no such container", status=404)
        if path.endswith("/top"):
            return {"Titles": ["PID"], "Processes": [["1"]]}
        return {"read": "now"} if path.endswith("/stats") else dict(self.container, SizeRw=1, SizeRootFs=2)

    def get(self, path, *, expect, **query):
        """GET."""
        return self.call("GET", path, query)

    def request(self, method, path, query):
        """GET, unread."""
        self.call(method, path, query)
        return self

    def chunks(self):
        """No output."""
        return iter(())


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A fixed time, in an unusual time zone."""
    monkeypatch.setattr(info.time, "time_ns", lambda: NOW * 10**9)
    monkeypatch.setenv("TZ", "XXX-05:45")
    info.time.tzset()
    yield
    monkeypatch.undo()
    info.time.tzset()


def look(engine, **params):
    """The module's return values for these options."""
    checked = ArgumentSpecValidator(info.INFO_TABLE.argument_spec()).validate({"name": "web", **params})
    assert not checked.error_messages, checked.error_messages
    return info.observe(engine, checked.validated_parameters)


ALL = {"size": True, "stats": True, "processes": True, "ps_args": "aux", "logs": {}}
PLAIN = ("/containers/web/json", {})
SIZED = ("/containers/web/json", {"size": True})
STATS = ("/containers/c0ffee/stats", {"stream": False, "one-shot": True})
TOP = ("/containers/c0ffee/top", {"ps_args": "aux"})
LOGS = ("/containers/c0ffee/logs", {"stdout": True, "stderr": True, "tail": "100", "timestamps": False})


@pytest.mark.parametrize(
    ("params", "running", "calls"),
    [
        ({}, True, [PLAIN]),
        (ALL, True, [SIZED, STATS, TOP, LOGS]),
        (ALL, False, [SIZED, TOP, LOGS]),
    ],
)
def test_only_what_was_asked_for_is_called(params, running, calls):
    """One call for each; no statistics of a stopped container."""
    engine = Engine(running)
    look(engine, **params)
    assert engine.calls == calls


def test_each_has_its_return_value():
    """The return value ``container`` is the same with and without them."""
    engine = Engine()
    assert look(engine, **ALL) == {
        "exists": True,
        "container": engine.container,
        "size": {"SizeRw": 1, "SizeRootFs": 2},
        "stats": {"read": "now"},
        "processes": [{"PID": "1"}],
        "logs": {"stdout": "", "stderr": "", "truncated": False},
    }


def test_of_nothing_there_is_nothing_to_show():
    """All return values exist, so that playbooks can use them."""
    engine = Engine(there=False)
    nothing = {"exists": False, "container": None}
    assert look(engine) == nothing
    assert look(engine, **ALL) == {**nothing, "size": None, "stats": None, "processes": None, "logs": None}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1764000000", "1764000000"),
        (1764000000, "1764000000"),
        ("1764000000.5", "1764000000.5"),
        ("10m", "%d.000000000" % (NOW - 600)),
        ("1h1.5s", "%d.500000000" % (NOW - 3602)),
        ("2000000h", "0.000000000"),
        ("2026-01-31T12:00:00Z", "1769860800.000000000"),
        ("2026-01-31T12:00:00.123456789Z", "1769860800.123456789"),
        ("2026-01-31T12:00:00.1+01:00", "1769857200.100000000"),
        ("2026-01-31 12:00:00+00:00", "1769860800.000000000"),
        ("2026-01-31T05:45:00", "1769817600.000000000"),
        ("2026-01-31", "1769796900.000000000"),
    ],
)
def test_moments(written, seconds):
    """Dates, seconds, and durations before now."""
    engine = Engine()
    look(engine, logs={"since": written, "until": written})
    assert [engine.calls[-1][1][name] for name in ("since", "until")] == [seconds, seconds]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"logs": {"since": "yesterday"}}, "logs.since: 'yesterday' is not a time"),
        ({"logs": {"since": "2026-02-30"}}, "logs.since: '2026-02-30' is not a time"),
        ({"logs": {"until": "-5m"}}, "logs.until: '-5m' is not a time"),
        ({"logs": {"until": ""}}, "logs.until: '' is not a time"),
        ({"logs": {"tail": -1}}, "logs.tail: -1 is not a number of lines"),
        ({"ps_args": "aux"}, "ps_args requires processes: true"),
    ],
)
def test_bad_input(params, message):
    """Rejected before any call."""
    engine = Engine()
    with pytest.raises(InputError, match=message):
        look(engine, **params)
    assert engine.calls == []
