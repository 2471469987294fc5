# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terminates TLS in front of a registry like a load balancer, and can change its certificate while it is running."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from pathlib import Path

from .registry import Registry

CHUNK = 64 << 10


class Front:
    """Forwards connections to a registry. ``host`` is the registry in image names."""

    def __init__(self, registry: Registry, address: str, certificate: Path) -> None:
        self._upstream = registry.host.split(":")
        self._trust = ssl.create_default_context(cafile=str(registry.authority))
        self.show(certificate)
        self._listener = socket.create_server((address, 0))
        self.host = "%s:%d" % (address, self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def show(self, certificate: Path) -> None:
        """Use this certificate (a directory issued by an Authority) from the next connection on."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        self._context = context

    def close(self) -> None:
        """Stop it."""
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
            client.close()  # clients that do not trust the certificate close the connection


def _pass_on(near: ssl.SSLSocket, far: ssl.SSLSocket) -> None:
    """Forward data until one side closes the connection. With one thread, because Python's TLS supports no two."""
    while True:
        said = [side for side in (near, far) if side.pending()] or select.select([near, far], [], [])[0]
        for side in said:
            side.setblocking(False)
            try:
                data = side.recv(CHUNK)
            except ssl.SSLWantReadError:
                continue  # an incomplete record, or one without application data
            finally:
                side.setblocking(True)
            if not data:
                return
            (far if side is near else near).sendall(data)
