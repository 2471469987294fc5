# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of projects: what was declared before, what is declared now, and the lines of the plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.notes import ABOUT, CONTENT
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.project.table import Key
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.observe import successor_name
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.plan import Kind, Step

from .engines import Empty, planned

AT = {"networks": [{"name": "site", "ipv4_address": "10.1.0.2"}], "published_ports": ["80:80"]}

CASES = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text())
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_lines(case):
    """Of a project on an engine where the project ``before`` was converged."""
    assert set(case) <= {"case", "before", "project", "lines", "error", "warnings"}
    engine = planned(Empty(), **case["before"])[1] if "before" in case else Empty()
    if "error" in case:
        with pytest.raises(SlipwayError) as caught:
            planned(engine, **case["project"])
        assert case["error"] == str(caught.value)
        return
    found, after = planned(engine, **case["project"])
    assert found.lines() == case["lines"]
    assert [text for text in found.warnings if "grow without" not in text] == case.get("warnings", [])
    assert not planned(after, **case["project"])[0].lines()


@pytest.mark.parametrize("option", ["networks", "published_ports"])
def test_a_successor_frees_what_it_has(option):
    """A killed run has left it under its own name, running."""
    networks = {"site": {"ipam_config": [{"subnet": "10.1.0.0/24"}]}}
    after = {"networks": [{"name": "site"}], "published_ports": []}
    containers = {"aa": {"image": "app", **after}, "web": {"image": "app", **after, option: AT[option]}}
    engine = planned(Empty(), networks=networks, containers=containers)[1]
    rename = Step(Kind.RENAME, "container", "web", "", print, (engine.named("web")["Id"], successor_name("web")))
    engine.apply(Key("container", "web"), [rename])
    containers = {"aa": {"image": "app", **after, option: AT[option]}, "web": {"image": "app", **after}}
    nodes = {node.key.name: node for node in planned(engine, networks=networks, containers=containers)[0].nodes}
    assert Key("container", "web") in nodes["aa"].after


def test_a_successor_leaves_a_network_before_its_removal():
    """A killed run has left it under its own name."""
    options = {"containers": {"web": {"image": "app", "networks": [{"name": "site"}]}}, "networks": ["site"]}
    engine = planned(Empty(), **options)[1]
    rename = Step(Kind.RENAME, "container", "web", "", print, (engine.named("web")["Id"], successor_name("web")))
    engine.apply(Key("container", "web"), [rename])
    networks = {"other": {}, "site": {"state": "absent"}}
    options = {"containers": {"web": {"image": "app", "networks": [{"name": "other"}]}}, "networks": networks}
    nodes = {node.key.name: node for node in planned(engine, **options)[0].nodes}
    assert Key("container", "web") in nodes["site"].after


def test_an_address_in_a_note_is_freed_first():
    """A killed run has disconnected the container that has it, to recreate the network."""
    networks = {"site": {"ipam_config": [{"subnet": "10.1.0.0/24"}]}}
    at = {"image": "app", "networks": AT["networks"]}
    engine = planned(Empty(), networks=networks, containers={"web": {"image": "app"}, "gone": at})[1]
    number = engine.named("gone")["Id"]
    engine.apply(Key("network", "site"), [Step(Kind.DISCONNECT, "container", "gone", "", print, ("site",))])
    settings = {"IPAMConfig": {"IPv4Address": AT["networks"][0]["ipv4_address"]}}
    member = {"id": number, "name": "gone", "settings": settings, "mac_address": ""}
    labels = {ABOUT: "network site", CONTENT: json.dumps({"name": "site", "have": {}, "members": [member]})}
    engine.networks["note"] = {"Id": "note", "Name": "slipway-note-network-site", "Labels": labels, "ConfigOnly": True}
    nodes = {node.key: node for node in planned(engine, networks=networks, containers={"web": at})[0].nodes}
    assert Key("container", "gone") in nodes[Key("container", "web")].after
