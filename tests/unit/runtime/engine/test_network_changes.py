# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about networks: how long the removal from a swarm is tried."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import network_changes, waiting
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import EngineError, NotFound

BUSY = EngineError("no", status=500, said="rpc error: network n1 is in use by task t1")


class Engine:
    """Answers to removals, one after the other; the last one again and again."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    def call(self, method, path, **_more):
        """The next answer."""
        self.calls.append((method, path))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer:
            raise answer


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Waits are short."""
    monkeypatch.setattr(waiting, "FIRST", 0.001)


@pytest.mark.parametrize("last", [None, NotFound("gone", status=404)])
def test_tasks_that_end_are_waited_for(last):
    """And then the network is gone."""
    engine = Engine(BUSY, BUSY, last)
    network_changes.remove_from_swarm(engine, "n1")
    assert engine.calls == [("DELETE", "/networks/n1")] * 3


def test_a_task_that_stays():
    """Is not waited for without end."""
    with pytest.raises(EngineError) as caught:
        network_changes.remove_from_swarm(Engine(BUSY), "n1", timeout=0.01)
    assert "other nodes" in caught.value.fix


def test_another_refusal():
    """Is none that would go away."""
    engine = Engine(EngineError("no", status=403, said="has active endpoints"))
    with pytest.raises(EngineError):
        network_changes.remove_from_swarm(engine, "n1")
    assert len(engine.calls) == 1
