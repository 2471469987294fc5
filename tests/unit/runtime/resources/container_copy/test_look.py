# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the files of a container: what is read and compared, and with how many calls."""

from __future__ import annotations

import io
import tarfile

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.containers import Ref
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import BlockedError, TransportError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_copy import look, out, tree
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_copy.entries import (
    DIRECTORY,
    FILE,
    LINK,
    Entry,
    holds,
    tar,
)
from scripted import Call, Engine, refused

STAT = "eyJuYW1lIjoieCIsInNpemUiOjQsIm1vZGUiOjQyMCwibGlua1RhcmdldCI6IiJ9"  # a file of mode 0644
LINKED = "eyJuYW1lIjoieCIsInNpemUiOjQsIm1vZGUiOjEzNDIxODIzOSwibGlua1RhcmdldCI6Ii9yZWFsIn0="  # a link to /real

WEB = Ref("c0ffee", "web")
WEB_SEEN = {"Id": "c0ffee", "Name": "/web"}


def shown(path, data, stat=STAT):
    """The call for the archive of a path, which arrives in small pieces."""
    pieces = tuple(data[start : start + 1000] for start in range(0, len(data), 1000))
    headers = {"x-docker-container-path-stat": stat}
    return Call("GET /containers/c0ffee/archive?path=%s" % path, pieces, headers=headers)


def missing(path):
    """The call for a path that does not exist."""
    said = "Could not find the file %s in container web" % path
    return refused("GET /containers/c0ffee/archive?path=%s" % path, 404, said)


def archive(*members):
    """A tar archive as Go writes it, of (name, content) for files, (name, None) for directories, (name, Entry)."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.PAX_FORMAT) as file:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.mode, member.uid, member.gid = 0o644, 7, 8
            if content is None:
                member.type = tarfile.DIRTYPE
            elif isinstance(content, str):
                member.type, member.linkname = tarfile.LNKTYPE, content
            elif isinstance(content, Entry):
                member.type, member.linkname = tarfile.SYMTYPE, content.target
            else:
                member.size = len(content)
            file.addfile(member, io.BytesIO(content) if isinstance(content, bytes) else None)
    return data.getvalue()


def seen(source, *calls):
    """The result for the paths of a source, and the unread rest of the last answer."""
    found = look.Look(source)
    with Engine(*calls) as client:
        found.at(client, WEB, "/data")
    return found, client.connection.answers[-1].read()


def of(content):
    """A file of a source."""
    return Entry(FILE, size=len(content), source=content)


def test_a_file_is_read_with_one_call():
    """To the end of the answer, so that the connection is kept."""
    found, left = seen({"": of(b"abc")}, shown("/data", archive(("data", b"abc"))))
    assert found.have == {"": Entry(FILE, 0o644, 7, 8, 3)}
    assert (found.same, found.old, left) == ({""}, b"abc", b"")


def test_a_file_of_another_size_is_not_read():
    """Whatever its size."""
    large = bytes(10**6)
    found, left = seen({"": of(b"abc")}, shown("/data", archive(("data", large))))
    assert (found.have[""].size, found.same, found.old) == (10**6, set(), None)
    assert len(left) > 10**5


def test_a_directory_is_read_with_one_call():
    """Even if it contains other files."""
    members = (
        ("data", None),
        ("data/a", b"1"),
        ("data/b", None),
        ("data/b/c", b"2"),
        ("data/b/d", b"2"),
        ("data/z", b"9"),
    )
    source = {"": Entry(DIRECTORY), "a": of(b"1"), "b": Entry(DIRECTORY), "b/c": of(b"3"), "n": of(b"")}
    found, _left = seen(source, shown("/data", archive(*members)))
    assert (set(found.have), found.same) == ({"", "a", "b", "b/c"}, {"a"})


def test_the_root_directory():
    """The names in its archive begin with a slash."""
    found = look.Look({"": Entry(DIRECTORY), "a": of(b"1")})
    with Engine(shown("/", archive(("/", None), ("/a", b"1")))) as client:
        found.at(client, WEB, "/")
    assert (found.same, set(found.have)) == ({"a"}, {"", "a"})


def test_a_hard_link_is_read_with_a_separate_call():
    """The archive contains the file's content only once."""
    found, _left = seen(
        {"": Entry(DIRECTORY), "a": of(b"1"), "b": of(b"1")},
        shown("/data", archive(("data", None), ("data/a", b"1"), ("data/b", "data/a"))),
        shown("/data/b", archive(("b", b"1"))),
    )
    assert found.same == {"a", "b"}


def test_a_directory_with_many_other_files_is_not_read(monkeypatch):
    """Each path is read with a separate call, except paths in missing directories."""
    monkeypatch.setattr(look, "STRAY", 10)
    found = look.Look(
        {"": Entry(DIRECTORY), "a": Entry(DIRECTORY), "a/b": of(b"1"), "n": Entry(DIRECTORY), "n/m": of(b"")}
    )
    with Engine(
        shown("/data", archive(("data", None), ("data/0", bytes(100)), ("data/a", None), ("data/a/b", b"1"))),
        shown("/data/a", archive(("a", None), ("a/b", b"1"))),
        shown("/data/a/b", archive(("b", b"1"))),
        missing("/data/n"),
    ) as client:
        found.at(client, WEB, "/data")
    assert (set(found.have), found.same) == ({"", "a", "a/b"}, {"a/b"})


def test_an_incomplete_archive_is_an_error():
    """Of ours, not of tarfile."""
    whole = archive(("data", b"abc" * 1000))
    with pytest.raises(TransportError, match="The engine sent an incomplete archive"):
        seen({"": of(b"abc" * 1000)}, shown("/data", whole[:1500]))


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        (b"", [], True),
        (b"abc", [b"a", b"bc"], True),
        (b"abc", [b"ab"], False),
        (b"ab", [b"abc"], False),
        (b"abc", [b"abd"], False),
    ],
)
def test_contents_are_compared(mine, theirs, same, tmp_path):
    """From memory and from a file, in pieces of any size."""
    (tmp_path / "file").write_bytes(mine)
    assert holds(mine, iter(theirs)) is same
    assert holds(str(tmp_path / "file"), iter(theirs)) is same


def test_entries_of_an_archive(tmp_path):
    """Types, modes, owners and names of any length."""
    (tmp_path / "file").write_bytes(b"from disk")
    long = "d" * 150 + "/" + "e" * 150
    entries = [
        ("d", Entry(DIRECTORY, 0o2755, 1, 2)),
        (long, Entry(FILE, 0o4755, 3000000, 2, 9, source=str(tmp_path / "file"))),
        ("\udcff", Entry(FILE, 0o600, 0, 0, 4, source=b"made")),
        ("l", Entry(LINK, None, 1, 2, target="../x")),
    ]
    with tarfile.open(fileobj=io.BytesIO(b"".join(tar(entries)))) as packed:
        found = [(one.name, one.type, one.mode, one.uid, one.size, one.linkname) for one in packed]
        assert packed.extractfile(long).read() == b"from disk"
    assert found == [
        ("d", tarfile.DIRTYPE, 0o2755, 1, 0, ""),
        (long, tarfile.REGTYPE, 0o4755, 3000000, 9, ""),
        ("\udcff", tarfile.REGTYPE, 0o600, 0, 4, ""),
        ("l", tarfile.SYMTYPE, 0, 1, 0, "../x"),
    ]


USERS = archive(("passwd", b"# users\nbroken\nroot:x:0:0::/:\napp:x:100:200::/:\n"))
PASSWD = shown("/etc/passwd", USERS)
GROUP = shown("/etc/group", archive(("group", b"root:x:0:\nwheel:x:10:app\n")))


def owner(user, *calls):
    """The IDs of a container's user."""
    with Engine(*calls) as client:
        return look.owner_of(client, {**WEB_SEEN, "Config": {"User": user}})


@pytest.mark.parametrize(
    ("user", "ids", "calls"),
    [
        ("", (0, 0), []),
        (None, (0, 0), []),
        ("0", (0, 0), []),
        ("5:6", (5, 6), []),
        ("app", (100, 200), [PASSWD]),
        ("100", (100, 200), [PASSWD]),
        ("5", (5, 0), [PASSWD]),
        ("app:6", (100, 6), [PASSWD]),
        ("app:wheel", (100, 10), [PASSWD, GROUP]),
        ("5:wheel", (5, 10), [GROUP]),
    ],
)
def test_the_ids_of_the_user_of_a_container(user, ids, calls):
    """With as few calls as possible."""
    assert owner(user, *calls) == ids


def test_linked_and_missing_passwd_files():
    """Links are followed. Without a file, only numbers are accepted."""
    link = archive(("passwd", b""))
    assert owner("app", shown("/etc/passwd", link, LINKED), shown("/real", USERS)) == (100, 200)
    assert owner("7", missing("/etc/passwd")) == (7, 0)
    with pytest.raises(BlockedError, match="the group wheel, which is not in its /etc/group"):
        owner("7:wheel", missing("/etc/group"))


def header(name, size, kind):
    """The header of an entry with any size."""
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    "data",
    [
        header("x", -512, b"0") * 2,
        header("x", 1 << 40, b"x") + bytes(4096),
        header("x", 1 << 40, b"L") + bytes(4096),
        header("x", 1 << 40, b"0") + bytes(4096),
        b"".join(header("x", 1, b"L") + b"y" + bytes(511) for _number in range(3000)),
        header("x", 0, b"5") + header("y", 0, b"0"),
        header("x", 0, b"5") + header("x/../y", 0, b"0"),
        b"no archive" * 100,
    ],
    ids=["below zero", "extended header", "long name", "size", "names of names", "beside", "above", "nonsense"],
)
def test_invalid_archives_are_errors(data):
    """With a sentence."""
    with pytest.raises(TransportError, match="The engine sent an incomplete archive"):
        seen({"": Entry(FILE), "a": Entry(FILE)}, shown("/data", data + bytes(1024)))


@pytest.mark.parametrize(
    "members",
    [
        (("x", None), ("x/a", Entry(LINK, target="/etc")), ("x/a/passwd", b"p")),
        (("x", None), ("x/a", None), ("x/a/b", b"p"), ("x/a", Entry(LINK, target="/etc"))),
        (("x", None), ("x/a/b", b"p")),
    ],
    ids=["below a link", "twice", "in nothing"],
)
def test_links_in_a_fetched_directory_are_not_followed(members, tmp_path):
    """Nothing is written through a link in the archive."""
    found = out.Snapshot("/x", str(tmp_path), WEB_SEEN)
    params = {"container": "web", "container_path": "/x/", "dest": str(tmp_path), "local_follow": True, "force": None}
    with (
        Engine(shown("/x", archive(*members))) as client,
        pytest.raises(BlockedError, match="twice, or outside of a directory"),
    ):
        tree.observe(client, params, found)
