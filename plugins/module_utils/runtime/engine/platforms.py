# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platforms of images: /images/{name}/json. Only the containerd image store has several under one name."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ..errors import InputError, NotFound
from ..values.platform import familiar
from .client import Client
from .images import IMAGE, inspect, path_of
from .shape import maybe

_MANIFESTS = {"Manifests": maybe([{"ID": str, "Available": bool}])}

SEVERAL_PLATFORMS = "1.49"  # the first API version that can inspect one platform of an image
MANIFESTS = "1.48"  # the first that lists the platforms of an image


def of_platform(client: Client, reference: str, platform: str) -> Dict[str, Any] | None:
    """The image for a platform ``os[/arch[/variant]]``, or the default one if there is none for it.

    Raises InputError if the engine cannot be asked for another.
    """
    image = inspect(client, reference)
    return image and among(client, reference, image, platform)


def among(client: Client, reference: str, image: Dict[str, Any], platform: str) -> Dict[str, Any]:
    """The image for a platform, of those with one name; the default one if there is none for it.

    With the containerd image store a name may refer to images of several platforms; inspect shows the host's by
    default. Raises InputError if the engine cannot be asked for another.
    """
    if is_for(image, platform):
        return image
    if not client.speaks(SEVERAL_PLATFORMS):
        # In that store the id of an image is its digest in registries.
        if not any(name.endswith("@" + str(image["Id"])) for name in image.get("RepoDigests") or ()):
            return image
        raise InputError(
            (
                "%s is on this host for %s, and this engine does not report whether it is also there for %s: "
                "with the containerd image store, this requires API version %s"
            )
            % (reference, platform_of(image), platform, SEVERAL_PLATFORMS),
            "Remove it first, or use Docker 28.1 or newer.",
        )
    parts = familiar(platform).split("/")
    if "/" not in platform and parts[0] != image.get("Os"):
        parts.insert(0, str(image.get("Os")))
    wanted = dict(zip(("os", "architecture", "variant"), parts))
    try:
        found: Dict[str, Any] = client.get("/images/%s/json" % path_of(reference), expect=IMAGE, platform=wanted)
        return found
    except NotFound:
        return image


def pushed_instead(client: Client, reference: str) -> List[str]:
    """The digests that a push may bring instead of an image's own, if some of its platforms are missing.

    GET /images/{reference}/json?manifests (1.48). A pull brings one platform of an index to the containerd image store,
    and the name refers to the index; a push then sends that platform's manifest, as the index would be incomplete.
    """
    if not client.speaks(MANIFESTS):
        return []
    found = client.get("/images/%s/json" % path_of(reference), expect=_MANIFESTS, manifests=True)
    shown = found.get("Manifests") or []
    there = [str(manifest["ID"]) for manifest in shown if manifest["Available"]]
    return there if len(there) < len(shown) else []


def platform_of(image: Mapping[str, Any]) -> str:
    """The platform of an image: ``os/arch``, with ``/variant`` if it has one."""
    parts = [image.get(part) for part in ("Os", "Architecture", "Variant")]
    return familiar("/".join(str(part) for part in parts if part))


def is_for(image: Mapping[str, Any], platform: str) -> bool:
    """Whether an image matches a platform ``os[/arch[/variant]]``, or ``arch`` alone."""
    have, want = platform_of(image).split("/"), familiar(platform).split("/")
    if len(want) == 2 and want != have[:2] and "/".join(want) == "/".join(have[1:]):
        return True  # an architecture that implies a variant, as armhf is arm/v7
    return have[: len(want)] == want or want == have[1:2]
