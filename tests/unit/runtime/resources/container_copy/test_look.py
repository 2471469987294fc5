# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at a container's files: what is read, what is compared, and how often the engine is asked."""

from __future__ import annotations

import io
import tarfile
from types import SimpleNamespace

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.containers import Ref
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import DriftError, NotFound, TransportError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_copy import look, out, tree
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_copy.entries import (
    DIRECTORY,
    FILE,
    LINK,
    Entry,
    holds,
    tar,
)

STAT = "eyJuYW1lIjoieCIsInNpemUiOjQsIm1vZGUiOjQyMCwibGlua1RhcmdldCI6IiJ9"  # a file of mode 0644
LINKED = "eyJuYW1lIjoieCIsInNpemUiOjQsIm1vZGUiOjEzNDIxODIzOSwibGlua1RhcmdldCI6Ii9yZWFsIn0="  # a link to /real


WEB = Ref("c0ffee", "web")
WEB_SEEN = {"Id": "c0ffee", "Name": "/web"}


class Engine:
    """Answers like a client, with the archives that it was given by path; ``asked`` are the paths that it was asked."""

    def __init__(self, archives, stats=()):
        self.archives = archives
        self.stats = dict(stats)
        self.asked = []
        self.left = None

    def request(self, _method, _path, query, **_words):
        """One archive, in small pieces."""
        path = query["path"]
        self.asked.append(path)
        if path not in self.archives:
            raise NotFound("no", said="Could not find the file %s in container web" % path)
        data = self.archives[path]
        pieces = (data[start : start + 1000] for start in range(0, len(data), 1000))
        self.left = pieces
        headers = {"x-docker-container-path-stat": self.stats.get(path, STAT)}
        return SimpleNamespace(headers=headers, chunks=lambda: pieces, close=lambda: None)


def archive(*members):
    """A tar as Go writes it, of (name, content) for files, (name, None) for directories, (name, Entry)."""
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


def seen(engine, source, path="/data"):
    """A look at the paths of a source."""
    found = look.Look(source)
    found.at(engine, WEB, path)
    return found


def of(content):
    """A file of a source."""
    return Entry(FILE, size=len(content), source=content)


def test_a_file():
    """One call, read to its end, so that the connection stays."""
    engine = Engine({"/data": archive(("data", b"abc"))})
    found = seen(engine, {"": of(b"abc")})
    assert found.have == {"": Entry(FILE, 0o644, 7, 8, 3)}
    assert (found.same, found.old, engine.asked, list(engine.left)) == ({""}, b"abc", ["/data"], [])


def test_a_file_of_another_size_is_not_read():
    """However large it is."""
    large = bytes(10**6)
    engine = Engine({"/data": archive(("data", large))})
    found = seen(engine, {"": of(b"abc")})
    assert (found.have[""].size, found.same, found.old) == (10**6, set(), None)
    assert sum(map(len, engine.left)) > 10**5


def test_a_tree():
    """One call, whatever else is there."""
    members = (
        ("data", None),
        ("data/a", b"1"),
        ("data/b", None),
        ("data/b/c", b"2"),
        ("data/b/d", b"2"),
        ("data/z", b"9"),
    )
    engine = Engine({"/data": archive(*members)})
    source = {"": Entry(DIRECTORY), "a": of(b"1"), "b": Entry(DIRECTORY), "b/c": of(b"3"), "n": of(b"")}
    found = seen(engine, source)
    assert set(found.have) == {"", "a", "b", "b/c"}
    assert (found.same, engine.asked) == ({"a"}, ["/data"])


def test_the_root():
    """Its archive has names that begin with a slash."""
    engine = Engine({"/": archive(("/", None), ("/a", b"1"))})
    found = seen(engine, {"": Entry(DIRECTORY), "a": of(b"1")}, "/")
    assert (found.same, set(found.have)) == ({"a"}, {"", "a"})


def test_a_further_name_of_a_file_is_asked_for_by_itself():
    """Its content is not in the archive a second time."""
    engine = Engine(
        {"/data": archive(("data", None), ("data/a", b"1"), ("data/b", "data/a")), "/data/b": archive(("b", b"1"))}
    )
    found = seen(engine, {"": Entry(DIRECTORY), "a": of(b"1"), "b": of(b"1")})
    assert (found.same, engine.asked) == ({"a", "b"}, ["/data", "/data/b"])


def test_much_else_is_not_read(monkeypatch):
    """What is wanted is asked for by itself then, but nothing in a directory that is not there."""
    monkeypatch.setattr(look, "STRAY", 10)
    engine = Engine(
        {
            "/data": archive(("data", None), ("data/0", bytes(100)), ("data/a", None), ("data/a/b", b"1")),
            "/data/a": archive(("a", None), ("a/b", b"1")),
            "/data/a/b": archive(("b", b"1")),
        }
    )
    source = {"": Entry(DIRECTORY), "a": Entry(DIRECTORY), "a/b": of(b"1"), "n": Entry(DIRECTORY), "n/m": of(b"")}
    found = seen(engine, source)
    assert (set(found.have), found.same) == ({"", "a", "a/b"}, {"a/b"})
    assert engine.asked == ["/data", "/data/a", "/data/a/b", "/data/n"]


def test_an_archive_that_ends_early():
    """Is an error of ours."""
    whole = archive(("data", b"abc" * 1000))
    with pytest.raises(TransportError, match="The engine sent an incomplete archive"):
        seen(Engine({"/data": whole[:1500]}), {"": of(b"abc" * 1000)})


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
def test_contents(mine, theirs, same, tmp_path):
    """In pieces that end anywhere, from memory and from a file."""
    (tmp_path / "file").write_bytes(mine)
    assert holds(mine, iter(theirs)) is same
    assert holds(str(tmp_path / "file"), iter(theirs)) is same


def test_what_is_packed(tmp_path):
    """Kinds, modes, owners and names of any length."""
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


PASSWD = archive(("passwd", b"# users\nbroken\nroot:x:0:0::/:\napp:x:100:200::/:\n"))
GROUP = archive(("group", b"root:x:0:\nwheel:x:10:app\n"))


@pytest.mark.parametrize(
    ("user", "ids", "asked"),
    [
        ("", (0, 0), []),
        (None, (0, 0), []),
        ("0", (0, 0), []),
        ("5:6", (5, 6), []),
        ("app", (100, 200), ["/etc/passwd"]),
        ("100", (100, 200), ["/etc/passwd"]),
        ("5", (5, 0), ["/etc/passwd"]),
        ("app:6", (100, 6), ["/etc/passwd"]),
        ("app:wheel", (100, 10), ["/etc/passwd", "/etc/group"]),
        ("5:wheel", (5, 10), ["/etc/group"]),
    ],
)
def test_the_user_of_a_container(user, ids, asked):
    """With no more calls than it takes."""
    engine = Engine({"/etc/passwd": PASSWD, "/etc/group": GROUP})
    assert look.owner_of(engine, {"Id": "1", "Name": "/web", "Config": {"User": user}}) == ids
    assert engine.asked == asked


def test_lists_of_users_that_are_links_or_missing():
    """A link is followed; where nobody has a list, numbers still count."""
    link = archive(("passwd", b""))
    engine = Engine({"/etc/passwd": link, "/real": PASSWD}, {"/etc/passwd": LINKED})
    assert look.owner_of(engine, {"Id": "1", "Name": "/web", "Config": {"User": "app"}}) == (100, 200)
    assert look.owner_of(Engine({}), {"Id": "1", "Name": "/web", "Config": {"User": "7"}}) == (7, 0)
    with pytest.raises(DriftError, match="the group wheel, which is not in its /etc/group"):
        look.owner_of(Engine({}), {"Id": "1", "Name": "/web", "Config": {"User": "7:wheel"}})


def header(name, size, kind):
    """The header of an entry, of any size."""
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
def test_archives_that_no_engine_sends(data):
    """They are given up, with a sentence."""
    engine = Engine({"/x": data + bytes(1024)})
    with pytest.raises(TransportError, match="The engine sent an incomplete archive"):
        look.Look({"": Entry(FILE), "a": Entry(FILE)}).at(engine, WEB, "/x")


@pytest.mark.parametrize(
    "members",
    [
        (("x", None), ("x/a", Entry(LINK, target="/etc")), ("x/a/passwd", b"p")),
        (("x", None), ("x/a", None), ("x/a/b", b"p"), ("x/a", Entry(LINK, target="/etc"))),
        (("x", None), ("x/a/b", b"p")),
    ],
    ids=["below a link", "twice", "in nothing"],
)
def test_trees_that_lead_out(members, tmp_path):
    """Nothing is written through a link that came with them."""
    engine = Engine({"/x": archive(*members)})
    found = out.Snapshot("/x", str(tmp_path), WEB_SEEN)
    params = {"container": "web", "container_path": "/x/", "dest": str(tmp_path), "local_follow": True, "force": None}
    with pytest.raises(DriftError, match="twice, or outside of a directory"):
        tree.observe(engine, params, found)
