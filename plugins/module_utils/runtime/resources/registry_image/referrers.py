# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests attached to an image: signatures, SBOMs, and the like.

Such a manifest names its image as its subject (OCI distribution 1.1), or has a tag that cosign derives from the image's
digest. Those that a target already has are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Protocol, Tuple

from ...errors import ContentError, RegistryMissing
from ...registry.manifest import ACCEPTED, INDEXES, Descriptor, Manifest, owner_of, subject_tag
from ...registry.repository import Repository

MOST = 1000  # manifests of an image and everything attached to it
MOST_BYTES = 64 << 20  # total of these manifests
DEEPEST = 10  # nested indexes


class Reader(Protocol):
    """The source of an image: a repository, or an archive."""

    def manifest(self, reference: str) -> Manifest:
        """A manifest by digest."""

    def blob(self, blob: Descriptor) -> Any:
        """A blob in chunks, verified."""

    def small(self, blob: Descriptor) -> bytes:
        """A small blob."""

    def tags(self) -> List[str]:
        """All tags."""

    def digest(self, reference: str) -> str:
        """The digest of a tag, empty if there is no such tag."""

    def referrers(self, digest: str) -> List[Mapping[str, Any]]:
        """Descriptors of manifests with this subject."""


@dataclass(frozen=True)
class Attached:
    """A manifest attached to another, by subject or by tag."""

    subject: str
    manifest: Manifest
    tag: str  # empty if attached by subject
    have: str  # the target's digest for this tag, or in its list of referrers
    missing: Tuple[Manifest, ...]  # the manifests below it that the target does not have

    @property
    def name(self) -> str:
        """Its digest and purpose."""
        return "%s (%s)" % (self.manifest.digest, self.tag or self.manifest.purpose or "of no type")

    @property
    def is_there(self) -> bool:
        """Whether the target has it under its tag or as a referrer."""
        return self.have == self.manifest.digest

    def described(self) -> Dict[str, Any]:
        """The entry in the task's result."""
        return {
            "digest": self.manifest.digest,
            "subject": self.subject,
            "artifact_type": self.manifest.purpose or None,
            "tag": self.tag or None,
        }


def find(reader: Reader, target: Repository, image: Manifest) -> Tuple[Tuple[Attached, ...], Tuple[str, ...]]:
    """Everything attached to an image or index at its source, to its parts, and to attached manifests; and warnings."""
    found: List[Attached] = []
    warnings: List[str] = []
    waiting = list(_digests(reader, image))
    tags = [tag for tag in reader.tags() if owner_of(tag)]
    for subject in waiting:  # grows meanwhile
        if len(waiting) > MOST:
            raise ContentError("The image has more than %d referrers" % MOST, "Remove referrers.")
        further = _by_tag(reader, target, subject, tags) + _by_subject(reader, target, subject, warnings)
        found += further
        waiting += [one.manifest.digest for one in further if one.manifest.digest not in waiting]
    return tuple(found), tuple(warnings)


def parts_of(reader: Reader, manifest: Manifest, platform: str) -> List[Tuple[Manifest, str]]:
    """The manifests below an index in post-order, and then itself; with their platforms."""
    parts: Dict[str, Tuple[Manifest, str]] = {}
    _add_parts(reader, manifest, platform, parts, DEEPEST)
    return list(parts.values())


def _add_parts(
    reader: Reader, manifest: Manifest, platform: str, parts: Dict[str, Tuple[Manifest, str]], deeper: int
) -> None:
    """Add the manifests below a manifest, and then itself. Raises ContentError for unreasonably many."""
    if not deeper:
        raise ContentError("The image has indexes in %d others" % DEEPEST)
    for child in manifest.children:
        if child.digest not in parts:
            _add_parts(reader, reader.manifest(child.digest), child.platform, parts, deeper - 1)
    parts[manifest.digest] = manifest, platform
    if len(parts) > MOST or sum(len(part.data) for part, _platform in parts.values()) > MOST_BYTES:
        raise ContentError("The image has more than %d manifests, or %d MiB of them" % (MOST, MOST_BYTES >> 20))


def _digests(reader: Reader, manifest: Manifest) -> List[str]:
    """An image and everything below it. Only indexes are fetched: some registries count each manifest as a pull."""
    found = {manifest.digest: None}
    waiting = list(manifest.children)
    while waiting:
        child = waiting.pop(0)
        if child.digest not in found:
            found[child.digest] = None
            if child.media_type in INDEXES:
                waiting[:0] = reader.manifest(child.digest).children
    return list(found)


def _by_tag(reader: Reader, target: Repository, subject: str, tags: List[str]) -> List[Attached]:
    """Signatures of cosign and the like. The tag without a suffix is the fallback list of referrers."""
    found = []
    for tag in tags:
        if owner_of(tag) == subject and tag != subject_tag(subject):
            digest = reader.digest(tag)
            if digest:
                found.append(_attached(reader, target, subject, digest, tag, target.digest(tag)))
    return found


def _by_subject(reader: Reader, target: Repository, subject: str, warnings: List[str]) -> List[Attached]:
    entries = reader.referrers(subject)
    listed = {str(entry["digest"]) for entry in target.referrers(subject)} if entries else set()
    found = []
    for entry in entries:
        digest = str(entry["digest"])
        if entry.get("mediaType") not in ACCEPTED:
            warnings.append("%s, which refers to %s, cannot be copied: it is not an OCI manifest" % (digest, subject))
            continue
        try:
            one = _attached(reader, target, subject, digest, "", digest if digest in listed else "")
        except RegistryMissing:  # deleted manifests remain in the list under a fallback tag
            continue
        if one.manifest.subject == subject:
            found.append(one)
    return found


def _attached(reader: Reader, target: Repository, subject: str, digest: str, tag: str, have: str) -> Attached:
    manifest = reader.manifest(digest)
    below = [] if have == digest else [part for part, _platform in parts_of(reader, manifest, "")[:-1]]
    return Attached(subject, manifest, tag, have, tuple(part for part in below if not target.digest(part.digest)))
