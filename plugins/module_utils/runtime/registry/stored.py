# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repositories on the disk of a registry that does not run, as the distribution's registry lays them out.

``blobs/sha256/12/12…/data`` has the bytes of manifests, configs and layers. ``repositories/NAME/`` has links to them,
files with a digest in them: ``_manifests/tags/TAG/current/link`` and ``_manifests/revisions/sha256/12…/link``.
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
    """All repositories below the ``rootdirectory`` of a registry."""

    def __init__(self, root: str) -> None:
        self.top = Path(root).joinpath(*_TOP)

    def repositories(self) -> Iterator[Stored]:
        """Those that have, or had, manifests."""
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
        """The bytes of a short blob. Raises RegistryMissing, ContentError."""
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
    """One repository; it is read like one at a registry (``contents.Reader``)."""

    def __init__(self, storage: Storage, path: Path, name: str) -> None:
        self.name = name
        self._storage = storage
        self._tags = path / "_manifests" / "tags"
        self._revisions = path / "_manifests" / "revisions"

    def tags(self) -> List[str]:
        """All tags."""
        return sorted(link.parts[-3] for link in self._tags.glob("*/current/link"))

    def digest(self, reference: str) -> str:
        """The digest of a tag, empty where its manifest was deleted."""
        try:
            digest = (self._tags / reference / "current" / "link").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""
        return digest if self._revision(digest).joinpath("link").exists() else ""

    def revisions(self) -> Dict[str, float]:
        """All manifests by digest, with or without a tag, and when they came."""
        found = {}
        for link in self._revisions.glob("*/*/link"):
            found["%s:%s" % (link.parts[-3], link.parts[-2])] = link.stat().st_mtime
        return found

    def manifest(self, reference: str) -> Manifest:
        """A manifest by its digest. Raises RegistryMissing, ContentError."""
        if not self._revision(reference).joinpath("link").exists():
            raise RegistryMissing("%s has no %s" % (self.name, reference))
        return parse(self._storage.read(reference))

    def small(self, blob: Descriptor) -> bytes:
        """A short blob. Raises RegistryMissing, ContentError."""
        return self._storage.read(blob.digest)

    def untag(self, tag: str) -> None:
        """Take a tag away."""
        shutil.rmtree(str(self._tags / tag))

    def delete(self, digest: str) -> None:
        """Take a manifest away. Its bytes stay until garbage is collected."""
        for seen in self._tags.glob("*/index/%s" % digest.replace(":", "/")):
            shutil.rmtree(str(seen))
        shutil.rmtree(str(self._revision(digest)))

    def _revision(self, digest: str) -> Path:
        algorithm, _colon, value = digest.partition(":")
        return self._revisions / algorithm / value
