# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource that fails is rolled back, what comes after it is not begun, and everything else is finished."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import StepError


def test_independent_resources_are_finished(project, engine):
    """The error names the resource and its output, and the next run finishes the rest."""
    containers = {
        "db": {"command": ["sh", "-c", "echo it is broken; exit 3"]},
        "web": {"depends_on": ["db"]},
        "front": {"depends_on": ["web"]},
        "other": {},
    }
    with pytest.raises(StepError) as caught:
        project(containers=containers)
    assert engine.names("container") == ["other"]
    message, details = str(caught.value), caught.value.details
    assert "container db: " in message
    assert "exit code 3" in message
    assert "it is broken" in message
    assert "Not begun, because they come after it: container web, container front." in message
    assert details["rolled_back"]
    assert details["changed"]
    assert details["container_output"] == "it is broken\n"
    assert {entry["resource"]: entry["result"] for entry in details["resources"]} == {
        "container db": "failed",
        "container web": "not begun",
        "container front": "not begun",
        "container other": "done",
    }
    del containers["db"]["command"]
    project.scenario(containers=containers)
    assert sorted(engine.names("container")) == ["db", "front", "other", "web"]


def test_a_failed_replacement_leaves_the_old_container(project, engine):
    """Running, as before."""
    project.scenario(containers={"db": {}, "web": {"depends_on": ["db"]}})
    before = engine.inspect("container", "db")
    with pytest.raises(StepError) as caught:
        project(containers={"db": {"command": ["false"]}, "web": {"env": {"A": "1"}, "depends_on": ["db"]}})
    assert engine.inspect("container", "db")["Id"] == before["Id"]
    assert engine.inspect("container", "db")["State"]["Running"]
    assert caught.value.details["rolled_back"]
    assert not caught.value.details["changed"]


def test_conditions(project, engine):
    """Healthy and completed; the error names the condition and the output of the health check."""
    ready = {"test": ["CMD", "test", "-f", "/ready"], "interval": "500ms", "retries": 2}
    start = ["sh", "-c", "sleep 1; touch /ready; sleep 1000"]
    containers = {
        "db": {"command": start, "healthcheck": ready},
        "migrate": {"command": ["sh", "-c", "echo done"], "depends_on": {"db": {"condition": "healthy"}}},
        "web": {"depends_on": {"migrate": "completed"}},
    }
    project.scenario(containers=containers)
    assert engine.inspect("container", "migrate")["State"]["ExitCode"] == 0
    containers["db"]["healthcheck"] = {**ready, "test": ["CMD-SHELL", "echo no; false"]}
    with pytest.raises(StepError) as caught:
        project(containers=containers)
    assert "unhealthy" in str(caught.value)
    assert "no" in caught.value.details["health_output"]
    assert engine.inspect("container", "db")["State"]["Health"]["Status"] == "healthy"


def test_a_command_that_fails_is_not_completed(project, engine):
    """What depends on it is not begun; the next run runs it again."""
    containers = {"job": {"command": ["sh", "-c", "echo oops; exit 4"]}, "web": {"depends_on": {"job": "completed"}}}
    with pytest.raises(StepError) as caught:
        project(containers=containers)
    assert "exit code 4" in str(caught.value)
    assert "web" not in engine.names("container")
    containers["job"]["command"] = ["true"]
    project.scenario(containers=containers)


def ids(engine):
    """The IDs, names and states of all containers and networks."""
    containers = [engine.inspect("container", name) for name in engine.names("container")]
    found = {shown["Name"]: (shown["Id"], shown["State"]["Running"]) for shown in containers}
    return found, sorted(engine.names("network")), sorted(engine.names("volume"))


def test_the_whole_project_is_rolled_back(project, engine):
    """With on_failure: project; a replaced container runs again, and what is no longer declared still exists."""
    before = {
        "networks": ["one", "two"],
        "containers": {
            "db": {"networks": [{"name": "one"}]},
            "side": {"network_mode": "container:db"},
            "gone": {"networks": [{"name": "two"}], "published_ports": ["8197:80"]},
            "web": {"published_ports": ["8196:80"]},
        },
    }
    project.scenario(on_failure="project", **before)
    known = ids(engine)
    after = {
        "networks": {"one": {}, "three": {}},
        "volumes": ["data"],
        "containers": {
            "db": {"networks": [{"name": "one"}], "env": {"A": "1"}, "volumes": ["data:/data"]},
            "side": {"network_mode": "container:db"},
            "web": {"published_ports": ["8196:80", "8197:80"], "env": {"A": "1"}},
            "new": {"networks": [{"name": "three"}]},
            "last": {"command": ["sh", "-c", "echo no; false"], "depends_on": ["web", "new", "side"]},
        },
    }
    with pytest.raises(StepError) as caught:
        project(on_failure="project", **after)
    assert "container last: " in str(caught.value)
    assert "The changes of all other resources have been rolled back." in str(caught.value)
    assert caught.value.details["rolled_back"]
    assert not caught.value.details["changed"]
    assert ids(engine) == known
    assert not project.plan(on_failure="project", **before)
    after["containers"]["last"]["command"] = ["sleep", "1000"]
    project.scenario(on_failure="project", **after)
    assert sorted(engine.names("container")) == ["db", "last", "new", "side", "web"]


def test_a_recreated_network_is_restored(project, engine):
    """With its containers, of which one is replaced in the same run, and without a note."""
    pool = [{"subnet": "10.97.7.0/24"}]
    web = {"networks": [{"name": "site", "ipv4_address": "10.97.7.9"}]}
    options = {"on_failure": "project", "networks": {"site": {"ipam_config": pool}}}
    project.scenario(containers={"web": web, "db": {"networks": [{"name": "site"}]}}, **options)
    known = ids(engine)
    options["networks"]["site"]["internal"] = True
    broken = {"command": ["sh", "-c", "echo no; false"], "depends_on": ["web", "db"]}
    containers = {"web": {**web, "env": {"A": "1"}}, "db": {"networks": [{"name": "site"}]}, "last": broken}
    with pytest.raises(StepError) as caught:
        project(containers=containers, **options)
    assert caught.value.details["rolled_back"], caught.value.details
    assert ids(engine) == known
    network = engine.inspect("network", "site")
    assert not network["Internal"]
    assert {one["Name"]: one["IPv4Address"] for one in network["Containers"].values()}["web"] == "10.97.7.9/24"
    assert len(network["Containers"]) == 2
    del options["networks"]["site"]["internal"]
    assert not project.plan(containers={"web": web, "db": {"networks": [{"name": "site"}]}}, **options)
