# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The build context: its files, its digest, and the tar archive."""

from __future__ import annotations

import io
import os
import socket
import stat
import tarfile
import tracemalloc

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.context import read_context


@pytest.fixture
def root(tmp_path):
    """A context with files of all types."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "app" / "deep").mkdir(parents=True)
    (tmp_path / "app" / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "app" / "run.sh").chmod(0o755)
    (tmp_path / "app" / "deep" / "data").write_bytes(bytes(range(256)) * 7)
    (tmp_path / "link").symlink_to("app/run.sh")
    (tmp_path / "empty").mkdir()
    return tmp_path


def members(context):
    """The members of the archive by name."""
    with tarfile.open(fileobj=io.BytesIO(b"".join(context.tar()))) as tar:
        return {member.name: (member, member.isreg() and tar.extractfile(member).read()) for member in tar}


def names(root, dockerfile="Dockerfile", engine_ignores=False):
    """The names in the archive."""
    return sorted(members(read_context(str(root), dockerfile, engine_ignores)))


def test_the_archive_contains_the_files(root):
    """With modes, times and links, but without owners."""
    os.utime(root / "app" / "run.sh", (1e9, 1e9))
    context = read_context(str(root), "Dockerfile", False)
    found = members(context)
    assert sorted(found) == ["Dockerfile", "app", "app/deep", "app/deep/data", "app/run.sh", "empty", "link"]
    script, text = found["app/run.sh"]
    assert (script.mode, script.mtime, script.uid, script.gid, text) == (0o755, 1e9, 0, 0, b"#!/bin/sh\n")
    assert found["app/deep/data"][1] == bytes(range(256)) * 7
    assert found["link"][0].linkname == "app/run.sh"
    assert found["empty"][0].isdir()


def test_names_of_files(root):
    """Long names, non-ASCII names, and bytes that are not text."""
    wanted = ["x" * 200, "ünïcode", "d/" * 60 + "file", os.fsdecode(b"\xff\xfe")]
    for name in wanted:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("1")
    found = names(root)
    assert [name for name in wanted if name not in found] == []


def test_sockets_are_left_out_and_pipes_are_not(root):
    """An archive cannot contain sockets."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "socket"))
        os.mkfifo(root / "pipe")
        found = members(read_context(str(root), "Dockerfile", False))
    assert "socket" not in found
    assert found["pipe"][0].isfifo()


def test_the_digest_covers_contents_names_and_modes(root):
    """But not times and owners."""
    seen = [read_context(str(root), "Dockerfile", False).digest()]

    def changed():
        digest = read_context(str(root), "Dockerfile", False).digest()
        fresh = digest not in seen
        seen.append(digest)
        return fresh

    os.utime(root / "app" / "run.sh", (1, 1))
    assert not changed()
    (root / "app" / "run.sh").write_text("#!/bin/sh -e\n")
    assert changed()
    (root / "app" / "run.sh").chmod(0o700)
    assert changed()
    (root / "app" / "run.sh").rename(root / "app" / "run")
    assert changed()
    (root / "link").unlink()
    (root / "link").symlink_to("app/run")
    assert changed()
    (root / "empty").rmdir()
    assert changed()


def test_ignored_files_are_left_out(root):
    """Of archive and digest, except for the Dockerfile."""
    (root / ".dockerignore").write_text("app/deep\n.dockerignore\nDockerfile\n*.log\n")
    before = read_context(str(root), "Dockerfile", False).digest()
    (root / "x.log").write_text("1")
    (root / "app" / "deep" / "data").write_text("2")
    assert read_context(str(root), "Dockerfile", False).digest() == before
    assert names(root) == ["Dockerfile", "app", "app/run.sh", "empty", "link"]
    # The classic builder removes the Dockerfile itself, for which it needs the rules.
    assert names(root, engine_ignores=True) == [".dockerignore", "Dockerfile", "app", "app/run.sh", "empty", "link"]


def test_exceptions_include_their_parent_directories(root):
    """But not the other files in these."""
    (root / ".dockerignore").write_text("*\n!app/deep/data\n")
    assert names(root) == ["Dockerfile", "app", "app/deep", "app/deep/data"]


def test_ignore_rules_of_a_dockerfile(root):
    """They replace the general ones."""
    (root / ".dockerignore").write_text("app")
    (root / "other.Dockerfile").write_text("FROM scratch\n")
    (root / "other.Dockerfile.dockerignore").write_text("empty\nlink\n*ockerfile*\n.dockerignore")
    assert names(root, "other.Dockerfile") == ["app", "app/deep", "app/deep/data", "app/run.sh", "other.Dockerfile"]


def test_a_dockerfile_outside_of_the_context(root, tmp_path_factory):
    """It is added with a generated name, which the classic builder is told to ignore."""
    outside = tmp_path_factory.mktemp("outside") / "Dockerfile"
    outside.write_text("FROM scratch\nCMD x\n")
    context = read_context(str(root), str(outside), True)
    found = members(context)
    assert context.dockerfile == ".slipway.Dockerfile"
    assert found[".slipway.Dockerfile"][1] == b"FROM scratch\nCMD x\n"
    assert b".slipway.Dockerfile" in found[".dockerignore"][1]
    before = context.digest()
    outside.write_text("FROM scratch\nCMD y\n")
    assert read_context(str(root), str(outside), True).digest() != before


def test_memory_does_not_grow_with_the_size_of_files(root):
    """The archive is sent in pieces."""
    with (root / "large").open("wb") as file:
        file.truncate(64 << 20)
    tracemalloc.start()
    try:
        context = read_context(str(root), "Dockerfile", False)
        context.digest()
        assert sum(len(piece) for piece in context.tar()) > 64 << 20
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_missing_files_are_errors(root):
    """With a remedy."""
    with pytest.raises(InputError, match="there is no directory /nonexistent"):
        read_context("/nonexistent", "Dockerfile", False)
    with pytest.raises(InputError, match=r"there is no file .*/missing"):
        read_context(str(root), "missing", False)


def test_a_file_that_changes_while_it_is_sent_is_an_error(root):
    """The archive is not completed with other content."""
    context = read_context(str(root), "Dockerfile", False)
    pieces = context.tar()
    for piece in pieces:
        if piece.startswith(b"app/deep/data"):
            (root / "app" / "deep" / "data").write_text("short")
            break
    with pytest.raises(InputError, match="changed while it was sent"):
        list(pieces)


@pytest.mark.parametrize("target", ["/etc/hostname", "../out/Dockerfile", "{root}/real"])
def test_a_dockerfile_that_links_out_of_the_context_is_rejected(root, target):
    """The engine would get a link without a target."""
    (root.parent / "out").mkdir(exist_ok=True)
    (root.parent / "out" / "Dockerfile").write_text("FROM scratch\n")
    (root / "real").write_text("FROM scratch\n")
    (root / "Dockerfile").unlink()
    (root / "Dockerfile").symlink_to(target.format(root=root))
    with pytest.raises(InputError, match=r"build\.dockerfile: .*/Dockerfile is a link to .*, which is outside"):
        read_context(str(root), "Dockerfile", False)
    (root / "sub").symlink_to("../out")
    with pytest.raises(InputError, match=r"build\.dockerfile: .*/sub is a link to ../out, which is outside"):
        read_context(str(root), "sub/Dockerfile", False)


def test_a_dockerfile_that_is_a_link(root):
    """Its target in the context is included even if it is ignored."""
    (root / "Dockerfile").rename(root / "real")
    (root / "Dockerfile").symlink_to("real")
    (root / ".dockerignore").write_text("*\n")
    assert names(root) == ["Dockerfile", "real"]


def test_a_device_in_the_context_is_rejected(root):
    """It may be endless."""
    if os.geteuid():
        pytest.skip("only root makes devices")
    os.mknod(root / "zero", 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    with pytest.raises(InputError, match=r"build\.path: .*/zero is a device"):
        read_context(str(root), "Dockerfile", False)


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore"])
def test_special_files_as_dockerfile_or_ignore_file_are_rejected(root, name):
    """They may be endless."""
    with (root / name).open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(InputError, match="is larger than 1 MiB"):
        read_context(str(root), "Dockerfile", False)
