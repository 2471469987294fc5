# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are replaced atomically."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import HostError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry import hostfiles, replacing


def mode(path):
    """The permissions of a file or directory."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_created_with_its_directories(tmp_path):
    """With the requested modes, regardless of the umask."""
    path = tmp_path / "a" / "b" / "file"
    before = os.umask(0o077)
    try:
        replacing.write(str(path), b"one", 0o644, 0o755)
    finally:
        os.umask(before)
    assert path.read_bytes() == b"one"
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o644, 0o755, 0o755)
    assert hostfiles.read(str(path)) == hostfiles.Found(b"one", 0o644)


def test_a_symbolic_link_is_kept(tmp_path):
    """Its target is replaced."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    replacing.write(str(tmp_path / "link"), b"new", 0o600)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_the_owner_is_kept(tmp_path):
    """If root writes a file of another user."""
    if os.geteuid():
        pytest.skip("only root can give files away")
    path = tmp_path / "file"
    path.write_text("old")
    os.chown(path, 1234, 2345)
    replacing.write(str(path), b"new", 0o600)
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345)


def test_a_failure_leaves_the_old_file(tmp_path, monkeypatch):
    """And no temporary file."""
    path = tmp_path / "file"
    path.write_text("old")

    def fail(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(HostError, match="Cannot write .*file .No space left on device"):
        replacing.write(str(path), b"new", 0o600)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_file_is_removed_with_its_empty_directory(tmp_path):
    """A directory with other files is kept, and a missing file is not an error."""
    one, other = tmp_path / "d" / "one", tmp_path / "d" / "other"
    one.parent.mkdir()
    one.write_text("1")
    other.write_text("2")
    replacing.remove(str(one))
    assert other.exists()
    replacing.remove(str(one))
    replacing.remove(str(other))
    assert not other.parent.exists()


def test_a_file_is_restored(tmp_path):
    """Also if it did not exist."""
    path = tmp_path / "d" / "file"
    replacing.write(str(path), b"old", 0o640)
    found = hostfiles.read(str(path))
    replacing.write(str(path), b"new", 0o600)
    replacing.put_back(str(path), found)
    assert hostfiles.read(str(path)) == found
    replacing.put_back(str(path), None)
    assert hostfiles.read(str(path)) is None


def test_a_directory_in_place_of_the_file_is_an_error(tmp_path):
    """With one sentence, and no traceback."""
    (tmp_path / "file").mkdir()
    with pytest.raises(HostError, match="Cannot read .*file"):
        hostfiles.read(str(tmp_path / "file"))
    with pytest.raises(HostError, match="Cannot write .*file"):
        replacing.write(str(tmp_path / "file"), b"", 0o600)


@pytest.mark.parametrize("kind", ["device", "pipe", "endless"])
def test_special_files_are_not_read(tmp_path, kind):
    """They may be endless, or block."""
    path = tmp_path / "pipe"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "endless":
        with path.open("wb") as file:
            file.truncate(hostfiles.LIMIT + 1)
    else:
        path = "/dev/zero"
    with pytest.raises(HostError, match="is not a file|is larger than 16 MiB"):
        hostfiles.read(str(path))


def test_dev_null_is_an_empty_file(tmp_path):
    """It is a common way to name one."""
    assert hostfiles.read("/dev/null").data == b""


ADD = """
import sys
sys.path[:0] = %r
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry import replacing
for number in range(40):
    replacing.edit(sys.argv[1], lambda data: data + (sys.argv[2] + "\\n").encode(), 0o600)
"""


def test_simultaneous_edits_are_not_lost(tmp_path):
    """Several processes append lines to one file."""
    path = tmp_path / "config.json"
    path.write_text("first\n")
    program = ADD % (sys.path,)
    at_work = [subprocess.Popen([sys.executable, "-c", program, str(path), name]) for name in "abc"]
    assert [process.wait() for process in at_work] == [0, 0, 0]
    assert sorted(path.read_text().split()) == sorted(["first", *"a" * 40, *"b" * 40, *"c" * 40])
    assert mode(path) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["config.json"]


def test_an_edit_during_a_change_by_another_program(tmp_path):
    """Programs such as the docker command use no lock. Both changes are kept."""
    path = tmp_path / "config.json"
    path.write_text("one\n")
    seen = []

    def add(data):
        if not seen:
            path.write_text("one\ntheirs\n")
        seen.append(data)
        return data + b"ours\n"

    replacing.edit(str(path), add, 0o600)
    assert path.read_text() == "one\ntheirs\nours\n"
    assert len(seen) == 2
