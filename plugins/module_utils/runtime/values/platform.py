# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platforms: ``os/architecture[/variant]``, normalized."""

from __future__ import annotations

import re

# Other names of architectures, used by people, kernels and Debian.
_ARCHITECTURES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "armhf": "arm/v7",
    "armel": "arm/v6",
    "i386": "386",
    "i686": "386",
}
_SYSTEMS = {"macos": "darwin"}
_PLATFORM = re.compile(r"[a-z0-9]+/[a-z0-9_-]+(?:/[a-z0-9.]+)?")


def normal(platform: str) -> str:
    """A platform in normal form: ``linux/arm64/v8`` is ``linux/arm64``. Raises ValueError."""
    platform = platform.lower()
    if not _PLATFORM.fullmatch(platform):
        raise ValueError("%r is no platform, such as linux/amd64 or linux/arm/v7" % platform)
    system, _slash, rest = platform.partition("/")
    machine, _slash, variant = rest.partition("/")
    machine = _ARCHITECTURES.get(machine, machine)
    if variant.isdigit():
        variant = "v" + variant
    if (machine, variant) in (("arm64", "v8"), ("amd64", "v1")):
        variant = ""
    return "/".join(filter(None, (_SYSTEMS.get(system, system), machine, variant)))


def familiar(platform: str) -> str:
    """The normal form of a platform, an operating system or an architecture; unchanged if it is none of these."""
    written = platform.lower()
    try:
        return normal(written) if "/" in written else _SYSTEMS.get(written) or _ARCHITECTURES.get(written, written)
    except ValueError:
        return platform
