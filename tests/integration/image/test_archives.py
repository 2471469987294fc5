# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading, saving and importing with a real engine, with archives of the docker command."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import stat
import tarfile

import pytest
from harness.driver import Modules, failed, largest_file, run_measured, started, succeeded, wait_for
from harness.image import BASE, base_image


def build(engine, reference, word):
    """Build an image with a label and a layer."""
    text = "FROM %s\nRUN echo %s >/word\nLABEL word=%s\n" % (BASE, word, word)
    engine.docker("build", "--tag", reference, "-", stdin=text)


@pytest.fixture
def variant(engine, name):
    """Creates different images: variant("reference", "word"). They are removed after the test."""
    made = []

    def make(reference, word):
        build(engine, reference, word)
        made.append(reference)

    yield make
    for reference in made:
        engine.docker("image", "rm", "--force", reference)


def word(engine, reference):
    """The word of a variant."""
    return engine.inspect("image", reference)["Config"]["Labels"]["word"]


def oci_layout(path, name):
    """Write an archive that is only an OCI layout."""
    files, layer = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}, base_image()

    def blob(data, media):
        digest = hashlib.sha256(data).hexdigest()
        files["blobs/sha256/" + digest] = data
        return {"mediaType": "application/vnd.oci.image." + media, "digest": "sha256:" + digest, "size": len(data)}

    tar = blob(layer, "layer.v1.tar")
    config = {"architecture": "amd64", "os": "linux", "config": {"Cmd": ["echo", "oci"]}}
    config["rootfs"] = {"type": "layers", "diff_ids": [tar["digest"]]}
    manifest = {"schemaVersion": 2, "config": blob(json.dumps(config).encode(), "config.v1+json"), "layers": [tar]}
    descriptor = blob(json.dumps(manifest).encode(), "manifest.v1+json")
    descriptor["annotations"] = {"io.containerd.image.name": "docker.io/library/" + name}
    files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": [descriptor]}).encode()
    with tarfile.open(path, "w") as archive:
        for file, data in files.items():
            entry = tarfile.TarInfo(file)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def names(path):
    """The names in an archive, read with Python."""
    with tarfile.open(path) as tar:
        found = [entry["RepoTags"] or [] for entry in json.load(tar.extractfile("manifest.json"))]
    return sorted(name for tags in found for name in tags)


def mode(path):
    """The permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("packed", [False, True])
def test_an_archive_is_loaded_once(engine, scenario, module, variant, name, tmp_path, packed):
    """With all images. It is loaded again only if one is missing or differs, which check mode predicts."""
    one, two, archive = name + ":1", name + "-other:2", tmp_path / "images.tar"

    def save():
        engine.docker("save", "--output", str(archive), one, two)
        if packed:
            archive.write_bytes(gzip.compress(archive.read_bytes(), 1))

    variant(one, "one")
    variant(two, "two")
    save()
    params = {"name": one, "load_path": str(archive)}
    scenario("image", changed=False, source="load", **params)
    engine.docker("image", "rm", one, two)
    loaded = scenario("image", **params)
    assert loaded["actions"] == ["load image %s: there is no image %s" % (one, min(one, two))]
    assert loaded["image_names"] == sorted([one, two])
    assert loaded["image"]["Id"] == engine.inspect("image", one)["Id"]
    assert (word(engine, one), word(engine, two)) == ("one", "two")

    engine.docker("tag", one, two)
    again = scenario("image", **params)
    assert again["actions"] == ["load image %s: %s is not the image in the archive" % (one, two)]
    assert word(engine, two) == "two"
    forced = succeeded(module("image", force_source=True, **params))
    assert forced["actions"] == ["load image %s: force_source is set" % one]
    assert forced["changed"] is False, "the host had all of it"

    scenario("image", repository=name + ":now", **params)
    assert word(engine, name + ":now") == "one"
    engine.docker("image", "rm", name + ":now")


def test_an_image_without_a_name_is_loaded_by_its_id(engine, scenario, variant, name, tmp_path):
    """It has no name."""
    variant(name, "one")
    image, archive = engine.inspect("image", name)["Id"], tmp_path / "image.tar"
    engine.docker("save", "--output", str(archive), image)
    engine.docker("image", "rm", name)
    scenario("image", name=image, source="load", load_path=str(archive))
    assert word(engine, image) == "one"
    engine.docker("tag", image, name)


def test_invalid_archives_are_rejected(module, variant, name, tmp_path, engine):
    """With one sentence. In check mode, a missing file is a warning."""
    path = str(tmp_path / "missing.tar")
    predicted = succeeded(module("image", check=True, name=name, load_path=path))
    assert predicted["actions"] == ["load image %s:latest: its file does not exist yet" % name]
    assert "can only be available if an earlier task creates the file " + path in str(predicted["warnings"])
    assert "load_path: there is no file %s on this host. Copy" % path in failed(
        module("image", name=name, load_path=path)
    )
    good, other, cut = tmp_path / "good.tar", tmp_path / "other.tar", tmp_path / "cut.tar.gz"
    variant(name + ":1", "one")
    engine.docker("save", "--output", str(good), name + ":1")
    other.write_bytes(base_image())
    cut.write_bytes(gzip.compress(good.read_bytes(), 1)[:-5000])
    (tmp_path / "text").write_text("hello\n")
    for file, why in (
        (good, "does not contain the image %s:latest, but %s:1" % (name, name)),
        (other, "is not an archive of images: it has neither manifest.json nor index.json"),
        (cut, "is not an archive of images (Compressed file ended"),
        (tmp_path / "text", "is not an archive of images (file could not be opened successfully"),
        (tmp_path, "Cannot read %s (Is a directory)" % tmp_path),
    ):
        for check in (True, False):
            assert why in failed(module("image", check=check, name=name, load_path=str(file)))


def test_images_are_saved_once(engine, scenario, module, variant, name, tmp_path):
    """One or several, by name or ID. The file is replaced if its content differs."""
    one, two, archive = name + ":1", name + ":2", tmp_path / "images.tar"
    variant(one, "one")
    variant(two, "two")
    params = {"name": one, "source": "local", "archive_path": str(archive)}
    saved = scenario("image", **params)
    assert saved["actions"] == ["save image %s: there is no such file" % archive]
    assert names(archive) == [one]
    assert mode(archive) == 0o600
    assert list(tmp_path.iterdir()) == [archive]

    inode = archive.stat().st_ino
    chmod = scenario("image", archive_mode="0640", **params)
    assert chmod["actions"] == ["chmod archive %s: its mode is 0600" % archive]
    assert (mode(archive), archive.stat().st_ino) == (0o640, inode)

    both = scenario("image", archive_names=[two], **params)
    assert both["actions"] == ["save image %s: it does not contain %s" % (archive, two)]
    assert (names(archive), mode(archive)) == ([one, two], 0o640)
    assert scenario("image", **params)["actions"] == ["save image %s: it also contains %s" % (archive, two)]

    variant(one, "three")
    assert scenario("image", **params)["actions"] == [
        "save image %s: it contains another image with the name %s" % (archive, one)
    ]
    engine.docker("image", "rm", one)
    engine.docker("load", "--input", str(archive))
    assert word(engine, one) == "three"

    image = engine.inspect("image", one)["Id"]
    by_id = {"name": image, "archive_path": str(tmp_path / "id.tar")}
    scenario("image", **by_id)
    assert names(tmp_path / "id.tar") == []
    archive.write_text("no archive\n")
    assert scenario("image", **params)["actions"] == ["save image %s: the file is not an archive of images" % archive]
    assert names(archive) == [one]


def test_failures_to_write_an_archive(module, variant, name, tmp_path, engine):
    """One sentence each, and no file is left."""
    variant(name, "one")
    params = {"name": name, "source": "local"}
    full = tmp_path / "full"
    full.mkdir()
    for more, why in (
        ({"archive_path": str(tmp_path)}, "archive_path: %s is not a file" % tmp_path),
        ({"archive_path": "/nonexistent/a.tar"}, "there is no directory /nonexistent on this host. Create it first"),
        ({"archive_path": "/proc/a.tar"}, "Cannot write /proc/a.tar"),
        (
            {"archive_path": str(full / "a"), "archive_names": [name + "-no"]},
            "There is no image %s-no:latest on" % name,
        ),
        (
            {"archive_path": str(full / "a"), "archive_mode": "rw"},
            "archive_mode: 'rw' is not a mode. Use octal digits in quotes, such as '0640'",
        ),
        ({"archive_mode": "0644"}, "archive_mode: no effect without archive_path"),
    ):
        assert why in failed(module("image", **params, **more))
    assert list(full.iterdir()) == []


def test_a_file_system_is_imported_once(engine, scenario, module, name, tmp_path):
    """It is imported again only if the archive or the changes differ. It may be compressed."""
    archive = tmp_path / "root.tar"
    archive.write_bytes(base_image())
    changes = ['CMD ["echo", "hi there"]', "ENV WORD=one OTHER=2", "LABEL team=web"]
    params = {"name": name + ":1", "import": {"path": str(archive), "changes": changes}}
    made = scenario("image", **params)
    assert made["actions"] == ["import image %s:1: it does not exist" % name]
    assert engine.docker("run", "--rm", name + ":1") == "hi there"
    config = engine.inspect("image", name + ":1")["Config"]
    assert "WORD=one" in config["Env"]
    assert config["Labels"]["team"] == "web"

    params["import"]["changes"][0] = 'CMD ["echo", "ho"]'
    why = "the file or the changes differ"
    assert scenario("image", **params)["actions"] == ["import image %s:1: %s" % (name, why)]
    assert engine.docker("run", "--rm", name + ":1") == "ho"
    archive.write_bytes(gzip.compress(base_image(), 1))
    assert scenario("image", source="import", **params)["actions"] == ["import image %s:1: %s" % (name, why)]
    assert engine.docker("run", "--rm", name + ":1", "ls", "/bin/busybox") == "/bin/busybox"

    archive.unlink()
    predicted = succeeded(module("image", check=True, **params))
    assert predicted["actions"] == ["import image %s:1: its file does not exist yet" % name]
    assert "import.path: there is no file %s" % archive in failed(module("image", **params))
    archive.write_text("no archive\n")
    message = failed(module("image", **params))
    assert message.startswith("Could not import image %s:1: " % name)
    archive.write_bytes(base_image())
    params["import"]["changes"] = ["FROM scratch"]
    assert "import.changes: 'FROM' is not an instruction that an import supports" in failed(module("image", **params))
    engine.docker("image", "rm", "--force", name + ":1")


@pytest.mark.usefixtures("classic_store")
def test_an_oci_layout_on_the_classic_store(module, name, tmp_path):
    """Docker cannot load it with that store. The error names what can."""
    oci_layout(tmp_path / "oci.tar", name + ":1")
    message = failed(module("image", name=name + ":1", load_path=str(tmp_path / "oci.tar")))
    assert "may be an OCI layout, which only the containerd image store can load" in message


def test_archives_with_the_containerd_image_store(engine, containerd_engine, name, tmp_path):
    """Image IDs are digests of manifests or indexes. Archives of both stores are recognized with both."""
    other, scenario = containerd_engine, Modules(containerd_engine).scenario
    one, two = name + ":1", name + ":2"
    build(other, one, "one")
    build(other, two, "two")
    image = other.inspect("image", one)["Id"]
    saved = tmp_path / "saved.tar"
    both = {"name": one, "source": "local", "archive_path": str(saved), "archive_names": [two]}
    scenario("image", **both)
    assert names(saved) == [one, two]
    load = {"name": one, "load_path": str(saved)}
    scenario("image", changed=False, **load)
    other.docker("tag", two, one)
    scenario("image", **load)
    assert other.inspect("image", one)["Id"] == image
    other.docker("image", "rm", one, two)
    scenario("image", **load)
    assert other.inspect("image", one)["Id"] == image
    assert word(other, two) == "two"

    Modules(engine).scenario("image", **load)
    assert engine.docker("run", "--rm", one, "cat", "/word") == "one"
    engine.docker("image", "rm", one, two)

    build(engine, one, "classic")
    engine.docker("save", "--output", str(saved), one)
    engine.docker("image", "rm", one)
    scenario("image", **load)
    assert other.docker("run", "--rm", one, "cat", "/word") == "classic"
    with tarfile.open(saved) as tar:
        tar.extractall(tmp_path / "files", filter="data")
    # As engines before 25 write them, without an OCI layout.
    for file in ("index.json", "oci-layout"):
        (tmp_path / "files" / file).unlink(missing_ok=True)
    with tarfile.open(saved, "w") as tar:
        tar.add(tmp_path / "files", ".")
    scenario("image", changed=False, **load)
    other.docker("image", "rm", one)
    scenario("image", **load)
    assert other.docker("run", "--rm", one, "cat", "/word") == "classic"

    oci_layout(tmp_path / "oci.tar", name + ":3")
    scenario("image", name=name + ":3", load_path=str(tmp_path / "oci.tar"))
    assert other.docker("run", "--rm", name + ":3") == "oci"
    scenario("image", name=name + ":3", state="absent")

    scenario("image", name=other.inspect("image", one)["Id"], state="absent")
    assert one not in other.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    (tmp_path / "root.tar").write_bytes(base_image())
    scenario("image", **{"name": one, "import": {"path": str(tmp_path / "root.tar"), "changes": ["CMD true"]}})
    scenario("image", name=one, state="absent")


@pytest.mark.usefixtures("classic_store")
def test_large_archives_take_little_memory(engine, name, tmp_path):
    """Import, save and load are streamed: the module uses less than 100 MiB for 256 MiB of data."""
    root, archive = tmp_path / "root.tar", tmp_path / "image.tar"
    with tarfile.open(root, "w") as tar, (tmp_path / "zeros").open("w+b") as zeros:
        zeros.truncate(256 << 20)
        entry = tarfile.TarInfo("large")
        entry.size = 256 << 20
        tar.addfile(entry, zeros)
    connection = {"docker_host": engine.host, "name": name}
    tasks = (
        ("import", {"import": {"path": str(root)}}),
        ("save", {"source": "local", "archive_path": str(archive)}),
        ("load", {"load_path": str(archive)}),
    )
    for verb, options in tasks:
        result, peak = run_measured("image", {**connection, **options})
        assert result["actions"][0].startswith(verb), result
        assert peak < 100 << 20, "%s took %d MiB" % (verb, peak >> 20)
        if verb == "save":
            assert archive.stat().st_size > 256 << 20
            engine.docker("image", "rm", name)
    engine.docker("image", "rm", name)


def test_the_next_run_cleans_up_after_a_killed_save(engine, scenario, name, tmp_path):
    """A killed run leaves no archive, and the next one removes its temporary file."""
    with tarfile.open(tmp_path / "files.tar", "w") as tar:
        member = tarfile.TarInfo("zeros")
        member.size = 64 << 20
        tar.addfile(member, io.BytesIO(bytes(member.size)))
    engine.docker("import", str(tmp_path / "files.tar"), name)
    place = tmp_path / "out"
    place.mkdir()
    params = {"name": name, "source": "local", "archive_path": str(place / "a.tar")}
    with started("image", docker_host=engine.host, **params) as process:
        wait_for(lambda: largest_file(place))
        process.kill()
    (left,) = place.glob(".slipway-*")
    (place / ".slipway-mine").write_text("x")
    saved = scenario("image", **params)
    assert saved["actions"][1] == "remove file %s: a killed run has left it" % left
    assert sorted(path.name for path in place.iterdir()) == [".slipway-mine", "a.tar"]
    engine.docker("image", "rm", name)


def test_a_device_is_not_an_archive(module, name):
    """It is endless. For a load and an import."""
    for params in ({"load_path": "/dev/zero"}, {"import": {"path": "/dev/zero"}}):
        for check in (True, False):
            assert re.search("/dev/zero.* is not a file", failed(module("image", check=check, name=name, **params)))


def test_a_name_that_looks_like_an_id(engine, scenario):
    """The engine prefers a name to an ID, so the name is removed, and the image keeps its other name."""
    engine.docker("tag", BASE, "deadbeefcafe")
    removed = scenario("image", name="deadbeefcafe", state="absent")
    assert (removed["untagged"], removed["deleted"]) == (["deadbeefcafe:latest"], [])
    assert engine.inspect("image", BASE)["RepoTags"] == [BASE]
