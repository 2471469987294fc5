# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading untrusted tar archives, compressed or not, with limits.

Python's tarfile trusts the archive: it reads headers of gigabytes at once, seeks back for negative sizes, and raises
nearly any exception for broken archives.
"""

from __future__ import annotations

import os
import stat
import tarfile
from pathlib import Path
from typing import IO, Any, Iterator

from ..errors import ContentError, HostError, InputError

MOST = 100000  # entries; image archives have a few per layer
HEADERS = 1 << 20  # bytes of all headers of an entry

_COMPRESSED = ((b"\x1f\x8b", "gzip"), (b"BZh", "bz2"), (b"\xfd7zXZ\0", "lzma"))


class _Source:
    """The bytes of an archive. ``left`` is how many of them may still be read for headers; None: no limit."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.left: int | None = HEADERS
        self.seek, self.tell, self.close = file.seek, file.tell, file.close

    def read(self, size: int = -1) -> bytes:
        if self.left is not None:
            self.left -= size
            if size < 0 or self.left < 0:
                raise tarfile.ReadError("an entry has headers of more than %d bytes" % HEADERS)
        return self._file.read(size)


class Tarball:
    """A tar archive, uncompressed or with gzip, bzip2 or xz.

    Raises FileNotFoundError if there is none, HostError if it cannot be read, and, with only the reason as message,
    InputError if it is not a file and ContentError if it is not an archive.
    """

    def __init__(self, path: str) -> None:
        try:
            mode = Path(path).stat().st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # for a directory the system's message is good enough
                raise InputError("it is not a file")
            self._source = _Source(_opened(path))
        except FileNotFoundError:
            raise
        except OSError as error:
            raise HostError("Cannot read %s (%s)" % (path, error.strerror))
        try:
            source: Any = self._source
            self._tar = tarfile.open(fileobj=source, mode="r:", errors="surrogateescape")  # noqa: SIM115
        except EOFError as error:
            raise _broken(error)
        except Exception as error:
            raise ContentError("file could not be opened successfully as a tar archive: %s" % _broken(error).cause)

    def members(self) -> Iterator[tarfile.TarInfo]:
        """The entries in order. Raises ContentError for a broken archive, or above the limits."""
        for _number in range(MOST):
            self._source.left = HEADERS
            self._tar.members = []  # type: ignore[attr-defined]  # or it keeps all of them
            try:
                member = self._tar.next()
                if member is not None and (member.size < 0 or member.issparse()):
                    raise ValueError("an entry has an impossible size")
            except Exception as error:
                raise _broken(error)
            self._source.left = None
            if member is None:
                return
            yield member
        raise ContentError("it has more than %d entries" % MOST)

    def open(self, member: tarfile.TarInfo) -> IO[bytes] | None:
        """The content of a file; None for other entries, including links."""
        return self._tar.extractfile(member) if member.isreg() else None

    def read(self, file: IO[bytes], size: int) -> bytes:
        """The next bytes of a file. Raises ContentError."""
        try:
            return file.read(size)
        except Exception as error:
            raise _broken(error)

    def close(self) -> None:
        """Close the file."""
        self._source.close()


def _broken(error: Exception) -> ContentError:
    said = "" if isinstance(error, RecursionError) else " ".join(str(error).split())
    return ContentError(said[:200] or "it is broken")


def _opened(path: str) -> IO[bytes]:
    # Non-blocking: it may have become a pipe.
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    start = file.read(6)
    file.seek(0)
    for magic, name in _COMPRESSED:
        if start.startswith(magic):
            opened: IO[bytes] = __import__(name).open(file)
            return opened
    return file
