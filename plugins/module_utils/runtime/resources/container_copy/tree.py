# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying a directory out of a container, with its contents. Other files on this host are not touched."""

from __future__ import annotations

import os
import posixpath
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterator, List, Mapping, Tuple

from ...engine import archives
from ...engine.client import Client
from ...engine.containers import Ref, ref
from ...errors import BlockedError, InputError
from ...registry.temporary import left, new_directory
from ...state.plan import Kind, Plan, Step
from ...state.resource import Params
from . import out
from .entries import DIRECTORY, FILE, LINK, OTHER, Entry, differing, holds, kind_of_member, local
from .shown import difference, legible, summary
from .table import doubts, mode_of


@dataclass(frozen=True)
class Snapshot:
    """The entries to copy and the existing ones, by path relative to ``path`` and ``dest`` (empty for these).

    ``same`` are files with equal content. ``ready`` says whether the directory of ``dest`` exists. ``left`` is what
    killed runs have left there.
    """

    path: str
    dest: str
    container: Mapping[str, Any]
    source: Mapping[str, Entry]
    have: Mapping[str, Entry]
    same: FrozenSet[str]
    ready: bool
    left: Tuple[str, ...] = ()


def observe(client: Client, params: Params, found: out.Snapshot) -> Snapshot:
    """Look up the directory's entries, and their destinations on this host."""
    dest = _target(params, found.path)
    source: Dict[str, Entry] = {}
    have: Dict[str, Entry] = {}
    same = set()
    for name, member, pieces in _members(client, ref(found.container or {}), found.path):
        above = source.get(posixpath.dirname(name))
        if name in source or name and (above is None or above.kind != DIRECTORY):
            raise BlockedError(
                "the engine lists %s twice, or outside of a directory" % legible(at(found.path, name)),
                "Check the engine.",
            )
        here = local(at(dest, name))
        if here:
            have[name] = here
        kind, target = kind_of_member(member), member.linkname if member.issym() else ""
        source[name] = Entry(kind, member.mode & 0o7777, member.uid, member.gid, member.size, target)
        is_file = bool(here) and here.kind == kind == FILE and here.size == member.size  # type: ignore[union-attr]
        if is_file and params["force"] is None and holds(at(dest, name), pieces):
            same.add(name)
    place = Path(dest).parent
    places = [str(place), *(at(dest, name) for name, here in have.items() if here.kind == DIRECTORY)]
    leftovers = tuple(path for known in places for path in left(known))
    return Snapshot(found.path, dest, found.container or {}, source, have, frozenset(same), place.is_dir(), leftovers)


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Write what differs. Raises BlockedError for what cannot be copied, or must not be replaced."""
    want = {name: _wanted(params, snapshot, name, entry) for name, entry in snapshot.source.items()}
    reasons = {name: _reason(params, snapshot, name, entry) for name, entry in want.items()}
    changes = {name: entry for name, entry in want.items() if reasons[name]}
    steps = out.tidying(snapshot.left)
    if not changes:
        return Plan(tuple(steps), warnings=doubts(params))
    missing = () if snapshot.ready else ("There is no directory %s on this host." % Path(snapshot.dest).parent,)
    call = (
        ref(snapshot.container),
        snapshot.path,
        snapshot.dest,
        changes,
        {name: snapshot.have.get(name) for name in changes},
    )
    step = Step(Kind.FETCH, DIRECTORY, legible(snapshot.dest), summary(reasons, len(want)), _fetch, call)
    shown = difference(snapshot.dest, changes, snapshot.have, snapshot.same)
    return Plan((*steps, step), warnings=doubts(params) + missing, shown=shown)


def _target(params: Params, path: str) -> str:
    """The destination of the directory: ``dest`` plus its name, or ``dest`` if only its contents are copied."""
    dest = Path.cwd() / params["dest"]
    if not params["container_path"].endswith("/"):
        dest /= posixpath.basename(path)
    return str(os.path.realpath(dest) if params["local_follow"] else os.path.normpath(dest))


def _members(client: Client, container: Ref, path: str) -> Iterator[Tuple[str, Any, Iterator[bytes]]]:
    """All members of a directory, each with its content, also for hard links, whose content a tar holds only once."""
    links: List[str] = []
    for name, member, pieces in _archive(client, container, path):
        if member.islnk():
            links.append(name)
        else:
            yield name, member, pieces
    for name in links:
        for _name, member, pieces in _archive(client, container, at(path, name)):
            yield name, member, pieces


def _archive(client: Client, container: Ref, path: str) -> Iterator[Tuple[str, Any, Iterator[bytes]]]:
    archive = archives.get(client, container, path)
    if archive is None:
        raise BlockedError(
            "there is no %s in the container %s" % (legible(path), container.name), "Run the task again."
        )
    try:
        yield from archive.members()
    finally:
        archive.close()


def _wanted(params: Params, snapshot: Snapshot, name: str, entry: Entry) -> Entry:
    """An entry as wanted on this host. A declared mode applies to files only."""
    if entry.kind == OTHER:
        raise BlockedError(
            "%s is a %s in the container, which cannot be copied" % (legible(at(snapshot.path, name)), OTHER),
            "Copy the other files one by one.",
        )
    declared = mode_of(params) if entry.kind == FILE else None
    mode = declared if declared is not None else (entry.mode or 0) & out.PLAIN
    return replace(entry, mode=mode, uid=params["owner_id"], gid=params["group_id"])


def _reason(params: Params, snapshot: Snapshot, name: str, want: Entry) -> str:
    """Why an entry has to be written; empty if it need not be."""
    have, force = snapshot.have.get(name), params["force"]
    if have is None:
        return "it does not exist"
    if (want.kind == DIRECTORY) != (have.kind == DIRECTORY):
        where = legible(at(snapshot.dest, name))
        raise BlockedError(
            "%s is a %s on this host, but the task copies a %s to it" % (where, have.kind, want.kind),
            "Remove it first.",
        )
    if want.kind == DIRECTORY or force is False:
        return ""
    if force:
        return "force is true"
    if have.kind == want.kind == LINK:
        target = os.readlink(str(have.source))
        return "" if target == want.target else "it links to %s" % legible(target)
    return differing(want, have, name in snapshot.same)


def at(place: str, name: str) -> str:
    """The path of an entry below a place."""
    return posixpath.join(place, name) if name else place


def _fetch(
    client: Client, container: Ref, path: str, dest: str, changes: Mapping[str, Entry], have: Mapping[str, Entry | None]
) -> None:
    """Create directories and links, then each file atomically.

    New directories are completed beside their destination and then moved there, so a killed run leaves no incomplete or
    inaccessible directory.
    """
    place = Path(dest).parent
    if not place.is_dir():
        raise InputError("there is no directory %s on this host" % place, "Create it first.")
    new = [name for name in sorted(changes) if changes[name].kind == DIRECTORY]
    files = {name for name in changes if changes[name].kind == FILE}
    where = dest
    try:
        with ExitStack() as stack:
            places, tops = _places(stack, dest, changes)
            for name in new:
                where = at(dest, name)
                Path(places[name]).mkdir(mode=0o700)
            for name in changes:
                if changes[name].kind == LINK:
                    where = at(dest, name)
                    _link(changes[name], places[name])
            for name, _member, pieces in _members(client, container, path) if files else ():
                if name in files:
                    where = at(dest, name)
                    out.write(places[name], pieces, changes[name], have[name])
            for name in reversed(new):
                where = at(dest, name)
                out.dress(places[name], changes[name], None)
            for name in tops:
                where = at(dest, name)
                Path(places[name]).rename(where)
    except OSError as error:
        raise out.unwritable(where, error)


def _places(stack: ExitStack, dest: str, changes: Mapping[str, Entry]) -> Tuple[Dict[str, str], List[str]]:
    """The path where each entry is first written, and the new directories to move from there to their destination."""
    beside: Dict[str, str] = {}  # by existing directory: a temporary one in it for all new directories
    places: Dict[str, str] = {}
    tops = []
    for name in sorted(changes):
        final, above = at(dest, name), posixpath.dirname(name)
        if name and above in places:
            places[name] = at(places[above], posixpath.basename(name))
        elif changes[name].kind == DIRECTORY:
            existing = posixpath.dirname(final)
            if existing not in beside:
                beside[existing] = stack.enter_context(new_directory(existing))
            places[name] = at(beside[existing], posixpath.basename(final))
            tops.append(name)
        else:
            places[name] = final
    return places, tops


def _link(want: Entry, place: str) -> None:
    """Replace whatever is at a path with a link, atomically."""
    with new_directory(Path(place).parent) as beside:
        made = Path(beside, "link")
        made.symlink_to(want.target)
        if want.uid is not None:
            os.lchown(made, want.uid, want.gid or 0)
        made.replace(place)
