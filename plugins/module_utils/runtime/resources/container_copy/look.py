# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a container's files, and their owners, without running a command in it."""

from __future__ import annotations

import posixpath
import tarfile
from typing import Any, Dict, Iterator, List, Mapping, Set, Tuple

from ...engine import archives
from ...engine.client import Client
from ...engine.containers import Ref, ref
from ...errors import BlockedError
from ...state.resource import Params
from .entries import FILE, LINK, SMALL, Entry, holds, kind_of_member

USERS, GROUPS = "/etc/passwd", "/etc/group"
LISTS = 1024 * 1024  # maximum bytes of a user or group database
STRAY = 64 * 1024 * 1024  # bytes of unneeded files to read before each needed file is requested separately


def followed(client: Client, params: Params, container: Ref, path: str) -> str:
    """The task's path, or the final target of its link if the task follows links."""
    found = archives.stat(client, container, path) if params["follow"] else None
    return found["target"] or path if found else path


class Look:
    """The existing entries for a source.

    ``have`` are the entries, ``same`` the files with equal content (if ``contents`` are compared), and ``old`` is the
    content of a single small file.
    """

    def __init__(self, source: Mapping[str, Entry], contents: bool = True) -> None:
        self.have: Dict[str, Entry] = {}
        self.same: Set[str] = set()
        self.old: bytes | None = None
        self._source = source
        self._contents = contents

    def at(self, client: Client, container: Ref, path: str) -> None:
        """Look up a path and everything below it, usually in one call."""
        alone = self._through(archives.get(client, container, path), "", list(self._source))
        for name in alone:
            # Entries of a missing directory are missing, too.
            if not name or posixpath.dirname(name) in self.have:
                self._through(archives.get(client, container, posixpath.join(path, name)), name, [""])

    def _through(self, archive: archives.Archive | None, above: str, names: List[str]) -> List[str]:
        """Read these names from an archive; returns those to request separately.

        These are hard links, because a tar holds their content only once, and all remaining names if most of the
        archive is something else.
        """
        if archive is None:
            return []
        missing, linked, stray = set(names), [], 0
        try:
            for name, member, pieces in archive.members():
                if name not in missing:
                    stray += member.size
                elif member.islnk():
                    linked.append(name)
                else:
                    self._add(posixpath.join(above, name) if name else above, member, pieces)
                missing.discard(name)
                if stray > STRAY:
                    return sorted([*linked, *missing])
                if not missing and not self._is_whole(names):
                    break
        finally:
            archive.close()
        return linked

    def _is_whole(self, names: List[str]) -> bool:
        """Whether an archive was read so far that reading it to its end, to keep the connection, costs nothing."""
        return len(names) == 1 and names[0] in self.same

    def _add(self, name: str, member: tarfile.TarInfo, pieces: Iterator[bytes]) -> None:
        kind = kind_of_member(member)
        self.have[name] = Entry(
            kind, member.mode & 0o7777, member.uid, member.gid, member.size, member.linkname if kind == LINK else ""
        )
        want = self._source[name]
        if not self._contents or kind != FILE or want.kind != FILE:
            return
        if len(self._source) == 1 and member.size <= SMALL:
            self.old = b"".join(pieces)
            pieces = iter((self.old,))
        if member.size == want.size and holds(want.source, pieces):
            self.same.add(name)


def owner_of(client: Client, container: Mapping[str, Any]) -> Tuple[int, int]:
    """The user and group id of the container's main process, by the Engine's rules.

    Reads the container's /etc/passwd and /etc/group unless its settings are numeric. Raises BlockedError for an unknown
    name.
    """
    user, _colon, group = str(container["Config"].get("User") or "").partition(":")
    user = user or "0"
    if user == "0" and not group:
        return 0, 0
    uid, gid = user, group
    if not (user.isdigit() and group):
        entry = _entry(client, ref(container), "user", USERS, user)
        uid, gid = entry[2], group or entry[3]
    if not gid.isdigit():
        gid = _entry(client, ref(container), "group", GROUPS, gid)[2]
    return int(uid), int(gid)


def _entry(client: Client, container: Ref, kind: str, path: str, name: str) -> List[str]:
    """The line of a user or group, by name or number. An unknown number is treated as having group 0."""
    for text in _read(client, container, path).decode("utf-8", "replace").splitlines():
        line = text.split(":")
        if len(line) >= 4 and line[2].isdigit() and name in (line[0], line[2]):
            return line
    if name.isdigit():
        return [name, "", name, "0"]
    raise BlockedError(
        "The container runs as the %s %s, which is not in its %s" % (kind, name, path), "Set owner_id and group_id."
    )


def _read(client: Client, container: Ref, path: str) -> bytes:
    archive = archives.get(client, container, path)
    if archive and archive.stat["target"]:
        archive.close()
        archive = archives.get(client, container, archive.stat["target"])
    if archive is None:
        return b""
    try:
        for _name, member, pieces in archive.members():
            return b"".join(pieces) if member.size <= LISTS else b""
        return b""
    finally:
        archive.close()
