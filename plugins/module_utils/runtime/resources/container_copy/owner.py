# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who owns what is copied into a container: its own user, found without running anything in it."""

from __future__ import annotations

from typing import Any, List, Mapping, Tuple

from ...engine import archives
from ...engine.client import Client
from ...errors import DriftError
from .entries import LINK, kind_of

USERS, GROUPS = "/etc/passwd", "/etc/group"
LIMIT = 1024 * 1024  # bytes that a list of users may have


def owner_of(client: Client, container: Mapping[str, Any]) -> Tuple[int, int]:
    """The ids of the user and the group that the container's program starts with, as the Engine finds them.

    Reads the container's /etc/passwd and /etc/group, as far as its settings have no numbers. Raises DriftError for a
    name that is not there.
    """
    user, _colon, group = str(container["Config"].get("User") or "").partition(":")
    user = user or "0"
    if user == "0" and not group:
        return 0, 0
    uid, gid = user, group
    if not user.isdigit() or not group:
        entry = _entry(_lines(client, container, USERS), user)
        if entry is None and not user.isdigit():
            raise _unknown("user", user, USERS)
        uid, gid = (entry[2], gid or entry[3]) if entry else (user, gid or "0")
    if not gid.isdigit():
        entry = _entry(_lines(client, container, GROUPS), gid)
        if entry is None:
            raise _unknown("group", gid, GROUPS)
        gid = entry[2]
    return int(uid), int(gid)


def _entry(lines: List[List[str]], name: str) -> List[str] | None:
    """The line of a user or group, by name or number."""
    return next((line for line in lines if line[0] == name or line[2] == name), None)


def _lines(client: Client, container: Mapping[str, Any], path: str) -> List[List[str]]:
    text = _read(client, container["Id"], path).decode("utf-8", "replace")
    return [
        line.split(":") for line in text.splitlines() if line.count(":") >= 3 and line.split(":")[2].strip().isdigit()
    ]


def _read(client: Client, container: str, path: str) -> bytes:
    archive = archives.get(client, container, path)
    if archive and kind_of(archive.stat["mode"]) == LINK:
        archive.close()
        archive = archives.get(client, container, archive.stat["target"])
    if archive is None:
        return b""
    try:
        for _name, member, pieces in archive.members():
            return b"".join(pieces) if member.size <= LIMIT else b""
        return b""
    finally:
        archive.close()


def _unknown(kind: str, name: str, path: str) -> DriftError:
    return DriftError(
        "The container starts as the %s %s, which is not in its %s" % (kind, name, path),
        "Give owner_id and group_id.",
    )
