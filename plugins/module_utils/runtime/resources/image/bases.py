# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base images of a BuildKit build that require credentials.

The classic builder gets credentials with the call. BuildKit requests them from the Docker CLI's session, and without
one it accesses registries anonymously. But it uses images that the engine has, so these are pulled first.
"""

from __future__ import annotations

from typing import Any, Callable, Dict

from ...engine import images, platforms
from ...engine.client import Client
from ...values.reference import LATEST, Reference, parse
from .recipe import Recipe


def to_pull(
    client: Client, recipe: Recipe, platform: str, credentials: Callable[[Reference], Any]
) -> Dict[Reference, str] | None:
    """Base images to pull, with reasons; None if BuildKit can pull them, because there are no credentials."""
    names = {parse(base).or_tag(LATEST): digest for base, digest in recipe.bases.items()}
    asked = any(names.values())
    reasons = {name: _why(client, name, digest, platform) for name, digest in names.items()}
    why = {name: reason for name, reason in reasons.items() if reason}
    # The host's credential helpers are run only if something may have to be pulled.
    private = [name for name in names if credentials(name)] if why or asked else []
    return {name: reason for name, reason in why.items() if asked or name in private} if private else None


def _why(client: Client, name: Reference, digest: str, platform: str) -> str:
    image = platforms.of_platform(client, name.pinned, platform) if platform else images.inspect(client, name.pinned)
    if image is None or platform and not platforms.is_for(image, platform):
        return "the build is based on it, and it is not on the host"
    if digest and not any(known.endswith("@" + digest) for known in image.get("RepoDigests") or ()):
        return "the build is based on it, and the registry has %s with this name" % digest
    return ""
