# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the benchmark, and the page that they are part of."""

from __future__ import annotations

import pytest
from measuring import hosts_report, project_report, record, single_report, ssh_report
from measuring.document import replaced
from measuring.hosts_report import Model
from measuring.sides import ALL

REPORTS = {"project": project_report, "single": single_report, "hosts": hosts_report, "ssh": ssh_report}


def sample(*walls):
    """Values of an action."""
    return {"wall": list(walls), "busy": list(walls), "peak": [20 << 20 for _wall in walls]}


PROJECT = {
    "missing": {"compose": "not available"},
    "sizes": {
        "50": {
            "load": 0.25,
            "values": {
                "project": {"unchanged": sample(2, 3, 4), "create": sample(12)},
                "project_process": {"unchanged": sample(0.5), "create": sample(10)},
                "ping_process": {"unchanged": sample(0.4)},
                "peer": {"unchanged": sample(60)},
                "raw": {"create": sample(8)},
            },
            "calls": {"raw": {"create": [100, 101, 100]}},
            "shipped": {"project": {"unchanged": 400_000}},
            "failed": {"peer": "create: 3 containers run instead of 50"},
        }
    },
}


def test_every_side_has_a_title():
    """Also in the tables."""
    assert set(project_report.TITLES) == {side.name for side in ALL}


def test_tables_of_project():
    """Medians, ratios and targets; what is missing or has failed is said."""
    parts = project_report.parts(PROJECT)
    assert "| no change | 50 | 3.00 s (2.00 to 4.00) | 0.50 s |" in parts["project wall"]
    assert "| no change | 50 | 20.0x |" in parts["project ratios"]
    assert "| at least 20x | 20.0x | met |" in parts["project targets"]
    assert "| at most 0.2 s | 0.10 s | met |" in parts["project targets"]
    assert "| at most 1.15x | 1.25x | missed |" in parts["project targets"]
    assert "| at most 1x | - | not measured |" in parts["project targets"]
    assert "| creation | 50 | - | - | - | - | - | 100 |" in parts["project calls"]
    assert "- load average: 0.2 before N = 50" in parts["project circumstances"]
    assert "- Compose: not available" in parts["project circumstances"]
    assert "3 containers run instead of 50" in parts["project circumstances"]


def test_model_of_a_play():
    """The slower of the controller and the waits decides."""
    model = Model(start=1, controller=0.5, latency=10)
    assert model.duration(1000, forks=50, cores=2) == 1 + 250
    assert model.duration(1000, forks=10, cores=2) == 1 + 1000


def test_projection():
    """What runs on the target is not the controller's."""
    values = {str(hosts): {"project": {"unchanged": sample(1 + 2 * hosts)}} for hosts in (1, 5)}
    model = hosts_report.model({"values": values, "module": {"project": {"unchanged": [0.5]}}}, "project", "unchanged")
    assert model == pytest.approx(Model(start=1, controller=1.5, latency=2))


def test_ways_to_a_host():
    """A way that was not measured is a dash."""
    ways = {"local": sample(1, 2, 3), "pipelining": sample(4)}
    text = ssh_report.parts({"values": {"ping": {"unchanged": ways}}})["ssh"]
    assert "| `ping` | 2.00 s | - | 4.00 s | 1.00 s | - | 4.00 s |" in text


@pytest.mark.parametrize("part", [part for part in REPORTS if record.load(part)])
def test_page_has_the_measured_values(part):
    """It is generated from the files next to it, so both are from the same run."""
    page = record.PAGE.read_text()
    for name, text in REPORTS[part].parts(record.load(part)).items():
        assert replaced(page, name, text) == page, "the part %s is not from its file" % name
