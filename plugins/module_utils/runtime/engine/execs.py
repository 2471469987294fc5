# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands in running containers, of the Engine API (1.41): /containers/{name}/exec and /exec."""

from __future__ import annotations

import select
import socket
import time
from typing import Any, Dict, Iterator, Mapping

from ..errors import Conflict, InputError, NotFound, SlipwayError, Timeout
from .client import Client, segment
from .streams import output

POLL = 0.05  # seconds between two looks at whether a command has ended
CHUNK = 64 * 1024


def run(client: Client, container: str, body: Mapping[str, Any], stdin: bytes | None, limit: float) -> Dict[str, Any]:
    """Run a command in a container and wait for its end, no longer than ``limit`` seconds (zero or less: for ever).

    ``body`` is that of POST /containers/{name}/exec. Returns ``exec_id``, ``rc``, and ``stdout`` and ``stderr`` as
    bytes. Raises Timeout where the limit is exceeded; the Engine has no way to end the command then.
    """
    exec_id = _create(
        client, container, dict(body, AttachStdin=stdin is not None, AttachStdout=True, AttachStderr=True)
    )
    upgrade = {"Connection": "Upgrade", "Upgrade": "tcp"}
    start = {"Detach": False, "Tty": body["Tty"]}
    response = client.request("POST", "/exec/%s/start" % segment(exec_id), body=start, headers=upgrade)
    if response.status != 101:
        raise SlipwayError("what is between here and the engine does not pass on upgraded connections")
    sock, first = response.upgraded()
    try:
        out, err = output(_conversation(sock, first, stdin or b"", limit), body["Tty"])
    finally:
        sock.close()
    while True:
        # The output may end a moment before the command does.
        state = client.get("/exec/%s/json" % segment(exec_id))
        if not state["Running"]:
            return {"exec_id": exec_id, "rc": state["ExitCode"], "stdout": out, "stderr": err}
        time.sleep(POLL)


def start(client: Client, container: str, body: Mapping[str, Any]) -> Dict[str, Any]:
    """Start a command in a container and leave it alone. Returns ``exec_id``."""
    exec_id = _create(client, container, body)
    client.call("POST", "/exec/%s/start" % segment(exec_id), body={"Detach": True, "Tty": body["Tty"]})
    return {"exec_id": exec_id}


def _create(client: Client, container: str, body: Mapping[str, Any]) -> str:
    try:
        created: str = client.call("POST", "/containers/%s/exec" % segment(container), body=body)["Id"]
        return created
    except NotFound as error:
        error.cause = "there is no container %s" % container
        error.fix = "Make and start it first (module slipway.docker.container)."
        raise
    except Conflict as error:
        error.cause = "the container %s does not run, or is paused" % container
        error.fix = "Start it first (module slipway.docker.container)."
        raise


def _conversation(sock: socket.socket, first: bytes, stdin: bytes, limit: float) -> Iterator[bytes]:
    """What the command says, while it is told ``stdin`` and then that this was all."""
    pending = getattr(sock, "pending", int)  # what TLS has decrypted already, which select does not see
    if stdin and pending is not int:
        raise InputError(
            "stdin cannot be sent over TLS, where its end cannot be told",
            "Use docker_host with unix:// or ssh://, or give the command a file.",
        )
    began = time.monotonic()
    if first:
        yield first
    left = memoryview(stdin)
    if pending is int:
        sock.setblocking(False)
        if not stdin:
            sock.shutdown(socket.SHUT_WR)
    while True:
        rest = limit - (time.monotonic() - began) if limit > 0 else None
        if rest is not None and rest <= 0:
            raise Timeout(
                "the command has not ended within %g s" % limit,
                "It may still run; end it in the container, or raise command_timeout.",
            )
        readable = writable = bool(pending())
        if not readable:
            ready = select.select([sock], [sock] if left else [], [], rest)
            readable, writable = bool(ready[0]), bool(ready[1])
        if writable and left:
            left = left[_sent(sock, left[:CHUNK]) :]
            if not left:
                sock.shutdown(socket.SHUT_WR)
        if readable:
            piece = sock.recv(CHUNK)
            if not piece:
                return
            yield piece


def _sent(sock: socket.socket, piece: memoryview) -> int:
    """How much of it went out; all of it, as far as we care, where nobody listens any more."""
    try:
        return sock.send(piece)
    except BlockingIOError:
        return 0
    except OSError:
        return len(piece)
