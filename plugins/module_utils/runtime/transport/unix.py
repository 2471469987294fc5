# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connecting to a unix socket."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import List

from ..errors import EngineMissing, EngineRefused, InputError, PermissionDenied, TransportError

USUAL = ("/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock")


def dial(path: str, timeout: float) -> socket.socket:
    """Connect to the socket at ``path``.

    Raises EngineMissing, EngineRefused, PermissionDenied or TransportError, each with a fix.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect(path)
        return sock
    except ValueError as error:  # for example a NUL in it
        sock.close()
        raise InputError("docker_host: %r is no path (%s)" % (path, error), "Write it like /var/run/docker.sock.")
    except OSError as error:
        sock.close()
        raise _explained(error, path)


def _explained(error: OSError, path: str) -> TransportError:
    if isinstance(error, FileNotFoundError):
        missing = EngineMissing(
            "There is no engine at unix://%s: the socket does not exist" % path,
            "Install and start the engine (role slipway.docker.engine), or set docker_host to where it listens.",
        )
        usual = _usual()
        elsewhere = next((place for place in usual if place != path and Path(place).is_socket()), "")
        if elsewhere:
            missing.fix = "There is one at unix://%s; set docker_host to that, if it is meant." % elsewhere
            missing.misled = path not in usual
        return missing
    if isinstance(error, ConnectionRefusedError) and Path(path).is_socket():
        return EngineRefused(
            "The engine at unix://%s does not run: its socket is there, but nobody listens" % path,
            "Start it, for example with 'systemctl start docker' or 'service docker start'.",
        )
    if isinstance(error, ConnectionRefusedError):
        return TransportError("%s is no socket" % path, "Set docker_host to the socket of the engine.")
    if isinstance(error, PermissionError):
        return PermissionDenied(
            "This user may not use the engine's socket %s" % path,
            "Run the task with 'become: true', or add the user to the group that owns the socket (often docker).",
        )
    return TransportError("Could not connect to unix://%s (%s)" % (path, error.strerror or error), "Check docker_host.")


def _usual() -> List[str]:
    """The default sockets: of Docker, Podman, and an engine of this user."""
    own = os.environ.get("XDG_RUNTIME_DIR")
    return [*USUAL, *([own + "/docker.sock", own + "/podman/podman.sock"] if own else ())]
