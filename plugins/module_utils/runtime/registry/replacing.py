# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Atomic replacement of host files that others may read at any time."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Callable, Iterable

from .hostfiles import Found, failure, read
from .temporary import locked, new_file, new_file_in_locked

TRIES = 10  # attempts of an edit while the file is changed by others


def write(path: str, data: bytes | Iterable[bytes], mode: int, directory_mode: int = 0o755) -> None:
    """Replace or create a file, and missing parent directories. Links and the owner are preserved.

    Data may be an iterable of chunks. Raises HostError; after any failure, also of the iterable, the file is unchanged.
    """
    real = Path(path).resolve()
    try:
        _make(real.parent, directory_mode)
        _replace(real, new_file(real.parent), [data] if isinstance(data, bytes) else data, mode)
    except OSError as error:
        raise failure("write", path, error)


def edit(path: str, change: Callable[[bytes], bytes], mode: int, directory_mode: int = 0o755) -> None:
    """Replace a file with the result of ``change`` for its content (empty if there is no file), like ``write``.

    Concurrent edits by our runs are serialized. Other programs ignore our lock, so if the file changes before it is
    replaced, ``change`` is applied again to the new content. Raises HostError, and what ``change`` raises.
    """
    real = Path(path).resolve()
    try:
        _make(real.parent, directory_mode)
        with locked(real.parent):
            for attempt in range(1, TRIES + 1):
                before = read(str(real))
                after = change(before.data if before else b"")
                if before == Found(after, mode):
                    return
                still = partial(_is_still, str(real), before) if attempt < TRIES else None
                if _replace(real, new_file_in_locked(real.parent), [after], mode, still):
                    return
    except OSError as error:
        raise failure("write", path, error)


def _is_still(path: str, before: Found | None) -> bool:
    return read(path) == before


def _replace(
    real: Path, temporary: tuple[int, str], pieces: Iterable[bytes], mode: int, still: Callable[[], bool] | None = None
) -> bool:
    """Write a temporary file and move it into place, unless ``still`` finally says no. Returns whether it was moved."""
    number, name = temporary
    done = False
    try:
        with os.fdopen(number, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if real.exists() and os.geteuid() == 0:
                owner = real.stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            os.fsync(file.fileno())
            if still is None or still():
                Path(name).replace(real)
                done = True
    finally:
        if not done:
            Path(name).unlink()
    return done


def remove(path: str) -> None:
    """Remove a file, and its directory if it is empty then. Does nothing if it is gone. Raises HostError."""
    try:
        Path(path).unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        raise failure("remove", path, error)
    try:
        Path(path).parent.rmdir()
    except OSError:
        pass  # not empty, or gone


def put_back(path: str, before: Found | None) -> None:
    """Restore a file's former content, if it differs. Raises HostError."""
    if before is None:
        remove(path)
    elif read(path) != before:
        write(path, before.data, before.mode)


def _make(directory: Path, mode: int) -> None:
    """Create a directory and its parents with exactly this mode, whatever the umask."""
    if not directory.is_dir():
        _make(directory.parent, mode)
        mask = os.umask(0)  # no chmod: a run killed before it would leave a directory without access
        try:
            directory.mkdir(mode=mode)
        except FileExistsError:  # another run was faster
            pass
        finally:
            os.umask(mask)
