# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Information about the contents of a registry."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from ..errors import InputError, RegistryMissing
from ..registry.access import access_of
from ..registry.client import Registries, Registry
from ..registry.contents import created_of
from ..registry.credentials import registry_name
from ..registry.manifest import Descriptor, Manifest, image_facts, is_image_config, moment
from ..registry.repository import Repository
from ..state.field import Control
from ..state.resource import Params, Resource
from ..state.table import Table
from ..values.reference import HUB, PATH

TABLE = Table(
    noun="registry",
    options=(
        Control("registry", default=HUB, aliases=("registry_url", "url")),
        Control("repositories", type="list", elements="str"),
        Control("tags", type="list", elements="str"),
        Control("manifests", type="bool", default=False),
        Control("referrers", type="bool", default=False),
        Control("page_size", type="int", default=100),
    ),
)

WILD = "*?["


@dataclass(frozen=True)
class Snapshot:
    """The registry's answers."""

    registry: Mapping[str, Any]
    repositories: Tuple[Mapping[str, Any], ...]


def observe(client: Registries, params: Params) -> Snapshot:
    """The API and, if requested, repositories, tags and manifests."""
    for option, needed in (("tags", "repositories"), ("manifests", "tags"), ("referrers", "manifests")):
        if params[option] and not params[needed]:
            raise InputError("%s: no effect without %s" % (option, needed), "Set %s as well." % needed)
    if params["page_size"] < 1:
        raise InputError("page_size: %d is not a page size" % params["page_size"], "Set it to 1 or more.")
    host = registry_name(params["registry"])
    registry = client.at(host, access_of(params, params))
    facts = {"name": host, **registry.ping()}
    names = _names(registry, params["repositories"] or [], params["page_size"])
    return Snapshot(facts, tuple(_look(Repository(registry, name), params) for name in names))


def _names(registry: Registry, patterns: Sequence[str], page_size: int) -> List[str]:
    """The repository names; the catalog is requested only for patterns, because many registries refuse it."""
    names = {_plain(registry, pattern) for pattern in patterns if not _is_wild(pattern)}
    wild = [pattern for pattern in patterns if _is_wild(pattern)]
    if wild:
        names |= {name for name in registry.catalog(page_size) if matches(name, wild)}
    return sorted(names)


def _plain(registry: Registry, name: str) -> str:
    if not PATH.fullmatch(name):
        raise InputError("repositories: %r is not a repository name" % name, "Use a name such as team/app.")
    return "library/" + name if registry.host == HUB and "/" not in name else name


def _is_wild(pattern: str) -> bool:
    return any(character in pattern for character in WILD)


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a name matches one of the shell patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _look(repository: Repository, params: Params) -> Dict[str, Any]:
    found: Dict[str, Any] = {"name": repository.path}
    if params["tags"] is None:
        return found
    tags = [tag for tag in repository.tags(params["page_size"]) if matches(tag, params["tags"])]
    if not params["manifests"]:
        return {**found, "tags": [{"name": tag} for tag in tags]}
    described = [_describe(repository, tag, params["referrers"]) for tag in tags]
    return {**found, "tags": [tag for tag in described if tag]}


def _describe(repository: Repository, tag: str, referrers: bool) -> Dict[str, Any]:
    """A tag with its manifest and those in its index; empty for a tag that was removed meanwhile."""
    try:
        manifest = repository.manifest(tag)
    except RegistryMissing:
        return {}
    images = [child for child in manifest.children if not child.belongs_to]
    parts = [_child(repository, child) for child in images] if manifest.is_index else [_part(repository, manifest, "")]
    dates = [part["created"] for part in parts if part["created"]]
    found = {
        "name": tag,
        "digest": manifest.digest,
        "media_type": manifest.media_type,
        "size": sum(part["size"] for part in parts),
        "created": manifest.created or max(dates, key=lambda date: moment(date) or 0, default=None),
        "platforms": parts,
    }
    return {**found, "referrers": repository.referrers(manifest.digest)} if referrers else found


def _child(repository: Repository, child: Descriptor) -> Dict[str, Any]:
    """An image in an index, which may be missing: then it cannot be pulled for its platform."""
    try:
        return _part(repository, repository.manifest(child.digest), child.platform)
    except RegistryMissing:
        missing = {"platform": child.platform or None, "digest": child.digest, "size": 0, "created": None}
        return {**missing, "missing": True}


def _part(repository: Repository, manifest: Manifest, platform: str) -> Dict[str, Any]:
    if not platform and manifest.config and is_image_config(manifest.config):
        platform, _created = image_facts(repository.small(manifest.config))
    return {
        "platform": platform or None,
        "digest": manifest.digest,
        "size": manifest.size,
        "created": created_of(repository, manifest) or None,
        "missing": False,
    }


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return values ``registry`` and ``repositories``."""
    return {"registry": snapshot.registry, "repositories": list(snapshot.repositories)}


REGISTRY_INFO = Resource(TABLE, observe, report)
