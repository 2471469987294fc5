# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine and registries that accept any number of bytes and store none, for tests of a module's memory."""

from __future__ import annotations

import hashlib
import json
import shutil
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

BLOCK = 1 << 20
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
IMAGE = {"Id": "sha256:" + 64 * "1", "Os": "linux", "Architecture": "amd64", "Config": {}, "RootFS": {}}


class _Handler(BaseHTTPRequestHandler):
    """Reads bodies with both transfer encodings, and answers."""

    protocol_version = "HTTP/1.1"
    sink: Any

    def address_string(self) -> str:
        """A unix socket has no addresses."""
        return ""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it so)
        pass

    def drain(self) -> bytes:
        """Read the body and count its bytes. Returns its last piece."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                self._take(size)
                self.rfile.readline()
            self.rfile.readline()
            return b""
        return self._take(int(self.headers.get("Content-Length") or 0))

    def _take(self, size: int) -> bytes:
        self.sink.received += size
        block = b""
        while size:
            block = self.rfile.read(min(BLOCK, size))
            size -= len(block)
        return block

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Api-Version": "1.41", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class RegistrySink:
    """A registry without TLS and users. It stores manifests and the digests of blobs; one blob can be a file."""

    def __init__(self) -> None:
        self.received = 0
        self.manifests: dict[str, bytes] = {}
        self.blobs: set[str] = set()
        self.files: dict[str, Path] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_RegistryHandler,), {"sink": self}))
        self.host = "127.0.0.1:%d" % self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()


class _RegistryHandler(_Handler):
    def do_GET(self) -> None:
        """Answer for the API, a manifest or a blob."""
        kind, _slash, reference = self.path.rpartition("/")
        if self.path == "/v2/":
            self.say(200)
        elif kind.endswith("/manifests") and reference in self.sink.manifests:
            data = self.sink.manifests[reference]
            name = "sha256:" + hashlib.sha256(data).hexdigest()
            self.say(200, data, Content_Type=MANIFEST, Docker_Content_Digest=name)
        elif reference in self.sink.files:
            path = self.sink.files[reference]
            self.send_response(200)
            self.send_header("Content-Length", str(path.stat().st_size))
            self.end_headers()
            with path.open("rb") as file:
                shutil.copyfileobj(file, self.wfile, BLOCK)
        else:
            self.say(200 if reference in self.sink.blobs else 404)

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        """Handle a POST request."""
        self.drain()
        self.say(202, Location="/v2/upload/1?of=it")

    def do_PATCH(self) -> None:
        """Accept a chunk."""
        self.drain()
        self.say(202, Location="/v2/upload/1?of=it")

    def do_PUT(self) -> None:
        """Complete an upload, or accept a manifest."""
        data = self.drain()
        if "/manifests/" in self.path:
            for reference in (self.path.rpartition("/")[2], "sha256:" + hashlib.sha256(data).hexdigest()):
                self.sink.manifests[reference] = data
        else:
            self.sink.blobs.add(self.path.rpartition("digest=")[2].replace("%3A", ":"))
        self.say(201)


class EngineSink:
    """An engine with one image of any name if ``has_image``, which a load, import or build sets.

    ``archive`` is the file that it returns for a save.
    """

    def __init__(self, socket: Path, archive: Path) -> None:
        self.received = 0
        self.has_image = False
        self.archive = archive
        handler = type("Handler", (_EngineHandler,), {"sink": self})
        self._server = socketserver.ThreadingUnixStreamServer(str(socket), handler)
        self._server.daemon_threads = True
        self.host = "unix://%s" % socket
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()


class _EngineHandler(_Handler):
    def do_GET(self) -> None:
        """Answer a ping, an inspect, or with the archive."""
        if "/images/get" in self.path:
            self.send_response(200)
            self.send_header("Content-Length", str(self.sink.archive.stat().st_size))
            self.end_headers()
            with self.sink.archive.open("rb") as file:
                shutil.copyfileobj(file, self.wfile, BLOCK)
        elif self.path.endswith("/json") and not self.sink.has_image:
            self.say(404, b'{"message": "no such image"}')
        else:
            self.say(200, json.dumps(IMAGE).encode())

    def do_POST(self) -> None:
        """Handle a POST request."""
        self.drain()
        self.sink.has_image = True
        self.say(200, b'{"status": "done"}\r\n')
