# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base images of a build by BuildKit that a registry gives to users only.

The classic builder gets credentials with the call. BuildKit asks the docker command's session for them, and without one
it asks registries as nobody. But it takes what the engine has: so they are pulled before it is asked.
"""

from __future__ import annotations

from typing import Any, Callable, Dict

from ...engine import images, platforms
from ...engine.client import Client
from ...registry.reference import LATEST, Reference, parse
from .recipe import Recipe


def to_pull(
    client: Client, recipe: Recipe, platform: str, credentials: Callable[[Reference], Any]
) -> Dict[Reference, str] | None:
    """Which base images to pull, and why; None if BuildKit can be left to do it, as there are no credentials."""
    names = {parse(base).or_tag(LATEST): digest for base, digest in recipe.bases.items()}
    asked = any(names.values())
    reasons = {name: _why(client, name, digest, platform) for name, digest in names.items()}
    why = {name: reason for name, reason in reasons.items() if reason}
    # A host's helper programs are asked only if there may be something to pull.
    private = [name for name in names if credentials(name)] if why or asked else []
    return {name: reason for name, reason in why.items() if asked or name in private} if private else None


def _why(client: Client, name: Reference, digest: str, platform: str) -> str:
    image = platforms.of_platform(client, name.pinned, platform) if platform else images.inspect(client, name.pinned)
    if image is None or platform and not platforms.is_for(image, platform):
        return "the build is based on it, and it is not on the host"
    if digest and not any(known.endswith("@" + digest) for known in image.get("RepoDigests") or ()):
        return "the build is based on it, and the registry has %s with this name" % digest
    return ""
