# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying directories out of real containers."""

from __future__ import annotations

import os

import pytest
from harness.driver import failed, largest_file, run_measured, started, succeeded, wait_for
from harness.image import BASE

MAKE = """
cd /data; mkdir -p tree/sub/empty; cd tree
echo one >one; chmod 4750 one; chown 7:8 one; ln one sub/again
echo two >sub/two; chmod 600 sub/two; ln -s ../one sub/link; ln -s /nowhere lost; chmod 500 sub/empty
"""
TREE = {
    "": "directory 755",
    "lost": "link /nowhere",
    "one": "one 750",
    "sub": "directory 755",
    "sub/again": "one 750",
    "sub/empty": "directory 500",
    "sub/link": "link ../one",
    "sub/two": "two 600",
}


@pytest.fixture
def web(engine):
    """A container with a directory in a volume."""
    engine.docker("run", "--detach", "--name", "web", "--volume", "data:/data", BASE, "sleep", "1000")
    engine.docker("exec", "web", "sh", "-c", MAKE)
    return "web"


@pytest.fixture
def fetch(scenario):
    """Runs scenarios that copy out of the container ``web``."""
    return lambda verify=None, **params: scenario(
        "container_copy", verify, **{"container": "web", "container_path": "/data/tree", **params}
    )


def tree(place):
    """The files in a directory on this host."""
    found = {}
    for path in [place, *place.rglob("*")]:
        mode = "%o" % (path.lstat().st_mode & 0o7777)
        if path.is_symlink():
            words = "link %s" % path.readlink()
        else:
            words = "%s %s" % ("directory" if path.is_dir() else path.read_text().strip(), mode)
        found[str(path.relative_to(place)).replace(".", "", 1) if path == place else str(path.relative_to(place))] = (
            words
        )
    return found


def test_a_directory(web, fetch, engine, tmp_path):
    """With its name, modes and links, but without owners. Only differences are copied again."""

    def verify(result):
        assert tree(tmp_path / "tree") == TREE
        assert result["dest"] == str(tmp_path / "tree")

    made = fetch(verify, dest=str(tmp_path))
    assert made["actions"] == ["fetch directory %s/tree: it does not exist, with the 7 entries below it" % tmp_path]
    assert {path.lstat().st_uid for path in tmp_path.rglob("*")} == {0}
    assert not list(tmp_path.rglob(".slipway-*"))

    (tmp_path / "tree" / "mine").write_text("mine")
    (tmp_path / "tree" / "sub" / "two").write_text("TWO\n")
    (tmp_path / "tree" / "lost").unlink()
    (tmp_path / "tree" / "lost").symlink_to("elsewhere")
    (tmp_path / "tree").chmod(0o700)
    os.chown(tmp_path / "tree" / "sub" / "two", 5, 6)
    again = fetch(dest=str(tmp_path))
    assert again["actions"] == [
        "fetch directory %s/tree: 2 of 8 entries differ: lost (it links to elsewhere), sub/two (its content differs)"
        % tmp_path
    ]
    assert tree(tmp_path / "tree") == {**TREE, "mine": "mine 644", "": "directory 700"}
    assert (tmp_path / "tree" / "sub" / "two").stat().st_uid == 5


def test_the_next_run_cleans_up_after_a_killed_run(web, module, fetch, engine, tmp_path):
    """A killed run leaves nothing at the destination, and the next one removes its temporary files."""
    engine.docker("exec", "web", "sh", "-c", "dd if=/dev/zero of=/data/tree/sub/large bs=1M count=64 2>/dev/null")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "sub").mkdir(mode=0o711)
    for place in (tmp_path / "new", tmp_path / "old"):
        params = {"container": "web", "container_path": "/data/tree/", "dest": str(place)}
        with started("container_copy", docker_host=engine.host, **params) as process:
            wait_for(lambda: largest_file(tmp_path, ".slipway-????????") > 1 << 20)
            process.kill()
        assert place.exists() is (place.name == "old")
        assert not (place / "sub" / "large").exists()
        left = list(tmp_path.rglob(".slipway-*"))
        assert left
        predicted = succeeded(module("container_copy", check=True, **params))
        assert "a killed run has left it" in predicted["actions"][0]
        assert list(tmp_path.rglob(".slipway-*")) == left
        fetch(container_path="/data/tree/", dest=str(place))
        assert not list(tmp_path.rglob(".slipway-*"))
        found = tree(place)
        found.pop("sub/large")
        assert found == {**TREE, **({"sub": "directory 711"} if place.name == "old" else {})}


def test_the_contents_of_a_directory(web, fetch, tmp_path):
    """Into an existing or a new directory."""
    fetch(lambda result: tree(tmp_path / "new") == TREE, container_path="/data/tree/", dest=str(tmp_path / "new"))
    assert tree(tmp_path / "new") == TREE
    (tmp_path / "old").mkdir(mode=0o711)
    fetch(container_path="/data/tree/", dest=str(tmp_path / "old") + "/")
    assert tree(tmp_path / "old") == {**TREE, "": "directory 711"}


def test_mode_and_owner(web, fetch, tmp_path):
    """Of all entries, as declared. A mode applies to files."""
    fetch(dest=str(tmp_path), mode="0640", mode_parse="modern", owner_id=5, group_id=6)
    assert tree(tmp_path / "tree") == {
        name: words[:4] + "640" if words[:3] in ("one", "two") else words for name, words in TREE.items()
    }
    assert {(path.lstat().st_uid, path.lstat().st_gid) for path in (tmp_path / "tree").rglob("*")} == {(5, 6)}


def test_force(web, fetch, tmp_path):
    """With true, each run copies. With false, only missing files are copied."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "one").write_text("mine")
    fetch(force=False, dest=str(tmp_path))
    assert (tmp_path / "tree" / "one").read_text() == "mine"
    fetch(stable=False, force=True, dest=str(tmp_path))
    assert tree(tmp_path / "tree")["one"] == TREE["one"]
    fetch(stable=False, force=True, dest=str(tmp_path))


def test_links_at_the_destination_are_not_followed(web, module, tmp_path):
    """Nothing is written through a link in place of a directory."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "sub").symlink_to(tmp_path / "elsewhere")
    for check in (True, False):
        message = failed(
            module("container_copy", check=check, container="web", container_path="/data/tree", dest=str(tmp_path))
        )
        assert (
            "tree/sub is a symbolic link on this host, but the task copies a directory to it. Remove it first."
            in message
        )
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert [path.name for path in (tmp_path / "tree").iterdir()] == ["sub"]


@pytest.mark.parametrize(
    ("before", "dest", "message"),
    [
        ("mkfifo /data/tree/pipe", "", "/data/tree/pipe is a special file in the container, which cannot be copied."),
        ("true", "/none", "there is no directory {}/none on this host. Create it first."),
        ("true", "/file", "there is no directory {}/file on this host. Create it first."),
    ],
)
def test_invalid_copies_are_rejected(before, dest, message, web, module, engine, tmp_path):
    """With one sentence, and nothing is left on this host."""
    (tmp_path / "file").write_text("mine")
    engine.docker("exec", "web", "sh", "-c", before)
    said = failed(module("container_copy", container="web", container_path="/data/tree", dest=str(tmp_path) + dest))
    assert message.format(tmp_path) in said
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_missing_parent_directory(web, module, tmp_path):
    """It is a warning in check mode, because an earlier task may create it."""
    params = {"container": "web", "container_path": "/data/tree", "dest": str(tmp_path / "none")}
    foretold = succeeded(module("container_copy", check=True, **params))
    assert "There is no directory %s on this host." % (tmp_path / "none") in str(foretold["warnings"])
    (tmp_path / "there").mkdir()
    foretold = succeeded(
        module("container_copy", check=True, container="none", container_path="/x", dest=str(tmp_path))
    )
    assert foretold["changed"]


def test_memory_does_not_grow_with_the_size_of_a_directory(web, engine, tmp_path):
    """The archive is streamed."""
    engine.docker("exec", "web", "dd", "if=/dev/zero", "of=/data/tree/large", "bs=1M", "count=200")
    params = {"docker_host": engine.host, "container": "web", "container_path": "/data/tree", "dest": str(tmp_path)}
    for changed in (True, False):
        result, peak = run_measured("container_copy", params)
        assert result["changed"] is changed
        assert peak < 60 * 1024 * 1024
