# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random edits of a random project: each is converged, and the result equals a fresh creation of the last state.

``SLIPWAY_EDITS`` sets the number of edits, and ``SLIPWAY_SEED`` another project.
"""

from __future__ import annotations

import os
import re
from random import Random
from typing import Any

from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import readiness
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from random_projects import RandomProject, edited, sharing

EDITS = int(os.environ.get("SLIPWAY_EDITS", "40"))
SEED = int(os.environ.get("SLIPWAY_SEED", "19"))
OURS = "slipway.docker."
TITLE = "Random edits of a project"
ID = re.compile("[0-9a-f]{64}")


def containers(engine: Any) -> dict[str, Any]:
    """All containers by name, as inspect shows them."""
    found = [
        engine.api("GET", "/containers/%s/json" % entry["Id"]) for entry in engine.api("GET", "/containers/json?all=1")
    ]
    return {shown["Name"].lstrip("/"): shown for shown in found}


def host(engine: Any) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """What the host has: containers, networks and volumes, with names instead of IDs."""
    every = containers(engine)
    names = {shown["Id"]: name for name, shown in every.items()}
    own = {}
    for name, shown in every.items():
        mode = shown["HostConfig"]["NetworkMode"]
        on = shown["NetworkSettings"]["Networks"]
        own[name] = {
            "running": shown["State"]["Running"],
            "config": [shown["Config"][part] for part in ("Image", "Env", "Cmd", "StopTimeout")],
            "memory": shown["HostConfig"]["Memory"],
            "log": shown["HostConfig"]["LogConfig"],
            "labels": {
                label: text
                for label, text in shown["Config"]["Labels"].items()
                if not label.startswith(OURS) or label == OURS + "project"
            },
            "shares": names[mode.partition(":")[2]] if mode.startswith("container:") else "",
            "networks": {
                network: [
                    (one["IPAMConfig"] or {}).get("IPv4Address") or "",
                    bool(one["IPAddress"]),
                    sorted(set(one["Aliases"] or ()) - {shown["Id"][:12]}),
                ]
                for network, one in on.items()
            },
            "ports": shown["HostConfig"]["PortBindings"] or {},
            "published": sorted(port for port, taken in (shown["NetworkSettings"]["Ports"] or {}).items() if taken),
            "mounts": sorted((mount["Name"], mount["Destination"], mount["RW"]) for mount in shown["Mounts"]),
        }
    networks = {
        entry["Name"]: [entry["IPAM"], entry["Internal"], entry["Labels"]] for entry in engine.api("GET", "/networks")
    }
    return own, networks, sorted(volume["Name"] for volume in engine.api("GET", "/volumes")["Volumes"])


def test_random_edits(project, engine, monkeypatch, report_table):
    """Each leaves nothing to do, and restarts nothing that was not edited."""
    monkeypatch.setattr(readiness, "SETTLE", 0.05)
    monkeypatch.setattr(readiness, "BEGIN", 0.02)
    random = Random(SEED)
    wanted = RandomProject(random)
    options = wanted.options()
    project(**options)
    applied = kept = refused = 0
    while applied < EDITS:
        edits = wanted.edit()
        before, options = options, wanted.options()
        there = containers(engine)
        on_failure = random.choice(["project", "resource"])
        try:
            done = project(on_failure=on_failure, **options)
        except InputError as error:  # a port would move to a container that another one needs first
            assert "is a cycle" in str(error), error
            refused += 1
            project(state="absent", **options)
            project(**options)
            continue
        applied += 1
        lines = [applied, edits, on_failure, *done.plan.lines()]
        again = project(check=True, **options).plan.lines()
        assert not again, (lines, again)
        now = containers(engine)
        replaced = {("container", name) for name in there if name in now and there[name]["Id"] != now[name]["Id"]}
        changing = edited(before, options) | sharing(options, replaced)
        for name, shown in there.items():
            if ("container", name) not in changing:
                same = [(one["Id"], one["State"]["StartedAt"]) for one in (shown, now[name])]
                assert same[0] == same[1], (name, lines)
                kept += 1
    found = host(engine)
    assert not [name for name in found[0] if "slipway" in name], found[0]
    engine.clean()
    project(**options)
    fresh = host(engine)
    assert set(found[0]) == set(fresh[0])
    for name, one in fresh[0].items():
        assert found[0][name] == one, name
    assert found[1:] == fresh[1:]
    report_table(TITLE, seed=SEED, edits=applied, refused=refused, containers_kept=kept, containers=len(fresh[0]))
