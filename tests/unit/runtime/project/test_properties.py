# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of the plans of random projects after random edits."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.containers import name_of
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.observe import successor_name
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values.labels import labels
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_projects import RandomProject, edited, sharing

from .engines import Empty, completed, planned, planned_with

DEFAULTS = {"containers": {"image": "app", "log_driver": "local"}}
SUCCESSOR = successor_name("")
NUMBER = re.compile("[0-9a-f]{64}")
EXAMPLES, EDITS = 20, 10


def has_valid_order(found: Any) -> bool:
    """Whether each node comes after those that it depends on."""
    done = set()
    for node in found.nodes:
        if not done.issuperset(node.after):
            return False
        done.add(node.key)
    return True


def races(found: Any) -> list[Any]:
    """Pairs of nodes that change the same object although neither comes after the other."""
    before: dict[Any, set[Any]] = {}
    touched: dict[Any, list[Any]] = {}
    for node in found.nodes:
        before[node.key] = set(node.after).union(*(before[key] for key in node.after))
        for step in node.plan.steps:
            name = step.name[: -len(SUCCESSOR)] if step.name.endswith(SUCCESSOR) else step.name
            touched.setdefault((step.noun, name), []).append(node.key)
    return [
        (one, other)
        for nodes in touched.values()
        for number, other in enumerate(nodes)
        for one in nodes[:number]
        if one != other and one not in before[other]
    ]


def shape(engine: Any) -> Any:
    """The declared values of all objects, with names instead of IDs."""

    names = {number: name_of(entry) for number, entry in engine.containers.items()}

    def named(value: Any) -> Any:
        return json.loads(NUMBER.sub(lambda found: names[found[0]], json.dumps(value)))

    containers = {}
    for number in engine.containers:
        shown = engine.container(number)
        config, host = {**shown["Config"]}, {**shown["HostConfig"]}
        config["Labels"] = labels(config.get("Labels"))
        host.pop("MemorySwap", None)  # the engine's default, which an update sets explicitly
        if not host["NetworkMode"].startswith("container:"):
            del host["NetworkMode"]  # of a container that was connected to another network meanwhile
        on = {name: (one or {}).get("IPAMConfig") for name, one in (shown["NetworkSettings"]["Networks"] or {}).items()}
        containers[shown["Name"]] = named([config, host, on, shown["State"]["Running"]])
    networks = {
        entry["Name"]: [entry["IPAM"], entry.get("Internal"), labels(entry.get("Labels"))]
        for entry in engine.networks.values()
    }
    return containers, networks, sorted(engine.volumes)


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False))
def test_edits(random: Random):
    """Only what was edited changes; then nothing is left to do, and the engine is as if the project were new."""
    project = RandomProject(random, containers=5)
    options = project.options()
    engine = planned(Empty(), defaults=DEFAULTS, **options)[1]
    for _number in range(EDITS):
        edits = project.edit()
        before, options = options, project.options()
        params = completed(defaults=DEFAULTS, **options)
        fresh = planned_with(Empty(), params)[1]
        try:
            found, after = planned_with(engine, params)
        except InputError as error:  # a port would move to a container that another one needs first
            assert "is a cycle" in str(error), (edits, error)
            engine = fresh
            continue
        assert has_valid_order(found)
        assert not races(found), (edits, found.lines())
        touched = {tuple(node.key) for node in found.nodes if node.changes}
        replaced = {tuple(node.key) for node in found.nodes if node.creates}
        assert touched <= edited(before, options) | sharing(options, replaced), (edits, found.lines())
        again = planned_with(after, params)[0]
        assert not again.lines(), (edits, found.lines(), again.lines())
        assert shape(after) == shape(fresh), (edits, found.lines())
        engine = after
