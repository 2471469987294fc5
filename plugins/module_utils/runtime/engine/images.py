# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images: /images (Engine API 1.41). Transfers between Engine and registries are in ``registries``."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping
from urllib.parse import quote

from ..errors import ConflictError, EngineError, NotFound
from .client import SHORT, Client
from .shape import NOTHING, maybe

_TEXTS, _DICT = maybe([str]), maybe({str: str})
IMAGE = {
    "Id": str,
    "RepoTags": _TEXTS,
    "RepoDigests": _TEXTS,
    "Os": maybe(str),
    "Architecture": maybe(str),
    "Variant": maybe(str),
    "Config": maybe({"Env": _TEXTS, "Cmd": _TEXTS, "Entrypoint": _TEXTS, "Labels": _DICT}),
}
_USER = {"Id": str, "ImageID": maybe(str), "Names": _TEXTS, "State": maybe(str)}
_DIGITS = re.compile("(?:sha256:)?([0-9a-f]+)")


def inspect(client: Client, reference: str) -> Dict[str, Any] | None:
    """GET /images/{reference}/json by name, id, or the first 12 digits of the id; None if there is no such image.

    The Engine accepts any other prefix of an id as well; that is never intended.
    """
    try:
        found: Dict[str, Any] = client.get("/images/%s/json" % path_of(reference), expect=IMAGE)
    except NotFound:
        return None
    except EngineError as error:
        if "ambiguous" in error.said:
            return None
        raise
    return None if _is_part(reference, found) else found


def _is_part(reference: str, image: Mapping[str, Any]) -> bool:
    """Whether an image was found only by a prefix of its id other than the first 12 digits."""
    digits = _DIGITS.fullmatch(reference)
    if not digits or len(digits[1]) in (SHORT, 64) or not image["Id"].partition(":")[2].startswith(digits[1]):
        return False
    tag = reference if ":" in reference else reference + ":latest"
    return not any(("/" + name).endswith("/" + tag) for name in image.get("RepoTags") or ())


def summaries(client: Client, filters: Mapping[str, List[str]]) -> List[Dict[str, Any]]:
    """GET /images/json."""
    return client.get("/images/json", expect=maybe([{"Id": str}]), filters=filters) or []


def tag(client: Client, image: str, repository: str, name: str) -> None:
    """POST /images/{image}/tag: give an image (id or name) another name, which is moved if it is in use."""
    client.call("POST", "/images/%s/tag" % path_of(image), {"repo": repository, "tag": name}, expect=NOTHING)


def remove(client: Client, reference: str, force: bool = False, prune: bool = True) -> List[Dict[str, str]]:
    """DELETE /images/{reference}: remove a name of an image, and the image with its last name.

    ``prune`` also removes untagged parents. Returns ``{"Untagged": ...}`` and ``{"Deleted": ...}`` entries, none if the
    image is already gone. Raises ConflictError if containers, or images built from it, need it.
    """
    path, query = "/images/%s" % path_of(reference), {"force": force, "noprune": not prune}
    try:
        gone: List[Dict[str, str]] = client.call("DELETE", path, query, expect=[{str: str}])
        return gone
    except NotFound:
        return []
    except ConflictError as error:
        error.fix = (
            "Remove the containers that use it first, or set 'force_absent: true' if only names and stopped "
            "containers use it."
        )
        raise


def history(client: Client, reference: str) -> List[Dict[str, Any]]:
    """GET /images/{reference}/history: the layers, newest first."""
    found: List[Dict[str, Any]] = client.get("/images/%s/history" % path_of(reference), expect=[dict])
    return found


def users(client: Client, image: str) -> List[Dict[str, Any]]:
    """GET /containers/json: the containers of an image, by its id, including stopped ones."""
    found = client.get("/containers/json", expect=[_USER], all=True, filters={"ancestor": [image]})
    # The filter also matches containers of images built from it.
    return [container for container in found if container.get("ImageID") == image]


def path_of(reference: str) -> str:
    """An image name in a URL path, where slashes are not escaped."""
    return quote(reference, safe="/:@")
