# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of the Engine API (1.41): /images and /distribution. An ``auth`` is the Engine's AuthConfig."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Mapping
from urllib.parse import quote

from ..errors import Conflict, EngineError, NotFound, StreamError
from .auth import Auth, auth_header
from .client import Client
from .refusals import explained
from .streams import json_lines

SEVERAL_PLATFORMS = "1.49"  # the API version that can be asked for the image of one platform
OTHER_PLATFORM = "does not match the specified platform"


def inspect(client: Client, reference: str) -> Dict[str, Any] | None:
    """GET /images/{reference}/json; None where there is no such image."""
    try:
        found: Dict[str, Any] = client.get("/images/%s/json" % _path(reference))
        return found
    except NotFound:
        return None


def of_platform(client: Client, reference: str, platform: str) -> Dict[str, Any] | None:
    """The image of a platform ``os[/arch[/variant]]``, or what there is by this name if it has none of that platform.

    With containerd's image store a name may mean images of several platforms; inspect shows the host's by itself.
    """
    image = inspect(client, reference)
    if image is None or is_for(image, platform) or not client.speaks(SEVERAL_PLATFORMS):
        return image
    parts = platform.split("/") if "/" in platform or platform == image.get("Os") else [str(image.get("Os")), platform]
    wanted = dict(zip(("os", "architecture", "variant"), parts))
    try:
        found: Dict[str, Any] = client.get("/images/%s/json" % _path(reference), platform=wanted)
        return found
    except NotFound:
        return image


def platform_of(image: Mapping[str, Any]) -> str:
    """What an image is for: ``os/arch``, with ``/variant`` if it has one."""
    parts = [image.get(part) for part in ("Os", "Architecture", "Variant")]
    return "/".join(str(part) for part in parts if part)


def is_for(image: Mapping[str, Any], platform: str) -> bool:
    """Whether an image is for a platform ``os[/arch[/variant]]``, or ``arch`` alone."""
    have, want = platform_of(image).split("/"), platform.split("/")
    return have[: len(want)] == want or want == have[1:2]


def summaries(client: Client, filters: Mapping[str, List[str]]) -> List[Dict[str, Any]]:
    """GET /images/json."""
    return client.get("/images/json", filters=filters) or []


def distribution(client: Client, reference: str, auth: Auth | None = None) -> Dict[str, Any] | None:
    """GET /distribution/{reference}/json: what the registry has (``Descriptor``, ``Platforms``), without a download.

    None where the registry has no such image. Raises the EngineError that says what is wrong between the two.
    """
    with _about(reference):
        try:
            path = "/distribution/%s/json" % _path(reference)
            found: Dict[str, Any] = client.call("GET", path, headers=auth_header(auth))
            return found
        except EngineError as error:
            if isinstance(error, NotFound) or "manifest unknown" in error.said or "name unknown" in error.said:
                return None
            raise


def pull(client: Client, reference: str, auth: Auth | None = None, platform: str | None = None) -> None:
    """POST /images/create, followed to its end; a name without tag and digest means ``latest``.

    Raises the EngineError that says why not, and what to do.
    """
    # The Engine would take a bare name for all tags of the repository.
    bare = "@" not in reference and ":" not in reference.rpartition("/")[2]
    query = {"fromImage": reference, "tag": "latest" if bare else None, "platform": platform}
    with _about(reference):
        response = client.request("POST", "/images/create", query, headers=auth_header(auth))
        for progress in json_lines(response.chunks()):
            # The Engine takes any image where a registry has a single one, and only mutters.
            if OTHER_PLATFORM in str(progress.get("status")):
                raise StreamError("The image is for another platform", said=progress["status"])


def push(client: Client, repository: str, tag: str, auth: Auth | None = None) -> str:
    """POST /images/{repository}/push, followed to its end; returns the digest that the registry has now.

    Raises the EngineError that says why not, and what to do.
    """
    digest = ""
    with _about("%s:%s" % (repository, tag)):
        path = "/images/%s/push" % _path(repository)
        response = client.request("POST", path, {"tag": tag}, headers=auth_header(auth))
        for progress in json_lines(response.chunks()):
            digest = (progress.get("aux") or {}).get("Digest") or digest
    return digest


def tag(client: Client, image: str, repository: str, name: str) -> None:
    """POST /images/{image}/tag: give an image, by id or name, another name; one that it takes from another moves."""
    client.call("POST", "/images/%s/tag" % _path(image), {"repo": repository, "tag": name})


def remove(client: Client, reference: str, force: bool = False) -> None:
    """DELETE /images/{reference}: take a name off an image, and remove the image with its last name.

    An image that is gone already is fine. Raises Conflict if containers, or images made from it, need it.
    """
    try:
        client.call("DELETE", "/images/%s" % _path(reference), {"force": force})
    except NotFound:
        pass
    except Conflict as error:
        error.fix = "Remove what uses it first, or set 'force_absent: true' if only names and stopped containers do."
        raise


def _path(reference: str) -> str:
    """A name of an image inside the path of a URL, which takes its slashes as they are."""
    return quote(reference, safe="/:@")


@contextmanager
def _about(reference: str) -> Iterator[None]:
    try:
        yield
    except EngineError as error:
        raise explained(error, reference)
