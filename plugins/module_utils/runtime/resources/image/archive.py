# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images an archive holds, and whether an image on the host is one of them.

``docker save`` writes manifest.json, which names configurations; OCI layouts, which newer engines write as well, have
index.json, which names manifests or indexes of them. An image's id is the digest of its configuration, or with
containerd's image store that of its manifest or index; so an archive knows an image by all of these.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Iterator, List, Mapping, Tuple

from ...errors import HostError, InputError
from ...registry.reference import LATEST, parse

# What reading a broken archive, or one that says something else than images do, raises.
BROKEN = (EOFError, ValueError, LookupError, TypeError, AttributeError)
SMALL = 1 << 20  # bytes: no manifest or configuration is larger
TOGETHER = 32 << 20  # bytes of such files in one archive
CONTAINERD_NAME = "io.containerd.image.name"
OCI_NAME = "org.opencontainers.image.ref.name"
ATTESTATION = "vnd.docker.reference.type"
# Of a configuration, what inspect shows whatever the store is.
SHOWN = ("Env", "Cmd", "Entrypoint", "Labels", "User", "WorkingDir", "ExposedPorts", "Volumes", "StopSignal")


@dataclass(frozen=True)
class Held:
    """An image in an archive: its names, all digests that may be its id, and its configurations (one a platform)."""

    names: FrozenSet[str]
    digests: FrozenSet[str]
    configs: Tuple[Mapping[str, Any], ...] = ()

    def is_it(self, image: Mapping[str, Any]) -> bool:
        """Whether an image, as inspect shows it, is this one.

        Where the store made up a new manifest for it, the configuration is all that they have in common.
        """
        described = (image.get("Descriptor") or {}).get("digest")
        if image["Id"] in self.digests or described in self.digests:
            return True
        return any(_like(image, config) for config in self.configs)


Archive = Tuple[Held, ...]


def read_archive(path: str) -> Archive | None:
    """The images in an archive (tar, or that with gzip, bzip2 or xz); None where there is no file.

    Raises InputError if it is no such archive, HostError if it cannot be read.
    """
    try:
        files = _small_files(path)
        found: List[Held] = []
        for held in (*_of_docker(files), *_of_oci(files)):
            same = [one for one in found if one.digests & held.digests]
            found = [one for one in found if one not in same]
            for one in same:
                held = Held(one.names | held.names, one.digests | held.digests, one.configs + held.configs)
            found.append(held)
    except FileNotFoundError:
        return None
    except InputError as error:
        raise InputError("%s is no archive of images (%s)" % (path, error.cause))
    except BROKEN as error:
        raise InputError("%s is no archive of images (%s)" % (path, " ".join(str(error).split()) or "it is broken"))
    except OSError as error:
        if error.errno is None:  # how gzip says that a file is broken
            raise InputError("%s is no archive of images (%s)" % (path, error))
        raise HostError("Cannot read %s (%s)" % (path, error.strerror))
    if not found:
        raise InputError("%s is no archive of images: it has neither manifest.json nor index.json" % path)
    return tuple(found)


def names_in(archive: Archive) -> List[str]:
    """All names in an archive, sorted."""
    return sorted(name for held in archive for name in held.names)


def _small_files(path: str) -> Dict[str, bytes]:
    """The JSON files of an archive, by path. Layers are passed over, so memory stays flat. Raises of BROKEN."""
    import tarfile  # these cost time that only archives need
    import zlib

    broken: List[Any] = [tarfile.TarError, zlib.error]
    try:
        from lzma import LZMAError

        broken.append(LZMAError)
    except ImportError:  # a Python without it cannot raise it either
        pass
    found: Dict[str, bytes] = {}
    left = TOGETHER
    try:
        with tarfile.open(path, "r:*") as tar:
            for member in tar:
                tar.members = []  # type: ignore[attr-defined]  # or it keeps all of them
                file = tar.extractfile(member) if member.isreg() and member.size <= SMALL else None
                data = file.read() if file else b""
                if data[:1] in (b"{", b"["):
                    left -= len(data)
                    if left < 0:
                        raise ValueError("its manifests are too large")
                    found[posixpath.normpath(member.name)] = data
    except tuple(broken) as error:
        raise ValueError(str(error))
    return found


def _of_docker(files: Mapping[str, bytes]) -> Iterator[Held]:
    for entry in json.loads(files.get("manifest.json", b"[]")):
        data = files[posixpath.normpath(entry["Config"])]
        names = frozenset(parse(name).or_tag(LATEST).pinned for name in entry.get("RepoTags") or ())
        yield Held(names, frozenset(["sha256:" + hashlib.sha256(data).hexdigest()]), (json.loads(data),))


def _of_oci(files: Mapping[str, bytes]) -> Iterator[Held]:
    for descriptor in json.loads(files.get("index.json", b"{}")).get("manifests") or ():
        digests, configs = _described(files, descriptor)
        notes = descriptor.get("annotations") or {}
        name = notes.get(CONTAINERD_NAME) or notes.get(OCI_NAME) or ""
        # The annotation of OCI is often a tag alone, which names nothing.
        named = ":" in name or "/" in name
        names = frozenset([parse(name).or_tag(LATEST).pinned] if named else [])
        if digests:
            yield Held(names, frozenset(digests), tuple(configs))


def _described(files: Mapping[str, bytes], descriptor: Mapping[str, Any]) -> Tuple[List[str], List[Any]]:
    """The digests below a descriptor, its own first, and the configurations; those that are left out count too."""
    notes = descriptor.get("annotations") or {}
    if ATTESTATION in notes:
        return [], []
    digests, configs = [str(descriptor["digest"])], []
    document = _blob(files, digests[0])
    for below in document.get("manifests") or ():
        further = _described(files, below)
        digests += further[0]
        configs += further[1]
    if "config" in document:
        digests.append(str(document["config"]["digest"]))
        configs += [config for config in [_blob(files, digests[-1])] if config]
    return digests, configs


def _blob(files: Mapping[str, bytes], digest: str) -> Dict[str, Any]:
    blob: Dict[str, Any] = json.loads(files.get("blobs/" + digest.replace(":", "/"), b"{}"))
    return blob


def _like(image: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
    """Whether an image, as inspect shows it, has this configuration: the same layers, run in the same way."""
    layers = (config.get("rootfs") or {}).get("diff_ids") or []
    mine, its = image.get("Config") or {}, config.get("config") or {}
    return (
        bool(layers)
        and (image.get("RootFS") or {}).get("Layers") == layers
        and image.get("Created") == config.get("created")
        and image.get("Architecture") == config.get("architecture")
        and all((mine.get(key) or None) == (its.get(key) or None) for key in SHOWN)
    )
