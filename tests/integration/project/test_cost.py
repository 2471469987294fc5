# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The number of calls of a project, and of calls at once. The benchmark measures its memory."""

from __future__ import annotations

from harness.projects import Projects
from harness.proxy import Proxy


def project_of(number, **more):
    """A project with a network, a volume and this number of containers, which are not started."""
    one = {"networks": [{"name": "site"}], "volumes": ["data:/data"], "env": {"A": "1"}, "labels": {"tier": "web"}}
    containers = {"web-%03d" % index: dict(one) for index in range(number)}
    return {"networks": ["site"], "volumes": ["data"], "containers": containers, "state": "present", **more}


def test_the_calls_for_unchanged_containers(project, engine, tmp_path):
    """One for each of them, and up to 5 in addition."""
    options = project_of(20)
    project(**options)
    with Proxy(engine.socket, tmp_path / "proxy.sock") as proxy:
        assert not Projects("unix://" + proxy.socket, project.name)(**options).plan.steps
    assert len(proxy.calls) <= 20 + 5, proxy.calls


def test_parallel_limits_the_calls_at_once(project, engine, tmp_path):
    """Also when the host is observed, and when everything is removed."""
    options = project_of(12, parallel=3, state="started")
    for more in ({}, {"state": "absent"}):
        with Proxy(engine.socket, tmp_path / "proxy.sock") as proxy:
            assert Projects("unix://" + proxy.socket, project.name)(**{**options, **more}).changed
        assert 1 < proxy.most <= 3
    assert engine.names("container") == []
