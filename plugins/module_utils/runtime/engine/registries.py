# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry operations of the Engine (1.41): look-up, pull and push."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Mapping

from ..errors import EngineError, NotFound, StreamError
from .client import Client
from .images import path_of
from .refusals import explained
from .shape import maybe
from .streams import progress

_FOUND = {"Descriptor": {"digest": str}, "Platforms": maybe([dict])}
OTHER_PLATFORM = "does not match the specified platform"
Auth = Mapping[str, Any]  # the Engine's AuthConfig: username, password, identitytoken, serveraddress


def auth_header(auth: Auth | None) -> Dict[str, str]:
    """The header X-Registry-Auth: base64url of the JSON. The Engine requires it for a push even if it is empty."""
    return {"X-Registry-Auth": base64.urlsafe_b64encode(json.dumps(auth or {}).encode("utf-8")).decode("ascii")}


def distribution(client: Client, reference: str, auth: Auth | None = None) -> Dict[str, Any] | None:
    """GET /distribution/{reference}/json: ``Descriptor`` and ``Platforms`` of an image in its registry; no download.

    None if the registry has no such image. Raises EngineError with the cause.
    """
    with about(reference):
        try:
            path = "/distribution/%s/json" % path_of(reference)
            found: Dict[str, Any] = client.call("GET", path, headers=auth_header(auth), expect=_FOUND)
            return found
        except EngineError as error:
            if isinstance(error, NotFound) or "manifest unknown" in error.said or "name unknown" in error.said:
                return None
            raise


def pull(client: Client, reference: str, auth: Auth | None = None, platform: str | None = None) -> None:
    """POST /images/create, until it ends; a name without tag and digest means ``latest``.

    Raises EngineError with cause and fix.
    """
    # For a name alone the Engine would pull all tags of the repository.
    bare = "@" not in reference and ":" not in reference.rpartition("/")[2]
    query = {"fromImage": reference, "tag": "latest" if bare else None, "platform": platform}
    with about(reference):
        response = client.request("POST", "/images/create", query, headers=auth_header(auth))
        for step in progress(response):
            # If the image has only one platform, the Engine pulls it even if another was requested, and only warns.
            if OTHER_PLATFORM in str(step.get("status")):
                raise StreamError("The image is for another platform", said=str(step["status"]))


def push(client: Client, repository: str, tag: str, auth: Auth | None = None) -> str:
    """POST /images/{repository}/push, until it ends; returns the digest in the registry.

    Raises EngineError with cause and fix.
    """
    digest = ""
    with about("%s:%s" % (repository, tag)):
        path = "/images/%s/push" % path_of(repository)
        response = client.request("POST", path, {"tag": tag}, headers=auth_header(auth))
        for step in progress(response):
            aux = step.get("aux")
            digest = str(aux.get("Digest") or digest) if isinstance(aux, dict) else digest
    return digest


@contextmanager
def about(reference: str) -> Iterator[None]:
    """Explain errors of the Engine in this context as being about this name in a registry. Raises EngineError."""
    try:
        yield
    except EngineError as error:
        raise explained(error, reference)
