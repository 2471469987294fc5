# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options, modes and mounts."""

from __future__ import annotations

import posixpath
from typing import Any, Dict, Iterable, Mapping, Tuple

from ...errors import BlockedError, InputError
from ...state import grammar
from ...state.field import Control
from ...state.resource import Params
from ...state.table import Table

MOST = 2**32 - 2  # the largest user or group id; the next number means none


def _an_id(value: int) -> int:
    if not 0 <= value <= MOST:
        raise ValueError("%d is not a user or group ID, which is from 0 to %d" % (value, MOST))
    return value


TABLE = Table(
    noun="container",
    options=(
        Control("container", required=True, grammar=grammar.container),
        Control("container_path", required=True),
        Control("path", type="path"),
        Control("content", secret=True, binary=True),
        Control("content_is_b64", type="bool", default=False),
        Control("dest", type="path"),
        Control("follow", type="bool", default=False),
        Control("local_follow", type="bool", default=True),
        Control("owner_id", type="int", grammar=_an_id),
        Control("group_id", type="int", grammar=_an_id),
        Control("mode", type="raw"),
        Control("mode_parse", choices=("legacy", "modern", "octal_string_only"), default="modern"),
        Control("force", type="bool"),
    ),
    mutually_exclusive=(("path", "content", "dest"),),
    required_one_of=(("path", "content", "dest"),),
    required_together=(("owner_id", "group_id"),),
)

# Mounts of a running container that the Engine's archives never see, whatever its settings.
_KERNEL = ("/proc", "/sys", "/dev")


def place_of(params: Params) -> str:
    """The normalized path in the container; a trailing slash is removed. Raises InputError."""
    path: str = params["container_path"]
    if not path.startswith("/"):
        raise InputError(
            "container_path: %s is not absolute" % (path or "an empty path"), "Use a path that begins with a slash."
        )
    if "\0" in path:
        raise InputError("container_path: a path cannot contain a zero byte")
    if any("\udc80" <= character <= "\udcff" for character in path):  # the Engine returns an empty archive for it
        raise InputError("container_path: %r is not UTF-8, which the engine does not support" % path, "Rename it.")
    return "/" + posixpath.normpath(path).lstrip("/")


def mode_of(params: Params) -> int | None:
    """The declared mode. Raises InputError for one that is invalid with ``mode_parse``."""
    mode, way = params["mode"], params["mode_parse"]
    if mode is None:
        return None
    try:
        if isinstance(mode, bool) or not isinstance(mode, (int, str)):
            raise ValueError
        if way == "octal_string_only" and not isinstance(mode, str):
            raise InputError("mode: %s is a number, but mode_parse allows only strings" % mode, "Quote it.")
        number = int(mode, 10 if way == "legacy" else 8) if isinstance(mode, str) else mode
        if not 0 <= number <= 0o7777:
            raise ValueError
    except ValueError:
        raise InputError("mode: %r is not a mode" % (mode,), "Use octal digits in quotes, such as '0644'.")
    return number


def doubts(params: Params) -> Tuple[str, ...]:
    """A warning about a mode that probably means something else."""
    mode = params["mode"]
    if isinstance(mode, str) and params["mode_parse"] == "legacy" and mode.startswith("0") and mode.strip("0"):
        return (
            "mode: '%s' is read as a decimal number and means %04o. Remove 'mode_parse: legacy' for an octal number."
            % (mode, mode_of(params) or 0),
        )
    return ()


def unseen(container: Mapping[str, Any], place: str) -> str:
    """The mount of a path, if the Engine's archives do not see that mount; else empty."""
    settings = container["HostConfig"]
    hidden = {*_KERNEL, *(settings.get("Tmpfs") or {})}
    hidden.update(mount["Target"] for mount in settings.get("Mounts") or () if mount.get("Type") == "tmpfs")
    mounts = _destinations(container)
    nearest = _nearest(place, [*hidden, *mounts])
    return nearest if nearest in hidden and nearest not in mounts else ""


def refuse_unseen(container: Mapping[str, Any] | None, place: str) -> None:
    """Raise BlockedError for a path that only the running container sees."""
    mount = unseen(container, place) if container else ""
    if mount:
        raise BlockedError(
            "container_path: %s is on %s, which exists only in the running container" % (place, mount),
            "Choose another path, or use slipway.docker.container_exec.",
        )


def is_writable(container: Mapping[str, Any], place: str) -> bool:
    """Whether a path is writable, if it contains no links."""
    mounts = _destinations(container)
    nearest = _nearest(place, mounts)
    return mounts[nearest] if nearest else not container["HostConfig"].get("ReadonlyRootfs")


def _destinations(container: Mapping[str, Any]) -> Dict[str, bool]:
    """The targets of volumes and bind mounts, and whether they are writable."""
    mounts = container.get("Mounts") or ()
    return {mount["Destination"].rstrip("/"): mount["RW"] for mount in mounts if mount.get("Type") != "tmpfs"}


def _nearest(place: str, mounts: Iterable[str]) -> str:
    above = [mount for mount in mounts if (place + "/").startswith(mount.rstrip("/") + "/")]
    return max(above, key=len, default="")
