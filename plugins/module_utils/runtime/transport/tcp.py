# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connecting over TCP."""

from __future__ import annotations

import socket

from ..errors import EngineRefused, Timeout, TransportError

# Detects within a minute a peer that is gone, or a router that dropped the connection.
KEEPALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))


def dial(host: str, port: int, timeout: float) -> socket.socket:
    """Connect to a host within ``timeout`` seconds.

    Raises EngineRefused, Timeout or TransportError, each with a fix.
    """
    where = "%s port %d" % (host, port)
    try:
        sock = socket.create_connection((host, port), timeout)
    except ConnectionRefusedError:
        raise EngineRefused(
            "Nothing listens at %s" % where,
            "Start the engine there and let it listen on TCP (dockerd --host), or correct docker_host.",
        )
    except socket.timeout:
        raise Timeout(
            "%s did not accept a connection within %g s" % (where, timeout),
            "Check docker_host and firewalls. If the network is only slow, increase timeout.",
        )
    except (socket.gaierror, ValueError) as error:
        raise TransportError("The name %s cannot be resolved (%s)" % (host, error), "Check docker_host and DNS.")
    except OSError as error:
        raise TransportError("Could not connect to %s (%s)" % (where, error.strerror or error), "Check docker_host.")
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE:
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return sock
