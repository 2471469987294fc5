# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to an image: signatures, bills of materials, and the like.

Such a manifest names its image as its subject (OCI distribution 1.1), or has a tag that cosign makes of the image's
digest. A target keeps what it has besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Protocol, Tuple

from ...errors import ContentError, RegistryMissing
from ...registry.manifest import ACCEPTED, INDEXES, Descriptor, Manifest, owner_of, subject_tag
from ...registry.repository import Repository

MOST = 1000  # manifests of an image, and of all that belongs to it
MOST_BYTES = 64 << 20  # of these manifests
DEEPEST = 10  # indexes in one another


class Reader(Protocol):
    """Where an image comes from: a repository, or an archive."""

    def manifest(self, reference: str) -> Manifest:
        """A manifest by its digest."""

    def blob(self, blob: Descriptor) -> Any:
        """The bytes of a blob, verified."""

    def small(self, blob: Descriptor) -> bytes:
        """A short blob."""

    def tags(self) -> List[str]:
        """All tags."""

    def digest(self, reference: str) -> str:
        """The digest of a tag, empty where there is no such tag."""

    def referrers(self, digest: str) -> List[Mapping[str, Any]]:
        """Descriptors of what refers to a manifest as its subject."""


@dataclass(frozen=True)
class Attached:
    """A manifest that belongs to another, by its subject or by its tag."""

    subject: str
    manifest: Manifest
    tag: str  # empty where the subject says it
    have: str  # the digest that the target has by this tag, or in its list for the subject
    missing: Tuple[Manifest, ...]  # of the manifests below it, those that the target does not have

    @property
    def name(self) -> str:
        """Its digest, and what it is."""
        return "%s (%s)" % (self.manifest.digest, self.tag or self.manifest.purpose or "of no type")

    @property
    def is_there(self) -> bool:
        """Whether the target has it, where it is looked for."""
        return self.have == self.manifest.digest

    def described(self) -> Dict[str, Any]:
        """As the task's result shows it."""
        return {
            "digest": self.manifest.digest,
            "subject": self.subject,
            "artifact_type": self.manifest.purpose or None,
            "tag": self.tag or None,
        }


def find(reader: Reader, target: Repository, image: Manifest) -> Tuple[Tuple[Attached, ...], Tuple[str, ...]]:
    """What belongs to an image or an index at its source, to its parts, and to what was found; and warnings."""
    found: List[Attached] = []
    warnings: List[str] = []
    waiting = list(_digests(reader, image))
    tags = [tag for tag in reader.tags() if owner_of(tag)]
    for subject in waiting:  # it grows
        if len(waiting) > MOST:
            raise ContentError("The image has more than %d referrers" % MOST, "Remove referrers.")
        further = _by_tag(reader, target, subject, tags) + _by_subject(reader, target, subject, warnings)
        found += further
        waiting += [one.manifest.digest for one in further if one.manifest.digest not in waiting]
    return tuple(found), tuple(warnings)


def parts_of(reader: Reader, manifest: Manifest, platform: str) -> List[Tuple[Manifest, str]]:
    """The manifests below an index, each after those below it, and then itself; with their platforms."""
    parts: Dict[str, Tuple[Manifest, str]] = {}
    _add_parts(reader, manifest, platform, parts, DEEPEST)
    return list(parts.values())


def _add_parts(
    reader: Reader, manifest: Manifest, platform: str, parts: Dict[str, Tuple[Manifest, str]], deeper: int
) -> None:
    """Add what is below a manifest, and then itself. Raises ContentError for what is more than any image has."""
    if not deeper:
        raise ContentError("The image has indexes in %d others" % DEEPEST)
    for child in manifest.children:
        if child.digest not in parts:
            _add_parts(reader, reader.manifest(child.digest), child.platform, parts, deeper - 1)
    parts[manifest.digest] = manifest, platform
    if len(parts) > MOST or sum(len(part.data) for part, _platform in parts.values()) > MOST_BYTES:
        raise ContentError("The image has more than %d manifests, or %d MiB of them" % (MOST, MOST_BYTES >> 20))


def _digests(reader: Reader, manifest: Manifest) -> List[str]:
    """An image and all below it. Only indexes are read: at some registries each manifest counts as a pull."""
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
    """Signatures of cosign and the like. The tag without a suffix is the list of what has this subject."""
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
        except RegistryMissing:  # nobody takes what is deleted off a list under a tag
            continue
        if one.manifest.subject == subject:
            found.append(one)
    return found


def _attached(reader: Reader, target: Repository, subject: str, digest: str, tag: str, have: str) -> Attached:
    manifest = reader.manifest(digest)
    below = [] if have == digest else [part for part, _platform in parts_of(reader, manifest, "")[:-1]]
    return Attached(subject, manifest, tag, have, tuple(part for part in below if not target.digest(part.digest)))
