# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploading a blob: in one request if it is small, else in chunks, each resumed after a broken connection.

An upload continues at the newest Location from the registry; a GET there returns in Range how much has arrived.
Registry 2 aborts an upload that has other bytes than its Location states, for example after a connection that broke
within a chunk or before the answer: then the upload is restarted.
"""

from __future__ import annotations

import re
from typing import Callable, Iterable, Iterator, Tuple
from urllib.parse import urlencode

from ..errors import ConnectionBroken, ContentError, RegistryError, RegistryMissing, SlipwayError
from .client import Registry
from .http import BUSY, TRIES, resolved
from .manifest import Descriptor
from .token import Scopes

CHUNK = 8 << 20
LARGEST = 128 << 20  # a chunk is kept in memory
_NUMBER = re.compile("[0-9]{1,18}")


class _Lost(Exception):
    """The registry no longer knows the upload."""


def upload(
    registry: Registry, path: str, scopes: Scopes, blob: Descriptor, content: Callable[[], Iterable[bytes]]
) -> None:
    """Upload a blob to a repository. Raises RegistryError, TransportError, and what ``content`` raises."""
    for attempt in range(1, TRIES + 1):
        session = _Session(registry, path, scopes, blob)
        try:
            session.send(content())
            return
        except _Lost as lost:
            if attempt == TRIES:
                error: SlipwayError = ConnectionBroken("The upload of %s was interrupted too often" % blob.digest)
                if isinstance(lost.__cause__, SlipwayError):
                    error = lost.__cause__
                raise error
            registry.http.pause(attempt)
        except BaseException:
            session.cancel()
            raise


class _Session:
    """One upload."""

    def __init__(self, registry: Registry, path: str, scopes: Scopes, blob: Descriptor) -> None:
        self._registry, self._scopes, self._blob = registry, scopes, blob
        self._path = path
        self._doing = "upload %s to %s" % (blob.digest, path)
        self._location = ""

    def send(self, content: Iterable[bytes]) -> None:
        """Start, send, and let the registry verify. Raises _Lost if it must be restarted."""
        answer = self._registry.request("POST", "/v2/%s/blobs/uploads/" % self._path, self._scopes, self._doing)
        answer.close()
        self._note(answer.url, answer.headers.get("Location", ""))
        if not self._location:
            raise ContentError(
                "Cannot %s: %s did not return an upload location" % (self._doing, self._registry.host),
                "Check that it is a registry.",
            )
        least = answer.headers.get("OCI-Chunk-Min-Length", "")
        size = max(CHUNK, int(least) if _NUMBER.fullmatch(least) else 0)
        if size > LARGEST:
            raise ContentError("Cannot %s: the registry requires chunks of %d bytes" % (self._doing, size))
        chunks = regroup(content, size)
        first = next(chunks, b"")
        if self._blob.size <= size:
            for _further in chunks:
                pass  # there are none, but the content verifies itself at its end
            self._finish(first)
            return
        offset = 0
        while first:
            self._chunk(first, offset)
            offset += len(first)
            first = next(chunks, b"")
        self._finish(b"")

    def cancel(self) -> None:
        """Cancel the upload."""
        try:
            if self._location:
                self._registry.request("DELETE", self._location, self._scopes, self._doing, tries=1).close()
        except Exception:
            pass  # report the original error; the registry drops the upload later

    def _chunk(self, data: bytes, offset: int) -> None:
        done = 0
        for attempt in range(1, TRIES + 1):
            headers = {
                "Content-Type": "application/octet-stream",
                "Content-Range": "%d-%d" % (offset + done, offset + len(data) - 1),
            }
            try:
                answer = self._registry.request(
                    "PATCH", self._location, self._scopes, self._doing, headers, data[done:], tries=1
                )
                answer.close()
                self._note(answer.url, answer.headers.get("Location", ""))
                return
            except (ConnectionBroken, RegistryError) as error:
                status = getattr(error, "status", 0)
                if status == 404:
                    raise _Lost from error
                if attempt == TRIES or status and status not in BUSY + (416,):
                    raise
                self._registry.http.pause(attempt)
                done = self._held() - offset
                if not 0 <= done <= len(data):
                    raise _Lost from error
                if done == len(data):
                    return

    def _held(self) -> int:
        """How much of the upload the registry has."""
        try:
            answer = self._registry.request("GET", self._location, self._scopes, self._doing)
        except RegistryMissing as error:
            raise _Lost from error
        answer.close()
        self._note(answer.url, answer.headers.get("Location", ""))
        start, end = read_range(answer.headers.get("Range", ""))
        if start or end <= 0:  # 0-0 may mean one byte, or none
            raise _Lost
        return end + 1

    def _finish(self, data: bytes) -> None:
        mark = "&" if "?" in self._location else "?"
        url = self._location + mark + urlencode({"digest": self._blob.digest})
        headers = {"Content-Type": "application/octet-stream"}
        try:
            self._registry.request("PUT", url, self._scopes, self._doing, headers, data, tries=1).close()
        except (ConnectionBroken, RegistryError) as error:
            status = getattr(error, "status", 0)
            if status and status not in BUSY + (404, 416):
                raise
            raise _Lost from error

    def _note(self, url: str, location: str) -> None:
        if location:
            self._location = resolved(url, location)


def regroup(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in chunks of that size; only the last one is shorter."""
    held = bytearray()
    for block in blocks:
        held += block
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


def read_range(text: str) -> Tuple[int, int]:
    """The first and last number of a Range header, ``0-1023``; (0, 0) if it is malformed."""
    start, _dash, end = text.rpartition("=")[2].partition("-")
    return (int(start), int(end)) if _NUMBER.fullmatch(start) and _NUMBER.fullmatch(end) else (0, 0)
