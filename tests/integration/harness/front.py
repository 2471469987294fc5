# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ends TLS in front of a registry, as a load balancer does, and gets another certificate while it serves."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from pathlib import Path

from .registry import Registry

CHUNK = 64 << 10


class Front:
    """Passes on to a registry. ``host`` is how images on it are named."""

    def __init__(self, registry: Registry, address: str, certificate: Path) -> None:
        self._upstream = registry.host.split(":")
        self._trust = ssl.create_default_context(cafile=str(registry.authority))
        self.show(certificate)
        self._listener = socket.create_server((address, 0))
        self.host = "%s:%d" % (address, self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def show(self, certificate: Path) -> None:
        """Show this certificate (a directory that an Authority issued) from the next connection on."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        self._context = context

    def close(self) -> None:
        """End it."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        host, port = self._upstream
        try:
            with (
                self._context.wrap_socket(client, server_side=True) as near,
                socket.create_connection((host, int(port))) as plain,
                self._trust.wrap_socket(plain, server_hostname=host) as far,
            ):
                _pass_on(near, far)
        except OSError:
            client.close()  # who does not trust us hangs up


def _pass_on(near: ssl.SSLSocket, far: ssl.SSLSocket) -> None:
    """Pass on what either side says, until one hangs up. One thread: TLS in Python is not for two."""
    while True:
        said = [side for side in (near, far) if side.pending()] or select.select([near, far], [], [])[0]
        for side in said:
            side.setblocking(False)
            try:
                data = side.recv(CHUNK)
            except ssl.SSLWantReadError:
                continue  # a part of a record, or one that is TLS's own
            finally:
                side.setblocking(True)
            if not data:
                return
            (far if side is near else near).sendall(data)
