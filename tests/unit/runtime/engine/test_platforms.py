# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platforms of images: what they are called, and which of them are there."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import platforms
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError, NotFound


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


def test_one_platform_of_several():
    """Newer engines are asked for it, if it is not the one that they show by themselves."""

    class Store:
        def __init__(self, newer):
            self.newer = newer
            self.asked = []

        def speaks(self, version):
            return self.newer

        def get(self, path, *, expect, platform=None):
            self.asked.append(platform)
            if platform == {"os": "linux", "architecture": "riscv64"}:
                raise NotFound("not that one")
            return {"Id": "", "Os": "linux", "Architecture": (platform or {}).get("architecture", "amd64")}

    for newer, platform, found, asked in (
        (True, "linux/amd64", "linux/amd64", [None]),
        (True, "linux/arm64", "linux/arm64", [None, {"os": "linux", "architecture": "arm64"}]),
        (True, "arm64", "linux/arm64", [None, {"os": "linux", "architecture": "arm64"}]),
        (True, "riscv64", "linux/amd64", [None, {"os": "linux", "architecture": "riscv64"}]),
        (False, "linux/arm64", "linux/amd64", [None]),
    ):
        store = Store(newer)
        assert platforms.platform_of(platforms.of_platform(store, "app:1", platform)) == found
        assert store.asked == asked


def test_an_engine_that_cannot_be_asked():
    """With the classic store an image has one platform; with containerd's it may have more than are shown."""

    class Store:
        def __init__(self, image):
            self.image = {"Id": image, "RepoDigests": ["app@sha256:1"], "Os": "linux", "Architecture": "amd64"}

        def speaks(self, version):
            return False

        def get(self, path, *, expect):
            return self.image

    assert platforms.of_platform(Store("sha256:2"), "app:1", "linux/arm64")["Id"] == "sha256:2"
    assert platforms.of_platform(Store("sha256:1"), "app:1", "linux/amd64")["Id"] == "sha256:1"
    with pytest.raises(
        InputError, match="is on this host for linux/amd64, .* also there for linux/arm64: .* API version 1.49"
    ):
        platforms.of_platform(Store("sha256:1"), "app:1", "linux/arm64")


@pytest.mark.parametrize(
    ("newer", "available", "instead"),
    [(True, (True, False), ["sha256:0"]), (True, (True, True), []), (True, (False, False), []), (False, (), [])],
)
def test_what_may_be_pushed_instead(newer, available, instead):
    """The manifests that are there, if not all are; older engines push all or fail."""

    class Store:
        def speaks(self, version):
            return newer

        def get(self, path, *, expect, manifests):
            shown = [{"ID": "sha256:%d" % number, "Available": there} for number, there in enumerate(available)]
            return {"Manifests": shown}

    assert platforms.pushed_instead(Store(), "app:1") == instead
