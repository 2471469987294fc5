# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container of the right image is kept, even if the image name in the task would have to be pulled."""

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
    """An image in the registry with two tags, and another one with a third. Returns the name without a tag."""
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
    """Remove a name from the host, although a container uses the image."""
    engine.docker("tag", name, "kept:1")
    engine.docker("rmi", name)


def unchanged(web, **params):
    """Check that there is nothing to do, in check mode and in a run."""
    foretold, done = web(check=True, **params), web(**params)
    assert promised(foretold) == promised(done)
    assert done["actions"] == []


@pytest.mark.parametrize("pull", ["missing", "always"])
def test_a_name_that_would_have_to_be_pulled_is_no_difference(pull, engine, web, app):
    """The host lacks the tag, or has it for another image, or the image was named by its digest."""
    web(image=app + ":1")
    digest = engine.inspect("image", app + ":1")["RepoDigests"][0]
    before = engine.inspect("container", "web")["Id"]
    unchanged(web, image=app + ":same", pull=pull)
    unchanged(web, image=digest, pull=pull)
    untag(engine, app + ":1")
    for named in (app + ":1", app + ":same", digest):
        unchanged(web, image=named, pull=pull)
    assert engine.inspect("container", "web")["Id"] == before
    # With another difference, the name is pulled, because the new container is created from it.
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


def test_an_image_by_digest_and_by_tag_is_the_same(engine, web, app):
    """By the digest in the registry."""
    web(image=app + ":1")
    digest = engine.inspect("image", app + ":1")["RepoDigests"][0]
    engine.docker("rm", "--force", "web")
    engine.docker("rmi", app + ":1")
    web(image=digest)
    unchanged(web, image=app + ":1")
    unchanged(web, image=app + ":same")
    # A difference in the name counts if the task requests it.
    assert web(image=app + ":1", image_name_mismatch="recreate")["actions"][0].startswith("pull image")
    assert engine.inspect("container", "web")["Config"]["Image"] == app + ":1"


def test_pull_always_compares_with_the_registry(engine, web, app):
    """Not with the image that has the tag on this host."""
    web(image=app + ":1")
    before = engine.inspect("container", "web")["Id"]
    engine.docker("pull", app + ":2")
    engine.docker("tag", app + ":1", "kept:1")
    engine.docker("tag", app + ":2", app + ":1")
    unchanged(web, image=app + ":1", pull="always")
    assert engine.inspect("container", "web")["Id"] == before
    engine.docker("rmi", "kept:1")


def test_an_unreachable_registry_is_an_error_only_if_it_must_be_pulled_from(engine, web, app):
    """Not when comparing."""
    web(image=app + ":1")
    foretold = web(check=True, image="127.0.0.1:1/no/such:1")
    assert foretold["actions"][0].startswith("pull image 127.0.0.1:1/no/such:1: it is not on this host")
