# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in containers: /containers/{name}/archive (Engine API 1.41).

The Engine reads and writes the container's file system and volumes itself, so the container needs no shell and need not
be running. It does not see mounts that exist only while the container runs: tmpfs, /proc, /sys and /dev.
"""

from __future__ import annotations

import base64
import json
import tarfile
from typing import Any, Callable, Dict, Iterable, Iterator, Tuple, cast

from ..errors import EngineError, NotFound, SlipwayError, TransportError
from ..transport.http import Response
from .client import Client, segment
from .containers import Ref

CHUNK = 256 * 1024  # bytes
HEADERS = 1 << 20  # bytes of a header, with long names and the like
_EXTENDED = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
STAT = "x-docker-container-path-stat"

_DIRECTORY = 1 << 31  # as Go's os.FileMode, which the Engine uses for modes

# Error texts of the Engine for paths that cannot be written, the cause, the fix; {place} and {container} are filled in.
_REFUSALS = (
    (
        "Could not find the file",
        "there is no directory {place} in the container {container}",
        "Create it first, or copy a directory that contains it.",
    ),
    (
        "not a directory",
        "{place} is not a directory in the container {container}",
        "Check container_path.",
    ),
    (
        "marked read-only",
        "the container {container} is read-only at {place}",
        "Copy to a writable volume, or make the container or the volume writable.",
    ),
    (
        "device or resource busy",
        "a single file that is mounted into the container {container}, such as /etc/hosts, cannot be replaced",
        "Change the mounted file on the host.",
    ),
    (
        "no space left on device",
        "there is no space left on the engine's disk",
        "Free some space, for example by pruning unused images.",
    ),
)


class _Header(tarfile.TarInfo):
    """A header with checked sizes.

    tarfile itself reads extended headers of any size at once, and seeks back for negative sizes.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        """Called by tarfile for each header."""
        found = super().frombuf(buf, encoding, errors)
        if found.size < 0 or found.type in _EXTENDED and found.size > HEADERS or found.type == tarfile.GNUTYPE_SPARSE:
            raise tarfile.ReadError("an entry has an impossible size")
        return found


class Archive:
    """The contents of a path in a container, as a tar that is read while it arrives.

    ``stat`` describes the path itself (see ``stat``). Must be closed, also if not read to the end.
    """

    def __init__(self, response: Response) -> None:
        self.stat = _stat(response)
        self._response = response
        self._chunks = response.chunks()

    def members(self) -> Iterator[Tuple[str, tarfile.TarInfo, Iterator[bytes]]]:
        """The members: the path relative to the archive's (empty for the path itself), and the content of a file.

        Read a content before asking for the next member, or not at all; memory use stays constant. Raises
        TransportError for a broken archive or a member outside of the first one.
        """
        top, source = None, cast(Any, self)
        archive = _next(
            lambda: tarfile.open(  # noqa: SIM115
                fileobj=source, mode="r|", bufsize=CHUNK, encoding="utf-8", errors="surrogateescape", tarinfo=_Header
            )
        )
        member = _next(archive.next)
        while member is not None:
            archive.members = []  # or it would keep every member
            name = member.name.rstrip("/")
            top = name if top is None else top
            below = name[len(top) :].lstrip("/")
            if not (name + "/").startswith(top and top + "/") or ".." in below.split("/") or member.size < 0:
                raise _broken("it has an entry outside of the first one")
            yield below, member, _pieces(archive, member)
            member = _next(archive.next)
        for _padding in self._chunks:
            pass

    def read(self, size: int) -> bytes:
        """The next bytes, as many as there are; for tarfile."""
        return next(self._chunks, b"")

    def close(self) -> None:
        """Drop the rest."""
        self._response.close()


def stat(client: Client, container: Ref, path: str) -> Dict[str, Any] | None:
    """HEAD: whether the path is a ``directory``, and the final ``target`` of a link; None if the path does not exist.

    A link at the end of the path is not followed unless a slash follows it; links before it are always followed.
    """
    try:
        response = client.request("HEAD", _path(container), {"path": path})
    except NotFound:
        return None
    except EngineError as error:
        if error.status == 500:  # no message, since HEAD has no body; sent for paths below a regular file
            return None
        raise
    return _stat(response)


def get(client: Client, container: Ref, path: str) -> Archive | None:
    """GET: the path and everything below it; None if it does not exist. Links as for ``stat``."""
    try:
        return Archive(client.request("GET", _path(container), {"path": path}))
    except EngineError as error:
        if isinstance(error, NotFound) and "No such container" not in error.said or "not a directory" in error.said:
            return None
        raise _explained(error, container, path)


def put(client: Client, container: Ref, directory: str, pieces: Iterable[bytes]) -> None:
    """PUT: unpack a tar in a directory. Owners and modes are those of its entries.

    Files are removed and rewritten one by one: a program may see incomplete files.
    """
    # Not copyUIDGID: it sets all owners to the container's user, looked up in the host's user database.
    query = {"path": directory, "noOverwriteDirNonDir": True}
    headers = {"Content-Type": "application/x-tar"}
    try:
        client.request("PUT", _path(container), query, headers=headers, raw=pieces).read()
    except EngineError as error:
        raise _explained(error, container, directory)


def _path(container: Ref) -> str:
    return "/containers/%s/archive" % segment(container.id)


def _stat(response: Response) -> Dict[str, Any]:
    try:
        told = json.loads(base64.b64decode(response.headers[STAT]))
        if not isinstance(told["linkTarget"], str):
            raise TypeError
        return {"directory": bool(told["mode"] & _DIRECTORY), "target": told["linkTarget"]}
    except (KeyError, ValueError, TypeError, RecursionError):
        raise TransportError("The engine does not describe this path", "Check docker_host.")


def _pieces(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    content = archive.extractfile(member) if member.isreg() else None
    while content:
        piece = _next(lambda: content.read(CHUNK))
        if not piece:
            return
        yield piece


def _next(call: Callable[[], Any]) -> Any:
    """The next member from tarfile. Raises TransportError for any exception of tarfile; their types vary."""
    try:
        return call()
    except SlipwayError:
        raise
    except Exception as error:
        raise _broken(error)


def _broken(error: object) -> TransportError:
    return TransportError("The engine sent an incomplete archive (%s)" % error, "Run the task again.")


def _explained(error: EngineError, container: Ref, place: str) -> EngineError:
    if isinstance(error, NotFound) and "No such container" in error.said:
        error.cause = "the container %s is gone" % container.name
        error.fix = "Create it first (module slipway.docker.container)."
        return error
    for words, cause, fix in _REFUSALS:
        if words in error.said:
            error.cause, error.fix = cause.format(container=container.name, place=place), fix
            break
    return error
