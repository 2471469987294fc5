# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of containers: secrets and configurations, kept on the host in a directory of the project.

A file is mounted read-only. If a changed content is to replace its container, the digest is part of the path, so that
the mount differs. If the container is to be signalled, the file is written in place, because a mount follows the file
and not its path.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from ..engine import signals
from ..errors import HostError, InputError
from ..resources.container.table import TABLE
from ..state.plan import Kind, Plan, Step
from ..state.resource import Params
from ..values import process
from .table import SIGNAL

_DIGITS = 16  # of a digest in a path
_PENDING = ".pending"  # ends the name of a mark that the container has not been signalled yet


class File(NamedTuple):
    """A file of a container: its path there and on the host, and what it contains."""

    target: str
    place: Path
    content: bytes
    mode: int
    owner: Tuple[int, int]
    signal: str

    def is_there(self) -> bool:
        """Whether the host has it, with this content, mode and owner."""
        try:
            found = self.place.lstat()
            same = (found.st_mode & 0o7777, (found.st_uid, found.st_gid)) == (self.mode, self.owner)
            return same and not self._mark.exists() and self.place.read_bytes() == self.content
        except OSError:
            return False

    @property
    def _mark(self) -> Path:
        return self.place.with_name(self.place.name + _PENDING)

    def write(self, client: Any) -> None:
        """Write it, in place if it exists. Raises HostError."""
        try:
            _make(self.place.parent)
            if self.signal:
                self._mark.touch(0o600)
            new = os.open(self.place, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(new, "wb") as file:
                file.truncate()
                file.write(self.content)
                os.fchown(file.fileno(), *self.owner)
                os.fchmod(file.fileno(), self.mode)
        except OSError as error:
            raise HostError("files: %s cannot be written: %s" % (self.place, error.strerror), "Set files_path.")

    def notify(self, client: Any, container: str = "") -> None:
        """Signal the container, if one is given, and remove the mark."""
        if container:
            signals.send(client, container, self.signal)
        self._mark.unlink(missing_ok=True)

    def restore(self, client: Any, before: bytes | None, container: str) -> None:
        """Undo the write: restore the content ``before``, or remove the file if there was no file."""
        if before is None:
            shutil.rmtree(self.place.parent, ignore_errors=True)
            return
        self._replace(content=before).write(client)
        self.notify(client, container)


def files_of(params: Params, directory: Path) -> List[File]:
    """The files that a container declares, in its directory. Raises InputError."""
    found: Dict[str, File] = {}
    for entry in params.get("files") or ():
        target = entry["path"]
        if not target.startswith("/") or target.endswith("/"):
            raise InputError("files: %s is not the absolute path of a file" % target, "Write it like /run/secrets/key.")
        if target in found:
            raise InputError("files: %s is declared twice" % target, "Remove one of them.")
        content, mode = _content(entry), _mode(entry)
        signal = process.signal(entry["signal"]) if entry["on_change"] == SIGNAL else ""
        if signal:
            try:
                process.check_signal(signal)
            except ValueError as error:
                raise InputError("files: signal: %s" % error)
        owner = (entry["uid"], entry["gid"])
        what = target.encode() if signal else b"\0".join((target.encode(), repr((mode, owner)).encode(), content))
        place = directory / hashlib.sha256(what).hexdigest()[:_DIGITS] / target.rpartition("/")[2]
        found[target] = File(target, place, content, mode, owner, signal)
    return list(found.values())


def with_mounts(params: Params, files: Sequence[File]) -> Dict[str, Any]:
    """The options of a container with mounts of its files."""
    option = TABLE.field("mounts")
    blank = {sub.name: sub.default for sub in option.suboptions}
    mounts = [
        {**blank, "type": "bind", "source": str(file.place), "target": file.target, "read_only": True} for file in files
    ]
    return {**params, "mounts": [*(params["mounts"] or ()), *mounts]} if mounts else dict(params)


def with_files(plan: Plan, name: str, files: Sequence[File], directory: Path, shown: Mapping[str, Any] | None) -> Plan:
    """The plan for a container (``shown``, if it exists) with steps that write, signal and remove its files."""
    made = any(step.kind == Kind.CREATE for step in plan.steps)
    running = str(shown["Id"]) if shown and shown["State"]["Running"] and not made else ""
    missing = [file for file in files if not file.is_there()] if plan.stays else []
    first = [_write(name, file, running if file.signal else "") for file in missing]
    last = [_tell(name, file, running) for file in missing if file.signal]
    kept = {file.place.parent.name for file in files} if plan.stays else set()
    stale = sorted(place for place in _entries(directory) if place.name not in kept)
    last += [
        Step(Kind.REMOVE, "file", str(place), "container %s no longer has it" % name, _remove, (place,), lasting=True)
        for place in stale
    ]
    return plan._replace(steps=(*first, *plan.steps, *last))


def _write(name: str, file: File, running: str) -> Step:
    try:
        before: bytes | None = file.place.read_bytes()
    except OSError:
        before = None
    why = "container %s has it as %s" % (name, file.target)
    undo = Step(Kind.RESTORE, "file", str(file.place), "undo writing it", file.restore, (before, running))
    return Step(Kind.WRITE, "file", str(file.place), why, file.write, (), undo)


def _tell(name: str, file: File, running: str) -> Step:
    why = "%s has changed" % file.target if running else "it begins with the new %s" % file.target
    return Step(Kind.SIGNAL, "container", name, why, file.notify, (running,), lasting=True, alters=bool(running))


def _content(entry: Mapping[str, Any]) -> bytes:
    content = entry["content"]
    if content is None:
        raise InputError("files: %s has neither content nor src" % entry["path"], "Set one of them.")
    if entry["encoding"] == "text":
        return str(content).encode("utf-8", "surrogateescape")
    try:
        return base64.b64decode(content, validate=True)
    except (ValueError, binascii.Error):
        raise InputError("files: the content of %s is not base64" % entry["path"], "Set encoding: text.")


def _mode(entry: Mapping[str, Any]) -> int:
    mode = entry["mode"]
    try:
        found = mode if isinstance(mode, int) else int(str(mode), 8)
    except ValueError:
        found = -1
    if not 0 <= found <= 0o7777:
        raise InputError("files: %r is not a mode for %s" % (mode, entry["path"]), 'Write it like "0400", in quotes.')
    return found


def _make(directory: Path) -> None:
    """Make the directory of a file; of those above it, the ones of the container and the project are private, too."""
    directory.parents[2].mkdir(0o700, parents=True, exist_ok=True)
    for path in (directory.parents[1], directory.parents[0], directory):
        path.mkdir(0o700, exist_ok=True)


def _entries(directory: Path) -> List[Path]:
    """The entries of a directory; empty if it does not exist, or if this user cannot read it."""
    try:
        return list(directory.iterdir())
    except OSError:
        return []


def _remove(client: Any, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    try:
        place.parent.rmdir()
        place.parent.parent.rmdir()
    except OSError:
        pass  # there are others
