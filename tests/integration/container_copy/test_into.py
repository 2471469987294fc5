# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files into real containers; judged by the docker CLI."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import tarfile

import pytest
from harness.driver import PYTHON, failed, run_module, succeeded
from harness.image import BASE, BUSYBOX

BARE = "slipway/bare:latest"  # an image of one program, without a shell


@pytest.fixture
def web(engine):
    """A running container with a volume at /data."""
    engine.docker("run", "--detach", "--name", "web", "--volume", "data:/data", BASE, "sleep", "1000")
    return "web"


@pytest.fixture
def copy(scenario):
    """Holds copying into the container ``web`` to its promises."""
    return lambda verify=None, **params: scenario("container_copy", verify, **{"container": "web", **params})


@pytest.fixture
def there(engine):
    """Asserts what is at a path of the container ``web``: kind, mode and owner, and the content of a file."""

    def look(path, facts, content=None):
        def verify(_result):
            found = engine.docker("exec", "web", "stat", "-c", "%F %a %u:%g", path)
            assert found.replace("regular empty file", "regular file").replace("regular file", "file") == facts
            if content is not None:
                assert engine.docker("exec", "web", "cat", path) == content

        return verify

    return look


@pytest.fixture
def bare(engine):
    """The name of an image of one static program."""
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
    """A directory with all that a directory may have."""
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
    """What ``find`` says of all that is below a path of the container ``web``: kind, mode, owner and target of each."""
    script = 'cd "$1" && find . -print0 | sort -z | xargs -0 stat -c "%n|%F|%a|%u:%g|%s|%N"'
    found = engine.docker("exec", "web", "sh", "-c", script, "sh", path)
    return [
        line.replace("regular empty file", "regular file") for line in found.splitlines() if "directory" not in line
    ]


def test_a_file(web, copy, there, tmp_path):
    """With its own mode, by root; again only if it differs, and what differs is named."""
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
def test_where_a_file_goes(path, container_path, becomes, web, copy, there, tmp_path):
    """A slash at the end means into the directory, by its own name."""
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
    """As text or Base64, byte for byte; and it is not shown as an argument."""

    def verify(result):
        engine.docker("cp", "web:/etc/made", str(tmp_path / "back"))
        assert (tmp_path / "back").read_bytes() == content
        if params["content"]:
            assert result["invocation"]["module_args"]["content"] == "(hidden)"

    copy(verify, container_path="/etc/made", **params)
    longer = {**params, "content": base64.b64encode(content + b"!").decode(), "content_is_b64": True}
    assert copy(container_path="/etc/made", **longer)["actions"] == ["copy file /etc/made: its content differs"]


def test_content_leaves_a_mode_alone(web, copy, there, engine):
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
        (0o750, "modern", "750"),
        ("0640", "modern", "640"),
        ("4755", "modern", "4755"),
        ("0o600", "modern", "600"),
        ("0000", "octal_string_only", "0"),
        ("640", "octal_string_only", "640"),
    ],
)
def test_modes(mode, mode_parse, means, web, copy, there):
    """As each way reads them; what hardly means what it says gives a warning."""
    params = {"container_path": "/etc/made", "content": "x", "mode": mode, "mode_parse": mode_parse}
    result = copy(there("/etc/made", "file %s 0:0" % means, "x"), **params)
    assert ("warnings" in result) is (mode == "0755")
    if mode == "0755":
        assert "'0755' is read as a decimal number and means 1363" in str(result["warnings"])


def test_owner(web, copy, there):
    """By number, whether or not anybody has it."""
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
def test_the_owner_is_who_the_container_starts_as(user, owner, engine, copy, there):
    """Found without running anything, by the numbers or by the container's own lists."""
    engine.docker("create", "--name", "web", "--user", user, BASE, "sleep", "1000")
    copy(container_path="/etc/made", content="x")
    engine.docker("start", "web")
    there("/etc/made", "file 644 " + owner)(None)


def test_a_user_that_nobody_knows(engine, module):
    """Is named, with the way out."""
    engine.docker("create", "--name", "web", "--user", "postgres", BASE, "sleep", "1000")
    params = {"container": "web", "container_path": "/etc/made", "content": "x"}
    message = failed(module("container_copy", **params))
    assert "the user postgres, which is not in its /etc/passwd. Give owner_id and group_id." in message
    assert succeeded(module("container_copy", owner_id=0, group_id=0, **params))["changed"]


def test_a_directory(web, copy, tree, engine, tmp_path):
    """With modes, links, empty directories and any names; with a slash at the end, what is in it."""
    params = {"path": str(tree), "container_path": "/data", "local_follow": False, "owner_id": 7, "group_id": 8}
    made = copy(**params)
    assert made["container_path"] == "/data/site"
    assert made["actions"] == ["copy directory /data/site: it does not exist, with the 11 entries below it"]
    found = "\n".join(listed(engine, "/data/site"))
    for line in (
        "./index.html|regular file|644|7:8|3|./index.html",
        "./run.sh|regular file|4755|7:8|10|",
        "./nothing|regular file|600|7:8|0|",
        "./Grüße, \u4f60\u597d|regular file|644|7:8|5|",
        "|7:8|10|'./link' -> 'index.html'",
        "'./dangling' -> '/nowhere/at/all'",
        "/%s|regular file|644|7:8|4|" % ("f" * 200),
        "two lines",
    ):
        assert line in found or line == "two lines"
    assert engine.docker("exec", "web", "stat", "-c", "%a %u:%g", "/data/site/empty") == "2750 7:8"
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
        "copy directory /data/site: 5 of 13 entries differ: index.html (its content differs), link (it leads to "
        "index.html), new (it does not exist), 2 more"
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
    # What is there keeps its mode, and what is not in the source stays.
    assert engine.docker("exec", "web", "stat", "-c", "%a %u:%g", "/data/site/empty") == "2750 7:8"


def test_a_directory_leaves_those_that_are_there_alone(web, copy, engine, tmp_path):
    """However private the ones of the source are."""
    (tmp_path / "etc").mkdir(mode=0o700)
    (tmp_path / "etc" / "conf").write_text("x")
    (tmp_path / "etc" / "new").mkdir(mode=0o700)
    copy(path=str(tmp_path) + "/", container_path="/", owner_id=7, group_id=7)
    found = engine.docker("exec", "web", "stat", "-c", "%n %a %u", "/", "/etc", "/etc/new", "/etc/conf")
    assert found.splitlines() == ["/ 755 0", "/etc 755 0", "/etc/new 700 7", "/etc/conf 644 7"]


def test_mode_is_for_files(web, copy, engine, tree):
    """Directories are made as the ones of the source are."""
    copy(path=str(tree), container_path="/data", local_follow=False, mode="0600", mode_parse="modern")
    found = engine.docker("exec", "web", "stat", "-c", "%a", "/data/site/run.sh", "/data/site/empty")
    assert found.split() == ["600", "2750"]


def test_local_links(web, copy, there, tmp_path, module, engine):
    """Are followed, or copied."""
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
    assert "leads back to a directory that it is in. Set 'local_follow: false'" in failed(
        module("container_copy", **params)
    )
    (tmp_path / "tree" / "loop").unlink()
    (tmp_path / "tree" / "lost").symlink_to("nowhere")
    assert "lost is a link that leads nowhere. Set 'local_follow: false'" in failed(module("container_copy", **params))
    params = {**params, "path": str(tmp_path / "tree") + "/", "container_path": "/data/tree", "local_follow": False}
    message = failed(module("container_copy", **params))
    assert "/data/tree/dir is a directory in the container, and a symbolic link is to be copied there" in message


def test_links_in_the_container(web, copy, there, engine, tmp_path, module):
    """A file replaces a link, or is written to where it leads."""
    engine.docker("exec", "web", "sh", "-c", "echo old >/data/real; ln -s real /data/one; ln -s /data/one /etc/two")
    followed = copy(there("/data/real", "file 644 0:0", "new"), container_path="/etc/two", content="new", follow=True)
    assert followed["container_path"] == "/data/real"
    there("/etc/two", "symbolic link 777 0:0")(None)
    replaced = copy(there("/etc/two", "file 644 0:0", "new"), container_path="/etc/two", content="new")
    assert replaced["actions"] == ["copy file /etc/two: it is a symbolic link"]
    # Links on the way are always followed, and never out of the container.
    engine.docker("exec", "web", "ln", "-s", "../../../../data", "/way")
    copy(there("/data/by-the-way", "file 644 0:0", "x"), container_path="/way/by-the-way", content="x")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "file").write_text("x")
    params = {"container": "web", "path": str(tmp_path / "tree") + "/", "container_path": "/way"}
    message = failed(module("container_copy", **params))
    assert "/way is a symbolic link in the container, and a directory is to be copied there" in message
    assert copy(there("/data/file", "file 644 0:0", "x"), follow=True, **params)["container_path"] == "/data"


def test_further_names_of_a_file(web, copy, there, engine, tmp_path):
    """Are compared as well, although an archive has the content of a file only once."""
    for name in ("a", "b"):
        (tmp_path / name).write_text("same")
    engine.docker("exec", "web", "sh", "-c", "printf same >/data/a; ln /data/a /data/b; ln /data/a /data/c")
    copy(changed=False, path=str(tmp_path) + "/", container_path="/data")
    (tmp_path / "b").write_text("more")
    copy(there("/data/b", "file 644 0:0", "more"), path=str(tmp_path) + "/", container_path="/data")
    there("/data/a", "file 644 0:0", "same")(None)


def test_few_files_beside_much_else(web, copy, there, engine, tmp_path):
    """Are looked for one by one."""
    engine.docker("exec", "web", "sh", "-c", "mkdir /data/0; head -c 80000000 /dev/zero >/data/0/large")
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "file").write_text("here")
    copy(there("/data/x/file", "file 644 0:0", "here"), path=str(tmp_path) + "/", container_path="/data")


def test_force(web, copy, there, engine, tmp_path):
    """True copies each time, false only what is not there at all."""
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


def test_a_container_without_a_shell_that_does_not_run(bare, engine, copy, tree, tmp_path):
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


def test_a_paused_container(web, copy, engine):
    """Takes it as well."""
    engine.docker("pause", "web")
    copy(container_path="/etc/made", content="x")
    engine.docker("unpause", "web")
    assert engine.docker("exec", "web", "cat", "/etc/made") == "x"


def test_other_contents_are_named_as_such(web, copy, tmp_path):
    """Neither binary content nor much of it is shown."""
    first = copy(container_path="/etc/made", content="AAEC", content_is_b64=True)
    second = copy(container_path="/etc/made", content="AAED", content_is_b64=True)
    assert first["diff"]["after"] == second["diff"]["before"] == "/etc/made: file, 3 bytes, mode 0644, owner 0:0\n"
    assert second["diff"]["after"] == "/etc/made: file, 3 bytes, other content, mode 0644, owner 0:0\n"
    large = copy(container_path="/etc/made", content="a" * 200000)
    assert large["diff"]["after"] == "/etc/made: file, 200000 bytes, other content, mode 0644, owner 0:0\n"


def test_nobody_is_shown_a_diff_unasked(web, module):
    """The content may be secret."""
    params = {"container": "web", "container_path": "/etc/made", "content": "canary"}
    assert "canary" in str(module("container_copy", check=True, **params))
    assert "canary" not in str(module("container_copy", diff=False, **params))


def test_memory_stays_flat(web, engine, tmp_path):
    """Whatever the size: copied, found unchanged, and copied out."""
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
        ({"container_path": "etc/made"}, "container_path: etc/made is not absolute. Begin it with a slash."),
        ({"container_path": ""}, "container_path: an empty path is not absolute"),
        ({"container_path": "/etc/"}, "container_path: /etc/ names no file for the content"),
        ({"container_path": "/etc"}, "/etc is a directory in the container, and a file is to be copied there. Name"),
        ({"container_path": "/"}, "container_path: / names no file for the content"),
        ({"container_path": "/nowhere/made"}, "Could not copy file /nowhere/made: there is no directory /nowhere in"),
        ({"container_path": "/etc/passwd/made"}, "/etc/passwd is no directory in the container web"),
        ({"container_path": "/etc/hosts"}, "mounted into the container web by itself, as /etc/hosts is, cannot be"),
        ({"container_path": "/fixed/made"}, "the container web is read-only at /fixed. Copy to a volume"),
        ({"container_path": "/fast/made"}, "/fast/made is on /fast, which only the running container itself sees"),
        ({"container_path": "/ram/made"}, "/ram/made is on /ram, which only the running container itself sees"),
        ({"container_path": "/proc/made"}, "/proc/made is on /proc, which only"),
        ({"container": "absent"}, "Could not copy file /etc/made: there is no container absent. Make it first"),
        ({"content": "%", "content_is_b64": True}, "content: it is not Base64"),
        (
            {"content": None, "path": "/nowhere/file"},
            "there is no /nowhere/file on this host. Copy it to the host first",
        ),
        ({"content": None, "path": "/dev/null"}, "path: /dev/null is neither a file nor a directory nor a link"),
        ({"mode": "u+x", "mode_parse": "modern"}, "mode: 'u+x' is no mode. Write '0644'"),
        ({"mode": "0899", "mode_parse": "modern"}, "mode: '0899' is no mode"),
        ({"mode": 0o10000}, "mode: 4096 is no mode"),
        ({"mode": 420, "mode_parse": "octal_string_only"}, "mode: 420 is a number, and mode_parse allows only strings"),
        ({"mode": [1]}, "mode: [1] is no mode"),
        ({"mode": True}, "mode: True is no mode"),
    ],
)
def test_what_cannot_be_copied(params, message, engine, module):
    """One sentence with the cause, and the container as it was."""
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
def test_options_that_contradict_each_other(params, message, module):
    """Are refused by Ansible itself."""
    result = module("container_copy", container="web", container_path="/etc/made", **params)
    assert result["failed"]
    assert message in result["msg"]


def test_a_container_that_is_read_only(engine, module, copy):
    """Check mode says so; its volume takes files."""
    engine.docker("run", "--detach", "--name", "web", "--read-only", "--volume", "data:/data", BASE, "sleep", "1000")
    params = {"container": "web", "container_path": "/etc/made", "content": "x"}
    foretold = succeeded(module("container_copy", check=True, **params))
    assert "The container web is read-only at /etc." in str(foretold["warnings"])
    assert "the container web is read-only at /etc" in failed(module("container_copy", **params))
    assert "warnings" not in copy(container_path="/data/made", content="x")


def test_check_mode_where_earlier_tasks_did_nothing(module, web, tmp_path):
    """What they would have made is a warning."""
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
            "on this host to be copied.",
        ),
    ):
        foretold = succeeded(module("container_copy", check=True, **params))
        assert foretold["changed"]
        assert words in str(foretold["warnings"])
