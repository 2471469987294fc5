# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine (1.41) does with registries: it looks, pulls and pushes. An ``auth`` is the Engine's AuthConfig."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Dict, Iterator

from ..errors import EngineError, NotFound, StreamError
from .auth import Auth, auth_header
from .client import Client
from .images import path_of
from .refusals import explained
from .shape import maybe
from .streams import progress

_FOUND = {"Descriptor": {"digest": str}, "Platforms": maybe([dict])}
OTHER_PLATFORM = "does not match the specified platform"


def distribution(client: Client, reference: str, auth: Auth | None = None) -> Dict[str, Any] | None:
    """GET /distribution/{reference}/json: what the registry has (``Descriptor``, ``Platforms``), without a download.

    None where the registry has no such image. Raises the EngineError that says what is wrong between the two.
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
    """POST /images/create, followed to its end; a name without tag and digest means ``latest``.

    Raises the EngineError that says why not, and what to do.
    """
    # The Engine would take a bare name for all tags of the repository.
    bare = "@" not in reference and ":" not in reference.rpartition("/")[2]
    query = {"fromImage": reference, "tag": "latest" if bare else None, "platform": platform}
    with about(reference):
        response = client.request("POST", "/images/create", query, headers=auth_header(auth))
        for step in progress(response):
            # The Engine takes any image where a registry has a single one, and only mutters.
            if OTHER_PLATFORM in str(step.get("status")):
                raise StreamError("The image is for another platform", said=str(step["status"]))


def push(client: Client, repository: str, tag: str, auth: Auth | None = None) -> str:
    """POST /images/{repository}/push, followed to its end; returns the digest that the registry has now.

    Raises the EngineError that says why not, and what to do.
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
    """What the Engine says within is about this name in a registry: it is explained. Raises EngineError."""
    try:
        yield
    except EngineError as error:
        raise explained(error, reference)
