# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connecting through the ssh command.

One session runs one remote command: ``docker system dial-stdio`` or, if the remote host has no docker command, the same
forwarding in python3 or socat. (``ssh -W`` cannot reach a unix socket, and ``ssh -L`` would leave a socket file and a
race; this needs neither, and works with keys restricted to ``docker system dial-stdio``.)
"""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
from typing import List, Tuple, Type

from ..errors import ConnectionBroken, EngineMissing, EngineRefused, PermissionDenied, TransportError
from .address import DEFAULT_SOCKET

# Connects standard input and output to the socket, until the engine closes it.
_RELAY = (
    "import os, socket, sys, threading; "
    "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); o = sys.stdout.buffer; "
    "up = lambda: (any(s.sendall(d) for d in iter(lambda: os.read(0, 65536), b'')), s.shutdown(1)); "
    "threading.Thread(target=up, daemon=True).start(); "
    "any(o.write(d) and o.flush() for d in iter(lambda: s.recv(65536), b''))"
)
_NO_RELAY = "neither docker nor python3 nor socat"
_PATIENCE = 5  # seconds for ssh to end
_WORDS = 64 * 1024  # bytes of its error output

# Error texts of ssh, or of its remote command, and their meaning. The engine's socket concerns only the latter.
_AT_SOCKET = r"(dial unix|Error: \[Errno|connect\().*"
_MEANINGS: Tuple[Tuple[str, Type[TransportError], str], ...] = (
    (
        "Host key verification failed",
        TransportError,
        "Check the host key, and add it to the known_hosts file of the user that the task runs as.",
    ),
    (
        r"Permission denied \(",
        PermissionDenied,
        (
            "Give the user that the task runs as a key that the host accepts, in an agent or ~/.ssh/config. "
            "ssh cannot prompt."
        ),
    ),
    ("Could not resolve", TransportError, "Check docker_host."),
    (_NO_RELAY, TransportError, "Install the Docker CLI there (Debian: docker-cli), python3 or socat."),
    (
        _AT_SOCKET + "permission denied",
        PermissionDenied,
        "Add the user of docker_host to the group that owns the engine's socket.",
    ),
    (
        _AT_SOCKET + "no such file",
        EngineMissing,
        "Install and start the engine there, or set the path of its socket: ssh://HOST/PATH.",
    ),
    (_AT_SOCKET + "connection refused|Cannot connect to the Docker daemon", EngineRefused, "Start the engine there."),
    ("Connection refused", TransportError, "Start the ssh server there, or correct docker_host."),
)


class _SshSocket(socket.socket):
    """Our end of a socket pair; the other end is standard input and output of ssh."""

    process: subprocess.Popen[bytes]
    words: int  # the reading end of a pipe, whose small size limits the error output
    where: str

    def explain(self, error: OSError | None) -> TransportError:
        """Why the connection ended, from ssh's error output."""
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            pass
        try:
            told = os.read(self.words, _WORDS)
        except BlockingIOError:
            told = b""
        lines = [line.strip() for line in told.decode("utf-8", "replace").split("\n") if line.strip()]
        fix = "Run it by hand: ssh %s docker version." % self.where.rpartition("//")[2].partition("/")[0]
        if not lines:
            return ConnectionBroken("The connection to %s was closed, and ssh gave no reason" % self.where, fix)
        said = lines[-1][:300].rstrip(". ")
        kind: Type[TransportError] = TransportError
        for pattern, meant, advice in _MEANINGS:
            if re.search(pattern, said, re.IGNORECASE):
                kind, fix = meant, advice
                break
        return kind("The engine at %s cannot be reached through ssh: %s" % (self.where, said), fix)

    def close(self) -> None:
        """Close, and terminate and reap ssh."""
        super().close()
        self.process.terminate()
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.words >= 0:
            os.close(self.words)
        self.words = -1


def dial(host: str, port: int, user: str, path: str, where: str, timeout: float) -> socket.socket:
    """Start ssh. Its failures are reported by the first read, through ``explain`` of the socket.

    ``path`` is the engine's socket on the remote host, empty for the default. Raises TransportError if this host has no
    ssh command.
    """
    ours, theirs = socket.socketpair()
    words, said = os.pipe()
    os.set_blocking(words, False)
    try:
        process = subprocess.Popen(
            command(host, port, user, path, timeout),
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=said,
            start_new_session=True,
        )
    except OSError as error:
        ours.close()
        os.close(words)
        raise TransportError("The ssh command cannot be run (%s)" % error.strerror, "Install openssh-client.")
    finally:
        os.close(said)
        theirs.close()
    link = _SshSocket(fileno=ours.detach())
    link.process, link.words, link.where = process, words, where
    return link


def command(host: str, port: int, user: str, path: str, timeout: float) -> List[str]:
    """The ssh command line: no prompts, and a timeout for a silent host."""
    words = ["ssh", "-T", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=%d" % max(1, timeout)]
    words += ["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3"]
    words += ["-l", user] if user else []
    words += ["-p", str(port)] if port else []
    return words + ["--", host, "exec sh -c " + shlex.quote(_remote(path))]


def _remote(path: str) -> str:
    there = shlex.quote(path or DEFAULT_SOCKET)
    docker = "docker --host %s system dial-stdio" % shlex.quote("unix://" + path)
    ways = (
        ("docker", docker if path else "docker system dial-stdio"),
        ("python3", "python3 -c %s %s" % (shlex.quote(_RELAY), there)),
        ("socat", "socat - UNIX-CONNECT:" + there),
    )
    tries = ["command -v %s >/dev/null 2>&1 && exec %s" % way for way in ways]
    return "; ".join([*tries, "echo there is %s on the other host >&2; exit 127" % _NO_RELAY])
