# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading host files in chunks."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator

from ...errors import HostError, SlipwayError

CHUNK = 256 * 1024  # bytes


def cannot_read(error: OSError) -> SlipwayError:
    """The default error for an unreadable file."""
    return HostError("Cannot read %s (%s)" % (error.filename, error.strerror))


def pieces(path: str, trouble: Callable[[OSError], SlipwayError] = cannot_read) -> Iterator[bytes]:
    """The content of a file in chunks. Failures are raised as ``trouble`` returns them."""
    try:
        with Path(path).open("rb") as file:
            while True:
                piece = file.read(CHUNK)
                if not piece:
                    return
                yield piece
    except OSError as error:
        raise trouble(error)
