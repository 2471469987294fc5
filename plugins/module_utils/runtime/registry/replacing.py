# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the host that others read at any moment: they are replaced as a whole, or not at all."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Callable, Iterable

from .hostfiles import Found, failure, read
from .temporary import locked, new_file, new_file_in_locked

TRIES = 10  # of an edit, while somebody else changes the file too


def write(path: str, data: bytes | Iterable[bytes], mode: int, directory_mode: int = 0o755) -> None:
    """Replace a file, or make it, with directories that are missing. A link stays one, and so does the owner.

    Data may come in pieces. Raises HostError, and then the file is as it was; so it is if a piece does not come.
    """
    real = Path(path).resolve()
    try:
        _make(real.parent, directory_mode)
        _replace(real, new_file(real.parent), [data] if isinstance(data, bytes) else data, mode)
    except OSError as error:
        raise failure("write", path, error)


def edit(path: str, change: Callable[[bytes], bytes], mode: int, directory_mode: int = 0o755) -> None:
    """Replace a file by what ``change`` makes of its content (empty where there is none), as ``write`` does.

    Two runs that edit a file at once do so one after the other. Others know no lock, so if the file has changed while
    its successor was written, the change is made to what it is by then. Raises HostError, and what ``change`` raises.
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
    """Fill a temporary file and put it into its place; not if ``still`` says no in the end. Returns whether it is."""
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
    """Remove a file, and its directory if that is empty then. What is gone already is fine. Raises HostError."""
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
    """Make the file what it was, if it is not. Raises HostError."""
    if before is None:
        remove(path)
    elif read(path) != before:
        write(path, before.data, before.mode)


def _make(directory: Path, mode: int) -> None:
    """Make a directory and those above it, with just this mode, whatever the umask is."""
    if not directory.is_dir():
        _make(directory.parent, mode)
        mask = os.umask(0)  # and no chmod: a run that is killed leaves no directory that nobody may enter
        try:
            directory.mkdir(mode=mode)
        except FileExistsError:  # another run was quicker
            pass
        finally:
            os.umask(mask)
