# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repositories in the storage of a stopped registry, in the layout of the distribution registry.

``blobs/sha256/12/12…/data`` holds manifests, configs and layers. ``repositories/NAME/`` holds link files, which contain
a digest: ``_manifests/tags/TAG/current/link`` and ``_manifests/revisions/sha256/12…/link``.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List

from ..errors import ContentError, RegistryMissing
from .manifest import LIMIT, Descriptor, Manifest, digest_of, parse

_TOP = ("docker", "registry", "v2")


@dataclass(frozen=True)
class Blob:
    """The file of a blob."""

    size: int
    changed: float


class Storage:
    """The repositories in the ``rootdirectory`` of a registry."""

    def __init__(self, root: str) -> None:
        self.top = Path(root).joinpath(*_TOP)

    def repositories(self) -> Iterator[Stored]:
        """The repositories that have, or had, manifests."""
        base = self.top / "repositories"
        for where, directories, _files in os.walk(str(base)):
            if "_manifests" in directories:
                yield Stored(self, Path(where), Path(where).relative_to(base).as_posix())
            directories[:] = sorted(name for name in directories if not name.startswith("_"))

    def blobs(self) -> Dict[str, Blob]:
        """All blobs by digest."""
        found = {}
        for data in (self.top / "blobs").glob("*/*/*/data"):
            state = data.stat()
            found["%s:%s" % (data.parts[-4], data.parts[-2])] = Blob(state.st_size, state.st_mtime)
        return found

    def read(self, digest: str) -> bytes:
        """The content of a small blob. Raises RegistryMissing, ContentError."""
        algorithm, _colon, value = digest.partition(":")
        path = self.top / "blobs" / algorithm / value[:2] / value / "data"
        try:
            with path.open("rb") as file:
                data = file.read(LIMIT + 1)
        except FileNotFoundError:
            raise RegistryMissing("The storage has no %s" % digest)
        if len(data) > LIMIT or digest_of(data, algorithm) != digest:
            raise ContentError("The stored data does not match the digest %s" % digest)
        return data


class Stored:
    """A repository in the storage, with the interface of ``contents.Reader``."""

    def __init__(self, storage: Storage, path: Path, name: str) -> None:
        self.name = name
        self._storage = storage
        self._tags = path / "_manifests" / "tags"
        self._revisions = path / "_manifests" / "revisions"

    def tags(self) -> List[str]:
        """All tags."""
        return sorted(link.parts[-3] for link in self._tags.glob("*/current/link"))

    def digest(self, reference: str) -> str:
        """The digest of a tag, empty if its manifest was deleted."""
        try:
            digest = (self._tags / reference / "current" / "link").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""
        return digest if self._revision(digest).joinpath("link").exists() else ""

    def revisions(self) -> Dict[str, float]:
        """All manifests by digest, tagged or not, with the time of their upload."""
        found = {}
        for link in self._revisions.glob("*/*/link"):
            found["%s:%s" % (link.parts[-3], link.parts[-2])] = link.stat().st_mtime
        return found

    def manifest(self, reference: str) -> Manifest:
        """A manifest by digest. Raises RegistryMissing, ContentError."""
        if not self._revision(reference).joinpath("link").exists():
            raise RegistryMissing("%s has no %s" % (self.name, reference))
        return parse(self._storage.read(reference))

    def small(self, blob: Descriptor) -> bytes:
        """A small blob. Raises RegistryMissing, ContentError."""
        return self._storage.read(blob.digest)

    def untag(self, tag: str) -> None:
        """Delete a tag."""
        shutil.rmtree(str(self._tags / tag))

    def delete(self, digest: str) -> None:
        """Delete a manifest. Its bytes remain until garbage collection."""
        for seen in self._tags.glob("*/index/%s" % digest.replace(":", "/")):
            shutil.rmtree(str(seen))
        shutil.rmtree(str(self._revision(digest)))

    def _revision(self, digest: str) -> Path:
        algorithm, _colon, value = digest.partition(":")
        return self._revisions / algorithm / value
