# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a container to its end and collect its output: attach and wait (Engine API 1.41)."""

from __future__ import annotations

import socket
import time
from calendar import timegm
from collections import deque
from typing import Any, Deque, Dict, Iterator, Mapping, NamedTuple, Tuple

from ..errors import ConflictError, ConnectionBroken, SlipwayError
from .client import Client, segment
from .containers import inspect
from .lifecycle import LOG_LINES, await_gone, logged, start
from .streams import frames
from .waiting import until

_ENDED = {"StatusCode": int}
KEPT = 8 * 1024**2  # bytes of output kept: the last ones
CHUNK = 64 * 1024
LOOK = 30.0  # seconds of silence before checking whether the container still runs
PAUSE = 2.0  # maximum seconds between checks while the output cannot be read


class Output:
    """Output of a container, or the last KEPT bytes of it (then ``cut`` is set)."""

    def __init__(self, pieces: Iterator[Tuple[int, bytes]]) -> None:
        self.cut = False
        self._pieces: Deque[Tuple[int, bytearray]] = deque()
        size = 0
        for stream, piece in pieces:
            # Many small pieces would cost much more memory than their content.
            if self._pieces and self._pieces[-1][0] == stream and len(self._pieces[-1][1]) < CHUNK:
                self._pieces[-1][1].extend(piece)
            else:
                self._pieces.append((stream, bytearray(piece)))
            size += len(piece)
            while size > KEPT:
                size -= len(self._pieces.popleft()[1])
                self.cut = True

    def text(self, *streams: int) -> str:
        """All output in order of arrival, or only that of these streams."""
        pieces = (piece for stream, piece in self._pieces if stream in streams or not streams)
        return b"".join(pieces).decode("utf-8", "replace")

    def last_lines(self) -> str:
        """The last lines."""
        return "".join(self.text().splitlines(keepends=True)[-LOG_LINES:])


class Ended(NamedTuple):
    """A container that has ended, as last shown by inspect."""

    container: Mapping[str, Any]
    code: int
    output: Output


def run(client: Client, name: str, runs: bool = False) -> Ended:
    """Start a container, or follow one that already ``runs``, until it ends.

    There is no limit on silence. Attaches before the start, so the output depends neither on the log driver nor on
    whether the container removes itself. Earlier output of a running container, and that of restarts (policy
    on-failure), is read from its log if possible.
    """
    before = inspect(client, name) or {}
    tty = before.get("Config", {}).get("Tty", False)
    beside = client.beside()
    try:
        sock, first = _attach(client, name, runs)
        try:
            path, query = "/containers/%s/wait" % segment(name), {"condition": "next-exit"}
            waiting = beside.request("POST", path, query)  # answered at once; the body ends with the container
            if not runs:
                start(client, name)
            output = Output(frames(_said(client, name, sock, first), tty))
        finally:
            sock.close()
        found = _await_end(client, name)
        code = found["State"]["ExitCode"] if found else client.decoded(waiting, "POST", path, _ENDED)["StatusCode"]
    finally:
        beside.close()
    if found and (runs or found["RestartCount"]):
        output = _logged_since(client, name, tty, before["State"]["FinishedAt"]) or output
    if before["HostConfig"].get("AutoRemove"):
        await_gone(client, name)
    ended: Dict[str, Any] = found or dict(before, State={"Running": False, "Status": "exited", "ExitCode": code})
    return Ended(ended, code, output)


def _attach(client: Client, name: str, runs: bool) -> Tuple[socket.socket, bytes]:
    try:
        return client.upgraded(
            "/containers/%s/attach" % segment(name), {"stream": True, "stdout": True, "stderr": True}
        )
    except ConflictError:
        if not runs:
            raise
        # Between two restarts there is nothing to attach to.
        near, far = socket.socketpair()
        far.close()
        return near, b""


def _said(client: Client, name: str, sock: socket.socket, first: bytes) -> Iterator[bytes]:
    """Collect output until the container has ended."""
    sock.settimeout(LOOK)
    if first:
        yield first
    while True:
        try:
            piece = sock.recv(CHUNK)
        except socket.timeout:
            if not _runs(inspect(client, name)):
                return
            continue
        except OSError as error:
            raise ConnectionBroken(
                "the connection was closed before the container exited (%s)" % (error.strerror or error),
                "It may still run.",
            )
        if not piece:
            return
        yield piece


def _runs(found: Mapping[str, Any] | None) -> bool:
    return found is not None and bool(found["State"]["Running"])


def _await_end(client: Client, name: str) -> Dict[str, Any] | None:
    """The container once it does not run and will not be restarted; None if it is gone by then."""
    found: Dict[str, Any] | None = None

    def ended() -> bool | None:
        nonlocal found
        found = inspect(client, name)
        return None if _runs(found) else True

    until(ended, None, PAUSE)
    return found


def _logged_since(client: Client, name: str, tty: bool, moment: str) -> Output | None:
    """The log since a time in the Engine's format; None if it cannot be read."""
    query = {}
    if not moment.startswith("0001"):  # it has not ended before
        query["since"] = "%d%s" % (timegm(time.strptime(moment[:19], "%Y-%m-%dT%H:%M:%S")), moment[19:].rstrip("Z"))
    try:
        return Output(logged(client, name, tty, **query))
    except SlipwayError:
        return None
