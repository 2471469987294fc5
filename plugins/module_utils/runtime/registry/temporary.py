# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary files and directories for writing, and clean-up of those that killed runs have left.

They are created beside their destination, with names like ``.slipway-1a2b3c4d``, and locked by the process that writes
them. So anything with such a name that belongs to this user and is not locked is a leftover.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, List, Tuple

from ..errors import HostError

LEFT = "a killed run has left it"
PATIENCE = 10.0  # seconds to wait for another run in the same directory
# The digit excludes names that users may choose, such as .slipway-settings.
_NAME = re.compile(r"\.slipway-(?=[a-z_]*[0-9])[a-z0-9_]{8}")


@contextmanager
def locked(directory: str | Path, patience: float = PATIENCE) -> Iterator[None]:
    """Keep our other runs out of a directory meanwhile. Raises OSError if there is no such directory.

    Not guaranteed if the file system has no locks, or somebody else holds the lock for too long.
    """
    number = os.open(str(directory), os.O_RDONLY | os.O_DIRECTORY)
    try:
        until = time.monotonic() + patience
        while not _lock(number) and time.monotonic() < until:
            time.sleep(0.02)
        yield
    finally:
        os.close(number)


def new_file(directory: str | Path) -> Tuple[int, str]:
    """Create a file that only this user may read; returns descriptor and path. Raises OSError."""
    with locked(directory):
        return new_file_in_locked(directory)


def new_file_in_locked(directory: str | Path) -> Tuple[int, str]:
    """The same in a directory that is already ``locked``."""
    path = _free(directory)
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    _lock(number)
    return number, path


@contextmanager
def new_directory(directory: str | Path) -> Iterator[str]:
    """The path of a directory that only this user may enter, removed at the end. Raises OSError."""
    with locked(directory):
        path = _free(directory)
        Path(path).mkdir(mode=0o700)
        number = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        _lock(number)
    try:
        yield path
    finally:
        os.close(number)
        shutil.rmtree(path, ignore_errors=True)


def left(directory: str | Path) -> List[str]:
    """What killed runs have left in a directory; empty if it does not exist or cannot be read."""
    try:
        paths = sorted(str(path) for path in Path(directory).iterdir() if _NAME.fullmatch(path.name))
        if not paths:
            return []
        with locked(directory):
            return [path for path in paths if _is_left(path)]
    except OSError:
        return []


def discard(client: Any, path: str) -> None:
    """Step call: remove what ``left`` found, if it is still a leftover. Raises HostError."""
    try:
        with locked(Path(path).parent):
            if not _is_left(path):
                return
            if stat.S_ISDIR(os.lstat(path).st_mode):
                shutil.rmtree(path)
            else:
                Path(path).unlink()
    except OSError as error:
        raise HostError("Cannot remove %s (%s)" % (path, error.strerror), "Remove it by hand.")


def _is_left(path: str) -> bool:
    """Whether a path with such a name is an unlocked file or directory of this user."""
    try:
        found = os.lstat(path)
        if found.st_uid != os.geteuid() or not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
            return False
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return _lock(number)
    finally:
        os.close(number)


def _lock(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False


def _free(directory: str | Path) -> str:
    """An unused path with such a name; a collision is as unlikely as one of ids."""
    name = ""
    while not _NAME.fullmatch(name):
        name = ".slipway-" + os.urandom(4).hex()
    return str(Path(directory, name))
