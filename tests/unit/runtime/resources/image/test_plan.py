# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of image."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.nothing import NoEngine
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.archive import Held
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.context import Context
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.recipe import Recipe, read_recipe
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.resource import (
    IMAGE,
    Snapshot,
    changed,
    observe,
    report,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.save import Saved
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.target import target_of
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values.reference import parse
from cases import complete, hold, load, planned

IMAGE_ID = "sha256:" + "a" * 64


def snapshot(image=None, recipe=None, archive=None, saved=None, bases=None, **observed):
    """A snapshot from data: files by their digest, an archive by names and digests."""
    made = Recipe((), Context({}, {}, "Dockerfile"), recipe, False) if recipe else None
    file = saved and Saved(saved["mode"], held(saved["archive"]))
    return Snapshot(image, recipe=made, archive=held(archive), saved=file, **observed)


def details(bases=None, **observed):
    """The data on which a build depends: base images by name, with reasons."""
    return bases and {parse(name): why for name, why in bases.items()}


def held(archive):
    """An archive from names and digests. A name that begins with "sha256:" is an image without a name."""
    if archive is None:
        return None
    names = {name: frozenset() if name.startswith("sha256:") else frozenset([name]) for name in archive}
    return tuple(Held(names[name], frozenset([digest])) for name, digest in archive.items())


@pytest.mark.parametrize("case", load(__file__))
def test_plan(case):
    """Cases from the YAML files."""
    hold(case, IMAGE, snapshot, details)


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"name": "App"}, "uppercase"),
        ({"name": "app", "tag": "a b"}, "the tag 'a b'"),
        ({"name": IMAGE_ID, "source": "pull"}, "name: an image ID cannot be used with 'source: pull'"),
        ({"name": "app@" + IMAGE_ID, "build": {"path": "/"}}, "a build cannot have the digest of"),
        ({"name": "app", "repository": "r.example/app@" + IMAGE_ID}, "has a digest, but an image can only get a tag"),
        ({"name": "app@" + IMAGE_ID, "push": True}, "push: an image is pushed by its tag, but"),
        (
            {"name": IMAGE_ID, "push": True},
            "push: an image is pushed by its tag, but sha256:a+ has none. Set repository",
        ),
        ({"name": "app", "build": {"path": "/", "dockerfile": "nix"}}, "there is no file /nix"),
        (
            {"name": "app", "build": {"path": "/", "secrets": [{"id": "a", "type": "value", "value": "canary"}]}},
            "build.secrets: build secrets need a session of the Docker CLI",
        ),
        ({"name": "app", "build": {"path": "/"}, "source": "pull"}, "build: cannot be used with source: pull"),
        ({"name": "app", "source": "local", "pull": {"policy": "never"}}, "pull: cannot be used with source: local"),
        ({"name": "app", "source": "pull", "load_path": "/a"}, "requires 'source: load', but source is pull"),
        (
            {"name": "app", "load_path": "/a", "import": {"path": "/b"}},
            "requires 'source: import', but source is load",
        ),
        ({"name": IMAGE_ID, "import": {"path": "/b"}}, "name: an image ID cannot be used with 'source: import'"),
        ({"name": "app@" + IMAGE_ID, "import": {"path": "/b"}}, "an import cannot have the digest of"),
        ({"name": "app", "archive_names": ["b"]}, "archive_names: no effect without archive_path"),
        ({"name": "app", "build": {"path": "/", "squash": True}}, "build.squash: BuildKit does not support it"),
        (
            {"name": "app", "build": {"path": "/", "container_limits": {"memory": "1g"}}},
            "build.container_limits: BuildKit does not support it. Set 'build.builder: classic'",
        ),
    ],
)
def test_invalid_options_are_rejected(params, why):
    """Before the Engine is queried."""
    with pytest.raises(InputError, match=why):
        observe(NoEngine(), complete(IMAGE, params))


def test_the_digest_in_the_result():
    """That of the repository to which the image is pushed, or the registry's own if there are several."""
    image = {"RepoDigests": ["app@sha256:0", "r.example/app@sha256:2", "r.example/app@sha256:1"]}
    params = complete(IMAGE, {"name": "app", "source": "local", "repository": "r.example/app"})
    assert report(params, Snapshot(image))["digest"] == "sha256:1"
    assert report(params, Snapshot(image, pushed="sha256:2"))["digest"] == "sha256:2"
    assert report(params, Snapshot(image, pushed="sha256:3"))["digest"] == "sha256:1"
    assert report(params, Snapshot({"RepoDigests": None}))["digest"] is None
    assert report(params, Snapshot(None)) == {"image": {}, "digest": None}


LABELS = {"Labels": {"slipway.docker.build": "same", "slipway.docker.import": "same"}}
BUILD = {"recipe": "same"}
LOAD = {"archive": {"app:latest": "one"}}


@pytest.mark.parametrize(
    ("params", "facts", "predicted"),
    [
        ({"build": {"path": "/x"}}, BUILD, False),
        ({"build": {"path": "/x", "nocache": True}}, BUILD, True),
        ({"load_path": "/a.tar"}, LOAD, False),
        ({"import": {"path": "/a.tar"}}, {"imported": "same"}, True),
        ({"build": {"path": "/x"}, "repository": "b"}, BUILD, False),
        ({"build": {"path": "/x"}, "repository": "c"}, BUILD, True),
        ({"build": {"path": "/x"}, "archive_path": "/b.tar"}, BUILD, True),
        ({"build": {"path": "/x"}, "push": True, "repository": "b"}, {**BUILD, "pushed": "sha256:1"}, False),
        ({"build": {"path": "/x"}, "push": True, "repository": "b"}, {**BUILD, "pushed": "sha256:2"}, True),
    ],
)
def test_a_forced_task_is_changed_only_if_the_image_is(params, facts, predicted):
    """Check mode predicts this. In a run, the images before and after are compared."""
    image = {"Id": "one", "Config": LABELS, "RepoDigests": ["b@sha256:1"]}
    also = image if params.get("repository") == "b" else None
    before = snapshot(image, also=also, loaded={"app:latest": image} if "archive" in facts else {}, **facts)
    plan = planned(IMAGE, complete(IMAGE, {"name": "app", "force_source": True, **params}), before)
    assert "force_source is set" in plan.actions()[0]
    assert plan.changed is predicted
    if not predicted:
        other = snapshot({**image, "Id": "two"}, also=also, loaded=before.loaded, **facts)
        assert changed(plan, before, before) is False
        assert changed(plan, before, other) is True


@pytest.mark.parametrize(
    "platform", ["bogus", "linux/bogus", "linux/amd64/v1/x", "linux/", "/amd64", "bogus/amd64", "a b"]
)
def test_unknown_platforms_are_rejected(platform):
    """Before anything is queried."""
    for params in ({"pull": {"platform": platform}}, {"build": {"path": "/nonexistent", "platform": platform}}):
        with pytest.raises(InputError, match=r"(pull|build)\.platform: .* is not a platform"):
            target_of(complete(IMAGE, {"name": "app", **params}))
            read_recipe(complete(IMAGE, {"name": "app", **params})["build"], lambda base: "")


@pytest.mark.parametrize(
    "platform", ["linux", "amd64", "linux/amd64", "linux/arm/v7", "Linux/x86_64", "windows/amd64", "arm64"]
)
def test_known_platforms_are_accepted(platform):
    """In any spelling that the Engine accepts."""
    target_of(complete(IMAGE, {"name": "app", "pull": {"platform": platform}}))


def test_unsupported_instructions_of_an_import_are_rejected():
    """The engine would reject them after the whole archive was sent."""
    with pytest.raises(InputError, match=r"import\.changes: 'RUN' is not an instruction that an import supports"):
        target_of(complete(IMAGE, {"name": "app", "import": {"path": "/a", "changes": ["ENV a=b", "RUN x"]}}))


@pytest.mark.parametrize(
    ("text", "options", "why"),
    [
        ("FROM scratch AS one\nFROM scratch\n", {"target": "two"}, "has no stage named two. It has one."),
        ("FROM scratch AS one\n", {"target": "0"}, "has no stage named 0. It has one."),
        ("FROM scratch AS one\n", {"target": "\u00b2"}, "has no stage"),
        ("RUN x\n", {}, "has no FROM"),
        ("", {}, "is empty"),
        (
            "FROM scratch\n",
            {"network": "mine"},
            "build.network: BuildKit supports default, host and none, but not mine",
        ),
        ("FROM scratch\n", {"etc_hosts": {"a": "b"}}, "'b' for a is not an IP address"),
        ("FROM scratch\n", {"etc_hosts": {"a": "::1%lo"}}, "'::1%lo' for a is not an IP address"),
        ("FROM scratch\n", {"etc_hosts": {"": "192.0.2.1"}}, "the name for 192.0.2.1 is empty"),
        ("ARG A=xx\n" + "ARG A=$A$A$A$A\n" * 60 + "FROM $A\n", {}, "a value of ARG grows to more than 4096 characters"),
    ],
)
def test_builds_that_the_builder_would_reject_are_rejected(tmp_path, text, options, why):
    """Beforehand, so also in check mode."""
    (tmp_path / "Dockerfile").write_text(text)
    params = complete(IMAGE, {"name": "app", "build": {"path": str(tmp_path), **options}})
    with pytest.raises(InputError, match=why):
        read_recipe(params["build"], lambda base: "")


def test_valid_builds_are_accepted(tmp_path):
    """Targets in any case, and Dockerfiles with other frontends."""
    text = "# syntax=docker/dockerfile:1\nFROM scratch AS One\nFROM scratch\n"
    for target in ("one", "ONE"):
        (tmp_path / "Dockerfile").write_text(text)
        params = complete(IMAGE, {"name": "app", "build": {"path": str(tmp_path), "target": target}})
        read_recipe(params["build"], lambda base: "")
    (tmp_path / "Dockerfile").write_text("FROM\tscratch\tAS\tany\n")
    read_recipe(params["build"] | {"target": "any"}, lambda base: "")
    (tmp_path / "Dockerfile").write_text("# syntax=example/other\nbegin\n")
    params = complete(IMAGE, {"name": "app", "build": {"path": str(tmp_path), "target": "any"}})
    read_recipe(params["build"], lambda base: "")
