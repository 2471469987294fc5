# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the host that are read piece by piece, however large they are."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator

from ...errors import HostError, SlipwayError

CHUNK = 256 * 1024  # bytes


def cannot_read(error: OSError) -> SlipwayError:
    """The usual error for a file that cannot be read."""
    return HostError("Cannot read %s (%s)" % (error.filename, error.strerror))


def pieces(path: str, trouble: Callable[[OSError], SlipwayError] = cannot_read) -> Iterator[bytes]:
    """The content of a file. Raises what ``trouble`` makes of a failure."""
    try:
        with Path(path).open("rb") as file:
            while True:
                piece = file.read(CHUNK)
                if not piece:
                    return
                yield piece
    except OSError as error:
        raise trouble(error)
