# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the engine is asked."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.nothing import NoEngine
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.resource import NETWORK
from cases import complete, plan_with
from scripted import Call, Engine, container

NETWORK_SHOWN = {
    "Name": "net",
    "Id": "0123456789abcdef",
    "Scope": "local",
    "Driver": "bridge",
    "ConfigFrom": {"Network": ""},
    "IPAM": {"Config": [{"Subnet": "10.1.0.0/24"}]},
}
MEMBER = {
    "HostConfig": {"NetworkMode": "net"},
    "NetworkSettings": {"Networks": {"net": {"NetworkID": "0123456789abcdef"}}},
}
NOTES = Call('GET /networks?filters={"label": ["slipway.docker.note"]}', [])
CONTAINERS = Call("GET /containers/json?all=1", [{"Id": "aaaaaaaaaaaaaaaa", "Names": ["/web"], **MEMBER}])
INSPECT = Call("GET /containers/aaaaaaaaaaaaaaaa/json", {**container(number="aaaaaaaaaaaaaaaa"), **MEMBER})


@pytest.mark.parametrize(
    ("params", "calls"),
    [
        ({}, []),
        ({"driver": "bridge", "ipam_config": [{"subnet": "10.1.0.0/24"}]}, []),
        ({"connected": ["web"]}, [CONTAINERS]),
        ({"connected": []}, [CONTAINERS, INSPECT]),
        ({"internal": True}, [CONTAINERS, INSPECT]),
        ({"state": "absent"}, [CONTAINERS, INSPECT]),
    ],
)
def test_containers_are_looked_at_only_where_it_matters(params, calls):
    """The network, and the notes of runs that were killed, where nothing changes."""
    with Engine(Call("GET /networks/net", NETWORK_SHOWN), NOTES, *calls) as client:
        plan_with(NETWORK, complete(NETWORK, {"name": "net", **params}), client)


def test_services_are_looked_at_in_a_swarm():
    """And only if the network has to go."""
    shown = {**NETWORK_SHOWN, "Scope": "swarm"}
    with Engine(Call("GET /networks/net", shown), NOTES, CONTAINERS, INSPECT, Call("GET /services", [])) as client:
        plan_with(NETWORK, complete(NETWORK, {"name": "net", "state": "absent"}), client)


def test_a_network_whose_id_begins_like_the_name_is_another_one():
    """The engine finds networks by the beginning of their id, too."""
    with Engine(Call("GET /networks/0123", NETWORK_SHOWN), NOTES) as client:
        plan = plan_with(NETWORK, complete(NETWORK, {"name": "0123"}), client)
    assert plan.actions() == ["create network 0123: it does not exist"]


def test_without_an_engine():
    """Check mode on a bare host."""
    plan = plan_with(NETWORK, complete(NETWORK, {"name": "net", "connected": ["web"]}), NoEngine())
    assert plan.actions() == [
        "look for container web: connected lists it",
        "create network net: it does not exist",
        "connect container web: connected lists it",
    ]
    assert plan.warnings == ("connected: there is no container web",)
