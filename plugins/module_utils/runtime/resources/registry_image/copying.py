# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying an image to a registry, from another one or from a file.

The manifests of an index come before the index, config and layers before their manifest, and the tag comes last: so
nobody gets to see half an image. What a broken copy has brought stays, and the next run goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Dict, FrozenSet, List, Protocol, Sequence, Tuple

from ...errors import DriftError, InputError
from ...registry.access import Access, access_of
from ...registry.archive import Archive
from ...registry.client import Registries
from ...registry.manifest import Descriptor, Manifest, fits, image_facts, is_image_config, normal, trimmed
from ...registry.reference import LATEST, Reference, parse
from ...registry.repository import Repository
from ...state.compare import Change
from ...state.plan import Plan, Step
from ...state.resource import Params
from .table import DIGEST


class Reader(Protocol):
    """Where an image comes from: a repository, or an archive."""

    def manifest(self, reference: str) -> Manifest:
        """A manifest by its digest."""

    def blob(self, blob: Descriptor) -> Any:
        """The bytes of a blob, verified."""

    def small(self, blob: Descriptor) -> bytes:
        """A short blob."""


@dataclass(frozen=True)
class Snapshot:
    """The image as it is to be, and what the registry has of it."""

    target: Reference
    access: Access
    want: Manifest
    parts: Tuple[Tuple[Manifest, str], ...]  # the manifests that it is made of, children first, with their platforms
    have: str  # the digest that the tag has
    there: FrozenSet[str]  # the manifests that the repository has
    same: bool  # whether what the tag has is this image, if in another form
    reader: Any = None
    mount: str = ""  # the repository of the same registry that blobs can be taken over from


def observe(client: Registries, params: Params) -> Snapshot:
    """The image at its source, and which of its manifests the registry has."""
    target = _target(params["name"])
    access = access_of(params, params)
    reader, want, mount = _source(client, params, target, access)
    repository = Repository(client.at(target.domain, access), target.path)
    want, platform = _chosen(reader, want, _platforms(params))
    have = repository.digest(target.tag)
    if have == want.digest:
        return Snapshot(target, access, want, ((want, platform),), have, frozenset({have}), True)
    unpacked = isinstance(reader, Archive) and want.is_unpacked
    same = bool(have) and unpacked and _same_config(repository, target, want)
    parts = tuple(_parts(reader, want, platform))
    below = [part.digest for part, _platform in parts if not _is_top(part, want)]
    there = frozenset(digest for digest in below if repository.digest(digest))
    return Snapshot(target, access, want, parts, have, there, same, reader, mount)


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Copy what is missing, then set the tag. Raises DriftError where the tag may not be moved."""
    if snapshot.same:
        return Plan()
    target, have = snapshot.target, snapshot.have
    if have and not params["force_tag"]:
        raise DriftError(
            "%s is another image already, %s, and the source is %s" % (target, have, snapshot.want.digest),
            "Set force_tag: true to move the tag, or use another tag.",
            diff={"before": {"digest": have}, "after": {"digest": snapshot.want.digest}},
        )
    steps: List[Step] = []
    for manifest, platform in snapshot.parts:
        if manifest.digest not in snapshot.there and not _is_top(manifest, snapshot.want):
            reason = "the repository does not have it"
            steps.append(Step("copy", "manifest", _named(manifest, platform), reason, _copy, (snapshot, manifest)))
    reason = "it is another image, %s" % have if have else "there is no such tag"
    steps.append(Step("move tag of" if have else "tag", "image", str(target), reason, _tag, (snapshot,)))
    return Plan(tuple(steps), (Change(DIGEST, snapshot.want.digest, have or None),))


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``image``."""
    target, want = snapshot.target, snapshot.want
    platforms = [child.platform for child in want.children if not child.belongs_to and child.platform]
    return {
        "image": {
            "name": str(target),
            "digest": snapshot.have if snapshot.same else want.digest,
            "media_type": want.media_type,
            "platforms": platforms or [platform for _part, platform in snapshot.parts if platform],
        }
    }


def _is_top(manifest: Manifest, want: Manifest) -> bool:
    """Whether it is the index that the tag is for, and which is put together with it."""
    return manifest.is_index and manifest.digest == want.digest


def _named(manifest: Manifest, platform: str) -> str:
    return "%s (%s)" % (manifest.digest, platform) if platform else manifest.digest


def _target(name: str) -> Reference:
    target = parse(name).or_tag(LATEST)
    if target.digest:
        raise InputError(
            "name: an image that is copied gets a tag, and %s has a digest" % name, "Leave the digest out."
        )
    return target


def _platforms(params: Params) -> List[str]:
    try:
        return [normal(platform) for platform in params["platforms"] or ()]
    except ValueError as error:
        raise InputError("platforms: %s" % error)


def _source(client: Registries, params: Params, target: Reference, access: Access) -> Tuple[Reader, Manifest, str]:
    """Where the image comes from, its manifest or index there, and the repository to mount blobs from."""
    source = params["source"]
    if bool(source["name"]) == bool(source["path"]):
        raise InputError("source: give either name or path")
    if source["path"]:
        archive = Archive(source["path"])
        return archive, archive.choose(source["image"] or ""), ""
    if source["image"]:
        raise InputError("source.image: this is for archives", "Write the tag or the digest into source.name.")
    reference = parse(source["name"]).or_tag(LATEST)
    way = access_of(source, params)
    near = reference.domain == target.domain
    if near and not way.username:
        way = access
    repository = Repository(client.at(reference.domain, way), reference.path)
    mount = reference.path if near and reference.path != target.path else ""
    return repository, repository.manifest(reference.digest or reference.tag), mount


def _chosen(reader: Reader, manifest: Manifest, platforms: Sequence[str]) -> Tuple[Manifest, str]:
    """The image with the wanted platforms only, and its platform if it has only one."""
    if manifest.is_index:
        return (trimmed(manifest, platforms) if platforms else manifest), ""
    platform = ""
    if manifest.config and is_image_config(manifest.config):
        platform, _created = image_facts(reader.small(manifest.config))
    if platforms and not all(fits(platform, (wanted,)) for wanted in platforms):
        raise InputError(
            "platforms: the source has no %s" % ", ".join(platforms), "It is an image for %s." % (platform or "none")
        )
    return manifest, platform


def _parts(reader: Reader, manifest: Manifest, platform: str) -> List[Tuple[Manifest, str]]:
    """The manifests below an index, each after those below it, and then itself."""
    parts: List[Tuple[Manifest, str]] = []
    for child in manifest.children:
        parts += _parts(reader, reader.manifest(child.digest), child.platform)
    return list({part.digest: (part, where) for part, where in [*parts, (manifest, platform)]}.values())


def _same_config(repository: Repository, target: Reference, want: Manifest) -> bool:
    """Whether the tag has this image with its layers compressed: the config says what is in them."""
    there = repository.manifest(target.tag)
    return bool(there.config and want.config and there.config.digest == want.config.digest)


def _copy(client: Registries, snapshot: Snapshot, manifest: Manifest) -> None:
    """Bring what a manifest needs, as far as it is missing, and the manifest."""
    target = snapshot.target
    repository = Repository(client.at(target.domain, snapshot.access), target.path)
    for blob in manifest.blobs:
        if repository.has(blob) or snapshot.mount and repository.mount(blob, snapshot.mount):
            continue
        repository.upload(blob, partial(snapshot.reader.blob, blob))
    repository.put(manifest, manifest.digest)


def _tag(client: Registries, snapshot: Snapshot) -> None:
    target = snapshot.target
    Repository(client.at(target.domain, snapshot.access), target.path).put(snapshot.want, target.tag)
