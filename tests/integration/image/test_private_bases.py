# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds from private base images, with both builders."""

from __future__ import annotations

import pytest
from harness.driver import Modules, failed
from harness.image import BASE

BUILDERS = ("buildkit", "classic")
WHY = "the build is based on it, and it is not on the host"


@pytest.fixture
def login(registry, engine):
    """Makes the engine trust the registry. Returns the options for a login."""
    registry.admit(engine)
    return {"username": registry.username, "password": registry.password}


@pytest.fixture
def base(registry, engine, login, name):
    """A private image that only the registry has, and a function that changes it: base.push("word")."""
    reference = "%s/team/%s:1" % (registry.host, name)

    class Base:
        def push(self, word):
            text = "FROM %s\nLABEL test=%s\nRUN echo %s >/word\n" % (BASE, name, word)
            engine.docker("build", "--no-cache", "--tag", reference, "-", stdin=text)
            engine.docker("push", reference)
            engine.docker("image", "rm", reference)

        def __str__(self):
            return reference

    made = Base()
    made.push("one")
    yield made
    for image in (reference, name, reference + "-built"):
        if engine.docker("image", "ls", "--quiet", image):
            engine.docker("image", "rm", image)


@pytest.fixture
def kept(login, registry, engine):
    """A file with the password, as docker login stores it."""
    return str(engine.root / "client" / "config.json")


def build_of(base, place, builder, **more):
    """The options for a build from the base image."""
    (place / "Dockerfile").write_text("FROM %s\nRUN cp /word /built\nCMD cat /built\n" % base)
    return {"path": str(place), "builder": builder, **more}


def pulled(builder, base, why=WHY):
    """The steps before the build. Only BuildKit needs one."""
    return ["pull image %s: %s" % (base, why)] if builder == "buildkit" else []


@pytest.mark.parametrize("builder", BUILDERS)
def test_with_the_password_of_the_task(engine, scenario, login, base, tmp_path, builder):
    """It is for the registry of the image that is built."""
    built = "%s-built" % base
    params = {"name": built, "build": build_of(base, tmp_path, builder), **login}
    made = scenario("image", **params)
    assert made["actions"][:-1] == pulled(builder, base)
    assert made["actions"][-1] == "build image %s: it does not exist" % built
    assert engine.docker("run", "--rm", built) == "one"
    # Neither the built image nor existing images need to be pulled.
    if builder == "buildkit":
        engine.docker("image", "rm", str(base))
        scenario("image", changed=False, **params)
        engine.docker("pull", str(base))
    made = scenario("image", **{**params, "build": {**params["build"], "labels": {"a": "b"}}})
    assert len(made["actions"]) == 1


@pytest.mark.parametrize("builder", BUILDERS)
def test_with_stored_credentials(engine, scenario, kept, base, name, tmp_path, builder):
    """For an image without a registry. It is built again if the base image has moved."""
    params = {"name": name, "build": build_of(base, tmp_path, builder, pull=True), "config_path": kept}
    made = scenario("image", **params)
    assert made["actions"][:-1] == pulled(builder, base)
    assert engine.docker("run", "--rm", name) == "one"
    scenario("image", changed=False, **params)

    (tmp_path / "new").write_text("a file")
    assert len(scenario("image", **params)["actions"]) == 1
    base.push("two")
    moved = scenario("image", **params)
    assert moved["actions"][:-1] == pulled(builder, base)
    assert engine.docker("run", "--rm", name) == "two"
    old = engine.inspect("image", str(base))["Id"] if builder == "buildkit" else ""
    if old:
        base.push("three")
        engine.docker("tag", old, str(base))
        moved = scenario("image", **params)
        assert "the build is based on it, and the registry has sha256:" in moved["actions"][0]
        assert engine.docker("run", "--rm", name) == "three"


@pytest.mark.parametrize("builder", BUILDERS)
def test_without_a_password(engine, registry, module, base, name, tmp_path, builder):
    """The error names the registry of the base image."""
    engine.restart()  # BuildKit of 20.10 reads the CA certificates only at its start
    message = failed(module("image", name=name, build=build_of(base, tmp_path, builder)))
    if builder == "buildkit":
        assert "The registry of a base image requires a login, and BuildKit has no credentials" in message
        assert (
            "Log in with slipway.docker.registry, so that the base image is pulled before the build, or "
            "pull it in an earlier task"
        ) in message
    else:
        assert "The registry %s requires a login, or rejects the credentials" % registry.host in message
    assert str(base) in message
    wrong = {"username": registry.username, "password": "canary-wrong"}
    message = failed(module("image", name="%s-built" % base, build=build_of(base, tmp_path, builder), **wrong))
    assert "requires a login, or rejects the credentials" in message
    assert "canary" not in message


def test_with_the_containerd_image_store(containerd_engine, registry, base, name, tmp_path):
    """If BuildKit supports it; otherwise the error says so, and the classic builder works."""
    module = Modules(containerd_engine)
    registry.admit(containerd_engine)
    kept = str(containerd_engine.root / "client" / "config.json")
    builder = "buildkit" if containerd_engine.major >= 28 else "classic"
    params = {"name": name, "config_path": kept}
    if builder == "classic":
        message = failed(module("image", build=build_of(base, tmp_path, "buildkit"), **params))
        assert (
            "With the containerd image store, BuildKit does not accept files over the API before Docker 28"
        ) in message
        assert "Set 'build.builder: classic'" in message
        containerd_engine.docker("image", "rm", str(base))
    params["build"] = build_of(base, tmp_path, builder, pull=True)
    made = module.scenario("image", **params)
    assert made["actions"][:-1] == pulled(builder, base)
    assert containerd_engine.docker("run", "--rm", name) == "one"
    base.push("two")
    module.scenario("image", **params)
    assert containerd_engine.docker("run", "--rm", name) == "two"
    containerd_engine.docker("image", "rm", "--force", name)
