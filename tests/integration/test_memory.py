# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules stream data: for an image of one GiB they use less than 100 MiB.

The engine and registries here discard all data, to save time. Tests of each module use real ones and less data.
"""

from __future__ import annotations

import json
import sys
import tarfile

import pytest
from harness import oci
from harness.driver import run_measured
from harness.sinks import EngineSink, RegistrySink

SIZE = 1 << 30
ZEROS = "sha256:49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14"  # the number of small files
MOST = 100 << 20


@pytest.fixture(scope="module")
def hole(tmp_path_factory):
    """A sparse file of one GiB."""
    path = tmp_path_factory.mktemp("large") / "hole"
    with path.open("wb") as file:
        file.truncate(SIZE)
    return path


def archive_of(path, files, name):
    """A tar archive of small files and a sparse one of one GiB."""
    oci.write_tar(path, files)
    with tarfile.open(path, "a") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = SIZE
        tar.fileobj.write(entry.tobuf(tar.format))
        end = tar.fileobj.tell()
    with path.open("r+b") as file:
        file.truncate(end)
        file.truncate(end + SIZE + 2 * tarfile.BLOCKSIZE)
    return path


def held(result, peak):
    """Check that the module has worked, and its memory was limited."""
    assert result["changed"], result
    assert peak < MOST, "%d MiB" % (peak >> 20)


def test_images_of_an_engine(hole, tmp_path):
    """Import, save, load and a build."""
    manifest = [{"Config": "config.json", "RepoTags": ["large:latest"], "Layers": ["layer.tar"]}]
    files = {"manifest.json": json.dumps(manifest).encode(), "config.json": b"{}"}
    engine = EngineSink(tmp_path / "engine", archive_of(tmp_path / "image.tar", files, "layer.tar"))
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "Dockerfile").write_text("FROM scratch\nCOPY hole /\n")
    (tmp_path / "context" / "hole").hardlink_to(hole)
    saved = tmp_path / "saved.tar"
    tasks = {
        "import": {"import": {"path": str(hole)}},
        "load": {"load_path": str(engine.archive)},
        "build": {"build": {"path": str(tmp_path / "context")}},
        "save": {"source": "local", "archive_path": str(saved)},
    }
    for verb, options in tasks.items():
        engine.has_image, engine.received = verb == "save", 0
        result, peak = run_measured("image", {"docker_host": engine.host, "name": "large", **options})
        assert result["actions"][0].startswith(verb + " "), result
        held(result, peak)
        assert (engine.received if verb != "save" else saved.stat().st_size) > SIZE - 1, verb
    saved.unlink()
    engine.close()


def test_copies_of_an_image(hole, tmp_path, name):
    """From a file to a registry, and between registries."""
    made = oci.image(name)
    tree = json.loads(made.data)
    tree["layers"].append({"mediaType": oci.OCI + "layer.v1.tar", "digest": ZEROS, "size": SIZE})
    made = oci.Image(made.media_type, json.dumps(tree).encode(), made.blobs)
    archive = archive_of(tmp_path / "large.tar", oci.layout({"v1": made}), "blobs/" + ZEROS.replace(":", "/"))
    source, target = RegistrySink(), RegistrySink()
    source.manifests["v1"] = made.data
    for digest, data in made.blobs.items():
        source.files[digest] = tmp_path / digest
        source.files[digest].write_bytes(data)
    source.files[ZEROS] = hole
    for number, given in enumerate(({"path": str(archive)}, {"name": "%s/large:v1" % source.host})):
        target.received = 0
        target.blobs.clear()
        target.manifests.clear()
        params = {"name": "%s/large:%d" % (target.host, number), "source": given}
        held(*run_measured("registry_image", params, sys.executable))
        assert target.received > SIZE
        assert target.manifests[str(number)] == made.data
        assert target.blobs == {ZEROS, *made.blobs}
    source.close()
    target.close()
