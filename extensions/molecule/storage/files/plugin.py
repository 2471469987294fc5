# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A volume plugin: its volumes are directories below DIRECTORY. Volume Driver API v1 on a unix socket."""

from __future__ import annotations

import contextlib
import http.server
import json
import socketserver
import sys
from pathlib import Path
from typing import Any


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """On a unix socket."""


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers the engine."""

    home: Path

    def do_POST(self) -> None:
        """A call of the engine's."""
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}") or {}
        body = json.dumps(self.answer(self.path, self.home / asked.get("Name", ""))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, call: str, place: Path) -> dict[str, Any]:
        """What the call returns."""
        if call == "/Plugin.Activate":
            return {"Implements": ["VolumeDriver"]}
        if call == "/VolumeDriver.Capabilities":
            return {"Capabilities": {"Scope": "local"}}
        if call == "/VolumeDriver.List":
            return {"Volumes": [shown(one) for one in sorted(self.home.iterdir())], "Err": ""}
        if call == "/VolumeDriver.Create":
            place.mkdir(exist_ok=True)
        elif not place.is_dir():
            return {"Err": "there is no volume %s" % place.name}
        if call == "/VolumeDriver.Remove":
            place.rename(place.with_name(".removed-" + place.name))
        return {"Volume": shown(place), "Mountpoint": str(place), "Err": ""}

    def address_string(self) -> str:
        """Who asked, which a unix socket does not tell."""
        return "engine"


def shown(place: Path) -> dict[str, str]:
    """A volume as the engine wants it."""
    return {"Name": place.name, "Mountpoint": str(place)}


if __name__ == "__main__":
    Handler.home = Path(sys.argv[2])
    Handler.home.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        Path(sys.argv[1]).unlink()
    Server(sys.argv[1], Handler).serve_forever()
