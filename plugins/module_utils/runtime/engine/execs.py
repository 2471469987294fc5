# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands in running containers: /containers/{name}/exec and /exec (Engine API 1.41)."""

from __future__ import annotations

import re
import select
import socket
import time
from typing import Any, Dict, Iterator, Mapping

from ..errors import ConflictError, ConnectionBroken, InputError, NotFound, SlipwayError, Timeout
from .client import Client, segment
from .containers import Ref, inspect
from .shape import NOTHING, maybe
from .streams import output
from .waiting import until

CHUNK = 64 * 1024
LONGEST = 10**6  # maximum seconds per call of select
NOT_RUN = 126
# Output of the Engine itself when a command cannot be started, and how it shows that the container is the cause.
UNSTARTED = b"OCI runtime exec failed"
ENDED = re.compile(
    rb"stopped (container|process)|has stopped|not running|no such process|task \S+ not found", re.IGNORECASE
)
_STATE = {"Running": bool, "ExitCode": maybe(int)}  # no exit code before the end
# Error texts of the Engine for a container that cannot run commands now, what they mean, and the fix.
CONFLICTS = (
    ("not running", "is not running", "Start it first (module slipway.docker.container)."),
    ("is paused", "is paused", "Unpause it first (module slipway.docker.container, paused: false)."),
    ("is restarting", "has exited and is about to be restarted", "Look at its log, or try again later."),
)


def run(client: Client, container: Ref, body: Mapping[str, Any], stdin: bytes | None, limit: float) -> Dict[str, Any]:
    """Run a command in a container and wait for its end, for at most ``limit`` seconds (zero or less: no limit).

    ``body`` is that of POST /containers/{name}/exec. Returns ``exec_id``, ``rc``, and ``stdout`` and ``stderr`` as
    bytes. Raises InputError if the connection cannot signal the end of ``stdin``; Timeout if the limit is exceeded: the
    command keeps running, because the Engine cannot stop it.
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
    # Output may end shortly before the command does, and with a TTY at the end of its input.
    code = until(lambda: _exit_code(client, container, exec_id, patience), None)
    _refuse_unstarted(client, container, code, out)
    return {"exec_id": exec_id, "rc": code, "stdout": out, "stderr": err}


def _exit_code(client: Client, container: Ref, exec_id: str, patience: _Patience) -> int | None:
    """GET /exec/{id}/json: the exit code of a command, None while it runs. Raises Timeout."""
    try:
        state = client.get("/exec/%s/json" % segment(exec_id), expect=_STATE)
    except NotFound:
        raise SlipwayError("the container %s was removed before the command exited" % container.name)
    code: int | None = state.get("ExitCode")
    if not state["Running"] and code is not None:
        return code
    patience.left()
    return None


def _refuse_unstarted(client: Client, container: Ref, code: int | None, out: bytes) -> None:
    """Raise SlipwayError if the command never ran because the container ended at that moment.

    The Engine reports this as output and exit code of the command, as for a missing program.
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
    """A time limit for a command: ``limit`` seconds from now, zero or less for none."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._began = time.monotonic()

    def left(self) -> float | None:
        """The seconds left, at most what one system call accepts; None for no limit. Raises Timeout."""
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
    """Start a command in a container without waiting for it. Returns ``exec_id``."""
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
    except ConflictError as error:
        for said, what, fix in CONFLICTS:
            if said in error.said:
                error.cause = "the container %s %s" % (container.name, what)
                error.fix = fix
        raise


def _conversation(sock: socket.socket, first: bytes, stdin: bytes | None, patience: _Patience) -> Iterator[bytes]:
    """The output of the command, while ``stdin`` is sent to it and then closed."""
    pending = getattr(sock, "pending", int)  # already decrypted by TLS, so select does not report it
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
                    "the connection was closed before the command exited (%s)" % error, "It may still run."
                )
            if not piece:
                return
            yield piece


def _tell(sock: socket.socket, left: memoryview) -> memoryview:
    """Send a piece, and the end of input after the last one. Returns the rest; nothing if the other end has closed."""
    try:
        left = left[sock.send(left[:CHUNK]) :]
        if not left:
            sock.shutdown(socket.SHUT_WR)
    except BlockingIOError:
        pass
    except OSError:
        return left[:0]
    return left
