# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying files into real containers, verified with the docker command."""

from __future__ import annotations

import base64
import os
import subprocess

import pytest
from harness.driver import PYTHON, failed, run_module, succeeded
from harness.image import BASE


def test_a_file(web, copy, there, tmp_path):
    """With its mode, owned by root. It is copied again only if it differs, and the differences are named."""
    source = tmp_path / "app.conf"
    source.write_text("a = 1\n")
    source.chmod(0o640)
    params = {"path": str(source), "container_path": "/etc/app.conf"}
    made = copy(there("/etc/app.conf", "file 640 0:0", "a = 1"), **params)
    assert made["actions"] == ["copy file /etc/app.conf: it does not exist"]
    assert made["container_path"] == "/etc/app.conf"
    assert made["diff"] == {
        "before_header": "/etc/app.conf",
        "after_header": "/etc/app.conf",
        "before": "",
        "after": "/etc/app.conf: file, 6 bytes, mode 0640, owner 0:0\na = 1\n",
    }

    os.utime(source, (1, 1))
    copy(changed=False, **params)

    source.write_text("a = 2\n")
    source.chmod(0o600)
    again = copy(there("/etc/app.conf", "file 600 0:0", "a = 2"), **params)
    assert again["actions"] == ["copy file /etc/app.conf: its content differs, its mode is 0640 and should be 0600"]
    assert again["diff"]["before"].splitlines() == ["/etc/app.conf: file, 6 bytes, mode 0640, owner 0:0", "a = 1"]
    assert again["diff"]["after"].splitlines() == ["/etc/app.conf: file, 6 bytes, mode 0600, owner 0:0", "a = 2"]


@pytest.mark.parametrize(
    ("path", "container_path", "becomes"),
    [
        ("app.conf", "/etc/other", "/etc/other"),
        ("app.conf", "/etc/", "/etc/app.conf"),
        ("app.conf", "//etc/./", "/etc/app.conf"),
        ("app.conf", "/etc/../root/new", "/root/new"),
        ("app.conf", "/top", "/top"),
        ("app.conf", "/data/in-the-volume", "/data/in-the-volume"),
    ],
)
def test_the_destination_of_a_file(path, container_path, becomes, web, copy, there, tmp_path):
    """A slash at the end means the directory, and the file keeps its name."""
    (tmp_path / path).write_text("here")
    params = {"path": str(tmp_path / path), "container_path": container_path}
    assert copy(there(becomes, "file 644 0:0", "here"), **params)["container_path"] == becomes


@pytest.mark.parametrize(
    ("params", "content"),
    [
        ({"content": "words\nGrüße\n"}, "words\nGrüße\n".encode()),
        ({"content": ""}, b""),
        ({"content": "no line break"}, b"no line break"),
        ({"content": base64.b64encode(bytes(range(256))).decode(), "content_is_b64": True}, bytes(range(256))),
        ({"content": "YWJj\n ZGVm\n", "content_is_b64": True}, b"abcdef"),
    ],
)
def test_content(params, content, web, copy, engine, tmp_path):
    """As text or Base64, byte for byte. It is not shown in the invocation."""

    def verify(result):
        engine.docker("cp", "web:/etc/made", str(tmp_path / "back"))
        assert (tmp_path / "back").read_bytes() == content
        if params["content"]:
            assert result["invocation"]["module_args"]["content"] == "(hidden)"

    copy(verify, container_path="/etc/made", **params)
    longer = {**params, "content": base64.b64encode(content + b"!").decode(), "content_is_b64": True}
    assert copy(container_path="/etc/made", **longer)["actions"] == ["copy file /etc/made: its content differs"]


def test_content_without_a_mode_keeps_the_existing_mode(web, copy, there, engine):
    """A new file has 0644."""
    copy(there("/etc/made", "file 644 0:0", "one"), container_path="/etc/made", content="one")
    engine.docker("exec", "web", "chmod", "600", "/etc/made")
    copy(changed=False, container_path="/etc/made", content="one")
    copy(there("/etc/made", "file 600 0:0", "two"), container_path="/etc/made", content="two")


@pytest.mark.parametrize(
    ("mode", "mode_parse", "means"),
    [
        (0o750, "legacy", "750"),
        ("493", "legacy", "755"),
        ("0755", "legacy", "1363"),
        ("0644", None, "644"),
        (0o644, None, "644"),
        (644, None, "1204"),
        (0o750, "modern", "750"),
        ("0640", "modern", "640"),
        ("4755", "modern", "4755"),
        ("0o600", "modern", "600"),
        ("0000", "octal_string_only", "0"),
        ("640", "octal_string_only", "640"),
    ],
)
def test_mode_parse(mode, mode_parse, means, web, copy, there):
    """Each way to read a mode; an ambiguous one causes a warning."""
    params = {"container_path": "/etc/made", "content": "x", "mode": mode}
    params.update({"mode_parse": mode_parse} if mode_parse else {})
    result = copy(there("/etc/made", "file %s 0:0" % means, "x"), **params)
    assert ("warnings" in result) is (mode == "0755")
    if mode == "0755":
        assert "'0755' is read as a decimal number and means 1363" in str(result["warnings"])


def test_owner(web, copy, there):
    """By ID, whether or not a user has it."""
    params = {"container_path": "/etc/made", "content": "x"}
    copy(there("/etc/made", "file 644 7:8"), owner_id=7, group_id=8, **params)
    copy(there("/etc/made", "file 644 3000000:3000001"), owner_id=3000000, group_id=3000001, **params)
    back = copy(there("/etc/made", "file 644 0:0"), **params)
    assert back["actions"] == ["copy file /etc/made: its owner is 3000000:3000001 and should be 0:0"]


@pytest.mark.parametrize(
    ("user", "owner"),
    [
        ("root", "0:0"),
        ("7", "7:0"),
        ("7:8", "7:8"),
        ("nobody", "65534:65534"),
        ("65534", "65534:65534"),
        ("nobody:root", "65534:0"),
        ("7:nogroup", "7:65534"),
    ],
)
def test_the_default_owner_is_the_user_of_the_container(user, owner, engine, copy, there):
    """Read from its settings and its passwd file, without running anything."""
    engine.docker("create", "--name", "web", "--user", user, BASE, "sleep", "1000")
    copy(container_path="/etc/made", content="x")
    engine.docker("start", "web")
    there("/etc/made", "file 644 " + owner)(None)


def test_an_unknown_user_is_an_error(engine, module):
    """With a remedy."""
    engine.docker("create", "--name", "web", "--user", "postgres", BASE, "sleep", "1000")
    params = {"container": "web", "container_path": "/etc/made", "content": "x"}
    message = failed(module("container_copy", **params))
    assert "the user postgres, which is not in its /etc/passwd. Set owner_id and group_id." in message
    assert succeeded(module("container_copy", owner_id=0, group_id=0, **params))["changed"]


def test_a_paused_container(web, copy, engine):
    """Files can be copied into it."""
    engine.docker("pause", "web")
    copy(container_path="/etc/made", content="x")
    engine.docker("unpause", "web")
    assert engine.docker("exec", "web", "cat", "/etc/made") == "x"


def test_the_diff_of_binary_and_large_files(web, copy, tmp_path):
    """The content is not shown."""
    first = copy(container_path="/etc/made", content="AAEC", content_is_b64=True)
    second = copy(container_path="/etc/made", content="AAED", content_is_b64=True)
    assert first["diff"]["after"] == second["diff"]["before"] == "/etc/made: file, 3 bytes, mode 0644, owner 0:0\n"
    assert second["diff"]["after"] == "/etc/made: file, 3 bytes, other content, mode 0644, owner 0:0\n"
    large = copy(container_path="/etc/made", content="a" * 200000)
    assert large["diff"]["after"] == "/etc/made: file, 200000 bytes, other content, mode 0644, owner 0:0\n"


def test_no_diff_outside_of_diff_mode(web, module):
    """The content may be secret."""
    params = {"container": "web", "container_path": "/etc/made", "content": "canary"}
    assert "canary" in str(module("container_copy", check=True, **params))
    assert "canary" not in str(module("container_copy", diff=False, **params))


def test_memory_does_not_grow_with_the_size_of_a_file(web, engine, tmp_path):
    """When it is copied, found unchanged, and copied out."""
    measured = tmp_path / "python"
    measured.write_text(
        "#!%s\nimport resource, subprocess, sys\n"
        "code = subprocess.call([sys.executable, *sys.argv[1:]])\n"
        "open('%s/peak', 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n"
        "sys.exit(code)\n" % (PYTHON, tmp_path)
    )
    measured.chmod(0o755)

    def peak(changed, **params):
        params = {"docker_host": engine.host, "container": "web", "container_path": "/data/file", **params}
        result = succeeded(run_module("container_copy", params, python=str(measured)))
        assert result["changed"] is changed
        return int((tmp_path / "peak").read_text())

    source = tmp_path / "source"
    source.write_bytes(b"small")
    bound = peak(True, path=str(source)) + 8 * 1024  # KiB
    with source.open("wb") as file:
        for _mebibyte in range(64):
            file.write(os.urandom(1024 * 1024))
    assert peak(True, path=str(source)) < bound
    assert peak(False, path=str(source)) < bound
    assert peak(True, dest=str(tmp_path / "back")) < bound
    assert peak(False, dest=str(tmp_path / "back")) < bound
    assert subprocess.run(["cmp", str(source), str(tmp_path / "back")], check=False).returncode == 0


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"container_path": "etc/made"},
            "container_path: etc/made is not absolute. Use a path that begins with a slash.",
        ),
        ({"container_path": ""}, "container_path: an empty path is not absolute"),
        ({"container_path": "/etc/"}, "container_path: /etc/ does not name a file for the content"),
        (
            {"container_path": "/etc"},
            "/etc is a directory in the container, but the task copies a file to it. Set container_path",
        ),
        ({"container_path": "/"}, "container_path: / does not name a file for the content"),
        ({"container_path": "/nowhere/made"}, "Could not copy file /nowhere/made: there is no directory /nowhere in"),
        ({"container_path": "/etc/passwd/made"}, "/etc/passwd is not a directory in the container web"),
        (
            {"container_path": "/etc/hosts"},
            "a single file that is mounted into the container web, such as /etc/hosts, cannot be replaced",
        ),
        (
            {"container_path": "/fixed/made"},
            (
                "the container web is read-only at /fixed. Copy to a writable volume, or make the container "
                "or the volume writable"
            ),
        ),
        ({"container_path": "/fast/made"}, "/fast/made is on /fast, which exists only in the running container"),
        ({"container_path": "/ram/made"}, "/ram/made is on /ram, which exists only in the running container"),
        ({"container_path": "/proc/made"}, "/proc/made is on /proc, which exists only in the running container"),
        (
            {"container": "absent"},
            "Could not copy file /etc/made: there is no container absent. Create and start it first",
        ),
        ({"content": "%", "content_is_b64": True}, "content: it is not Base64, but content_is_b64 is true"),
        (
            {"content": None, "path": "/nowhere/file"},
            "there is no /nowhere/file on this host. Copy it to the host first",
        ),
        ({"content": None, "path": "/dev/null"}, "path: /dev/null is not a file, a directory or a link"),
        (
            {"mode": "u+x", "mode_parse": "modern"},
            "mode: 'u+x' is not a mode. Use octal digits in quotes, such as '0644'",
        ),
        ({"mode": "0899", "mode_parse": "modern"}, "mode: '0899' is not a mode"),
        ({"mode": 0o10000}, "mode: 4096 is not a mode"),
        (
            {"mode": 420, "mode_parse": "octal_string_only"},
            "mode: 420 is a number, but mode_parse allows only strings",
        ),
        ({"mode": [1]}, "mode: [1] is not a mode"),
        ({"mode": True}, "mode: True is not a mode"),
    ],
)
def test_invalid_copies_are_rejected(params, message, engine, module):
    """With one sentence, and the container is unchanged."""
    mounts = ["--volume", "fixed:/fixed:ro", "--tmpfs", "/fast", "--mount", "type=tmpfs,destination=/ram"]
    engine.docker("run", "--detach", "--name", "web", *mounts, BASE, "sleep", "1000")
    before = sorted(engine.docker("diff", "web").split())
    params = {"container": "web", "container_path": "/etc/made", "content": "x", **params}
    params = {option: value for option, value in params.items() if value is not None}
    assert message in failed(module("container_copy", **params))
    assert sorted(engine.docker("diff", "web").split()) == before


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "one of the following is required: path, content, dest"),
        ({"content": "x", "path": "/etc/passwd"}, "parameters are mutually exclusive: path|content|dest"),
        ({"content": "x", "owner_id": 7}, "parameters are required together: owner_id, group_id"),
    ],
)
def test_contradictory_options_are_rejected(params, message, module):
    """By Ansible."""
    result = module("container_copy", container="web", container_path="/etc/made", **params)
    assert result["failed"]
    assert message in result["msg"]


def test_a_read_only_container(engine, module, copy):
    """It is a warning in check mode. Its volume is writable."""
    engine.docker("run", "--detach", "--name", "web", "--read-only", "--volume", "data:/data", BASE, "sleep", "1000")
    params = {"container": "web", "container_path": "/etc/made", "content": "x"}
    foretold = succeeded(module("container_copy", check=True, **params))
    assert "The container web is read-only at /etc." in str(foretold["warnings"])
    assert "the container web is read-only at /etc" in failed(module("container_copy", **params))
    assert "warnings" not in copy(container_path="/data/made", content="x")


def test_check_mode_after_tasks_that_changed_nothing(module, web, tmp_path):
    """Missing objects are a warning, because earlier tasks may create them."""
    for params, words in (
        (
            {"container": "absent", "container_path": "/etc/made", "content": "x"},
            "There is no container absent to copy to.",
        ),
        (
            {"container": "web", "container_path": "/new/made", "content": "x"},
            "There is no directory /new in the container",
        ),
        (
            {"container": "web", "container_path": "/etc/made", "path": str(tmp_path / "new")},
            "does not exist on this host.",
        ),
    ):
        foretold = succeeded(module("container_copy", check=True, **params))
        assert foretold["changed"]
        assert words in str(foretold["warnings"])
