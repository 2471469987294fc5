# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The containers of the benchmark are the same on all sides."""

from __future__ import annotations

import pytest
from measuring import workload
from measuring.lifecycle import Wrong, verify
from measuring.workload import ACTIONS, CHANGE, CREATE, REMOVE, UNCHANGED


def test_one_container_is_changed():
    """Only that one differs."""
    before, after = (workload.containers(10, "image", action) for action in (CREATE, CHANGE))
    assert [one["name"] for one, other in zip(before, after, strict=True) if one != other] == ["bench-005"]
    assert workload.containers(10, "image", UNCHANGED) == before
    assert workload.containers(10, "image", REMOVE) == after


@pytest.mark.parametrize("action", ACTIONS)
def test_sides_declare_the_same(action):
    """The names and the variables."""
    options = workload.containers(3, "image", action)
    services = workload.composition(options)["services"]
    assert list(services) == workload.names(3)
    for each in options:
        service, body = services[each["name"]], workload.request(each)
        assert service["environment"] == each["env"] == dict(item.split("=") for item in body["Env"])
        assert service["stop_signal"] == each["stop_signal"] == body["StopSignal"] == "SIGKILL"
        assert service["labels"] == each["labels"] == body["Labels"]


BEFORE = {"bench-000": "a", "bench-001": "b"}
CHANGED = {"bench-000": "a", "bench-001": "c"}


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [(CREATE, {}, BEFORE), (UNCHANGED, BEFORE, BEFORE), (CHANGE, BEFORE, CHANGED), (REMOVE, CHANGED, {})],
)
def test_right_states(action, before, after):
    """What each action should do."""
    verify(action, 2, before, after)


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        (CREATE, {}, {"bench-000": "a"}),
        (UNCHANGED, BEFORE, CHANGED),
        (CHANGE, BEFORE, BEFORE),
        (CHANGE, BEFORE, {"bench-000": "d", "bench-001": "c"}),
        (REMOVE, CHANGED, BEFORE),
    ],
)
def test_wrong_states(action, before, after):
    """A side that does less or more is not measured."""
    with pytest.raises(Wrong):
        verify(action, 2, before, after)
