# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images created byte by byte, pushed with plain HTTP or written to files, without an engine or our client."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Sequence
from urllib.parse import urljoin

from .registry import Registry

DOCKER = "application/vnd.docker."
OCI = "application/vnd.oci.image."
TYPES = {
    "docker": {
        "index": DOCKER + "distribution.manifest.list.v2+json",
        "manifest": DOCKER + "distribution.manifest.v2+json",
        "config": DOCKER + "container.image.v1+json",
        "layer": DOCKER + "image.rootfs.diff.tar.gzip",
    },
    "oci": {
        "index": OCI + "index.v1+json",
        "manifest": OCI + "manifest.v1+json",
        "config": OCI + "config.v1+json",
        "layer": OCI + "layer.v1.tar+gzip",
    },
}
ALL = ", ".join(kinds[part] for kinds in TYPES.values() for part in ("index", "manifest"))
BYTES = {"Content-Type": "application/octet-stream"}
Tree = dict[str, Any]


def digest(data: bytes) -> str:
    """The digest of bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def layer(content: bytes, name: str = "word") -> bytes:
    """A tar archive with one file."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()


@dataclass
class Image:
    """An image for one platform, or an index of ``children``."""

    media_type: str
    data: bytes
    blobs: dict[str, bytes] = field(default_factory=dict)
    children: list[Image] = field(default_factory=list)
    config: bytes = b""
    tars: list[bytes] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The digest of its manifest."""
        return digest(self.data)


def image(
    word: str,
    platform: str = "linux/amd64",
    created: str = "2026-01-02T03:04:05Z",
    kind: str = "oci",
    further: Sequence[bytes] = (),
) -> Image:
    """An image with a file ``word``. ``further`` are the contents of more layers."""
    types = TYPES[kind]
    tars = [layer(word.encode()), *(layer(content, "more%d" % number) for number, content in enumerate(further))]
    names = dict(zip(("os", "architecture", "variant"), platform.split("/"), strict=False))
    history = [{"created": created, "created_by": "test"} for _tar in tars]
    tree: Tree = {**names, "created": created, "config": {"Labels": {"word": word}, "Cmd": ["/word"]}}
    tree |= {"rootfs": {"type": "layers", "diff_ids": [digest(tar) for tar in tars]}, "history": history}
    config = json.dumps(tree).encode()
    layers = [gzip.compress(tar, 1, mtime=0) for tar in tars]
    manifest = {
        "schemaVersion": 2,
        "mediaType": types["manifest"],
        "config": _entry(types["config"], config),
        "layers": [_entry(types["layer"], data) for data in layers],
    }
    blobs = {digest(data): data for data in [config, *layers]}
    return Image(types["manifest"], json.dumps(manifest).encode(), blobs, config=config, tars=tars)


def index(images: dict[str, Image], kind: str = "oci") -> Image:
    """An index of images by platform."""
    entries = []
    for platform, child in images.items():
        names = dict(zip(("os", "architecture", "variant"), platform.split("/"), strict=False))
        entries.append({**_entry(child.media_type, child.data), "platform": names})
    tree = {"schemaVersion": 2, "mediaType": TYPES[kind]["index"], "manifests": entries}
    return Image(TYPES[kind]["index"], json.dumps(tree).encode(), children=list(images.values()))


def attached(word: str, subject: Image, artifact_type: str = "application/spdx+json") -> Image:
    """A referrer of an image, with OCI's empty config."""
    empty = b"{}"
    manifest = {
        "schemaVersion": 2,
        "mediaType": TYPES["oci"]["manifest"],
        "artifactType": artifact_type,
        "config": _entry("application/vnd.oci.empty.v1+json", empty),
        "layers": [_entry(artifact_type, word.encode())],
        "subject": _entry(subject.media_type, subject.data),
        "annotations": {"word": word},
    }
    blobs = {digest(data): data for data in (empty, word.encode())}
    return Image(TYPES["oci"]["manifest"], json.dumps(manifest).encode(), blobs)


def tag_of(subject: Image, suffix: str = "") -> str:
    """The tag for referrers of an image: that of their index or, with a suffix, one of cosign."""
    return subject.digest.replace(":", "-") + suffix


def listing(*images: Image) -> Image:
    """An index of referrers, as clients maintain it for a registry without the referrers API."""
    entries = []
    for one in images:
        tree = json.loads(one.data)
        further = {key: tree[key] for key in ("artifactType", "annotations")}
        entries.append({**_entry(one.media_type, one.data), **further})
    tree = {"schemaVersion": 2, "mediaType": TYPES["oci"]["index"], "manifests": entries}
    return Image(TYPES["oci"]["index"], json.dumps(tree).encode(), children=list(images))


def _entry(media_type: str, data: bytes) -> Tree:
    return {"mediaType": media_type, "digest": digest(data), "size": len(data)}


def push(registry: Registry, repository: str, made: Image, *tags: str) -> None:
    """Push an image with these tags to a registry, with plain HTTP."""
    for child in made.children:
        push(registry, repository, child)
    for name, data in made.blobs.items():
        status, headers, _body = registry.call("POST", "/v2/%s/blobs/uploads/" % repository)
        assert status == 202, status
        location = urljoin("https://%s/" % registry.host, headers["Location"])
        status, _headers, body = registry.call("PUT", location + "&digest=" + name, data, headers=BYTES)
        assert status == 201, body
    for reference in tags or (made.digest,):
        kind = {"Content-Type": made.media_type}
        path = "/v2/%s/manifests/%s" % (repository, reference)
        status, _headers, body = registry.call("PUT", path, made.data, headers=kind)
        assert status == 201, body


def tags(registry: Registry, repository: str) -> list[str]:
    """The tags of a repository, sorted."""
    _status, _headers, body = registry.call("GET", "/v2/%s/tags/list" % repository)
    return sorted(json.loads(body).get("tags") or [])


def fetch(registry: Registry, repository: str, reference: str) -> bytes:
    """A manifest or index from the registry; empty if it does not exist."""
    path = "/v2/%s/manifests/%s" % (repository, reference)
    status, _headers, body = registry.call("GET", path, headers={"Accept": ALL})
    return body if status == 200 else b""


def complete(registry: Registry, repository: str, reference: str) -> bool:
    """Whether a registry has an image with all of its blobs, byte for byte."""
    data = fetch(registry, repository, reference)
    if not data:
        return False
    tree = json.loads(data)
    if "manifests" in tree:
        return all(complete(registry, repository, child["digest"]) for child in tree["manifests"])
    for part in [tree["config"], *tree["layers"]]:
        status, _headers, body = registry.call("GET", "/v2/%s/blobs/%s" % (repository, part["digest"]))
        if status != 200 or digest(body) != part["digest"]:
            return False
    return True


def files_of(made: Image) -> dict[str, bytes]:
    """The blobs of an image for an OCI layout."""
    found = {"blobs/" + name.replace(":", "/"): data for name, data in made.blobs.items()}
    found["blobs/" + made.digest.replace(":", "/")] = made.data
    for child in made.children:
        found |= files_of(child)
    return found


def layout(images: dict[str, Image], *nameless: Image) -> dict[str, bytes]:
    """An OCI layout with these images by tag, and more without tags."""
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}
    entries = []
    for tag, made in images.items():
        files |= files_of(made)
        names = {"org.opencontainers.image.ref.name": tag}
        entries.append({**_entry(made.media_type, made.data), "annotations": names})
    for made in nameless:
        files |= files_of(made)
        entries.append(_entry(made.media_type, made.data))
    files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": entries}).encode()
    return files


def write_directory(place: Path, files: dict[str, bytes]) -> Path:
    """Write files below a directory."""
    for name, data in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    return place


def write_tar(path: Path, files: dict[str, bytes], mode: str = "w") -> Path:
    """Write files to a tar archive."""
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path
