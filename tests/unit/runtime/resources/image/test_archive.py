# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images archives hold, in the layouts that engines write, and how images are recognized on both stores.

The shapes were recorded from docker save: of 20.10 (manifest.json, a configuration named by its digest) and of 26
and newer (an OCI layout as well; with containerd's image store also with an index of platforms and attestations).
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import HostError, InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.archive import (
    SMALL,
    names_in,
    read_archive,
)

LAYER = "sha256:" + "1" * 64
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def config(word="one", created="2026-01-01T00:00:00Z"):
    """The configuration of an image."""
    return {
        "architecture": "amd64",
        "os": "linux",
        "created": created,
        "config": {"Cmd": ["sh"], "Labels": {"word": word}},
        "rootfs": {"type": "layers", "diff_ids": [LAYER]},
    }


def shown(image, word="one", **more):
    """An image as inspect shows it."""
    return {
        "Id": image,
        "Architecture": "amd64",
        "Os": "linux",
        "Created": "2026-01-01T00:00:00Z",
        "Config": {"Cmd": ["sh"], "Labels": {"word": word}, "Env": None, "User": "", "WorkingDir": ""},
        "RootFS": {"Type": "layers", "Layers": [LAYER]},
        **more,
    }


class Tar:
    """Writes archives."""

    def __init__(self):
        self.files = {}

    def blob(self, document):
        """Add a document. Returns its digest."""
        data = json.dumps(document).encode()
        digest = hashlib.sha256(data).hexdigest()
        self.files["blobs/sha256/" + digest] = data
        return "sha256:" + digest

    def write(self, path, mode="w"):
        """Write the archive."""
        with tarfile.open(path, mode) as tar:
            for name, data in self.files.items():
                data = data if isinstance(data, bytes) else json.dumps(data).encode()
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
        return str(path)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_the_layout_of_the_classic_store(tmp_path, mode):
    """With manifest.json. The ID of an image is the digest of its configuration, and names are those of Docker."""
    tar = Tar()
    data = json.dumps(config()).encode()
    digest = hashlib.sha256(data).hexdigest()
    tar.files["%s/layer.tar" % LAYER] = b"\0" * (SMALL + 1)
    tar.files["./%s.json" % digest] = data
    tar.files["manifest.json"] = [
        {"Config": digest + ".json", "RepoTags": ["app:1", "docker.io/library/app:2"], "Layers": []},
        {"Config": digest + ".json", "RepoTags": None, "Layers": []},
    ]
    (held,) = read_archive(tar.write(tmp_path / "a", mode))
    assert names_in([held]) == ["app:1", "app:2"]
    assert held.digests == {"sha256:" + digest}
    assert held.is_it({"Id": "sha256:" + digest})
    assert not held.is_it({"Id": "sha256:" + "0" * 64})


def test_the_layout_of_containerds_store(tmp_path):
    """An index with platforms and attestations: known by the digests of the index, the manifests, the configurations.

    A platform that the archive does not have in full counts by its digest.
    """
    tar = Tar()
    one, two = tar.blob(config("amd64")), tar.blob(config("arm64"))
    manifests = [tar.blob({"schemaVersion": 2, "config": {"digest": digest}, "layers": []}) for digest in (one, two)]
    attestation = tar.blob({"schemaVersion": 2, "config": {"digest": "sha256:" + "a" * 64}, "layers": []})
    elsewhere = "sha256:" + "e" * 64
    index = tar.blob(
        {
            "manifests": [
                *({"mediaType": MANIFEST, "digest": digest} for digest in (*manifests, elsewhere)),
                {"digest": attestation, "annotations": {"vnd.docker.reference.type": "attestation-manifest"}},
            ]
        }
    )
    name = {"io.containerd.image.name": "docker.io/library/app:1", "org.opencontainers.image.ref.name": "1"}
    tar.files["index.json"] = {"manifests": [{"digest": index, "annotations": name}]}
    tar.files["manifest.json"] = [{"Config": "blobs/sha256/" + one[7:], "RepoTags": ["app:1", "app:2"], "Layers": []}]
    (held,) = read_archive(tar.write(tmp_path / "a"))
    assert names_in([held]) == ["app:1", "app:2"]
    assert held.digests == {index, *manifests, one, two, elsewhere}
    for image in (index, manifests[1], one):
        assert held.is_it({"Id": image})
    assert held.is_it({"Id": "sha256:0", "Descriptor": {"digest": manifests[0]}})
    assert not held.is_it({"Id": attestation})


def test_an_oci_layout(tmp_path):
    """With two images, one of them without a name. A reference that is only a tag is not a name."""
    tar = Tar()
    manifests = [tar.blob({"config": {"digest": tar.blob(config(word))}, "layers": []}) for word in ("one", "two")]
    notes = ({"org.opencontainers.image.ref.name": "r.example/app:1"}, {"org.opencontainers.image.ref.name": "latest"})
    tar.files["index.json"] = {
        "manifests": [{"digest": digest, "annotations": note} for digest, note in zip(manifests, notes, strict=True)]
    }
    one, two = read_archive(tar.write(tmp_path / "a"))
    assert (one.names, two.names) == ({"r.example/app:1"}, frozenset())
    assert one.is_it({"Id": manifests[0]})
    assert two.is_it({"Id": manifests[1]})


def test_an_image_whose_manifest_was_created_by_the_store(tmp_path):
    """containerd's store does so for an archive of the classic one. The configuration identifies the image."""
    tar = Tar()
    tar.files["c.json"] = config()
    tar.files["manifest.json"] = [{"Config": "c.json", "RepoTags": ["app:1"], "Layers": []}]
    (held,) = read_archive(tar.write(tmp_path / "a"))
    assert held.is_it(shown("sha256:0"))
    for other in (
        shown("sha256:0", "two"),
        shown("sha256:0", Created="2026-01-02T00:00:00Z"),
        shown("sha256:0", RootFS={"Layers": [LAYER, LAYER]}),
        shown("sha256:0", Architecture="arm64"),
        {"Id": "sha256:0"},
    ):
        assert not held.is_it(other)


def test_files_that_are_not_archives_of_images(tmp_path):
    """They are distinguished, without a traceback."""
    assert read_archive(str(tmp_path / "missing")) is None
    with pytest.raises(HostError, match="Is a directory"):
        read_archive(str(tmp_path))
    for number, files in enumerate(
        (
            {"etc/passwd": b"root"},
            {"manifest.json": [{"Config": "missing.json"}]},
            {"manifest.json": b"[nonsense"},
            {"manifest.json": {"Config": "a"}},
            {"manifest.json": [1]},
            {"index.json": {"manifests": [{}]}},
            {"index.json": [1]},
            {"manifest.json": [{"Config": "a.json", "RepoTags": ["App"]}], "a.json": config()},
        )
    ):
        tar = Tar()
        tar.files = files
        with pytest.raises(InputError, match="is not an archive of images"):
            read_archive(tar.write(tmp_path / str(number)))
    for packed in ("w:gz", "w:bz2", "w:xz"):
        path = tmp_path / "cut"
        Tar.write(tar, path, packed)
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(InputError, match="is not an archive of images"):
            read_archive(str(path))


def test_the_total_size_of_manifests_is_limited(tmp_path, monkeypatch):
    """To limit memory."""
    monkeypatch.setattr(
        "ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.archive.TOGETHER", 100
    )
    tar = Tar()
    tar.files["manifest.json"] = [{"Config": "a" * 200}]
    with pytest.raises(InputError, match="its manifests are too large"):
        read_archive(tar.write(tmp_path / "a"))
