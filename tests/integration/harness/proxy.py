# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A faulty connection to an engine: a unix socket that forwards requests, and has a fault at one of them."""

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
from typing import Callable

CHUNK = 64 * 1024
REFUSAL = b'{"message": "this request is refused by a test"}'


@dataclass(frozen=True)
class Fault:
    """A fault at the call with a number, counted from 1.

    ``before``: the request is not delivered; ``after``: the request is delivered, but not its answer. ``once``: later
    connections work; ``for good``: they do not; ``kill``: the client process is killed; ``refuse``: the request is
    answered with an error instead of being delivered, and the connection continues.
    """

    number: int
    when: str
    how: str


class Proxy:
    """Listens on ``socket`` and forwards requests to an engine's socket, with a fault.

    ``calls`` are the requests so far, as "GET /path" without version and query. A request that equals the previous one
    of the same connection is not counted, because it is a repeated check of a wait or a retry. ``struck`` is whether
    the fault has occurred; ``act`` is called then. ``most`` is the greatest number of connections that were open at
    once, which is at least that of the requests under way.
    """

    def __init__(
        self, engine: str, place: Path, fault: Fault | None = None, act: Callable[[], object] = lambda: None
    ) -> None:
        self.socket = str(place)
        self.calls: list[str] = []
        self.struck = False
        self.most = 0
        self._engine = engine
        self._fault = fault
        self._act = act
        self._counting = threading.Lock()
        self._open = 0
        self._serving: list[threading.Thread] = []
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
        for thread in self._serving:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            self._serving.append(threading.Thread(target=self._serve, args=(client,), daemon=True))
            self._serving[-1].start()

    def _is_dead(self) -> bool:
        return self.struck and self._fault is not None and self._fault.how in ("for good", "kill")

    def _serve(self, client: socket.socket) -> None:
        with self._counting:
            self._open += 1
            self.most = max(self.most, self._open)
        try:
            with client, socket.socket(socket.AF_UNIX) as engine:
                if not self._is_dead():
                    engine.connect(self._engine)
                    self._forward(client, engine)
        except OSError:  # one of them has closed the connection
            pass
        finally:
            with self._counting:
                self._open -= 1

    def _forward(self, client: socket.socket, engine: socket.socket) -> None:
        last = b""
        while True:
            ready = select.select([client, engine], [], [])[0]
            if engine in ready:
                data = engine.recv(CHUNK)
                if not data:
                    return
                client.sendall(data)
            else:
                request = _request(client)
                if not request or self._is_dead() or not self._pass_on(request, last, client, engine):
                    return
                last = request

    def _pass_on(self, request: bytes, last: bytes, client: socket.socket, engine: socket.socket) -> bool:
        """Forward a request, unless the fault occurs at it. Returns whether the connection continues."""
        fault = self._fault
        with self._counting:
            if request != last:
                self.calls.append(_line(request))
            strikes = fault is not None and not self.struck and len(self.calls) == fault.number
            self.struck = self.struck or strikes
        if not (strikes and fault):
            engine.sendall(request)
            return True
        if fault.how == "refuse":
            client.sendall(b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n")
            client.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(REFUSAL), REFUSAL))
            return True
        if fault.when == "after":
            engine.sendall(request)
            engine.recv(1)  # the engine has answered, so it has executed the request
        if fault.how == "kill":
            os.kill(_peer(client), signal.SIGKILL)
        self._act()
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
