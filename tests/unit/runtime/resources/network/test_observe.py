# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the engine is asked."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.nothing import NoEngine
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.resource import NETWORK
from cases import complete

NETWORK_SHOWN = {
    "Name": "net",
    "Id": "0123456789abcdef",
    "Scope": "local",
    "Driver": "bridge",
    "ConfigFrom": {"Network": ""},
    "IPAM": {"Config": [{"Subnet": "10.1.0.0/24"}]},
}
CONTAINER = {
    "Id": "aaaaaaaaaaaaaaaa",
    "Names": ["/web"],
    "HostConfig": {"NetworkMode": "net"},
    "NetworkSettings": {"Networks": {"net": {"NetworkID": "0123456789abcdef"}}},
}


class Recorder:
    """A client that notes what it is asked."""

    version = "1.41"
    podman = False

    def __init__(self, network):
        self.network = network
        self.asked = []

    def get(self, path, *, expect, **query):
        """Answers from a small world: one network with one container."""
        self.asked.append(path)
        if path == "/containers/json":
            return [CONTAINER]
        if path in ("/services", "/networks"):
            return []
        return {**CONTAINER, "Name": "/web", "Config": {}} if path.startswith("/containers/") else self.network


@pytest.mark.parametrize(
    ("params", "asked"),
    [
        ({}, []),
        ({"driver": "bridge", "ipam_config": [{"subnet": "10.1.0.0/24"}]}, []),
        ({"connected": ["web"]}, ["/containers/json"]),
        ({"connected": []}, ["/containers/json", "/containers/aaaaaaaaaaaaaaaa/json"]),
        ({"internal": True}, ["/containers/json", "/containers/aaaaaaaaaaaaaaaa/json"]),
        ({"state": "absent"}, ["/containers/json", "/containers/aaaaaaaaaaaaaaaa/json"]),
    ],
)
def test_containers_are_looked_at_only_where_it_matters(params, asked):
    """The network, and the notes of runs that were killed, where nothing changes."""
    client = Recorder(NETWORK_SHOWN)
    NETWORK.observe(client, complete(NETWORK, {"name": "net", **params}))
    assert client.asked == ["/networks/net", "/networks", *asked]


def test_services_are_looked_at_in_a_swarm():
    """And only if the network has to go."""
    client = Recorder({**NETWORK_SHOWN, "Scope": "swarm"})
    NETWORK.observe(client, complete(NETWORK, {"name": "net", "state": "absent"}))
    assert client.asked[-1] == "/services"


def test_a_network_whose_id_begins_like_the_name_is_another_one():
    """The engine finds networks by the beginning of their id, too."""
    params = complete(NETWORK, {"name": "0123"})
    snapshot = NETWORK.observe(Recorder(NETWORK_SHOWN), params)
    assert NETWORK.plan(params, snapshot).actions() == ["create network 0123: it does not exist"]


def test_without_an_engine():
    """Check mode on a bare host."""
    params = complete(NETWORK, {"name": "net", "connected": ["web"]})
    plan = NETWORK.plan(params, NETWORK.observe(NoEngine(), params))
    assert plan.actions() == [
        "look for container web: connected lists it",
        "create network net: it does not exist",
        "connect container web: connected lists it",
    ]
    assert plan.warnings == ("connected: there is no container web",)
