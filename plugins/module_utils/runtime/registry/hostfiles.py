# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the host that others read at any moment: they are replaced as a whole, or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable

from ..errors import HostError


@dataclass(frozen=True)
class Found:
    """A file as it is: its content, and its permissions."""

    data: bytes
    mode: int


def read(path: str) -> Found | None:
    """The file at a path; None where there is none. Raises HostError."""
    try:
        with Path(path).open("rb") as file:
            return Found(file.read(), stat.S_IMODE(os.fstat(file.fileno()).st_mode))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failure("read", path, error)


def write(path: str, data: bytes | Iterable[bytes], mode: int, directory_mode: int = 0o755) -> None:
    """Replace a file, or make it, with directories that are missing. A link stays one, and so does the owner.

    Data may come in pieces. Raises HostError, and then the file is as it was; so it is if a piece does not come.
    """
    real = Path(path).resolve()
    try:
        _make(real.parent, directory_mode)
        handle, name = tempfile.mkstemp(prefix=".slipway-", dir=str(real.parent))
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in [data] if isinstance(data, bytes) else data:
                    file.write(piece)
                file.flush()
                os.fchmod(file.fileno(), mode)
                if real.exists() and os.geteuid() == 0:
                    owner = real.stat()
                    os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
                os.fsync(file.fileno())
            temporary.replace(real)
        except BaseException:
            temporary.unlink()
            raise
    except OSError as error:
        raise _failure("write", path, error)


def remove(path: str) -> None:
    """Remove a file, and its directory if that is empty then. What is gone already is fine. Raises HostError."""
    try:
        Path(path).unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        raise _failure("remove", path, error)
    try:
        Path(path).parent.rmdir()
    except OSError:
        pass  # not empty, or gone


def put_back(path: str, before: Found | None) -> None:
    """Make the file what it was, if it is not. Raises HostError."""
    if before is None:
        remove(path)
    elif read(path) != before:
        write(path, before.data, before.mode)


def _make(directory: Path, mode: int) -> None:
    """Make a directory and those above it, with just this mode, whatever the umask is."""
    if not directory.is_dir():
        _make(directory.parent, mode)
        directory.mkdir()
        directory.chmod(mode)


def _failure(verb: str, path: str, error: OSError) -> HostError:
    fix = (
        "Run the task as a user who may, for example with 'become: true'." if isinstance(error, PermissionError) else ""
    )
    return HostError("Cannot %s %s (%s)" % (verb, path, error.strerror), fix)
