# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contents of a repository: its tags, their manifests, and what those need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Mapping, Protocol, Set

from ..errors import RegistryMissing
from .manifest import Descriptor, Manifest, image_facts, is_image_config, moment


class Reader(Protocol):
    """A repository, in a registry or in its storage."""

    def tags(self) -> List[str]:
        """All tags."""

    def digest(self, reference: str) -> str:
        """The digest of a tag, empty if there is no such tag."""

    def manifest(self, reference: str) -> Manifest:
        """A manifest by digest. Raises RegistryMissing, ContentError."""

    def small(self, blob: Descriptor) -> bytes:
        """A small blob. Raises RegistryMissing, ContentError."""


@dataclass(frozen=True)
class Contents:
    """Tags to digests; manifests by digest, including those of indexes; creation times, where known."""

    tags: Mapping[str, str]
    manifests: Mapping[str, Manifest]
    created: Mapping[str, str]

    def needs(self, digest: str) -> Set[str]:
        """A manifest and everything that it lists."""
        found: Set[str] = set()
        waiting = [digest]
        while waiting:
            current = waiting.pop()
            if current not in found and current in self.manifests:
                found.add(current)
                waiting += [child.digest for child in self.manifests[current].children]
        return found


def read(repository: Reader, dates: bool) -> Contents:
    """Read all of it; tags that are removed meanwhile are left out. Raises RegistryError, ContentError."""
    tags: Dict[str, str] = {}
    manifests: Dict[str, Manifest] = {}
    created: Dict[str, str] = {}
    for tag in repository.tags():
        digest = repository.digest(tag)
        if digest and _fetch(repository, digest, manifests):
            tags[tag] = digest
    if dates:
        for digest, manifest in manifests.items():
            if not manifest.is_index:
                created[digest] = created_of(repository, manifest)
        for digest, manifest in manifests.items():
            if manifest.is_index:
                children = [created.get(child.digest, "") for child in manifest.children]
                created[digest] = manifest.created or max(children, key=lambda time: moment(time) or 0, default="")
    return Contents(tags, manifests, created)


def created_of(repository: Reader, manifest: Manifest) -> str:
    """The creation time of an image, from its config or an annotation."""
    if manifest.config and is_image_config(manifest.config):
        try:
            _platform, created = image_facts(repository.small(manifest.config))
        except RegistryMissing:
            created = ""
        return created or manifest.created
    return manifest.created


def _fetch(repository: Reader, digest: str, manifests: Dict[str, Manifest]) -> bool:
    """Add a manifest and, recursively, everything that it lists; returns whether the manifest exists."""
    waiting = [digest]
    while waiting:
        current = waiting.pop()
        if current in manifests:
            continue
        try:
            manifests[current] = repository.manifest(current)
        except RegistryMissing:
            continue
        waiting += [child.digest for child in manifests[current].children]
    return digest in manifests
