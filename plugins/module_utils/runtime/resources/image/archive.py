# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images in an archive, and whether an image on the host is one of them.

``docker save`` writes manifest.json, which names configurations; OCI layouts, also written by newer engines, have
index.json, which names manifests or indexes. An image's id is the digest of its configuration or, with the containerd
image store, of its manifest or index; so an image in an archive has all of these.
"""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Iterator, List, Mapping, Set, Tuple

from ...errors import ContentError, InputError
from ...registry.document import decode, digest, fields, items, text
from ...values.reference import LATEST, parse

SMALL = 1 << 20  # bytes; no manifest or configuration is larger
TOGETHER = 32 << 20  # bytes of all such files in an archive
MOST = 10000  # manifests and configurations
DEEPEST = 10  # nested indexes
CONTAINERD_NAME = "io.containerd.image.name"
OCI_NAME = "org.opencontainers.image.ref.name"
ATTESTATION = "vnd.docker.reference.type"
# Configuration fields that inspect shows with either image store.
SHOWN = ("Env", "Cmd", "Entrypoint", "Labels", "User", "WorkingDir", "ExposedPorts", "Volumes", "StopSignal")


@dataclass(frozen=True)
class Held:
    """An image in an archive: its names, all digests that may be its id, and its configurations (one per platform)."""

    names: FrozenSet[str]
    digests: FrozenSet[str]
    configs: Tuple[Mapping[str, Any], ...] = ()

    def is_it(self, image: Mapping[str, Any]) -> bool:
        """Whether this is the same image as one in an inspect result.

        If the image store generated a new manifest, only the configurations are equal.
        """
        described = _part(image, "Descriptor").get("digest")
        if image["Id"] in self.digests or described in self.digests:
            return True
        return any(_like(image, config) for config in self.configs)


Archive = Tuple[Held, ...]


def read_archive(path: str) -> Archive | None:
    """The images in an archive (tar, optionally with gzip, bzip2 or xz); None if there is no file.

    Raises InputError if it is not an image archive, HostError if it cannot be read.
    """
    try:
        files = _small_files(path)
        found = _together([*_of_docker(files), *_of_oci(files)])
    except FileNotFoundError:
        return None
    except (ContentError, InputError) as error:
        raise InputError("%s is not an archive of images (%s)" % (path, error.cause))
    except ValueError as error:
        raise InputError("%s is not an archive of images (%s)" % (path, error))
    if not found:
        raise InputError("%s is not an archive of images: it has neither manifest.json nor index.json" % path)
    return found


def _together(parts: List[Held]) -> Archive:
    """The images without duplicates: those with a common digest are merged."""
    known: Dict[str, Held] = {}
    for held in parts:
        same = {id(known[each]): known[each] for each in held.digests if each in known}
        for one in same.values():
            held = Held(one.names | held.names, one.digests | held.digests, one.configs + held.configs)
        known.update(dict.fromkeys(held.digests, held))
    return tuple({id(held): held for held in known.values()}.values())


def names_in(archive: Archive) -> List[str]:
    """All names in an archive, sorted."""
    return sorted(name for held in archive for name in held.names)


def _small_files(path: str) -> Dict[str, bytes]:
    """The JSON files of an archive, by path. Layers are skipped, so memory use stays constant.

    Raises FileNotFoundError, InputError, HostError and ContentError.
    """
    from ...registry.tarball import Tarball  # slow to import; only archives need it

    found: Dict[str, bytes] = {}
    left = TOGETHER
    tar = Tarball(path)
    try:
        for member in tar.members():
            file = tar.open(member) if member.size <= SMALL else None
            data = tar.read(file, SMALL) if file else b""
            if data[:1] in (b"{", b"["):
                left -= len(data)
                if left < 0:
                    raise ContentError("its manifests are too large")
                found[posixpath.normpath(member.name)] = data
    finally:
        tar.close()
    return found


def _of_docker(files: Mapping[str, bytes]) -> Iterator[Held]:
    """The images in manifest.json. Raises ValueError, InputError."""
    for entry in map(fields, items(decode(files.get("manifest.json", b"[]")))):
        name = text(entry.get("Config"))
        data = files.get(posixpath.normpath(name))
        if data is None:
            raise ValueError("%s, which its manifest.json lists, is missing" % (name or "a configuration"))
        names = frozenset(parse(text(name)).or_tag(LATEST).pinned for name in items(entry.get("RepoTags")))
        yield Held(names, frozenset(["sha256:" + hashlib.sha256(data).hexdigest()]), (fields(decode(data)),))


def _of_oci(files: Mapping[str, bytes]) -> Iterator[Held]:
    """The images in index.json. Raises ValueError, InputError."""
    seen: Dict[str, Tuple[Set[str], List[Any]]] = {}
    for descriptor in map(fields, items(fields(decode(files.get("index.json", b"{}"))).get("manifests"))):
        digests, configs = _described(files, descriptor, seen, DEEPEST)
        notes = fields(descriptor.get("annotations"))
        name = text(notes.get(CONTAINERD_NAME)) or text(notes.get(OCI_NAME))
        # OCI's annotation is often a tag alone, which names nothing.
        named = ":" in name or "/" in name
        names = frozenset([parse(name).or_tag(LATEST).pinned] if named else [])
        if digests:
            yield Held(names, frozenset(digests), tuple(configs))


def _described(
    files: Mapping[str, bytes],
    descriptor: Mapping[str, Any],
    seen: Dict[str, Tuple[Set[str], List[Any]]],
    deeper: int,
) -> Tuple[Set[str], List[Any]]:
    """The digests of a descriptor and those below it, and the configurations.

    Digests whose content is missing in the archive are included. ``seen`` holds the digests found so far. Raises
    ValueError, also for unreasonably many.
    """
    if ATTESTATION in fields(descriptor.get("annotations")):
        return set(), []
    name = digest(descriptor.get("digest"))
    if name in seen:
        return seen[name]
    if not deeper or sum(len(digests) for digests, _configs in seen.values()) > MOST:
        raise ValueError("it has too many or too deeply nested indexes")
    digests, configs = seen[name] = {name}, []
    document = _blob(files, name)
    for below in items(document.get("manifests")):
        further = _described(files, fields(below), seen, deeper - 1)
        digests |= further[0]
        configs += [config for config in further[1] if config not in configs]
    if document.get("config"):
        config = digest(fields(document["config"]).get("digest"))
        digests.add(config)
        configs += [found for found in [_blob(files, config)] if found]
    return digests, configs


def _blob(files: Mapping[str, bytes], name: str) -> Dict[str, Any]:
    return fields(decode(files.get("blobs/" + name.replace(":", "/"), b"{}")))


def _like(image: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
    """Whether an image in an inspect result has this configuration: the same layers and run options."""
    layers = _part(config, "rootfs").get("diff_ids") or []
    mine, its = _part(image, "Config"), _part(config, "config")
    return (
        bool(layers)
        and _part(image, "RootFS").get("Layers") == layers
        and image.get("Created") == config.get("created")
        and image.get("Architecture") == config.get("architecture")
        and all((mine.get(key) or None) == (its.get(key) or None) for key in SHOWN)
    )


def _part(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = tree.get(name)
    return part if isinstance(part, dict) else {}
