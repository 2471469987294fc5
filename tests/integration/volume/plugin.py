# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A volume plugin for tests: python3 plugin.py SOCKET. Supports the option ``size``, and stores volumes in memory."""

from __future__ import annotations

import json
import socketserver
import sys
from http.server import BaseHTTPRequestHandler

VOLUMES: dict[str, dict[str, str]] = {}


def answer(path: str, request: dict[str, object]) -> dict[str, object]:
    """The answer of the plugin protocol to a call."""
    name = str(request.get("Name"))
    shown = {"Name": name, "Mountpoint": ""}
    if path == "/Plugin.Activate":
        return {"Implements": ["VolumeDriver"]}
    if path == "/VolumeDriver.Capabilities":
        return {"Capabilities": {"Scope": "local"}}
    if path == "/VolumeDriver.List":
        return {"Volumes": [{"Name": known, "Mountpoint": ""} for known in VOLUMES]}
    if path == "/VolumeDriver.Create":
        options = request.get("Opts") or {}
        assert isinstance(options, dict)
        if set(options) - {"size"}:
            return {"Err": "unknown option"}
        VOLUMES[name] = options
    elif name not in VOLUMES:
        return {"Err": "no such volume"}
    elif path == "/VolumeDriver.Remove":
        del VOLUMES[name]
    elif path == "/VolumeDriver.Get":
        return {"Volume": shown}
    return {"Err": ""}


class Handler(BaseHTTPRequestHandler):
    """HTTP on a unix socket."""

    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        """A unix socket has no addresses."""
        return "engine"

    def do_POST(self) -> None:
        """Handle a call."""
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = json.dumps(answer(self.path, json.loads(data or b"{}") or {})).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)


if __name__ == "__main__":
    socketserver.ThreadingUnixStreamServer(sys.argv[1], Handler).serve_forever()
