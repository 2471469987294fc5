# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""States of a project, what it removes, and its replicas."""

from __future__ import annotations

import json

import pytest
from harness.driver import started
from harness.image import BASE

LABEL = "slipway.docker.project"


def running(engine):
    """The names of the running containers."""
    return sorted(engine.docker("ps", "--format", "{{.Names}}").split())


def test_what_is_no_longer_declared_is_removed(project, engine):
    """If the project has made it; volumes only if asked for."""
    engine.docker("run", "--detach", "--name", "foreign", BASE, "sleep", "1000")
    engine.docker("network", "create", "foreign")
    project.scenario(
        networks=["one", "two"],
        volumes=["data", "more"],
        containers={
            "aa": {"networks": [{"name": "one"}], "volumes": ["data:/data"]},
            "bb": {"networks": [{"name": "two"}]},
        },
    )
    project.scenario(networks=["one"], volumes=["data"], containers={"aa": {"networks": [{"name": "one"}]}})
    assert sorted(engine.names("container")) == ["aa", "foreign"]
    assert {"one", "foreign"} <= set(engine.names("network"))
    assert "two" not in engine.names("network")
    assert sorted(engine.names("volume")) == ["data", "more"]
    project.scenario(volumes=["data"], prune=["volumes"])
    assert sorted(engine.names("container")) == ["aa", "foreign"]
    assert engine.names("volume") == ["data"]


def test_states(project, engine):
    """Present, started, stopped and absent, in the order of what uses what."""
    options = {
        "networks": ["one"],
        "volumes": ["data"],
        "containers": {"web": {"depends_on": ["db"], "networks": [{"name": "one"}]}, "db": {"volumes": ["data:/data"]}},
    }
    project.scenario(state="present", **options)
    assert running(engine) == []
    project.scenario(**options)
    assert running(engine) == ["db", "web"]
    done = project.scenario(state="stopped", **options)
    assert [step.name for step in done.plan.steps] == ["web", "db"]
    project.scenario(**options)
    done = project.scenario(state="absent", **options)
    assert engine.names("container") == []
    assert "one" not in engine.names("network")
    assert engine.names("volume") == ["data"]
    project.scenario(state="absent", prune=["volumes"], **options)
    assert engine.names("volume") == []
    assert not project.plan(state="absent", **options)


def test_absent_without_entries(project, engine):
    """Removes what the project has made."""
    project.scenario(networks=["one"], containers={"web": {"networks": [{"name": "one"}]}})
    project.scenario(state="absent")
    assert engine.names("container") == []
    assert "one" not in engine.names("network")


def test_adopted_objects_are_neither_replaced_nor_removed(project, engine):
    """Objects that exist as declared are used, and stay when they are no longer declared."""
    engine.docker("network", "create", "one")
    engine.docker("run", "--detach", "--name", "web", "--network", "one", BASE, "sleep", "1000")
    assert not project.plan(
        networks=["one"], containers={"web": {"networks": [{"name": "one"}], "stop_timeout": None, "log_options": None}}
    )
    assert not project.plan()


def test_replicas(project, engine):
    """Are created, replaced one after the other, and removed if there are fewer."""
    project.scenario(containers={"web": {"scale": 3}, "proxy": {"depends_on": ["web"]}})
    assert running(engine) == ["proxy", "web-1", "web-2", "web-3"]
    done = project.scenario(containers={"web": {"scale": 3, "env": {"A": "1"}}, "proxy": {"depends_on": ["web"]}})
    after = {entry["resource"]: entry["after"] for entry in done.plan.data()}
    assert after == {
        "container web-1": [],
        "container web-2": ["container web-1"],
        "container web-3": ["container web-2"],
    }
    project.scenario(containers={"web": {"scale": 1, "env": {"A": "1"}}, "proxy": {"depends_on": ["web"]}})
    assert running(engine) == ["proxy", "web-1"]


@pytest.mark.parametrize("order", ["start-first", "stop-first"])
def test_the_plan_says_how_a_replica_is_replaced(project, order):
    """By the order of the steps and by their reasons."""
    ports = {"published_ports": ["8195:80"]} if order == "stop-first" else {}
    project(containers={"web": {"scale": 1, **ports}})
    lines = project.plan(containers={"web": {"scale": 1, "env": {"A": "1"}, **ports}})
    stop = next(number for number, line in enumerate(lines) if line.strip().startswith("stop"))
    start = next(number for number, line in enumerate(lines) if line.strip().startswith("start"))
    assert (stop < start) == (order == "stop-first"), lines


def test_log_limits(project):
    """A container whose log grows without a limit is reported."""
    unlimited = {"log_options": None}
    project.scenario(containers={"web": unlimited, "db": {}, "api": {**unlimited, "log_driver": "none"}})
    warned = [text for text in project.warnings if "grow without a limit" in text]
    assert len(warned) == 1
    assert "limit: web. " in warned[0]


def test_two_runs_at_once(engine):
    """The second one waits for the first, and finds nothing to do."""
    service = {"image": BASE, "command": ["sleep", "1000"]}
    options = {"name": "shop", "containers": {"web-%d" % number: service for number in range(6)}}
    with (
        started("project", docker_host=engine.host, **options) as one,
        started("project", docker_host=engine.host, **options) as other,
    ):
        results = [json.loads(process.stdout.read()) for process in (one, other)]
    assert [result.get("msg") for result in results] == [None, None]
    assert sorted(result["changed"] for result in results) == [False, True]
    assert running(engine) == ["web-%d" % number for number in range(6)]


def test_unused_images_are_removed_if_asked_for(project, engine):
    """Those of containers that are replaced or removed; not those that others have, and not the tags of others."""
    for name in ("shop/one:1", "shop/two:1", "shop/two:2"):
        engine.docker("build", "--quiet", "--tag", name, "-", stdin="FROM %s\nLABEL name=%s\n" % (BASE, name))
    containers = {"web": {"image": "shop/two:1"}, "db": {"image": "shop/one:1"}}
    project.scenario(containers=containers)
    containers = {"web": {"image": "shop/two:2"}}
    project.scenario(containers=containers, prune=["containers", "images"])
    tags = engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}").split()
    assert "shop/two:2" in tags
    assert BASE in tags
    assert not {"shop/one:1", "shop/two:1"} & set(tags)
    engine.docker("rm", "--force", "web")
    engine.docker("rmi", "shop/two:2")
