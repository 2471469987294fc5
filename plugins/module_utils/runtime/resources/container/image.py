# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image of a container: whether it is the one that the task names, and where to get that."""

from __future__ import annotations

from typing import Any, Collection, Dict, Mapping, NamedTuple, Tuple

from ...engine import images
from ...engine.client import Client
from ...errors import EngineError, InputError
from ...state.compare import IGNORED, STRICT, mode_of
from ...state.resource import Params
from ...values.reference import is_image_id, parse
from .labels import DIGESTS, labelled

Inspected = Mapping[str, Any]

# Registries, platforms and credentials are imported only when needed: that costs a task 8 ms.


class Images(NamedTuple):
    """The image that a task names, by default the container's own, and the one that the container was ``made_of``.

    ``made_of`` is None if the container has another image that the comparison does not need. ``moved`` is the reason to
    pull an image that the host has; ``unnamed`` says that the container has the right image, which the host has under
    another name or without one.
    """

    image: Inspected | None
    made_of: Inspected | None
    moved: str = ""
    unnamed: bool = False


def look_at_images(client: Client, params: Params, reference: str, subject: Inspected | None) -> Images:
    """The images for a container (``subject``), or for a new one: usually one call."""
    image = images.inspect(client, reference)
    moved, digest = "", ""
    if image and params["image"] and params["platform"] and (platform_counts(params) or not subject):
        image, moved = _of_platform(client, reference, image, params["platform"])
    if image is None:
        digest = _known_digest(client, params) if subject else ""
    elif params["pull"] in ("always", True) and not is_image_id(reference) and "@" not in reference:
        digest = _digest(client, reference)
        moved = moved if _has(image, digest) else "the registry now has another one"
    own = images.inspect(client, subject["Image"]) if subject and digest and (image is None or moved) else None
    if own and _is_meant(own, subject, digest) and _is_for(own, params["platform"]):
        return Images(own, own, unnamed=True)
    made_of = own or image
    if subject and not is_made_of(subject, made_of):
        is_compared = image is None or params["image_comparison"] == "current-image" or platform_counts(params)
        made_of = images.inspect(client, subject["Image"]) if is_compared else None
    return Images(image, made_of, moved)


def pull(client: Client, reference: str, platform: str | None) -> None:
    """Pull an image, with the host's credentials for its registry."""
    from ...engine import registries

    registries.pull(client, reference, _auth_for(reference), platform)


def look_at_labels(client: Client, reference: str, labels: Collection[str]) -> None:
    """``refuse_labels`` for an image that has just been pulled."""
    refuse_labels(reference, images.inspect(client, reference) or {}, labels)


def platform_counts(params: Params) -> bool:
    """Whether an existing container must match the task's platform."""
    return bool(params["platform"]) and mode_of(params, "platform") != IGNORED


def labels_count(params: Params) -> bool:
    """Whether the image may only have labels that the task sets."""
    strict = mode_of(params, "labels") == STRICT
    return bool(params["image"]) and params["image_label_mismatch"] == "fail" and strict


def refuse_labels(reference: str, image: Inspected, labels: Collection[str]) -> None:
    """Raise InputError for an image with other labels than these."""
    more = sorted(set((image.get("Config") or {}).get("Labels") or ()) - set(labels))
    if more:
        raise InputError(
            "image_label_mismatch is fail, and the image %s has labels that the task does not set: %s"
            % (reference, ", ".join(more)),
            "Set them with labels.",
        )


def is_made_of(container: Inspected, image: Inspected | None) -> bool:
    """Whether a container was created from an image.

    With the containerd image store the container's image may be for one platform, and the name refer to all.
    """
    if image is None:
        return False
    its = {container["Image"], (container.get("ImageManifestDescriptor") or {}).get("digest")}
    named = {image["Id"], (image.get("Descriptor") or {}).get("digest")}
    return bool((its & named) - {None})


def is_of_platform(container: Inspected, image: Inspected) -> bool:
    """Whether a container matches the platform of an image; True if the engine does not say."""
    own = (container.get("ImageManifestDescriptor") or {}).get("platform")
    return not own or (own.get("os"), own.get("architecture")) == (image.get("Os"), image.get("Architecture"))


def _of_platform(client: Client, reference: str, image: Dict[str, Any], platform: str) -> Tuple[Dict[str, Any], str]:
    """The image for a platform, or the present one with the reason to pull another."""
    from ...engine import platforms

    image = platforms.among(client, reference, image, platform)
    if platforms.is_for(image, platform):
        return image, ""
    return image, "it is on this host for %s, not for %s" % (platforms.platform_of(image), platform)


def _is_for(image: Inspected, platform: str | None) -> bool:
    if not platform:
        return True
    from ...engine import platforms

    return platforms.is_for(image, platform)


def _known_digest(client: Client, params: Params) -> str:
    """The digest of an image that is not on the host under its name, if it can be found without a download.

    An engine that pulls through a mirror may be unable to ask the registry; then it is empty.
    """
    reference = params["image"]
    if not reference or mode_of(params, "image") == IGNORED:
        return ""
    digest = "" if is_image_id(reference) else parse(reference).digest
    if digest or is_image_id(reference) or params["pull"] == "never":
        return digest
    try:
        return _digest(client, reference)
    except EngineError:
        return ""


def _digest(client: Client, reference: str) -> str:
    """The digest that the registry has for an image name; empty if the registry does not have the image."""
    from ...engine import registries

    found = registries.distribution(client, reference, _auth_for(reference))
    return str(((found or {}).get("Descriptor") or {}).get("digest", ""))


def _is_meant(image: Inspected, container: Inspected | None, digest: str) -> bool:
    """Whether the image of a container came from a registry with this digest."""
    return _has(image, digest) or digest in labelled(container, DIGESTS).split(",")


def _has(image: Inspected, digest: str) -> bool:
    """Whether an image came from a registry with this digest, under any name."""
    return bool(digest) and any(known.endswith("@" + digest) for known in image.get("RepoDigests") or ())


def _auth_for(reference: str) -> Dict[str, str] | None:
    from ...registry.credentials import auth_for

    return auth_for(parse(reference).domain)
