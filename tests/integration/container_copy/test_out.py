# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying files out of real containers."""

from __future__ import annotations

import os

import pytest
from harness.driver import failed, succeeded
from harness.image import BASE


@pytest.fixture
def web(engine):
    """A running container with some files in a volume at /data."""
    engine.docker("run", "--detach", "--name", "web", "--volume", "data:/data", BASE, "sleep", "1000")
    script = (
        "cd /data; echo one >file; chmod 4640 file; chown 7:8 file; ln -s file link; ln -s nowhere lost; mkfifo pipe"
    )
    engine.docker("exec", "web", "sh", "-c", script)
    return "web"


@pytest.fixture
def fetch(scenario):
    """Runs scenarios that copy out of the container ``web``."""
    return lambda verify=None, **params: scenario(
        "container_copy", verify, **{"container": "web", "container_path": "/data/file", **params}
    )


def facts(path):
    """Content, mode and owner of a file on this host."""
    found = path.lstat()
    return path.read_text(), "%o" % (found.st_mode & 0o7777), (found.st_uid, found.st_gid)


def test_a_file(web, fetch, engine, tmp_path):
    """With its mode, but without its owner and setuid bit. It is copied again only if it differs."""
    dest = tmp_path / "file"

    def verify(result):
        assert facts(dest) == ("one\n", "640", (0, 0))
        assert (result["container_path"], result["dest"]) == ("/data/file", str(dest))

    made = fetch(verify, dest=str(dest))
    assert made["actions"] == ["fetch file %s: it does not exist" % dest]
    assert made["diff"]["after"] == "%s: file, 4 bytes, mode 0640\none\n" % dest
    assert list(tmp_path.iterdir()) == [dest]

    dest.write_text("two\n")
    dest.chmod(0o644)
    os.chown(dest, 5, 6)
    again = fetch(dest=str(dest))
    assert again["actions"] == ["fetch file %s: its content differs, its mode is 0644 and should be 0640" % dest]
    assert again["diff"]["before"] == "%s: file, 4 bytes, mode 0644, owner 5:6\ntwo\n" % dest
    # An existing file keeps its owner.
    assert facts(dest) == ("one\n", "640", (5, 6))


@pytest.mark.parametrize("state", ["stopped", "paused"])
def test_a_stopped_container(state, web, fetch, engine, tmp_path):
    """Files can be copied from it."""
    engine.docker(*(("pause", "web") if state == "paused" else ("stop", "--time", "0", "web")))
    fetch(lambda result: facts(tmp_path / "file"), dest=str(tmp_path) + "/")
    if state == "paused":
        engine.docker("unpause", "web")


def test_mode_and_owner(web, fetch, tmp_path):
    """As declared."""
    params = {"dest": str(tmp_path / "file"), "mode": "4600", "mode_parse": "modern", "owner_id": 5, "group_id": 6}
    fetch(**params)
    assert facts(tmp_path / "file") == ("one\n", "4600", (5, 6))
    os.chown(tmp_path / "file", 0, 0)
    assert "its owner is 0:0 and should be 5:6" in fetch(**params)["actions"][0]


def test_links(web, fetch, module, tmp_path):
    """On both sides."""
    dest = tmp_path / "dest"
    params = {"container": "web", "container_path": "/data/link", "dest": str(dest)}
    message = failed(module("container_copy", **params))
    assert (
        "/data/link is a symbolic link in the container, to file. Set 'follow: true', or use the file that it links to"
    ) in message
    assert not dest.exists()
    assert fetch(container_path="/data/link", follow=True, dest=str(dest))["container_path"] == "/data/file"
    assert facts(dest)[0] == "one\n"

    (tmp_path / "link").symlink_to("target")
    assert fetch(dest=str(tmp_path / "link"))["dest"] == str(tmp_path / "target")
    assert (tmp_path / "link").is_symlink()
    assert facts(tmp_path / "target")[0] == "one\n"
    replaced = fetch(dest=str(tmp_path / "link"), local_follow=False)
    assert replaced["actions"] == ["fetch file %s: it is a symbolic link" % (tmp_path / "link")]
    assert not (tmp_path / "link").is_symlink()


def test_force(web, fetch, tmp_path):
    """With true, each run copies. With false, only a missing file is copied."""
    dest = tmp_path / "dest"
    fetch(force=False, dest=str(dest))
    dest.write_text("mine")
    fetch(changed=False, force=False, dest=str(dest))
    assert dest.read_text() == "mine"
    fetch(stable=False, force=True, dest=str(dest))
    assert fetch(stable=False, force=True, dest=str(dest))["actions"] == ["fetch file %s: force is true" % dest]
    assert dest.read_text() == "one\n"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"container_path": "/data/none"}, "There is no /data/none in the container web. Check container_path."),
        ({"container_path": "/data/lost", "follow": True}, "There is no /data/nowhere in the container web"),
        (
            {"container_path": "/data/pipe"},
            "/data/pipe is a special file in the container, but only files and directories can be copied",
        ),
        ({"container_path": "/data/file/x"}, "There is no /data/file/x in the container web"),
        ({"container_path": "/dev/null"}, "/dev/null is on /dev, which exists only in the running container"),
        ({"container": "absent"}, "there is no container absent. Create and start it first"),
        ({"dest": "{}"}, "is a directory. Set dest to a file, or let it end with a slash."),
        ({"dest": "/dev/null"}, "dest: /dev/null is a special file"),
        ({"dest": "{}/nowhere/file"}, "nowhere on this host. Create it first"),
        ({"dest": "/sys/file"}, "cannot write /sys"),
    ],
)
def test_invalid_copies_are_rejected(params, message, web, module, tmp_path):
    """With one sentence, and nothing is left on this host."""
    params = {"container": "web", "container_path": "/data/file", "dest": "{}/file", **params}
    params["dest"] = params["dest"].format(tmp_path)
    assert message in failed(module("container_copy", **params))
    assert list(tmp_path.iterdir()) == []


def test_check_mode_after_tasks_that_changed_nothing(web, module, tmp_path):
    """Missing objects are a warning, because earlier tasks may create them."""
    for params, words in (
        ({"container": "absent"}, "There is no container absent to copy from."),
        ({"dest": str(tmp_path / "new" / "file")}, "There is no directory %s on this host." % (tmp_path / "new")),
    ):
        params = {"container": "web", "container_path": "/data/file", "dest": str(tmp_path / "file"), **params}
        foretold = succeeded(module("container_copy", check=True, **params))
        assert foretold["changed"]
        assert words in str(foretold["warnings"])
