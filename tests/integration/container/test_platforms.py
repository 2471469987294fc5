# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers of images for other platforms. They are created and not started, so no other processor is needed."""

from __future__ import annotations

import pytest
from harness import oci
from harness.driver import Modules, failed

HERE, OTHER = "linux/amd64", "linux/arm64"


@pytest.fixture(params=["shared_engine", "containerd_engine"])
def engine(request):
    """An engine of either image store."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def module(engine):
    """Runs modules with the stored logins of the engine's user."""
    return Modules(engine, DOCKER_CONFIG=str(engine.root / "client"))


@pytest.fixture
def task(registry, engine, module, name):
    """A task for an image with two platforms that only the registry has, and for a container that is not started."""
    registry.admit(engine)
    engine.docker("login", "--username", registry.username, "--password", registry.password, registry.host)
    reference = "%s/team/%s:1" % (registry.host, name)
    both = oci.index({HERE: oci.image(name, HERE), OTHER: oci.image(name + " elsewhere", OTHER)})
    oci.push(registry, "team/" + name, both, "1")
    yield {"name": name, "image": reference, "state": "present"}
    for kind, left in (("container", name), ("image", reference)):
        if left in engine.docker(
            kind, "ls", "--all", "--format", "{{.%s}}" % ("Names" if kind == "container" else "ID")
        ):
            engine.docker(kind, "rm", "--force", left)


def platform_of(engine, name):
    """The platform of the container's image."""
    shown = engine.inspect("container", name)
    own = shown.get("ImageManifestDescriptor", {}).get("platform")
    image = own or {key.lower(): entry for key, entry in engine.inspect("image", shown["Image"]).items()}
    return "%(os)s/%(architecture)s" % image


def test_the_platform_is_kept_and_changed(engine, module, task, name):
    """For another platform the image is pulled and the container replaced. Without a platform nothing changes.

    With the containerd image store before API 1.49, the engine does not report its platforms, which is an error.
    """
    scenario = module.scenario
    scenario("container", **task, platform=HERE)
    assert platform_of(engine, name) == HERE
    message = failed(module("container", **task, platform=OTHER, pull="never"))
    if engine.containerd_store and engine.major < 28:
        assert "this engine does not report whether it is also there for %s" % OTHER in message
        assert failed(module("container", **task, platform=OTHER)) == message
        assert platform_of(engine, name) == HERE
        scenario("container", **task, changed=False)
        return
    assert "is not the required one:" in message
    changed = scenario("container", **task, platform=OTHER)
    assert "it is on this host for %s, not for %s" % (HERE, OTHER) in changed["actions"][0]
    assert platform_of(engine, name) == OTHER
    scenario("container", **task, changed=False)
    scenario("container", **task, platform=HERE, comparisons={"platform": "ignore"}, changed=False)
    scenario("container", **task, platform=HERE)
    assert platform_of(engine, name) == HERE


def test_an_image_is_compared_by_digest(engine, module, task):
    """By tag, by digest and by both, also with pull always."""
    module.scenario("container", **task)
    repository = task["image"].rpartition(":")[0]
    digest = engine.inspect("image", task["image"])["RepoDigests"][0].rpartition("@")[2]
    for reference in ("%s@%s" % (repository, digest), "%s@%s" % (task["image"], digest)):
        for pull in ("missing", "always"):
            module.scenario("container", **{**task, "image": reference}, pull=pull, changed=False)
