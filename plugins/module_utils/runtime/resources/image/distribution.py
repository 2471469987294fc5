# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image and its registry: pull, push, digests and credentials."""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, Set, Tuple, Union

from ...engine import platforms, registries
from ...engine.client import Client
from ...errors import NotFound
from ...registry.credentials import Credentials, auth_for
from ...state.compare import Change
from ...state.plan import Kind, Plan, Step
from ...state.resource import Params
from ...values.reference import Reference
from .target import pull_platform

NEW = "(that of the new image)"

Image = Union[Mapping[str, Any], None]


def pull_plan(params: Params, named: Reference, image: Image, upstream: str | None) -> Plan:
    """Pull the image if it is missing or for another platform, or if ``upstream`` is a new digest.

    ``upstream`` is the registry's digest for the name: None if not requested, empty if there is no such image. Raises
    NotFound.
    """
    platform = pull_platform(params)
    if image is None:
        reason = "it does not exist"
    elif platform and not platforms.is_for(image, platform):
        reason = "it is for %s, not for %s" % (platforms.platform_of(image), platform)
    elif upstream is None or upstream in digests_of(image, named):
        return Plan()
    elif not upstream:
        raise NotFound("The registry has no image %s" % named, "Check the name, or set 'policy: missing'.")
    else:
        reason = "the registry has %s with this name" % upstream
    changes: Tuple[Change, ...] = ()
    if upstream:
        changes = (Change("registry_digest", upstream, ", ".join(sorted(digests_of(image, named))) or None),)
    return Plan(
        (Step(Kind.PULL, "image", named.pinned, reason, pull, (named, platform, keys(params, named))),), changes
    )


def pull(client: Client, named: Reference, platform: str, find_keys: Callable[[], Any]) -> None:
    """Pull an image, for a platform if given. Raises NotFound if the registry has it for other platforms only."""
    registries.pull(client, named.pinned, find_keys(), platform or None)
    if platform:
        image = platforms.of_platform(client, named.pinned, platform)
        if image and not platforms.is_for(image, platform):
            raise NotFound(
                "The registry has %s for %s only, not for %s" % (named, platforms.platform_of(image), platform),
                "Choose a platform that it was built for.",
            )


def push_plan(params: Params, remote: Reference, has: str | None, known: Set[str], new: bool) -> Plan:
    """Push the image if it is ``new``, or if the registry's digest (``has``) is not one of the ``known`` ones."""
    if new:
        reason = "it is a new image"
    elif has is None:
        reason = "the registry does not have it"
    elif has not in known:
        reason = "the registry has another image with this name, %s" % has
    else:
        return Plan()
    change = Change("pushed_digest", NEW if new or not known else ", ".join(sorted(known)), has)
    return Plan((Step(Kind.PUSH, "image", str(remote), reason, _push, (remote, keys(params, remote))),), (change,))


def _push(client: Client, remote: Reference, find_keys: Callable[[], Any]) -> None:
    registries.push(client, remote.repository, remote.tag, find_keys())


def registry_digest(client: Client, name: Reference, find_keys: Callable[[], Any]) -> str:
    """GET /distribution/{name}/json: the registry's digest for a name, empty if there is none."""
    found = registries.distribution(client, name.pinned, find_keys())
    return str(found["Descriptor"]["digest"]) if found else ""


def keys(params: Params, name: Reference) -> Callable[[], Dict[str, str] | None]:
    """Returns a function for a name's credentials, so that credential helpers are run only when needed."""

    def find_them() -> Dict[str, str] | None:
        if params["username"]:
            return Credentials(params["username"], params["password"]).auth(name.domain)
        return auth_for(name.domain, params["config_path"])

    return find_them


def digests_of(image: Image, name: Reference | None) -> Set[str]:
    """The image's registry digests under this repository name."""
    known = [entry.partition("@") for entry in (image or {}).get("RepoDigests") or ()]
    return {digest for repository, _at, digest in known if name and repository == name.repository}
