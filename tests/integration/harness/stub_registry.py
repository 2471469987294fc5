# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry with faults that depend on the name of the repository. A script with a port; listens on 127.0.0.1 only.

slow      a layer that arrives over several seconds, in many small pieces
silent    a layer that stops arriving
limited   429, as from Docker Hub
denied    403
foreign   an index with only an image for another architecture
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tarfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
PIECES = 40
PAUSE = 0.2  # seconds between the pieces of the slow layer
HANG = 60  # seconds that the silent one stops
REFUSALS = {
    "limited": (429, "TOOMANYREQUESTS", "You have reached your pull rate limit."),
    "denied": (403, "DENIED", "requested access to the resource is denied"),
}


def layer() -> bytes:
    """An incompressible file system."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo("noise")
        entry.size = 200 << 10
        tar.addfile(entry, io.BytesIO(os.urandom(entry.size)))
    return buffer.getvalue()


def digest(data: bytes) -> str:
    """The digest with which a registry serves it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def described(media: str, data: bytes) -> dict[str, Any]:
    """The descriptor of a blob in a manifest."""
    return {"mediaType": media, "size": len(data), "digest": digest(data)}


LAYER = layer()
CONFIG = json.dumps(
    {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest(LAYER)]}}
).encode()
DOCUMENT = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": described("application/vnd.docker.container.image.v1+json", CONFIG),
        "layers": [described("application/vnd.docker.image.rootfs.diff.tar.gzip", LAYER)],
    }
).encode()
FOREIGN = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": INDEX,
        "manifests": [{**described(MANIFEST, DOCUMENT), "platform": {"architecture": "s390x", "os": "linux"}}],
    }
).encode()


class Handler(BaseHTTPRequestHandler):
    """Answers a request."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer depending on the name of the repository."""
        parts = self.path.strip("/").split("/")
        repository = parts[1] if len(parts) > 1 else ""
        if repository in REFUSALS:
            status, code, message = REFUSALS[repository]
            body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
            self._answer(status, "application/json", [body])
        elif "manifests" in parts and repository == "foreign":
            self._answer(200, INDEX, [FOREIGN])
        elif "manifests" in parts:
            self._answer(200, MANIFEST, [DOCUMENT])
        elif parts[-1] == digest(CONFIG):
            self._answer(200, "application/octet-stream", [CONFIG])
        elif parts[-1] == digest(LAYER):
            size = len(LAYER) // PIECES + 1
            self._answer(
                200,
                "application/octet-stream",
                [LAYER[at : at + size] for at in range(0, len(LAYER), size)],
                HANG if repository == "silent" else PAUSE,
            )
        else:
            self._answer(200, "application/json", [b"{}"])

    def _answer(self, status: int, media: str, pieces: list[bytes], pause: float = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(sum(map(len, pieces))))
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        if media in (MANIFEST, INDEX):
            self.send_header("Docker-Content-Digest", digest(b"".join(pieces)))
        self.end_headers()
        for piece in pieces if self.command == "GET" else ():
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(pause)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
