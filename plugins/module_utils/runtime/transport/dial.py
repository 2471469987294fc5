# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections for addresses."""

from __future__ import annotations

from functools import partial

from . import unix
from .address import PLAIN_PORT, TLS_PORT, Address
from .http import Connection, Dial
from .trust import Trust


def connect(address: Address, timeout: float = 60, trust: Trust | None = None) -> Connection:
    """A connection to an address, not opened yet; over TCP it uses TLS if ``trust`` is given."""
    where = str(address)
    if address.scheme == "unix":
        return Connection(partial(unix.dial, address.path), where, timeout=timeout)
    # Imported only when used: compiling the other transports would cost each task 2 ms, and tls another 30 ms.
    if address.scheme == "ssh":
        from . import ssh

        dial = partial(ssh.dial, address.host, address.port, address.user, address.path, where)
        return Connection(dial, where, timeout=timeout)
    if not address.port:
        address = address._replace(port=TLS_PORT if trust else PLAIN_PORT)
    from . import tcp

    way: Dial = partial(tcp.dial, address.host, address.port)
    if trust:
        from . import tls

        way = partial(tls.dial, address.host, address.port, trust)
    return Connection(way, where, address.netloc(), address.path, timeout, half_closes=not trust)
