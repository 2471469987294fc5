# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of images."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.nothing import NoEngine
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.reference import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.archive import Held
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.context import Context
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.recipe import Recipe
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.resource import (
    IMAGE,
    Snapshot,
    observe,
    report,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.save import Saved
from cases import complete, hold, load

IMAGE_ID = "sha256:" + "a" * 64


def snapshot(image=None, recipe=None, archive=None, saved=None, bases=None, **observed):
    """A snapshot from data: a recipe is given by its digest, an archive by names and digests, base images by name."""
    made = Recipe((), Context({}, {}, "Dockerfile"), recipe, False) if recipe else None
    file = saved and Saved(saved["mode"], held(saved["archive"]))
    first = bases and {parse(name): why for name, why in bases.items()}
    return Snapshot(image, recipe=made, archive=held(archive), saved=file, bases=first, **observed)


def held(archive):
    """An archive from names and digests; a name that begins with "sha256:" stands for none."""
    if archive is None:
        return None
    names = {name: frozenset() if name.startswith("sha256:") else frozenset([name]) for name in archive}
    return tuple(Held(names[name], frozenset([digest])) for name, digest in archive.items())


@pytest.mark.parametrize("case", load(__file__))
def test_plan(case):
    """See cases."""
    hold(case, IMAGE, snapshot)


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"name": "App"}, "upper-case"),
        ({"name": "app", "tag": "a b"}, "the tag 'a b'"),
        ({"name": IMAGE_ID, "source": "pull"}, "the id of an image cannot be used with 'source: pull'"),
        ({"name": "app@" + IMAGE_ID, "build": {"path": "/"}}, "a build cannot be given the digest"),
        ({"name": "app", "repository": "r.example/app@" + IMAGE_ID}, "can only be given a tag"),
        ({"name": "app@" + IMAGE_ID, "push": True}, "the image is pushed by a tag"),
        ({"name": IMAGE_ID, "push": True}, "the image is pushed by a tag, and sha256:a+ has none. Set repository"),
        ({"name": "app", "build": {"path": "/", "dockerfile": "nix"}}, "there is no file /nix"),
        (
            {"name": "app", "build": {"path": "/", "secrets": [{"id": "a", "type": "value", "value": "canary"}]}},
            "build.secrets: only the docker command's own session .* Build this image with the docker command",
        ),
        ({"name": "app", "build": {"path": "/"}, "source": "pull"}, "it says how to build, and source is pull"),
        ({"name": "app", "source": "local", "pull": {"policy": "never"}}, "it says how to pull, and source is local"),
        ({"name": "app", "source": "pull", "load_path": "/a"}, "it is for 'source: load', and source is pull"),
        (
            {"name": "app", "load_path": "/a", "import": {"path": "/b"}},
            "it is for 'source: import', and source is load",
        ),
        ({"name": IMAGE_ID, "import": {"path": "/b"}}, "the id of an image cannot be used with 'source: import'"),
        ({"name": "app@" + IMAGE_ID, "import": {"path": "/b"}}, "an import cannot be given the digest"),
        ({"name": "app", "archive_names": ["b"]}, "archive_names: it means nothing without archive_path"),
        ({"name": "app", "build": {"path": "/", "squash": True}}, "build.squash: BuildKit knows no such thing"),
        (
            {"name": "app", "build": {"path": "/", "container_limits": {"memory": "1g"}}},
            "build.container_limits: BuildKit knows no such thing. Set 'build.builder: classic'",
        ),
    ],
)
def test_what_cannot_be_meant(params, why):
    """Refused before the Engine is asked."""
    with pytest.raises(InputError, match=why):
        observe(NoEngine(), complete(IMAGE, params))


def test_the_digest_in_the_result():
    """Of the repository that is pushed to; the registry's own where the image has several there."""
    image = {"RepoDigests": ["app@sha256:0", "r.example/app@sha256:2", "r.example/app@sha256:1"]}
    params = complete(IMAGE, {"name": "app", "source": "local", "repository": "r.example/app"})
    assert report(params, Snapshot(image))["digest"] == "sha256:1"
    assert report(params, Snapshot(image, pushed="sha256:2"))["digest"] == "sha256:2"
    assert report(params, Snapshot(image, pushed="sha256:3"))["digest"] == "sha256:1"
    assert report(params, Snapshot({"RepoDigests": None}))["digest"] is None
    assert report(params, Snapshot(None)) == {"image": {}, "digest": None}
