# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platforms have one canonical spelling."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.platforms import is_for
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values.platform import familiar, normal


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("linux/amd64", "linux/amd64"),
        ("Linux/x86_64", "linux/amd64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/arm/v7", "linux/arm/v7"),
        ("linux/arm/7", "linux/arm/v7"),
        ("linux/armhf", "linux/arm/v7"),
        ("linux/i386", "linux/386"),
        ("linux/x86-64", "linux/amd64"),
    ],
)
def test_platforms_have_one_spelling(written, meant):
    """That of Docker."""
    assert normal(written) == meant


@pytest.mark.parametrize("written", ["", "linux", "linux/", "/amd64", "linux/a b", "a/b/c/d"])
def test_invalid_platforms_are_rejected(written):
    """With the value."""
    with pytest.raises(ValueError, match="is no platform"):
        normal(written)


@pytest.mark.parametrize(
    ("written", "meant"), [("x86_64", "amd64"), ("Linux", "linux"), ("armhf", "arm/v7"), ("a/b/c/d", "a/b/c/d")]
)
def test_parts_of_a_platform(written, meant):
    """Invalid ones are kept, for the engine to reject."""
    assert familiar(written) == meant


@pytest.mark.parametrize(
    ("platform", "image"),
    [
        ("linux/x86_64", {"Os": "linux", "Architecture": "amd64"}),
        ("x86_64", {"Os": "linux", "Architecture": "amd64"}),
        ("linux", {"Os": "linux", "Architecture": "amd64"}),
        ("linux/arm64", {"Os": "linux", "Architecture": "arm64", "Variant": "v8"}),
        ("linux/arm64/v8", {"Os": "linux", "Architecture": "arm64"}),
        ("aarch64", {"Os": "linux", "Architecture": "arm64", "Variant": "v8"}),
        ("armhf", {"Os": "linux", "Architecture": "arm", "Variant": "v7"}),
        ("linux/armhf", {"Os": "linux", "Architecture": "arm", "Variant": "v7"}),
        ("linux/arm", {"Os": "linux", "Architecture": "arm", "Variant": "v6"}),
    ],
)
def test_whether_an_image_is_for_a_platform(platform, image):
    """In any spelling."""
    assert is_for(image, platform)
    assert not is_for({**image, "Architecture": "riscv64", "Os": "plan9"}, platform)
