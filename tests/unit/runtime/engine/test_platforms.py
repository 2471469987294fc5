# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platforms of images: what they are called, and which of them are there."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import platforms
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from scripted import Call, Engine, refused

INSPECT = "GET /images/app:1/json"
OF_ARM = INSPECT + '?platform={"os": "linux", "architecture": "arm64"}'
IMAGE = {"Id": "sha256:2", "Os": "linux", "Architecture": "amd64"}


@pytest.mark.parametrize(
    ("platform", "answer"),
    [
        ("linux", True),
        ("linux/arm", True),
        ("linux/arm/v7", True),
        ("arm", True),
        ("linux/arm/v6", False),
        ("linux/arm64", False),
        ("arm64", False),
        ("windows", False),
    ],
)
def test_platforms(platform, answer):
    """As much of it as is said, or the architecture alone."""
    image = {"Os": "linux", "Architecture": "arm", "Variant": "v7"}
    assert platforms.platform_of(image) == "linux/arm/v7"
    assert platforms.is_for(image, platform) is answer


@pytest.mark.parametrize(
    ("platform", "found", "calls"),
    [
        ("linux/amd64", "linux/amd64", []),
        ("linux/arm64", "linux/arm64", [Call(OF_ARM, {**IMAGE, "Architecture": "arm64"})]),
        ("arm64", "linux/arm64", [Call(OF_ARM, {**IMAGE, "Architecture": "arm64"})]),
        ("riscv64", "linux/amd64", [refused(OF_ARM.replace("arm64", "riscv64"), 404, "not that one")]),
    ],
)
def test_one_platform_of_several(platform, found, calls):
    """Newer engines are asked for it, if it is not the one that they show by themselves."""
    with Engine(Call(INSPECT, IMAGE), *calls, version="1.49") as client:
        assert platforms.platform_of(platforms.of_platform(client, "app:1", platform)) == found
    with Engine(Call(INSPECT, IMAGE), version="1.48") as client:
        assert platforms.platform_of(platforms.of_platform(client, "app:1", platform)) == "linux/amd64"


def test_an_engine_that_cannot_be_asked():
    """With the classic store an image has one platform; with containerd's it may have more than are shown."""
    of_its_store = {**IMAGE, "RepoDigests": ["app@sha256:2"]}
    for shown, platform in (
        ({**IMAGE, "RepoDigests": ["app@sha256:1"]}, "linux/arm64"),
        (of_its_store, "linux/amd64"),
    ):
        with Engine(Call(INSPECT, shown)) as client:
            assert platforms.of_platform(client, "app:1", platform) == shown
    words = "is on this host for linux/amd64, .* also there for linux/arm64: .* API version 1.49"
    with Engine(Call(INSPECT, of_its_store)) as client, pytest.raises(InputError, match=words):
        platforms.of_platform(client, "app:1", "linux/arm64")


@pytest.mark.parametrize(
    ("version", "available", "instead"),
    [
        ("1.48", (True, False), ["sha256:0"]),
        ("1.48", (True, True), []),
        ("1.48", (False, False), []),
        ("1.47", None, []),
    ],
)
def test_what_may_be_pushed_instead(version, available, instead):
    """The manifests that are there, if not all are; older engines push all or fail."""
    shown = [{"ID": "sha256:%d" % number, "Available": there} for number, there in enumerate(available or ())]
    calls = [Call(INSPECT + "?manifests=1", {"Manifests": shown})] if available else []
    with Engine(*calls, version=version) as client:
        assert platforms.pushed_instead(client, "app:1") == instead
