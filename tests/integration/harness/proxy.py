# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A faulty connection to an engine: a unix socket that forwards requests, and cuts the connection at one of them."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

CHUNK = 64 * 1024


@dataclass(frozen=True)
class Fault:
    """A fault at the call with a number, counted from 1.

    ``before``: the request is not delivered; ``after``: the request is delivered, but not its answer. ``once``: later
    connections work; ``for good``: they do not; ``kill``: the client process is killed.
    """

    number: int
    when: str
    how: str


class Proxy:
    """Listens on ``socket`` and forwards requests to an engine's socket, with a fault.

    ``calls`` are the requests so far, as "GET /path" without version and query. A request that equals the previous one
    is not counted, because it is a repeated check of a wait or a retry. ``struck`` is whether the fault has occurred.
    """

    def __init__(self, engine: str, place: Path, fault: Fault | None = None) -> None:
        self.socket = str(place)
        self.calls: list[str] = []
        self.struck = False
        self._engine = engine
        self._fault = fault
        self._last = b""
        self._listener = socket.socket(socket.AF_UNIX)
        place.unlink(missing_ok=True)
        self._listener.bind(self.socket)
        self._listener.listen()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            with client:
                if not self._is_dead():
                    # One connection at a time, because a module uses only one.
                    self._serve(client)

    def _is_dead(self) -> bool:
        return self.struck and self._fault is not None and self._fault.how != "once"

    def _serve(self, client: socket.socket) -> None:
        with socket.socket(socket.AF_UNIX) as engine:
            engine.connect(self._engine)
            while True:
                ready = select.select([client, engine], [], [])[0]
                if engine in ready:
                    data = engine.recv(CHUNK)
                    if not data:
                        return
                    client.sendall(data)
                else:
                    request = _request(client)
                    if not request or not self._pass_on(request, client, engine):
                        return

    def _pass_on(self, request: bytes, client: socket.socket, engine: socket.socket) -> bool:
        """Forward a request, unless the fault occurs at it. Returns whether the connection continues."""
        if request != self._last:
            self.calls.append(_line(request))
        self._last = request
        fault = self._fault
        strikes = fault is not None and not self.struck and len(self.calls) == fault.number
        if not (strikes and fault and fault.when == "before"):
            engine.sendall(request)
        if not (strikes and fault):
            return True
        if fault.when == "after":
            engine.recv(1)  # the engine has answered, so it has executed the request
        self.struck = True
        if fault.how == "kill":
            os.kill(_peer(client), signal.SIGKILL)
        return False


def _peer(client: socket.socket) -> int:
    """The process at the other end of a unix socket."""
    pid: int = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))[0]
    return pid


def _line(request: bytes) -> str:
    method, target = request.split(None, 2)[:2]
    path = target.decode().partition("?")[0]
    return "%s %s" % (method.decode(), re.sub(r"^/v[0-9.]+(?=/)", "", path))


def _request(client: socket.socket) -> bytes:
    """A request with its body; empty if the client has closed the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(CHUNK)
        if not piece:
            return b""
        data += piece
    head, _blank, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    assert b"transfer-encoding" not in head.lower(), "bodies in chunks are not for this proxy"
    while len(body) < int(length.group(1) if length else 0):
        piece = client.recv(CHUNK)
        if not piece:
            return b""
        data, body = data + piece, body + piece
    return data
