# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of networks."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.notes import Note
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network import plan as planning
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.observe import Details, Snapshot
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.resource import NETWORK
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.table import Table
from cases import complete, count_calls, hold, load, planned

NET = {
    "Name": "net",
    "Id": "0123456789abcdef",
    "Scope": "local",
    "Driver": "bridge",
    "IPAM": {"Config": [{"Subnet": "10.1.0.0/24"}]},
}


@pytest.mark.parametrize("case", load(__file__))
def test_plan(case):
    """See cases."""
    hold(case, NETWORK, _snapshot, _details)


def _snapshot(note=None, **observed):
    own = {name: value for name, value in observed.items() if name not in Details._fields}
    return Snapshot(note=note and Note(*note), **own)


def _details(**observed):
    return Details(**{name: value for name, value in observed.items() if name in Details._fields})


@pytest.mark.parametrize("network", [NET, None])
def test_a_network_is_compared_once(network, monkeypatch):
    """For one changed option: one declaration, one comparison, and one look at all values of the network."""
    places = (planning, "declared"), (planning, "compare"), (Table, "want"), (Table, "have")
    calls = count_calls(monkeypatch, *places)
    plan = planned(NETWORK, complete(NETWORK, {"name": "net", "internal": True}), Snapshot(network, "1.47"), Details())
    assert plan.actions()
    assert calls == {"declared": 1, "compare": 1, "want": 1, "have": 1}
