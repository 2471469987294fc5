# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project on a real engine."""

from __future__ import annotations

from harness.image import BASE


def test_a_project_is_made(scenario, name):
    """A network, a volume and two containers, of which one uses the network namespace of the other."""
    data, net, command = name + "-data", name + "-net", ["sleep", "1000"]
    result = scenario(
        "project",
        name=name,
        networks=[{"name": net}],
        volumes=[data],
        defaults={"containers": {"image": BASE, "command": command, "stop_timeout": 0}},
        containers={
            name + "-web": {"network_mode": "container:%s-db" % name},
            name + "-db": {"volumes": [data + ":/data"], "networks": [{"name": net}]},
        },
    )
    assert [entry["resource"].partition(" ")[0] for entry in result["plan"]] == [
        "network",
        "volume",
        "container",
        "container",
    ]
