# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container of the right image stays, also where the name of the task would have to be pulled."""

from __future__ import annotations

import pytest
from harness.driver import promised, run_module, succeeded
from harness.image import BASE


@pytest.fixture
def web(engine, registry):
    """Runs the module for the container ``web``, with the credentials of the engine's client."""
    registry.admit(engine)

    def web(check=False, **params):
        options = {"docker_host": engine.host, "name": "web", "command": "sleep 1000", "stop_timeout": 0, **params}
        environ = {"DOCKER_CONFIG": str(engine.root / "client")}
        return succeeded(run_module("container", options, check=check, environ=environ))

    yield web
    engine.clean()
    for line in engine.docker("images", "--digests", "--format", "{{.ID}} {{.Repository}}").splitlines():
        if registry.host in line:
            engine.docker("rmi", "--force", line.split()[0])


@pytest.fixture
def app(engine, registry, name):
    """An image in the registry under two tags, and another one under a third; returns the name without a tag."""
    app = "%s/%s" % (registry.host, name)
    for change, tags in (("ENV VERSION=1", ("1", "same")), ("ENV VERSION=2", ("2",))):
        engine.docker("create", "--name", "seed", BASE)
        for tag in tags:
            engine.docker("commit", "--change", change, "seed", "%s:%s" % (app, tags[0]))
            engine.docker("tag", "%s:%s" % (app, tags[0]), "%s:%s" % (app, tag))
            engine.docker("push", "%s:%s" % (app, tags[0]))
            engine.docker("push", "%s:%s" % (app, tag))
        engine.docker("rm", "seed")
    for tag in ("1", "same", "2"):
        engine.docker("rmi", "%s:%s" % (app, tag))
    return app


def untag(engine, name):
    """Take a name off the host, though a container has the image."""
    engine.docker("tag", name, "kept:1")
    engine.docker("rmi", name)


def unchanged(web, **params):
    """Nothing is to do, in check mode and outside."""
    foretold, done = web(check=True, **params), web(**params)
    assert promised(foretold) == promised(done)
    assert done["actions"] == []


@pytest.mark.parametrize("pull", ["missing", "always"])
def test_a_name_that_has_to_be_pulled(pull, engine, web, app):
    """The tag is gone from the host, or is another one, or the image was named by its digest."""
    web(image=app + ":1")
    digest = engine.inspect("image", app + ":1")["RepoDigests"][0]
    before = engine.inspect("container", "web")["Id"]
    unchanged(web, image=app + ":same", pull=pull)
    unchanged(web, image=digest, pull=pull)
    untag(engine, app + ":1")
    for named in (app + ":1", app + ":same", digest):
        unchanged(web, image=named, pull=pull)
    assert engine.inspect("container", "web")["Id"] == before
    # With another difference the name is pulled after all, for the new container is made by it.
    foretold = web(check=True, image=app + ":1", user="1", pull=pull)
    done = web(image=app + ":1", user="1", pull=pull)
    assert promised(foretold) == promised(done)
    assert list(done["diff"]["after"]) == ["user"]
    assert engine.inspect("container", "web")["Config"]["Image"] == app + ":1"
    # And another image is another image.
    changed = web(image=app + ":2", user="1", pull=pull)
    assert list(changed["diff"]["after"]) == ["image"]
    assert "VERSION=2" in engine.inspect("container", "web")["Config"]["Env"]
    engine.docker("rmi", "kept:1")


def test_made_by_digest_and_named_by_tag(engine, web, app):
    """It is the same image."""
    web(image=app + ":1")
    digest = engine.inspect("image", app + ":1")["RepoDigests"][0]
    engine.docker("rm", "--force", "web")
    engine.docker("rmi", app + ":1")
    web(image=digest)
    unchanged(web, image=app + ":1")
    unchanged(web, image=app + ":same")
    # A difference by name is one that the task asks for.
    assert web(image=app + ":1", image_name_mismatch="recreate")["actions"][0].startswith("pull image")
    assert engine.inspect("container", "web")["Config"]["Image"] == app + ":1"


def test_a_tag_that_moved_away_on_the_host(engine, web, app):
    """What the registry has counts with pull always: the container has it, whatever the tag means here."""
    web(image=app + ":1")
    before = engine.inspect("container", "web")["Id"]
    engine.docker("pull", app + ":2")
    engine.docker("tag", app + ":1", "kept:1")
    engine.docker("tag", app + ":2", app + ":1")
    unchanged(web, image=app + ":1", pull="always")
    assert engine.inspect("container", "web")["Id"] == before
    engine.docker("rmi", "kept:1")


def test_a_registry_that_cannot_be_asked(engine, web, app):
    """Is no reason to fail before the pull."""
    web(image=app + ":1")
    foretold = web(check=True, image="127.0.0.1:1/no/such:1")
    assert foretold["actions"][0].startswith("pull image 127.0.0.1:1/no/such:1: it is not on this host")
