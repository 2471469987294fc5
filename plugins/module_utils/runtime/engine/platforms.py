# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platforms of images, of the Engine API: /images/{name}/json. Only containerd's store has several under one name."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ..errors import InputError, NotFound
from ..values.platform import familiar
from .client import Client
from .images import IMAGE, inspect, path_of
from .shape import maybe

_MANIFESTS = {"Manifests": maybe([{"ID": str, "Available": bool}])}

SEVERAL_PLATFORMS = "1.49"  # the API version that can be asked for the image of one platform
MANIFESTS = "1.48"  # the one that shows which platforms of an image are there


def of_platform(client: Client, reference: str, platform: str) -> Dict[str, Any] | None:
    """The image of a platform ``os[/arch[/variant]]``, or what there is by this name if it has none of that platform.

    Raises InputError where an engine cannot be asked for another.
    """
    image = inspect(client, reference)
    return image and among(client, reference, image, platform)


def among(client: Client, reference: str, image: Dict[str, Any], platform: str) -> Dict[str, Any]:
    """Of a name, the image of a platform, or the one that is shown by itself if it has none of that platform.

    With containerd's image store a name may mean images of several platforms; inspect shows the host's by itself.
    Raises InputError where an engine cannot be asked for another.
    """
    if is_for(image, platform):
        return image
    if not client.speaks(SEVERAL_PLATFORMS):
        # There the id of an image is the digest by which registries know it.
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
    """The digests of what the Engine may push instead of an image of which not all platforms are there.

    GET /images/{reference}/json?manifests (1.48). A pull brings one platform of an index to containerd's image store,
    and the name means the index; a push then brings the manifest of that platform, for the index would be incomplete.
    """
    if not client.speaks(MANIFESTS):
        return []
    found = client.get("/images/%s/json" % path_of(reference), expect=_MANIFESTS, manifests=True)
    shown = found.get("Manifests") or []
    there = [str(manifest["ID"]) for manifest in shown if manifest["Available"]]
    return there if len(there) < len(shown) else []


def platform_of(image: Mapping[str, Any]) -> str:
    """What an image is for: ``os/arch``, with ``/variant`` if it has one."""
    parts = [image.get(part) for part in ("Os", "Architecture", "Variant")]
    return familiar("/".join(str(part) for part in parts if part))


def is_for(image: Mapping[str, Any], platform: str) -> bool:
    """Whether an image is for a platform ``os[/arch[/variant]]``, or ``arch`` alone."""
    have, want = platform_of(image).split("/"), familiar(platform).split("/")
    if len(want) == 2 and want != have[:2] and "/".join(want) == "/".join(have[1:]):
        return True  # an architecture with its variant, as armhf is arm/v7
    return have[: len(want)] == want or want == have[1:2]
