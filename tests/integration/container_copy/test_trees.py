# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying directories and links into real containers, and existing entries; verified with the docker command."""

from __future__ import annotations

import io
import subprocess
import tarfile

import pytest
from harness.driver import failed
from harness.image import BUSYBOX

BARE = "slipway/bare:latest"  # an image of one program, without a shell


@pytest.fixture
def bare(engine):
    """The name of an image with one static program."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        entry, data = tarfile.TarInfo("sleep"), BUSYBOX.read_bytes()
        entry.size, entry.mode = len(data), 0o755
        tar.addfile(entry, io.BytesIO(data))
    words = ["docker", "--host", engine.host, "import", "--change", 'CMD ["/sleep", "1000"]', "-", BARE]
    subprocess.run(words, input=archive.getvalue(), check=True, stdout=subprocess.DEVNULL)
    yield BARE
    engine.docker("rm", "--force", *engine.names("container"))
    engine.docker("image", "rm", "--force", BARE)


@pytest.fixture
def tree(tmp_path):
    """A directory with all types of entries."""
    root = tmp_path / "site"
    long = root / ("d" * 120) / ("e" * 120)
    long.mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "empty").chmod(0o2750)
    for name, text, mode in (
        ("index.html", "<p>", 0o644),
        ("run.sh", "#!/bin/sh\n", 0o4755),
        ("nothing", "", 0o600),
        ("Grüße, \u4f60\u597d", "hello", 0o644),
        ("line\nbreak", "two lines", 0o644),
        ("%s/%s/%s" % ("d" * 120, "e" * 120, "f" * 200), "deep", 0o644),
    ):
        (root / name).write_text(text)
        (root / name).chmod(mode)
    (root / "link").symlink_to("index.html")
    (root / "dangling").symlink_to("/nowhere/at/all")
    return root


def listed(engine, path):
    """The output of ``stat`` for all entries below a path of the container ``web``."""
    script = 'cd "$1" && find . -print0 | xargs -0 stat -c "%n|%F|%a|%u:%g|%s|%N"'
    found = engine.docker("exec", "web", "sh", "-c", script, "sh", path)
    return found.replace("regular empty file", "regular file")


def test_a_directory(web, copy, tree, engine):
    """With modes, links, empty directories and unusual names; with a slash at the end, only its contents."""
    params = {"path": str(tree), "container_path": "/data", "local_follow": False, "owner_id": 7, "group_id": 8}
    made = copy(**params)
    assert made["container_path"] == "/data/site"
    assert made["actions"] == ["copy directory /data/site: it does not exist, with the 11 entries below it"]
    found = listed(engine, "/data/site")
    for line in (
        "./index.html|regular file|644|7:8|3|./index.html",
        "./run.sh|regular file|4755|7:8|10|",
        "./nothing|regular file|600|7:8|0|",
        "./Grüße, \u4f60\u597d|regular file|644|7:8|5|",
        "|7:8|10|'./link' -> 'index.html'",
        "'./dangling' -> '/nowhere/at/all'",
        "/%s|regular file|644|7:8|4|" % ("f" * 200),
        "./empty|directory|2750|7:8|",
    ):
        assert line in found
    assert engine.docker("exec", "web", "cat", "/data/site/line\nbreak") == "two lines"

    into = {**params, "path": str(tree) + "/", "container_path": "/data/site"}
    copy(changed=False, **into)
    (tree / "index.html").write_text("<b>")
    (tree / "run.sh").chmod(0o755)
    (tree / "new").write_text("new")
    (tree / "link").unlink()
    (tree / "link").symlink_to("run.sh")
    (tree / "empty").chmod(0o700)
    engine.docker("exec", "web", "sh", "-c", "rm /data/site/nothing; echo more >/data/site/other")
    changed = copy(**into)
    assert changed["actions"][0] == (
        "copy directory /data/site: 5 of 13 entries differ: index.html (its content differs), link "
        "(it links to index.html), new (it does not exist), 2 more"
    )
    assert changed["diff"]["before"].splitlines() == [
        "/data/site/index.html: file, 3 bytes, mode 0644, owner 7:8",
        "/data/site/link: symbolic link to index.html",
        "/data/site/run.sh: file, 10 bytes, mode 4755, owner 7:8",
    ]
    assert changed["diff"]["after"].splitlines() == [
        "/data/site/index.html: file, 3 bytes, other content, mode 0644, owner 7:8",
        "/data/site/link: symbolic link to run.sh",
        "/data/site/new: file, 3 bytes, mode 0644, owner 7:8",
        "/data/site/nothing: file, 0 bytes, mode 0600, owner 7:8",
        "/data/site/run.sh: file, 10 bytes, mode 0755, owner 7:8",
    ]
    assert engine.docker("exec", "web", "cat", "/data/site/index.html", "/data/site/other") == "<b>more"
    # Existing entries keep their mode, and entries that the source does not have are kept.
    assert engine.docker("exec", "web", "stat", "-c", "%a %u:%g", "/data/site/empty") == "2750 7:8"


def test_existing_directories_keep_their_mode(web, copy, engine, tmp_path):
    """Even if those of the source are more restrictive."""
    (tmp_path / "etc").mkdir(mode=0o700)
    (tmp_path / "etc" / "conf").write_text("x")
    (tmp_path / "etc" / "new").mkdir(mode=0o700)
    copy(path=str(tmp_path) + "/", container_path="/", owner_id=7, group_id=7)
    found = engine.docker("exec", "web", "stat", "-c", "%n %a %u", "/", "/etc", "/etc/new", "/etc/conf")
    assert found.splitlines() == ["/ 755 0", "/etc 755 0", "/etc/new 700 7", "/etc/conf 644 7"]


def test_mode_applies_to_files(web, copy, engine, tree):
    """Directories have the mode of the source."""
    copy(path=str(tree), container_path="/data", local_follow=False, mode="0600", mode_parse="modern")
    found = engine.docker("exec", "web", "stat", "-c", "%a", "/data/site/run.sh", "/data/site/empty")
    assert found.split() == ["600", "2750"]


def test_links_in_the_source(web, copy, there, tmp_path, module, engine):
    """They are followed or copied."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_text("content")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "file").symlink_to("../real/file")
    (tmp_path / "tree" / "dir").symlink_to("../real")
    copy(there("/data/tree/dir/file", "file 644 0:0", "content"), path=str(tmp_path / "tree"), container_path="/data")
    there("/data/tree/dir", "directory 755 0:0")(None)
    copy(
        there("/data/file", "symbolic link 777 0:0"),
        path=str(tmp_path / "tree" / "file"),
        container_path="/data/file",
        local_follow=False,
    )
    outwards = tmp_path / "outwards"
    outwards.mkdir()
    (outwards / "up").symlink_to("../../etc/passwd")
    (outwards / "far").symlink_to("../../../../../../../etc/passwd")
    copy(path=str(outwards), container_path="/data", local_follow=False)
    assert engine.docker("exec", "web", "cat", "/data/outwards/up").startswith("root:")
    there("/data/outwards", "directory 755 0:0")(None)
    (tmp_path / "tree" / "loop").symlink_to(".")
    params = {"container": "web", "path": str(tmp_path / "tree"), "container_path": "/data"}
    assert "is a link to a directory that contains it. Set 'local_follow: false'" in failed(
        module("container_copy", **params)
    )
    (tmp_path / "tree" / "loop").unlink()
    (tmp_path / "tree" / "lost").symlink_to("nowhere")
    assert "lost is a broken link. Set 'local_follow: false'" in failed(module("container_copy", **params))
    params = {**params, "path": str(tmp_path / "tree") + "/", "container_path": "/data/tree", "local_follow": False}
    message = failed(module("container_copy", **params))
    assert "/data/tree/dir is a directory in the container, but the task copies a symbolic link to it" in message


def test_links_in_the_container(web, copy, there, engine, tmp_path, module):
    """A file replaces a link, or is written to its target."""
    engine.docker("exec", "web", "sh", "-c", "echo old >/data/real; ln -s real /data/one; ln -s /data/one /etc/two")
    followed = copy(there("/data/real", "file 644 0:0", "new"), container_path="/etc/two", content="new", follow=True)
    assert followed["container_path"] == "/data/real"
    there("/etc/two", "symbolic link 777 0:0")(None)
    replaced = copy(there("/etc/two", "file 644 0:0", "new"), container_path="/etc/two", content="new")
    assert replaced["actions"] == ["copy file /etc/two: it is a symbolic link"]
    # Links in the path are always followed, but never out of the container.
    engine.docker("exec", "web", "ln", "-s", "../../../../data", "/way")
    copy(there("/data/by-the-way", "file 644 0:0", "x"), container_path="/way/by-the-way", content="x")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "file").write_text("x")
    params = {"container": "web", "path": str(tmp_path / "tree") + "/", "container_path": "/way"}
    message = failed(module("container_copy", **params))
    assert "/way is a symbolic link in the container, but the task copies a directory to it" in message
    assert copy(there("/data/file", "file 644 0:0", "x"), follow=True, **params)["container_path"] == "/data"


def test_hard_links(web, copy, there, engine, tmp_path):
    """They are compared, although an archive contains the content of a file only once."""
    for name in ("a", "b"):
        (tmp_path / name).write_text("same")
    engine.docker("exec", "web", "sh", "-c", "printf same >/data/a; ln /data/a /data/b; ln /data/a /data/c")
    copy(changed=False, path=str(tmp_path) + "/", container_path="/data")
    (tmp_path / "b").write_text("more")
    copy(there("/data/b", "file 644 0:0", "more"), path=str(tmp_path) + "/", container_path="/data")
    there("/data/a", "file 644 0:0", "same")(None)


def test_a_few_files_in_a_large_directory(web, copy, there, engine, tmp_path):
    """They are read one by one."""
    engine.docker("exec", "web", "sh", "-c", "mkdir /data/0; head -c 80000000 /dev/zero >/data/0/large")
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "file").write_text("here")
    copy(there("/data/x/file", "file 644 0:0", "here"), path=str(tmp_path) + "/", container_path="/data")


def test_force(web, copy, there, engine, tmp_path):
    """With true, each run copies. With false, only missing files are copied."""
    params = {"container_path": "/data/file", "content": "new"}
    engine.docker("exec", "web", "sh", "-c", "echo old >/data/file; mkdir /data/dir; ln -s nowhere /data/link")
    copy(there("/data/file", "file 644 0:0", "old"), changed=False, force=False, **params)
    copy(changed=False, force=False, container_path="/data/dir", content="x")
    copy(
        there("/data/link", "symbolic link 777 0:0"),
        changed=False,
        force=False,
        container_path="/data/link",
        content="",
    )
    copy(there("/data/made", "file 644 0:0", "x"), force=False, container_path="/data/made", content="x")
    forced = copy(there("/data/file", "file 644 0:0", "new"), stable=False, force=True, **params)
    assert forced["actions"] == ["copy file /data/file: force is true"]
    again = copy(stable=False, force=True, **params)
    assert again["actions"] == ["copy file /data/file: force is true"]
    for name in ("file", "other"):
        (tmp_path / name).write_text("from a tree")
    copy(
        there("/data/other", "file 644 0:0", "from a tree"),
        path=str(tmp_path) + "/",
        container_path="/data",
        force=False,
    )
    there("/data/file", "file 644 0:0", "new")(None)
    copy(stable=False, path=str(tmp_path) + "/", container_path="/data", force=True)
    there("/data/file", "file 644 0:0", "from a tree")(None)


def test_a_stopped_container_without_a_shell(bare, engine, copy, tree, tmp_path):
    """Nothing is run in it."""
    engine.docker("create", "--name", "web", "--volume", "data:/data", bare)

    def verify(_result):
        archive = engine.docker("cp", "web:/conf", "-").encode()
        found = tarfile.TarInfo.frombuf(archive[: tarfile.BLOCKSIZE], "utf-8", "strict")
        assert (found.name, found.size, found.mode & 0o7777, found.uid, found.gid) == ("conf", 1, 0o640, 7, 8)

    params = {"container_path": "/conf", "content": "x", "owner_id": 7, "group_id": 8, "mode": 0o640}
    copy(verify, **params)
    copy(path=str(tree), container_path="/data", local_follow=False)
    assert copy(container_path="/conf", content="y", mode=0o640)["changed"]
    engine.docker("start", "web")
    copy(changed=False, container_path="/conf", content="y", mode=0o640)
