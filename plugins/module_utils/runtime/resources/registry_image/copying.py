# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying an image to a registry, from another one or from a file.

Manifests are copied before their index, config and layers before their manifest, and the tag is set last: so incomplete
images are never visible. After a failure, what was copied remains, and the next run continues from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Dict, FrozenSet, List, Sequence, Tuple

from ...errors import BlockedError, InputError
from ...registry.access import Access, access_of
from ...registry.archive import Archive
from ...registry.client import Registries
from ...registry.manifest import Manifest, fits, image_facts, is_image_config, trimmed
from ...registry.repository import Repository
from ...state.compare import Change
from ...state.plan import Kind, Plan, Step
from ...state.resource import Params
from ...values.platform import normal
from ...values.reference import LATEST, Reference, parse
from .referrers import Attached, Reader, find, parts_of


@dataclass(frozen=True)
class Snapshot:
    """The wanted image, and what the registry has of it."""

    target: Reference
    access: Access
    want: Manifest
    parts: Tuple[Tuple[Manifest, str], ...]  # its manifests with their platforms, children first
    have: str  # the tag's digest
    there: FrozenSet[str]  # manifests that the repository has
    same: bool  # whether the tag already has this image, possibly in another form
    reader: Any = None
    mount: str = ""  # a repository of the same registry to mount blobs from
    attached: Tuple[Attached, ...] = ()  # what is attached to the image at the source, if it is copied as well
    warnings: Tuple[str, ...] = ()


def observe(client: Registries, params: Params) -> Snapshot:
    """The image at its source, and which of its manifests the registry has."""
    target = _target(params["name"])
    access = access_of(params, params)
    reader, want, mount = _source(client, params, target, access)
    repository = Repository(client.at(target.domain, access), target.path)
    want, platform = _chosen(reader, want, _platforms(params))
    have = repository.digest(target.tag)
    attached, warnings = find(reader, repository, want) if params["referrers"] else ((), ())
    further = (reader, mount, attached, warnings)
    if have == want.digest:
        return Snapshot(target, access, want, ((want, platform),), have, frozenset({have}), True, *further)
    unpacked = isinstance(reader, Archive) and want.is_unpacked
    if have and unpacked and _same_config(repository, target, want):
        return Snapshot(target, access, want, ((want, platform),), have, frozenset(), True)
    parts = tuple(parts_of(reader, want, platform))
    below = [part.digest for part, _platform in parts if not _is_top(part, want)]
    there = frozenset(digest for digest in below if repository.digest(digest))
    return Snapshot(target, access, want, parts, have, there, False, *further)


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Copy what is missing, then set the tag. Raises BlockedError for a tag that must not be moved."""
    target, have = snapshot.target, snapshot.have
    if have and not snapshot.same and not params["force_tag"]:
        raise _moved(str(target), have, snapshot.want.digest)
    attaching = _attaching(params, snapshot)
    names = sorted(one.name for one in snapshot.attached)
    held = sorted(one.name for one in snapshot.attached if one.is_there)
    changes = [Change("referrers", names, held)] if attaching else []
    if snapshot.same:
        return Plan(tuple(attaching), tuple(changes), snapshot.warnings)
    steps: List[Step] = []
    for manifest, platform in snapshot.parts:
        if manifest.digest not in snapshot.there and not _is_top(manifest, snapshot.want):
            reason = "the repository does not have it"
            steps.append(Step(Kind.COPY, "manifest", _named(manifest, platform), reason, _copy, (snapshot, manifest)))
    steps += attaching
    reason = "it is another image, %s" % have if have else "there is no such tag"
    steps.append(Step("move tag of" if have else "tag", "image", str(target), reason, _tag, (snapshot,)))
    changes.insert(0, Change("digest", snapshot.want.digest, have or None))
    return Plan(tuple(steps), tuple(changes), snapshot.warnings)


def _attaching(params: Params, snapshot: Snapshot) -> List[Step]:
    """The steps that copy attached manifests. Raises BlockedError for a tag that must not be moved."""
    steps: List[Step] = []
    for one in snapshot.attached:
        if one.is_there:
            continue
        if one.have and not params["force_tag"]:
            raise _moved("%s:%s" % (snapshot.target.repository, one.tag), one.have, one.manifest.digest)
        for manifest in one.missing:
            reason = "%s needs it" % one.manifest.digest
            steps.append(Step(Kind.COPY, "manifest", manifest.digest, reason, _copy, (snapshot, manifest)))
        reason = "it belongs to %s" % one.subject
        steps.append(Step(Kind.COPY, "referrer", one.name, reason, _attach, (snapshot, one)))
    return steps


def _moved(name: str, have: str, want: str) -> BlockedError:
    return BlockedError(
        "%s is already another image, %s, and the source is %s" % (name, have, want),
        "Set force_tag: true to move the tag, or use another tag.",
        diff={"before": {"digest": have}, "after": {"digest": want}},
    )


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``image``."""
    target, want = snapshot.target, snapshot.want
    platforms = [child.platform for child in want.children if not child.belongs_to and child.platform]
    image: Dict[str, Any] = {
        "name": str(target),
        "digest": snapshot.have if snapshot.same else want.digest,
        "media_type": want.media_type,
        "platforms": platforms or [platform for _part, platform in snapshot.parts if platform],
    }
    if params["referrers"]:
        image["referrers"] = [one.described() for one in snapshot.attached]
    return {"image": image}


def _is_top(manifest: Manifest, want: Manifest) -> bool:
    """Whether it is the tag's own index, which is uploaded with the tag."""
    return manifest.is_index and manifest.digest == want.digest


def _named(manifest: Manifest, platform: str) -> str:
    return "%s (%s)" % (manifest.digest, platform) if platform else manifest.digest


def _target(name: str) -> Reference:
    target = parse(name).or_tag(LATEST)
    if target.digest:
        raise InputError("name: a copied image gets a tag, but %s has a digest" % name, "Remove the digest.")
    return target


def _platforms(params: Params) -> List[str]:
    try:
        return [normal(platform) for platform in params["platforms"] or ()]
    except ValueError as error:
        raise InputError("platforms: %s" % error)


def _source(client: Registries, params: Params, target: Reference, access: Access) -> Tuple[Reader, Manifest, str]:
    """The source of the image, its manifest or index there, and the repository to mount blobs from."""
    source = params["source"]
    if bool(source["name"]) == bool(source["path"]):
        raise InputError("source: set either name or path")
    if source["path"]:
        archive = Archive(source["path"])
        return archive, archive.choose(source["image"] or ""), ""
    if source["image"]:
        raise InputError("source.image: this requires source.path", "Add the tag or the digest to source.name.")
    reference = parse(source["name"]).or_tag(LATEST)
    way = access_of(source, params)
    near = reference.domain == target.domain
    if near and not way.username:
        way = access
    repository = Repository(client.at(reference.domain, way), reference.path)
    mount = reference.path if near and reference.path != target.path else ""
    return repository, repository.manifest(reference.digest or reference.tag), mount


def _chosen(reader: Reader, manifest: Manifest, platforms: Sequence[str]) -> Tuple[Manifest, str]:
    """The image with only the wanted platforms, and its platform if it has only one."""
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


def _same_config(repository: Repository, target: Reference, want: Manifest) -> bool:
    """Whether the tag has this image with compressed layers: the config identifies their content."""
    there = repository.manifest(target.tag)
    return bool(there.config and want.config and there.config.digest == want.config.digest)


def _copy(client: Registries, snapshot: Snapshot, manifest: Manifest) -> None:
    """Copy a manifest with everything that it needs."""
    _bring(client, snapshot, manifest).put(manifest, manifest.digest)


def _attach(client: Registries, snapshot: Snapshot, one: Attached) -> None:
    """Copy an attached manifest and link it to its image, by tag or by subject."""
    repository = _bring(client, snapshot, one.manifest)
    if one.tag:
        repository.put(one.manifest, one.tag)
    else:
        repository.refer(one.manifest)


def _bring(client: Registries, snapshot: Snapshot, manifest: Manifest) -> Repository:
    """Copy the missing blobs of a manifest."""
    repository = _repository(client, snapshot)
    for blob in manifest.blobs:
        if repository.has(blob) or snapshot.mount and repository.mount(blob, snapshot.mount):
            continue
        repository.upload(blob, partial(snapshot.reader.blob, blob))
    return repository


def _tag(client: Registries, snapshot: Snapshot) -> None:
    _repository(client, snapshot).put(snapshot.want, snapshot.target.tag)


def _repository(client: Registries, snapshot: Snapshot) -> Repository:
    return Repository(client.at(snapshot.target.domain, snapshot.access), snapshot.target.path)
