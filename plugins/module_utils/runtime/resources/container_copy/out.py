# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying a file out of a container. Directories are handled by ``tree``."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, Iterable, List, Mapping, Tuple

from ...engine import archives, containers
from ...engine.client import Client
from ...errors import BlockedError, HostError, InputError, SlipwayError
from ...registry.temporary import LEFT, discard, left, new_file
from ...state.plan import Kind, Plan, Step
from ...state.resource import Params
from .entries import FILE, LINK, Entry, differing, local, small
from .look import Look, followed
from .shown import difference, legible
from .table import doubts, mode_of, place_of, refuse_unseen, unseen

PLAIN = 0o777  # mode bits that are copied from a container: no file becomes setuid on the host


@dataclass(frozen=True)
class Snapshot:
    """The file to copy, and the existing one.

    ``path`` is the file in the container, with links followed if requested, and ``source`` its entry; ``dest`` is the
    destination on this host, and ``have`` its entry. ``same`` says that their contents are equal. ``old`` and ``new``
    are contents for the diff. ``ready`` says whether the directory of ``dest`` exists. ``left`` is what killed runs
    have left in it.
    """

    path: str
    dest: str
    container: Mapping[str, Any] | None = None
    source: Entry | None = None
    have: Entry | None = None
    same: bool = False
    old: bytes | None = None
    new: bytes | None = None
    ready: bool = True
    left: Tuple[str, ...] = ()


def observe(client: Client, params: Params) -> Snapshot:
    """Look up the file in the container, and the destination on this host."""
    mode_of(params)
    path, container = place_of(params), containers.inspect(client, params["container"])
    dest = _target(params, path)
    have = local(dest)
    place = Path(dest).parent
    snapshot = Snapshot(path, dest, container, have=have, ready=place.is_dir(), left=tuple(left(place)))
    if snapshot.container is None or unseen(snapshot.container, path):
        return snapshot
    found = containers.ref(snapshot.container)
    path = followed(client, params, found, path)
    # The same comparison as for copying in, with sides swapped.
    look = Look({"": have or Entry(FILE, size=-1)}, contents=params["force"] is None)
    look.at(client, found, path)
    return replace(
        snapshot,
        path=path,
        source=look.have.get(""),
        same="" in look.same,
        old=small(have) if have else None,
        new=look.old,
    )


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Write the file if it differs. Raises BlockedError for anything but files, on either side."""
    refuse_unseen(snapshot.container, snapshot.path)
    dest, have = snapshot.dest, snapshot.have
    if snapshot.container and have and have.kind != FILE and not (have.kind == LINK and not params["local_follow"]):
        raise BlockedError("dest: %s is a %s" % (dest, have.kind), "Set dest to a file, or let it end with a slash.")
    declared = mode_of(params)
    mode = declared if declared is not None else _source(params, snapshot).mode or 0
    want = Entry(FILE, mode if declared is not None else mode & PLAIN, params["owner_id"], params["group_id"])
    reason = _reason(params, snapshot, want)
    steps = tidying(snapshot.left)
    if not reason:
        return Plan(tuple(steps), warnings=doubts(params))
    want = replace(want, size=snapshot.source.size if snapshot.source else 0)
    how: Callable[..., None] = containers.refuse
    call: Tuple[Any, ...] = (params["container"],)
    if snapshot.container:
        how, call = _fetch, (containers.ref(snapshot.container), snapshot.path, dest, want, have)
    shown = difference(
        dest, {"": want}, {"": have} if have else {}, ("",) if snapshot.same else (), snapshot.old, snapshot.new
    )
    return Plan(
        (*steps, Step(Kind.FETCH, "file", legible(dest), reason, how, call)),
        warnings=doubts(params) + _warnings(params, snapshot),
        shown=shown,
    )


def tidying(paths: Iterable[str]) -> List[Step]:
    """The steps that remove what killed runs have left."""
    return [Step(Kind.REMOVE, "file", path, LEFT, discard, (path,), lasting=True) for path in paths]


def _target(params: Params, path: str) -> str:
    """The file on this host. A trailing slash means: in this directory."""
    dest = Path.cwd() / params["dest"]
    if params["dest"].endswith("/"):
        dest /= posixpath.basename(path)
    return str(os.path.realpath(dest) if params["local_follow"] else os.path.normpath(dest))


def _source(params: Params, snapshot: Snapshot) -> Entry:
    source = snapshot.source
    if snapshot.container is None:
        return Entry(FILE)
    if source is None:
        raise BlockedError(
            "There is no %s in the container %s" % (snapshot.path, params["container"]), "Check container_path."
        )
    if source.kind == LINK:
        raise BlockedError(
            "%s is a symbolic link in the container, to %s" % (snapshot.path, legible(source.target)),
            "Set 'follow: true', or use the file that it links to.",
        )
    if source.kind != FILE:
        raise BlockedError(
            "%s is a %s in the container, but only files and directories can be copied" % (snapshot.path, source.kind),
            "Set container_path to a file or a directory.",
        )
    return source


def _reason(params: Params, snapshot: Snapshot, want: Entry) -> str:
    """Why the file has to be written; empty if it need not be."""
    have, force = snapshot.have, params["force"]
    if have is None:
        return "it does not exist"
    if force is not None:
        return "force is true" if force else ""
    return differing(want, have, snapshot.same)


def _warnings(params: Params, snapshot: Snapshot) -> Tuple[str, ...]:
    """Why the task will fail, unless an earlier task that check mode did not run has changed that."""
    if snapshot.container is None:
        return ("There is no container %s to copy from." % params["container"],)
    if not snapshot.ready:
        return ("There is no directory %s on this host." % Path(snapshot.dest).parent,)
    return ()


def _fetch(client: Client, container: containers.Ref, path: str, dest: str, want: Entry, have: Entry | None) -> None:
    archive = archives.get(client, container, path)
    if archive is None:
        raise BlockedError("there is no %s in the container %s" % (path, container.name), "Check container_path.")
    if not Path(dest).parent.is_dir():
        raise InputError("there is no directory %s on this host" % Path(dest).parent, "Create it first.")
    try:
        for _name, _member, pieces in archive.members():
            write(dest, pieces, want, have)
    except OSError as error:
        raise unwritable(dest, error)
    finally:
        archive.close()


def write(dest: str, pieces: Iterable[bytes], want: Entry, have: Entry | None) -> None:
    """Write a file beside its destination, unreadable for others, and then move it there. Raises OSError."""
    number, temporary = new_file(Path(dest).parent)
    try:
        with os.fdopen(number, "wb") as file:
            for piece in pieces:
                file.write(piece)
        dress(temporary, want, have)
        Path(temporary).replace(dest)
    except BaseException:
        Path(temporary).unlink()
        raise


def dress(temporary: str, want: Entry, have: Entry | None) -> None:
    """Set owner and mode. An existing file keeps its owner, if this user may change owners."""
    keep = want if want.uid is not None else have
    if keep and keep.uid is not None and keep.gid is not None:
        try:
            os.chown(temporary, keep.uid, keep.gid)
        except PermissionError:
            if keep is want:
                raise
    Path(temporary).chmod(want.mode or 0)


def unwritable(path: str, error: OSError) -> SlipwayError:
    """The error for a path that cannot be written on this host."""
    return HostError("cannot write %s (%s)" % (legible(path), error.strerror), "Run the task as a user with access.")
