# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading files of the host, with limits."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ..errors import HostError

LIMIT = 16 << 20  # bytes; no certificate or configuration is larger


@dataclass(frozen=True)
class Found:
    """A file's content and mode."""

    data: bytes
    mode: int


def read(path: str) -> Found | None:
    """Read a file; None if there is none. Raises HostError, also for anything but a regular file of limited size."""
    try:
        # Non-blocking, because opening a named pipe would wait for a writer.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) and not os.path.samestat(found, Path(os.devnull).stat()):
                raise HostError("%s is not a file" % path, "Use the path of a file.")
            data = file.read(LIMIT + 1)
    except FileNotFoundError:
        return None
    except ValueError as error:  # a NUL in the path
        raise HostError("Cannot read %r (%s)" % (path, error))
    except OSError as error:
        raise failure("read", path, error)
    if len(data) > LIMIT:
        raise HostError("%s is larger than %d MiB" % (path, LIMIT >> 20), "Check that it is the right file.")
    return Found(data, stat.S_IMODE(found.st_mode))


def failure(verb: str, path: str, error: OSError) -> HostError:
    """The error for a file that cannot be read or written."""
    fix = (
        "Run the task as a user with access, for example with 'become: true'."
        if isinstance(error, PermissionError)
        else ""
    )
    return HostError("Cannot %s %s (%s)" % (verb, path, error.strerror), fix)
