# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time for each project of an engine. The lock ends with the process that holds it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from ..errors import HostError

_EACH = 0.1  # seconds between attempts
_LENGTH = 16  # bytes of the number


class Lock:
    """The lock of a project, a file on the host where the module runs.

    The file contains a random number, which changes with each run that may have changed the project. So a run knows
    whether another one was there since it looked at the host.
    """

    def __init__(self, where: str, project: str) -> None:
        name = hashlib.sha256(("%s %s" % (where, project)).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._path = _directory() / (name + ".lock")
        self._seen = b""  # of a run that is under way: what is seen now will be outdated
        descriptor = _open(self._path)
        if _try(descriptor):
            self._seen = os.pread(descriptor, _LENGTH, 0)
        os.close(descriptor)

    @contextmanager
    def held(self, patience: float, project: str) -> Iterator[bool]:
        """Hold the lock; yields whether another run was there since this object was made.

        Raises HostError if another run still holds it after ``patience`` seconds.
        """
        descriptor = _open(self._path)
        try:
            until = time.monotonic() + patience
            while not _try(descriptor):
                if time.monotonic() >= until:
                    raise HostError(
                        "Another run still changes the project %s after %g s" % (project, patience),
                        "Run the task again when it has finished, or increase lock_timeout.",
                    )
                time.sleep(_EACH)
            found = os.pread(descriptor, _LENGTH, 0)
            os.pwrite(descriptor, os.urandom(_LENGTH), 0)
            yield bool(found) and found != self._seen
        finally:
            os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HostError("The lock file %s cannot be opened: %s" % (path, error.strerror), "Remove it.")


def _directory() -> Path:
    """A directory that only this user can write to. Raises HostError."""
    user = os.geteuid()
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir() if user else "/run"
    path = Path(base) / ("slipway-docker-%d" % user)
    try:
        path.mkdir(0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise HostError("The directory for locks, %s, cannot be used: %s" % (path, error.strerror))
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or found.st_mode & 0o022:
        raise HostError("The directory for locks, %s, belongs to somebody else" % path, "Remove it.")
    return path
