# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images for several platforms, which only the containerd image store supports."""

from __future__ import annotations

import json

import pytest
from harness import oci
from harness.driver import Modules, failed

HERE, OTHER = "linux/amd64", "linux/arm64"


@pytest.fixture
def both(name):
    """An image for two platforms."""
    return oci.index({HERE: oci.image(name, HERE), OTHER: oci.image(name + " elsewhere", OTHER)})


@pytest.fixture
def login(registry, containerd_engine):
    """Makes the engine trust the registry. Returns the options for a login."""
    registry.admit(containerd_engine)
    return {"username": registry.username, "password": registry.password}


@pytest.fixture
def newer(containerd_engine):
    """Whether the engine is 28 or newer: it pushes existing platforms, and reports each of several."""
    return containerd_engine.major >= 28


@pytest.fixture
def module(containerd_engine):
    """Runs modules with an engine of that store."""
    return Modules(containerd_engine)


@pytest.fixture
def scenario(module):
    """Runs scenarios with that engine."""
    return module.scenario


def platforms(registry, repository):
    """The platforms of the tag 1 in a registry, with all of their blobs."""
    assert oci.complete(registry, repository, "1")
    tree = json.loads(oci.fetch(registry, repository, "1"))
    return ["/".join((entry["platform"]["os"], entry["platform"]["architecture"])) for entry in tree["manifests"]]


def test_all_existing_platforms_are_pushed(registry, scenario, login, both, name, tmp_path):
    """Two platforms of an archive are loaded and pushed."""
    remote = "%s/team/%s" % (registry.host, name)
    archive = oci.write_tar(tmp_path / "both.tar", oci.layout({remote + ":1": both}))
    done = scenario("image", name=remote + ":1", load_path=str(archive), push=True, **login)
    assert done["digest"] == both.digest
    assert platforms(registry, "team/" + name) == [HERE, OTHER]
    scenario("image", name=remote + ":1", state="absent")


def test_a_single_platform_of_an_index_is_pushed(
    registry, other_registry, containerd_engine, module, scenario, login, both, name, newer
):
    """Once, as one image, or the error says why not."""
    other_registry.admit(containerd_engine)
    source, remote = "%s/team/%s:1" % (other_registry.host, name), "%s/team/%s:1" % (registry.host, name)
    oci.push(other_registry, "team/" + name, both, "1")
    scenario("image", name=source, **login)
    push = {"name": source, "source": "local", "repository": remote, "push": True, **login}
    if newer:
        assert scenario("image", **push)["digest"] == both.children[0].digest
        assert json.loads(oci.fetch(registry, "team/" + name, "1")) == json.loads(both.children[0].data)
    else:
        assert (
            "Not all platforms of %s are on this host, and this engine pushes all of them or none"
        ) % remote in failed(module("image", **push))
    for reference in (source, remote):
        scenario("image", name=reference, state="absent")


def test_another_platform_is_pulled(registry, containerd_engine, module, scenario, login, both, name, newer):
    """Beside the existing one. With both, a push includes the index."""
    source = "%s/team/%s:1" % (registry.host, name)
    oci.push(registry, "team/" + name, both, "1")
    scenario("image", name=source, **login)
    if newer:
        scenario("image", name=source, pull={"platform": OTHER}, **login)
    else:
        message = failed(module("image", name=source, pull={"platform": OTHER}, **login))
        assert "this engine does not report whether it is also there for %s" % OTHER in message
        containerd_engine.docker("pull", "--quiet", "--platform", OTHER, source)
    scenario("image", name=source, changed=False, **login)
    scenario("image", name=source, changed=False, pull={"platform": HERE}, **login)
    remote = "%s/team/%s-pushed:1" % (registry.host, name)
    scenario("image", name=source, source="local", repository=remote, push=True, **login)
    assert platforms(registry, "team/%s-pushed" % name) == [HERE, OTHER]
    for reference in (source, remote):
        scenario("image", name=reference, state="absent")
