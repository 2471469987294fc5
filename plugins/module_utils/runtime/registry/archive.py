# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images in files: an OCI layout, as a directory or a tar archive, and archives of ``docker save``.

They are read like a repository: manifests by digest, blobs in chunks. Nothing is unpacked.
"""

from __future__ import annotations

import stat
import tarfile
from pathlib import Path
from typing import IO, Any, Dict, Iterator, List, Mapping, Sequence

from ..errors import ContentError, HostError, InputError
from .document import decode, fields, items, text
from .document import digest as digest_in
from .http import BLOCK
from .manifest import (
    ACCEPTED,
    DOCKER_CONFIG,
    DOCKER_LAYER,
    LIMIT,
    Descriptor,
    Manifest,
    digest_of,
    hasher,
    of_docker_archive,
    owner_of,
    parse,
    subject_tag,
)
from .repository import verified
from .tarball import Tarball

# Annotations that name an image in index.json: OCI's, which may be a tag alone, and containerd's.
_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")


class Files:
    """Files by name, in a directory or a tar archive (compressed or not)."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._tar: Tarball | None = None
        self._members: Dict[str, tarfile.TarInfo] = {}
        try:
            if not Path(path).is_dir():
                self._tar = Tarball(path)
                self._members = {_plain(member.name): member for member in self._tar.members()}
        except InputError:
            raise InputError("source.path: %s is neither a directory nor a file" % path)
        except OSError as error:
            raise HostError("Cannot read %s (%s)" % (path, error.strerror or error))
        except ContentError as error:
            raise ContentError("%s is neither a directory nor a complete tar archive (%s)" % (path, error.cause))

    def open(self, name: str) -> IO[bytes]:
        """Open a file. Raises ContentError if it is missing."""
        try:
            if self._tar is None:
                if ".." in name.split("/") or not stat.S_ISREG(self._place(name).stat().st_mode):
                    raise KeyError(name)
                return self._place(name).open("rb")
            file = self._tar.open(self._members[_plain(name)])
            if file is None:
                raise KeyError(name)
            return file
        except (OSError, KeyError, ValueError):
            raise ContentError("There is no %s in %s" % (name, self.path))

    def has(self, name: str) -> bool:
        """Whether a file exists."""
        return _plain(name) in self._members if self._tar else self._place(name).is_file()

    def size(self, name: str) -> int:
        """The size of a file in bytes. Raises ContentError."""
        with self.open(name) as file:
            return self._members[_plain(name)].size if self._tar else file.seek(0, 2)

    def read(self, name: str) -> bytes:
        """Read a small file. Raises ContentError."""
        with self.open(name) as file:
            data = self._next(file, name, LIMIT + 1)
        if len(data) > LIMIT:
            raise ContentError("%s in %s is longer than %d bytes" % (name, self.path, LIMIT))
        return data

    def json(self, name: str) -> Any:
        """Read and decode a small JSON file. Raises ContentError."""
        try:
            return decode(self.read(name))
        except ValueError as error:
            raise ContentError("%s in %s is malformed (%s)" % (name, self.path, error))

    def blocks(self, name: str) -> Iterator[bytes]:
        """The content of a file in chunks. Raises ContentError if it cannot be read to its end."""
        with self.open(name) as file:
            while True:
                block = self._next(file, name, BLOCK)
                if not block:
                    return
                yield block

    def _place(self, name: str) -> Path:
        return Path(self.path, *name.split("/"))

    def _next(self, file: IO[bytes], name: str, size: int) -> bytes:
        try:
            return self._tar.read(file, size) if self._tar else file.read(size)
        except (ContentError, OSError) as error:
            raise ContentError("%s in %s cannot be read (%s)" % (name, self.path, error))


class Archive:
    """The images in a directory or an archive."""

    def __init__(self, path: str) -> None:
        self._files = Files(path)
        self.path = path
        self._blobs: Dict[str, str] = {}  # by digest, for blobs that are not at OCI's place
        self._made: Dict[str, Manifest] = {}
        if self._files.has("index.json"):
            self._images = self._of_layout()
        elif self._files.has("manifest.json"):
            self._images = self._of_docker()
        else:
            raise ContentError(
                "%s contains no image: it has neither index.json nor manifest.json" % path,
                "Use an OCI layout, a tar archive of one, or the output of docker save.",
            )

    def __str__(self) -> str:
        return self.path

    def choose(self, image: str) -> Manifest:
        """The image with this name, tag or digest; by default the only one. Raises InputError."""
        digests = {digest for names, digest in self._images if image in names or image == digest}
        if not image:  # without signatures and the like
            digests = {digest for names, digest in self._images if not self._belongs(names, digest)}
        if len(digests) != 1:
            there = sorted({name for names, _digest in self._images for name in names}) or sorted(
                digest for _names, digest in self._images
            )
            raise InputError(
                "source.image: %s has %s" % (self.path, "several images" if digests else "no image %s" % image),
                "It has %s." % ", ".join(there[:20]),
            )
        return self.manifest(digests.pop())

    def tags(self) -> List[str]:
        """The names of the images."""
        return sorted(name for names, _digest in self._images for name in names)

    def digest(self, name: str) -> str:
        """The digest of the image with this name, empty if there is none."""
        return next((digest for names, digest in self._images if name in names), "")

    def referrers(self, digest: str) -> List[Mapping[str, Any]]:
        """Descriptors of manifests with this subject, from index.json or the index under the fallback tag."""
        listed = {known for _names, known in self._images if self._subject(known) == digest}
        index = self.digest(subject_tag(digest))
        if index:
            listed |= {child.digest for child in self.manifest(index).children}
        return [{"digest": known, "mediaType": self.manifest(known).media_type} for known in sorted(listed)]

    def _belongs(self, names: Sequence[str], digest: str) -> bool:
        return bool(self._subject(digest)) or any(owner_of(name) for name in names)

    def _subject(self, digest: str) -> str:
        there = digest in self._made or self._files.has(self._where(digest))
        return self.manifest(digest).subject if there else ""

    def manifest(self, digest: str) -> Manifest:
        """A verified manifest or index. Raises ContentError."""
        if digest in self._made:
            return self._made[digest]
        data = self._files.read(self._where(digest))
        if hasher(digest, data).hexdigest() != digest.partition(":")[2]:
            raise ContentError("%s in %s does not match its digest" % (digest, self.path))
        return parse(data)

    def blob(self, blob: Descriptor) -> Iterator[bytes]:
        """A verified blob in chunks. Raises ContentError."""
        return verified(blob, self._files.blocks(self._where(blob.digest)), self.path)

    def small(self, blob: Descriptor) -> bytes:
        """The content of a small blob."""
        return self._files.read(self._where(blob.digest))

    def _where(self, digest: str) -> str:
        return self._blobs.get(digest) or "blobs/" + digest.replace(":", "/", 1)

    def _of_layout(self) -> List[Any]:
        """Names and digest of each image in index.json. Raises ContentError."""
        found = []
        try:
            for entry in map(fields, items(fields(self._files.json("index.json")).get("manifests"))):
                notes = fields(entry.get("annotations"))
                if entry.get("mediaType") in ACCEPTED:
                    names = [text(notes.get(key)) for key in _NAMES]
                    found.append((tuple(filter(None, names)), digest_in(entry.get("digest"))))
        except (ValueError, TypeError) as error:
            raise ContentError("index.json in %s is malformed (%s)" % (self.path, error))
        return found

    def _of_docker(self) -> List[Any]:
        """Names and digest of each image in manifest.json; manifests are generated, as this format has none."""
        try:
            entries = [fields(entry) for entry in items(self._files.json("manifest.json"))]
            return [(tuple(map(text, items(entry.get("RepoTags")))), self._make(entry)) for entry in entries]
        except ValueError as error:
            raise ContentError("manifest.json in %s, or a config that it names, is malformed (%s)" % (self.path, error))

    def _make(self, entry: Mapping[str, Any]) -> str:
        """Generate the manifest for an entry; returns its digest. Raises ValueError, ContentError."""
        name = text(entry.get("Config"))
        data = self._files.read(name)
        config = Descriptor(DOCKER_CONFIG, digest_of(data), len(data))
        self._blobs[config.digest] = name
        layers = []
        unpacked = items(fields(fields(decode(data)).get("rootfs")).get("diff_ids"))
        # Layers are stored uncompressed, so a layer's digest is its diff id in the config.
        for layer, known in zip(map(text, items(entry.get("Layers"))), map(digest_in, unpacked)):
            layers.append(Descriptor(DOCKER_LAYER, known, self._files.size(layer)))
            self._blobs[known] = layer
        made = of_docker_archive(config, layers)
        self._made[made.digest] = made
        return made.digest


def _plain(name: str) -> str:
    return name[2:] if name.startswith("./") else name
