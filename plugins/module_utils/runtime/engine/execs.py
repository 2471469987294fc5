# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands in running containers, of the Engine API (1.41): /containers/{name}/exec and /exec."""

from __future__ import annotations

import re
import select
import socket
import time
from typing import Any, Dict, Iterator, Mapping

from ..errors import Conflict, ConnectionBroken, InputError, NotFound, SlipwayError, Timeout
from .client import Client, segment
from .containers import Ref, inspect
from .shape import NOTHING, maybe
from .streams import output
from .waiting import until

CHUNK = 64 * 1024
LONGEST = 10**6  # seconds that select is asked to wait
NOT_RUN = 126
# What the Engine writes instead of a command's output where it cannot start one, and where its container is to blame.
UNSTARTED = b"OCI runtime exec failed"
ENDED = re.compile(
    rb"stopped (container|process)|has stopped|not running|no such process|task \S+ not found", re.IGNORECASE
)
_STATE = {"Running": bool, "ExitCode": maybe(int)}  # no exit code before the end
# What the Engine says of a container that takes no command now, what that means, and what to do about it.
CONFLICTS = (
    ("not running", "is not running", "Start it first (module slipway.docker.container)."),
    ("is paused", "is paused", "Unpause it first (module slipway.docker.container, paused: false)."),
    ("is restarting", "has exited and is about to be restarted", "Look at its log, or try again later."),
)


def run(client: Client, container: Ref, body: Mapping[str, Any], stdin: bytes | None, limit: float) -> Dict[str, Any]:
    """Run a command in a container and wait for its end, no longer than ``limit`` seconds (zero or less: for ever).

    ``body`` is that of POST /containers/{name}/exec. Returns ``exec_id``, ``rc``, and ``stdout`` and ``stderr`` as
    bytes. Raises InputError where the connection cannot tell the end of ``stdin``; Timeout where the limit is exceeded,
    and the Engine has no way to end the command then.
    """
    if stdin is not None and not client.connection.half_closes:
        raise InputError(
            "stdin cannot be sent over TLS, where end of input cannot be signalled",
            "Use docker_host with unix:// or ssh://, or let the command read a file.",
        )
    exec_id = _create(
        client, container, dict(body, AttachStdin=stdin is not None, AttachStdout=True, AttachStderr=True)
    )
    tty, patience = body.get("Tty", False), _Patience(limit)
    sock, first = client.upgraded("/exec/%s/start" % segment(exec_id), body={"Detach": False, "Tty": tty})
    try:
        out, err = output(_conversation(sock, first, stdin, patience), tty)
    finally:
        sock.close()
    # The output may end a moment before the command does, and with a TTY at the end of what it is told.
    code = until(lambda: _exit_code(client, container, exec_id, patience), None)
    _refuse_unstarted(client, container, code, out)
    return {"exec_id": exec_id, "rc": code, "stdout": out, "stderr": err}


def _exit_code(client: Client, container: Ref, exec_id: str, patience: _Patience) -> int | None:
    """GET /exec/{id}/json: the exit code of a command, None while it runs and may. Raises Timeout."""
    try:
        state = client.get("/exec/%s/json" % segment(exec_id), expect=_STATE)
    except NotFound:
        raise SlipwayError("the container %s was removed before the command exited" % container.name)
    if not state["Running"] and state["ExitCode"] is not None:
        return int(state["ExitCode"])
    patience.left()
    return None


def _refuse_unstarted(client: Client, container: Ref, code: int | None, out: bytes) -> None:
    """Raise SlipwayError where the command never ran, because the container ended at that very moment.

    The Engine reports this as the command's own output and exit code, as it does for a program that is not there.
    """
    if code != NOT_RUN or not out.startswith(UNSTARTED):
        return
    found = None if ENDED.search(out) else inspect(client, container.id)
    if not found or not found["State"]["Running"] or found["State"].get("Restarting"):
        raise SlipwayError(
            "the container %s exited before the command was started (%s)"
            % (container.name, " ".join(out.decode("utf-8", "replace")[:300].split())),
            "Look at its log, or try again later.",
        )


class _Patience:
    """How long a command may take: ``limit`` seconds from now on, zero or less for ever."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._began = time.monotonic()

    def left(self) -> float | None:
        """The seconds that are left, and no more than a system call takes; None for ever. Raises Timeout."""
        if not self._limit > 0:
            return None
        left = self._limit - (time.monotonic() - self._began)
        if left <= 0:
            raise Timeout(
                "the command did not exit within %g s" % self._limit,
                "It may still run. Stop it in the container, or increase command_timeout.",
            )
        return min(left, LONGEST)


def start(client: Client, container: Ref, body: Mapping[str, Any]) -> Dict[str, Any]:
    """Start a command in a container and leave it alone. Returns ``exec_id``."""
    exec_id = _create(client, container, body)
    detached = {"Detach": True, "Tty": body.get("Tty", False)}
    client.call("POST", "/exec/%s/start" % segment(exec_id), body=detached, expect=NOTHING)
    return {"exec_id": exec_id}


def _create(client: Client, container: Ref, body: Mapping[str, Any]) -> str:
    try:
        path = "/containers/%s/exec" % segment(container.id)
        created: str = client.call("POST", path, body=body, expect={"Id": str})["Id"]
        return created
    except NotFound as error:
        error.cause = "the container %s is gone" % container.name
        error.fix = "Create and start it first (module slipway.docker.container)."
        raise
    except Conflict as error:
        for said, what, fix in CONFLICTS:
            if said in error.said:
                error.cause = "the container %s %s" % (container.name, what)
                error.fix = fix
        raise


def _conversation(sock: socket.socket, first: bytes, stdin: bytes | None, patience: _Patience) -> Iterator[bytes]:
    """What the command says, while it is told ``stdin`` and then that this was all."""
    pending = getattr(sock, "pending", int)  # what TLS has decrypted already, which select does not see
    if first:
        yield first
    left = memoryview(stdin or b"")
    if stdin is not None:
        sock.setblocking(False)
        left = _tell(sock, left)
    while True:
        rest = patience.left()
        readable, writable = bool(pending()), False
        if not readable:
            ready = select.select([sock], [sock] if left else [], [], rest)
            readable, writable = bool(ready[0]), bool(ready[1])
        if writable:
            left = _tell(sock, left)
        if readable:
            try:
                piece = sock.recv(CHUNK)
            except OSError as error:
                raise ConnectionBroken(
                    ("the connection was closed before the command exited (%s)") % error, "It may still run."
                )
            if not piece:
                return
            yield piece


def _tell(sock: socket.socket, left: memoryview) -> memoryview:
    """Send a piece, and the end after the last one. What is left then: nothing, where nobody listens any more."""
    try:
        left = left[sock.send(left[:CHUNK]) :]
        if not left:
            sock.shutdown(socket.SHUT_WR)
    except BlockingIOError:
        pass
    except OSError:
        return left[:0]
    return left
