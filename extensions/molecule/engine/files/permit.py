# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An authorization plugin that allows everything: permit.py SOCKET. Access authorization plugin API v1."""

from __future__ import annotations

import contextlib
import http.server
import json
import socketserver
import sys
from pathlib import Path


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """On a unix socket."""


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers the engine."""

    def do_POST(self) -> None:
        """A call of the engine's."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = {"Implements": ["authz"]} if self.path == "/Plugin.Activate" else {"Allow": True}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        """Who asked, which a unix socket does not tell."""
        return "engine"


if __name__ == "__main__":
    Path(sys.argv[1]).parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        Path(sys.argv[1]).unlink()
    Server(sys.argv[1], Handler).serve_forever()
