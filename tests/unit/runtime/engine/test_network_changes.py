# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about networks: how long the removal from a swarm is tried."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import network_changes, waiting
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import EngineError
from scripted import Call, Engine, refused

REMOVE = "DELETE /networks/n1"
BUSY = refused(REMOVE, 500, "rpc error: network n1 is in use by task t1")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Waits are short."""
    monkeypatch.setattr(waiting, "FIRST", 0.001)


@pytest.mark.parametrize("last", [Call(REMOVE), refused(REMOVE, 404, "gone")])
def test_tasks_that_end_are_waited_for(last):
    """And then the network is gone."""
    with Engine(BUSY, BUSY, last) as client:
        network_changes.remove_from_swarm(client, "n1")


def test_a_task_that_stays():
    """Is not waited for without end."""
    with Engine(BUSY._replace(again=True)) as client, pytest.raises(EngineError) as caught:
        network_changes.remove_from_swarm(client, "n1", timeout=0.01)
    assert "other nodes" in caught.value.fix


def test_another_refusal():
    """Is none that would go away."""
    with Engine(refused(REMOVE, 403, "has active endpoints")) as client, pytest.raises(EngineError):
        network_changes.remove_from_swarm(client, "n1")
