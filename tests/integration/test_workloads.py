# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role workloads: the order in which objects are created and removed."""

from __future__ import annotations

import pytest
from harness.image import BASE
from harness.playbook import run_playbook


@pytest.fixture
def workloads(engine, tmp_path):
    """Runs the role with these options. Returns the number of changed tasks, and the output."""

    def run(*arguments, **options):
        plays = [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "vars": {"workloads_" + name: value for name, value in options.items()},
                "roles": ["slipway.docker.workloads"],
            }
        ]
        changed, failed, printed = run_playbook(engine, tmp_path, plays, *arguments)
        assert not failed, printed
        return changed, printed

    return run


def test_an_application_is_removed(engine, workloads):
    """Containers before their volumes, networks and images, also in check mode. Other objects are unchanged."""
    engine.docker("tag", BASE, "app:1")
    options = {
        "images": [{"name": "app:1", "source": "local"}],
        "networks": [{"name": "app"}, {"name": "other"}],
        "volumes": [{"name": "app"}, {"name": "moved"}],
        "containers": [
            {"name": name, "image": image, "command": "sleep 1000", "stop_timeout": 0, **more}
            for name, image, more in (
                ("app", "app:1", {"volumes": ["app:/data"], "networks": [{"name": "app"}]}),
                ("keeps", BASE, {"volumes": ["moved:/data"]}),
            )
        ],
    }
    assert workloads(**options)[0] > 0
    gone = {noun: [dict(entries[0], state="absent"), *entries[1:]] for noun, entries in options.items()}
    # A remaining container no longer uses a volume, which is removed in the same run.
    gone["volumes"][1] = {"name": "moved", "state": "absent"}
    gone["containers"][1] = {**gone["containers"][1], "volumes": []}
    foretold, _printed = workloads("--check", **gone)
    changed, printed = workloads(**gone)
    assert changed == foretold, printed
    assert engine.names("container") == ["keeps"]
    assert engine.names("volume") == []
    assert engine.names("network") == ["bridge", "host", "none", "other"]
    assert "app" not in engine.docker("images")
    changed, printed = workloads(**gone)
    assert changed == 0, printed
