# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, directories and links, on this host or in a container."""

from __future__ import annotations

import base64
import io
import os
import stat
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Dict, Iterable, Iterator, Tuple

from ...errors import InputError
from ...state.resource import Params

CHUNK = 256 * 1024  # bytes
SMALL = 100 * 1024  # bytes of a file shown in a diff

FILE, DIRECTORY, LINK, OTHER = "file", "directory", "symbolic link", "special file"
_KINDS = {stat.S_IFREG: FILE, stat.S_IFDIR: DIRECTORY, stat.S_IFLNK: LINK}


@dataclass(frozen=True)
class Entry:
    """A file, directory or link. ``source`` is where its content is: a path on this host, or the content itself.

    Mode and owner are None if unknown or irrelevant.
    """

    kind: str
    mode: int | None = None
    uid: int | None = None
    gid: int | None = None
    size: int = 0
    target: str = ""
    source: str | bytes = ""


def kind_of(mode: int) -> str:
    """The kind of a file by its mode (st_mode)."""
    return _KINDS.get(stat.S_IFMT(mode), OTHER)


def kind_of_member(member: tarfile.TarInfo) -> str:
    """The kind of a tar member."""
    return FILE if member.isreg() else DIRECTORY if member.isdir() else LINK if member.issym() else OTHER


def is_directory(params: Params) -> bool:
    """Whether ``path`` is a directory on this host."""
    return params["path"] is not None and _look(_bare(params["path"]), params["local_follow"]) == DIRECTORY


def listing(params: Params) -> Dict[str, Entry] | None:
    """The entries to copy, by path relative to the destination, which itself is the empty string.

    None if ``path`` does not exist. Raises InputError for anything that cannot be copied.
    """
    content: str | None = params["content"]
    if content is None:
        root, follow = _bare(params["path"]), params["local_follow"]
        try:
            return dict(_walk(root, "", follow, ())) if _look(root, follow) else None
        except RecursionError:
            raise InputError("path: the directories in %s are nested too deeply" % root)
    data = content.encode("utf-8", "surrogateescape")
    if params["content_is_b64"]:
        try:
            data = base64.b64decode(b"".join(data.split()), validate=True)
        except ValueError:
            raise InputError("content: it is not Base64, but content_is_b64 is true")
    return {"": Entry(FILE, size=len(data), source=data)}


def small(entry: Entry) -> bytes | None:
    """The content of a file on this host, if the diff can show it."""
    if entry.kind != FILE or entry.size > SMALL:
        return None
    with opened(entry.source) as file:
        return file.read(SMALL)


def local(path: str) -> Entry | None:
    """The entry at a path on this host; None if it does not exist. Links are not followed."""
    if not _look(path, follow=False):
        return None
    found = os.lstat(path)
    kind, mode = kind_of(found.st_mode), stat.S_IMODE(found.st_mode)
    return Entry(kind, mode, found.st_uid, found.st_gid, found.st_size, source=path)


def tar(entries: Iterable[Tuple[str, Entry]]) -> Iterator[bytes]:
    """A tar archive of entries by member name, in chunks. Raises InputError for a file that changes meanwhile."""
    for name, entry in entries:
        member = tarfile.TarInfo(name)
        member.mode, member.uid, member.gid = entry.mode or 0, entry.uid or 0, entry.gid or 0
        member.mtime = int(time.time())
        if entry.kind == FILE:
            yield from _file(member, entry.source)
        else:
            member.type = tarfile.DIRTYPE if entry.kind == DIRECTORY else tarfile.SYMTYPE
            member.linkname = entry.target
            yield _head(member)
    yield bytes(2 * tarfile.BLOCKSIZE)


def differing(want: Entry, have: Entry, same: bool) -> str:
    """How two files differ, in words; empty if they do not. ``same`` says that they have the same content."""
    if have.kind != want.kind:
        return "it is a %s" % have.kind
    found = [] if same else ["its content differs"]
    if have.mode != want.mode:
        found.append("its mode is %04o and should be %04o" % (have.mode or 0, want.mode or 0))
    if want.uid is not None and (have.uid, have.gid) != (want.uid, want.gid):
        found.append("its owner is %s:%s and should be %s:%s" % (have.uid, have.gid, want.uid, want.gid))
    return ", ".join(found)


def holds(source: str | bytes, pieces: Iterable[bytes]) -> bool:
    """Whether a source has this content. Stops reading at the first difference."""
    with opened(source) as file:
        try:
            return all(file.read(len(piece)) == piece for piece in pieces) and not file.read(1)
        except OSError as error:
            raise unreadable(error, source)


def opened(source: str | bytes) -> BinaryIO:
    """Open a file on this host, or the content given instead."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise unreadable(error, source)


def unreadable(error: OSError, source: str | bytes) -> InputError:
    """The error for an unreadable file on this host."""
    return InputError(
        "cannot read %s (%s)" % (os.fsdecode(source), error.strerror), "Run the task as a user with access."
    )


def _bare(path: str) -> str:
    return path.rstrip("/") or "/"


def _look(path: str, follow: bool) -> str:
    """The kind of a path on this host, empty if it does not exist."""
    try:
        return kind_of((os.stat if follow else os.lstat)(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise unreadable(error, path)


def _walk(path: str, name: str, follow: bool, above: Tuple[Tuple[int, int], ...]) -> Iterator[Tuple[str, Entry]]:
    """A path and everything below it. ``above`` are its parent directories, by device and inode."""
    try:
        found = (os.stat if follow else os.lstat)(path)
        kind, mode = kind_of(found.st_mode), stat.S_IMODE(found.st_mode)
        target = os.readlink(path) if kind == LINK else ""
        children = sorted(entry.name for entry in os.scandir(path)) if kind == DIRECTORY else []
    except FileNotFoundError:
        raise InputError("path: %s is a broken link" % path, "Set 'local_follow: false' to copy links.")
    except OSError as error:
        raise unreadable(error, path)
    if kind == OTHER:
        raise InputError("path: %s is not a file, a directory or a link" % path, "Remove it.")
    itself = (found.st_dev, found.st_ino)
    if itself in above:
        raise InputError("path: %s is a link to a directory that contains it" % path, "Set 'local_follow: false'.")
    yield name, Entry(kind, mode, size=found.st_size if kind == FILE else 0, target=target, source=path)
    for child in children:
        below = "%s/%s" % (name, child) if name else child
        yield from _walk(str(Path(path, child)), below, follow, (*above, itself))


def _file(member: tarfile.TarInfo, source: str | bytes) -> Iterator[bytes]:
    """A tar member for a file, with its current size: a tar with a wrong size cannot be corrected later."""
    with opened(source) as file:
        if isinstance(source, bytes):
            member.size = len(source)
        else:
            found = os.fstat(file.fileno())
            member.size, member.mtime = found.st_size, int(found.st_mtime)
        yield _head(member)
        left = member.size
        while left:
            try:
                piece = file.read(min(CHUNK, left))
            except OSError as error:
                raise unreadable(error, source)
            if not piece:
                raise InputError(
                    "the file %s was truncated while it was copied" % os.fsdecode(source), "Run the task again."
                )
            left -= len(piece)
            yield piece
        yield bytes(-member.size % tarfile.BLOCKSIZE)


def _head(member: tarfile.TarInfo) -> bytes:
    return member.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
