# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images as archives: load, save and import (Engine API 1.41), streamed in both directions."""

from __future__ import annotations

import re
from typing import Iterable, Iterator, List, Sequence, Tuple
from urllib.parse import urlencode

from ..errors import EngineError, NotFound, StreamError
from .client import Client
from .streams import progress

TAR = {"Content-Type": "application/x-tar"}
# Seconds: the engine unpacks a whole archive, or writes a whole image to disk, before it sends anything.
SILENCE = 900.0
TAIL = 1024  # bytes: a tar archive ends in this many zeros
OCI_ONLY = re.compile(r"(blobs/json|manifest\.json|repositories): no such file")  # of the other image store


def load(client: Client, path: str, archive: Iterable[bytes]) -> None:
    """POST /images/load, until it ends; ``path`` is for messages. Raises EngineError.

    Not quiet: the progress shows that the engine is alive during a long load.
    """
    try:
        response = client.request("POST", "/images/load", {"quiet": False}, headers=TAR, raw=archive, timeout=SILENCE)
        for _step in progress(response):
            pass
    except EngineError as error:
        if OCI_ONLY.search(error.said):
            error.fix = "%s may be an OCI layout, which only the containerd image store can load." % path
        raise


def save(client: Client, names: Sequence[str]) -> Iterator[bytes]:
    """GET /images/get: an archive of these images (names or ids), in chunks. Raises EngineError."""
    target = "/images/get?" + urlencode([("names", name) for name in names])
    try:
        response = client.request("GET", target, timeout=SILENCE)
    except NotFound as error:
        raise NotFound("An image does not exist any more (%s)" % error.said, "Run the task again.", said=error.said)
    tail = b""
    for piece in response.chunks():
        tail = (tail + piece)[-TAIL:]
        yield piece
    # After status 200 the Engine can only append an error to what it has sent.
    if len(tail) < TAIL or tail.strip(b"\0"):
        said = " ".join(tail.rpartition(b"\0")[2].decode("utf-8", "replace").split())
        raise StreamError("The archive ends early (%s)" % (said[-300:] or "without a message"), said=said)


def bring_in(client: Client, repository: str, tag: str, archive: Iterable[bytes], changes: Iterable[str]) -> None:
    """POST /images/create with fromSrc: create an image from a file system, with Dockerfile instructions applied.

    Raises EngineError.
    """
    query: List[Tuple[str, str]] = [("fromSrc", "-"), ("repo", repository), ("tag", tag)]
    query += [("changes", change) for change in changes]
    response = client.request("POST", "/images/create?" + urlencode(query), headers=TAR, raw=archive, timeout=SILENCE)
    for _step in progress(response):
        pass
