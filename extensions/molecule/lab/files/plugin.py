# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plugin of the engine's: ``plugin.py volumes SOCKET`` or ``plugin.py permit SOCKET``.

The first keeps volumes as directories of /srv/plugged (Volume Driver API v1), the second authorizes everything (Access
authorization plugin API v1).
"""

from __future__ import annotations

import contextlib
import http.server
import json
import socketserver
import sys
from pathlib import Path
from typing import Any

HOME = Path("/srv/plugged")


def volumes(call: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What a volume driver returns."""
    place = HOME / asked.get("Name", "")
    if call == "/Plugin.Activate":
        HOME.mkdir(parents=True, exist_ok=True)
        return {"Implements": ["VolumeDriver"]}
    if call == "/VolumeDriver.Capabilities":
        return {"Capabilities": {"Scope": "local"}}
    if call == "/VolumeDriver.List":
        return {"Volumes": [shown(one) for one in sorted(HOME.iterdir())], "Err": ""}
    if call == "/VolumeDriver.Create":
        place.mkdir(exist_ok=True)
    elif not place.is_dir():
        return {"Err": "there is no volume %s" % place.name}
    if call == "/VolumeDriver.Remove":
        place.rename(place.with_name(".removed-" + place.name))
    return {"Volume": shown(place), "Mountpoint": str(place), "Err": ""}


def shown(place: Path) -> dict[str, str]:
    """A volume as the engine wants it."""
    return {"Name": place.name, "Mountpoint": str(place)}


def permit(call: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What an authorization plugin returns."""
    return {"Implements": ["authz"]} if call == "/Plugin.Activate" else {"Allow": True}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers the engine."""

    def do_POST(self) -> None:
        """A call of the engine's."""
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}") or {}
        body = json.dumps(KINDS[sys.argv[1]](self.path, asked)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        """Who asked, which a unix socket does not tell."""
        return "engine"


KINDS = {"volumes": volumes, "permit": permit}

if __name__ == "__main__":
    socket = Path(sys.argv[2])
    socket.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        socket.unlink()
    socketserver.ThreadingUnixStreamServer(str(socket), Handler).serve_forever()
