# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of container_info, depending on its options."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container import info
from scripted import Call, Engine, container, refused

NOW = 1_800_000_000


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A fixed time, in an unusual time zone."""
    monkeypatch.setattr(info.time, "time_ns", lambda: NOW * 10**9)
    monkeypatch.setenv("TZ", "XXX-05:45")
    info.time.tzset()
    yield
    monkeypatch.undo()
    info.time.tzset()


def look(*calls, **params):
    """The module's return values for these options and calls."""
    checked = ArgumentSpecValidator(info.INFO_TABLE.argument_spec()).validate({"name": "web", **params})
    assert not checked.error_messages, checked.error_messages
    with Engine(*calls) as client:
        return info.observe(client, checked.validated_parameters)


ALL = {"size": True, "stats": True, "processes": True, "ps_args": "aux", "logs": {}}
WEB = container()
INSPECT = "GET /containers/web/json"
SIZED = Call(INSPECT + "?size=1", {**WEB, "SizeRw": 1, "SizeRootFs": 2})
STATS = Call("GET /containers/c0ffee/stats?stream=0&one-shot=1", {"read": "now"})
TOP = Call("GET /containers/c0ffee/top?ps_args=aux", {"Titles": ["PID"], "Processes": [["1"]]})
LOGS = Call("GET /containers/c0ffee/logs?stdout=1&stderr=1&tail=100&timestamps=0", b"")
PARTS = {
    "size": {"SizeRw": 1, "SizeRootFs": 2},
    "stats": {"read": "now"},
    "processes": [{"PID": "1"}],
    "logs": {"stdout": "", "stderr": "", "truncated": False},
}


def test_only_requested_information_is_read():
    """One call for each return value. The value of ``container`` does not depend on them."""
    assert look(Call(INSPECT, WEB)) == {"exists": True, "container": WEB}
    assert look(SIZED, STATS, TOP, LOGS, **ALL) == {"exists": True, "container": WEB, **PARTS}


def test_a_stopped_container_has_no_statistics():
    """No call is made for them."""
    stopped = container(Running=False)
    sized = SIZED._replace(answer={**stopped, "SizeRw": 1, "SizeRootFs": 2})
    assert look(sized, TOP, LOGS, **ALL) == {"exists": True, "container": stopped, **PARTS, "stats": None}


def test_a_missing_container_has_empty_return_values():
    """All return values exist, so that playbooks can use them."""
    nothing = {"exists": False, "container": None}
    assert look(refused(INSPECT, 404, "No such container: web")) == nothing
    missing = refused(SIZED.line, 404, "No such container: web")
    assert look(missing, **ALL) == {**nothing, "size": None, "stats": None, "processes": None, "logs": None}


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
def test_times_are_parsed(written, seconds):
    """Dates, seconds, and durations before now."""
    times = "&tail=100&timestamps=0&since=%s&until=%s" % (seconds, seconds)
    logs = "GET /containers/c0ffee/logs?stdout=1&stderr=1" + times
    look(Call(INSPECT, WEB), Call(logs, b""), logs={"since": written, "until": written})


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
def test_invalid_options_are_rejected(params, message):
    """Before any call."""
    with pytest.raises(InputError, match=message):
        look(**params)
