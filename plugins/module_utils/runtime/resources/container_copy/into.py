# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying into a container: the wanted entries, the existing ones, and what has to be written."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Callable, FrozenSet, List, Mapping, Tuple

from ...engine import archives, containers
from ...engine.client import Client
from ...errors import BlockedError, InputError
from ...state.plan import Kind, Plan, Step
from ...state.resource import Params
from .entries import DIRECTORY, FILE, LINK, Entry, differing, is_directory, listing, small, tar
from .look import Look, followed, owner_of
from .shown import difference, legible, summary
from .table import doubts, is_writable, mode_of, place_of, refuse_unseen, unseen

USUAL = 0o644  # the default mode of a new file


@dataclass(frozen=True)
class Snapshot:
    """The entries to copy, and the existing ones.

    ``path`` is the destination in the container, with links followed if requested. ``source`` and ``have`` are entries
    by path relative to it (empty for itself); ``source`` is None if there is nothing to copy yet. ``same`` are files
    with equal content. ``old`` and ``new`` are contents for the diff. ``owner`` is the owner to set. ``ready`` says
    whether the parent directory exists.
    """

    path: str
    container: Mapping[str, Any] | None = None
    source: Mapping[str, Entry] | None = None
    have: Mapping[str, Entry] = field(default_factory=dict)
    same: FrozenSet[str] = frozenset()
    old: bytes | None = None
    new: bytes | None = None
    owner: Tuple[int, int] | None = None
    ready: bool = True


def observe(client: Client, params: Params) -> Snapshot:
    """List the entries to copy, and look up the same paths in the container."""
    mode_of(params)
    path, source = _target(params), listing(params)
    container = containers.inspect(client, params["container"])
    snapshot = Snapshot(path, container, source, new=small(source[""]) if source else None)
    if container is None:
        return snapshot
    found = containers.ref(container)
    path = followed(client, params, found, path)
    snapshot = replace(snapshot, path=path)
    if source is None or unseen(container, path):
        return snapshot
    look = Look(source, contents=params["force"] is None)
    look.at(client, found, path)
    return replace(
        snapshot,
        have=look.have,
        same=frozenset(look.same),
        old=look.old,
        owner=_owner(client, params, container),
        ready="" in look.have or _has_directory(client, found, posixpath.dirname(path)),
    )


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Write what differs, in one call. Raises BlockedError for what must not, or cannot, be replaced."""
    refuse_unseen(snapshot.container, snapshot.path)
    if snapshot.source is None:
        reason = "%s does not exist yet" % params["path"]
        step = Step(Kind.COPY, "file", legible(snapshot.path), reason, _refuse, (params["path"],))
        return Plan((step,), warnings=("%s does not exist on this host." % params["path"],))
    want = {name: _wanted(params, snapshot, name, entry) for name, entry in snapshot.source.items()}
    reasons = {name: _reason(params, snapshot, name, entry) for name, entry in want.items()}
    changes = {name: entry for name, entry in want.items() if reasons[name]}
    if not changes:
        return Plan(warnings=doubts(params))
    # Unpack in the directory itself if it exists and is unchanged, else in its parent.
    directory = posixpath.dirname(snapshot.path) if "" in changes else snapshot.path
    how: Callable[..., None] = containers.refuse
    call: Tuple[Any, ...] = (params["container"],)
    if snapshot.container:
        how, call = _write, (containers.ref(snapshot.container), *_packed(directory, snapshot.path, changes))
    step = Step(Kind.COPY, want[""].kind, legible(snapshot.path), summary(reasons, len(want)), how, call)
    return Plan(
        (step,),
        warnings=doubts(params) + _warnings(params, snapshot, directory),
        shown=difference(snapshot.path, changes, snapshot.have, snapshot.same, snapshot.old, snapshot.new),
    )


def _target(params: Params) -> str:
    """The path of the copy in the container. A source directory with a trailing slash stands for its contents."""
    place, path = place_of(params), params["path"]
    inside = params["container_path"].endswith("/")
    if path is None:
        if inside:
            raise InputError("container_path: %s does not name a file for the content" % params["container_path"])
        return place
    if path.endswith("/") or not (inside or is_directory(params)):
        return place
    return posixpath.join(place, Path(os.path.normpath(Path.cwd() / path)).name)


def _owner(client: Client, params: Params, container: Mapping[str, Any]) -> Tuple[int, int]:
    if params["owner_id"] is not None:
        return params["owner_id"], params["group_id"]
    return owner_of(client, container)


def _has_directory(client: Client, container: containers.Ref, path: str) -> bool:
    found = archives.stat(client, container, path + "/")
    return bool(found and found["directory"])


def _wanted(params: Params, snapshot: Snapshot, name: str, entry: Entry) -> Entry:
    """An entry as wanted in the container. A declared mode applies to files only; inline content has none."""
    mode, have = entry.mode, snapshot.have.get(name)
    if entry.kind == FILE:
        declared = mode_of(params)
        if declared is not None:
            mode = declared
        elif mode is None:
            mode = have.mode if have and have.kind == FILE else USUAL
    uid, gid = snapshot.owner or (None, None)
    return replace(entry, mode=mode, uid=uid, gid=gid)


def _reason(params: Params, snapshot: Snapshot, name: str, want: Entry) -> str:
    """Why an entry has to be written; empty if it need not be."""
    have, force = snapshot.have.get(name), params["force"]
    if have is None:
        return "it does not exist"
    if force is False and want.kind != DIRECTORY:
        return ""
    _refuse_clash(posixpath.join(snapshot.path, name) if name else snapshot.path, want, have)
    if want.kind == DIRECTORY:
        return ""  # an existing directory keeps its mode and owner: it may be /etc
    if force:
        return "force is true"
    if have.kind == want.kind == LINK:
        return "" if have.target == want.target else "it links to %s" % legible(have.target)
    return differing(want, have, name in snapshot.same)


def _refuse_clash(path: str, want: Entry, have: Entry) -> None:
    if (want.kind == DIRECTORY) == (have.kind == DIRECTORY):
        return
    if want.kind != DIRECTORY:
        fix = "Set container_path to a file, or let it end with a slash."
    elif have.kind == LINK:
        fix = "Use the directory that it links to, or set 'follow: true' if container_path is the link."
    else:
        fix = "Remove it first."
    raise BlockedError(
        "%s is a %s in the container, but the task copies a %s to it" % (legible(path), have.kind, want.kind), fix
    )


def _warnings(params: Params, snapshot: Snapshot, directory: str) -> Tuple[str, ...]:
    """Why the Engine will fail, unless an earlier task that check mode did not run has changed that."""
    name = params["container"]
    if snapshot.container is None:
        return ("There is no container %s to copy to." % name,)
    if not snapshot.ready:
        return ("There is no directory %s in the container %s." % (directory, name),)
    if not is_writable(snapshot.container, directory):
        return ("The container %s is read-only at %s." % (name, directory),)
    return ()


def _packed(directory: str, path: str, changes: Mapping[str, Entry]) -> Tuple[str, List[Tuple[str, Entry]]]:
    """Where to unpack entries for a path, and their names there.

    That is the directory or one of its parents: the Engine rejects links that lead out of the directory by dots.
    """
    places = {posixpath.join(path, name) if name else path: entry for name, entry in changes.items()}
    for place, entry in places.items():
        if entry.kind == LINK and not entry.target.startswith("/"):
            leads = posixpath.normpath(posixpath.join(posixpath.dirname(place), entry.target))
            directory = posixpath.commonpath([directory, leads])
    return directory, [(posixpath.relpath(place, directory), entry) for place, entry in places.items()]


def _write(client: Client, container: containers.Ref, directory: str, entries: List[Tuple[str, Entry]]) -> None:
    archives.put(client, container, directory, tar(entries))


def _refuse(client: Client, path: str) -> None:
    raise InputError(
        "there is no %s on this host" % path, "Copy it to the host first, for example with ansible.builtin.copy."
    )
