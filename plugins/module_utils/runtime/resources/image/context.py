# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The build context: a directory's files without those excluded by .dockerignore, as a digest and as a tar.

Both are computed while the files are read, so memory use stays constant. As with the Docker CLI, owners and times are
not part of the digest, and owners not of the tar; times are, for programs that serve the files later.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, Tuple

from ...errors import InputError
from .files import pieces
from .ignore import Ignore

IGNORE_FILE = ".dockerignore"
LARGEST = 1 << 20  # bytes of a Dockerfile or a .dockerignore
# The path in the tar of a Dockerfile from outside of the context.
OUTSIDE = ".slipway.Dockerfile"


@dataclass(frozen=True)
class Context:
    """The files of a build: paths in the context (with slashes) to paths on the host, and generated files.

    ``dockerfile`` is its path in the context, and ``instructions`` its text.
    """

    files: Dict[str, str]
    made: Dict[str, bytes]
    dockerfile: str
    instructions: str = ""

    def digest(self) -> str:
        """A digest of paths, kinds, modes and contents."""
        total = hashlib.sha256()
        for name, path in sorted(self.files.items()):
            mode = _look(path).st_mode
            _add(total, os.fsencode(name), b"%o" % mode, _substance(path, mode))
        for name, data in sorted(self.made.items()):
            _add(total, os.fsencode(name), b"made", hashlib.sha256(data).digest())
        return total.hexdigest()

    def tar(self) -> Iterator[bytes]:
        """The files as a tar archive, in chunks. Raises InputError for an unreadable file."""
        import tarfile  # slow to import; only builds need it

        for name, path in sorted(self.files.items()):
            found = _look(path)
            entry = tarfile.TarInfo(name)
            entry.mode, entry.mtime = stat.S_IMODE(found.st_mode), int(found.st_mtime)
            if stat.S_ISDIR(found.st_mode):
                entry.type = tarfile.DIRTYPE
            elif stat.S_ISLNK(found.st_mode):
                entry.type, entry.linkname = tarfile.SYMTYPE, _link(path)
            elif stat.S_ISFIFO(found.st_mode):
                entry.type = tarfile.FIFOTYPE
            else:
                entry.size = found.st_size
            yield entry.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
            if entry.isreg():
                yield from _exactly(path, entry.size)
                yield bytes(-entry.size % tarfile.BLOCKSIZE)
        for name, data in sorted(self.made.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            yield entry.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
            yield data + bytes(-len(data) % tarfile.BLOCKSIZE)
        yield bytes(2 * tarfile.BLOCKSIZE)


def read_context(root: str, dockerfile: str, engine_ignores: bool) -> Context:
    """List the files of a build.

    ``dockerfile`` is relative to ``root``, or absolute; it may be outside. ``engine_ignores`` says that the builder
    also reads .dockerignore (as the classic one does): then the builder hides the Dockerfile itself. Raises InputError
    if the directory or the Dockerfile is missing or unreadable.
    """
    if not Path(root).is_dir():
        raise InputError(
            "build.path: there is no directory %s on this host" % root,
            "Copy the context to the host first, for example with ansible.builtin.copy.",
        )
    chosen = os.path.normpath(Path(root, dockerfile))
    if not Path(chosen).is_file():
        raise InputError("build.dockerfile: there is no file %s on this host" % chosen)
    inside = os.path.relpath(chosen, root).replace(os.sep, "/")
    if not inside.startswith("../"):
        _refuse_link_out(root, inside, chosen)
    own_rules = Path(chosen + IGNORE_FILE)
    source = own_rules if own_rules.is_file() else Path(root, IGNORE_FILE)
    rules = _read(str(source)).decode("utf-8", "replace") if source.is_file() else ""
    try:
        files = dict(_walk(root, "", Ignore(rules, str(source))))
    except RecursionError:
        raise InputError("build.path: the directories in %s are nested too deeply" % root)
    made: Dict[str, bytes] = {}
    if inside.startswith("../"):
        inside = OUTSIDE
        made[inside] = _read(chosen)
        rules += "\n" + inside + "\n"
    else:
        files[inside] = chosen
        if Path(chosen).is_symlink():  # its target is included, too, whatever .dockerignore says
            real = os.path.realpath(chosen)
            files[os.path.relpath(real, os.path.realpath(root)).replace(os.sep, "/")] = real
    if engine_ignores and rules:
        files.pop(IGNORE_FILE, None)
        made[IGNORE_FILE] = rules.encode("utf-8")
    return Context(files, made, inside, _read(chosen).decode("utf-8", "replace"))


def _refuse_link_out(root: str, inside: str, chosen: str) -> None:
    """The engine resolves links within the context.

    Raises InputError for a Dockerfile that is, or is reached through, a link out of the context.
    """
    steps = inside.split("/")
    links = [path for path in (Path(root, *steps[: end + 1]) for end in range(len(steps))) if path.is_symlink()]
    for link in links:
        target = _link(str(link))
        leads = os.path.realpath(link)
        if target.startswith("/") or os.path.relpath(leads, os.path.realpath(root)).startswith(".."):
            raise InputError(
                "build.dockerfile: %s is a link to %s, which is outside of the context" % (link, target),
                "Use the file that it links to (%s)." % os.path.realpath(chosen),
            )


def _walk(root: str, below: str, ignore: Ignore) -> Iterator[Tuple[str, str]]:
    try:
        entries = sorted(os.scandir(Path(root, below)), key=lambda entry: entry.name)
    except OSError as error:
        raise _unreadable(error)
    for entry in entries:
        name = below + entry.name
        excluded = ignore.excludes(name)
        if entry.is_dir(follow_symlinks=False):
            inner = () if excluded and not ignore.may_readmit(name) else tuple(_walk(root, name + "/", ignore))
            if inner or not excluded:
                yield name, entry.path
            yield from inner
        elif not excluded:
            mode = _look(entry.path).st_mode
            if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
                raise InputError(
                    "build.path: %s is a device and cannot be part of a build" % entry.path,
                    "Exclude it with .dockerignore.",
                )
            if not stat.S_ISSOCK(mode):
                yield name, entry.path


def _add(total: hashlib._Hash, *parts: bytes) -> None:
    for part in parts:
        total.update(b"%d:" % len(part))
        total.update(part)


def _substance(path: str, mode: int) -> bytes:
    if stat.S_ISLNK(mode):
        return os.fsencode(_link(path))
    content = hashlib.sha256()
    if stat.S_ISREG(mode):
        for piece in pieces(path, _unreadable):
            content.update(piece)
    return content.digest()


def _exactly(path: str, size: int) -> Iterator[bytes]:
    """The content of a file, which must have that size: a tar with a wrong size cannot be corrected later."""
    for piece in pieces(path, _unreadable):
        size -= len(piece)
        if size < 0:
            break
        yield piece
    if size:
        raise InputError("The file %s changed while it was sent to the engine" % path, "Run the task again.")


def _look(path: str) -> os.stat_result:
    try:
        return os.lstat(path)
    except OSError as error:
        raise _unreadable(error)


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError as error:
        raise _unreadable(error)


def _read(path: str) -> bytes:
    """Read a Dockerfile or a .dockerignore."""
    data = bytearray()
    for piece in pieces(path, _unreadable):
        data += piece
        if len(data) > LARGEST:
            raise InputError(
                "build.path: %s is larger than %d MiB" % (path, LARGEST >> 20), "Check that it is correct."
            )
    return bytes(data)


def _unreadable(error: OSError) -> InputError:
    return InputError(
        "build.path: cannot read %s (%s)" % (error.filename, error.strerror),
        "Run the task as a user with access, or exclude the file with .dockerignore.",
    )
