# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy in front of a registry, without TLS on this machine, that records requests and causes faults."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Mapping

from .registry import Registry

BLOCK = 64 << 10
INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass
class Fault:
    """A fault of requests with this method and a matching path. It occurs ``times`` times, ``after`` some requests.

    With ``status``, the proxy answers instead of the registry. ``cut_request`` and ``cut_answer`` cut the connection
    after this number of bytes of the body; for an answer, 0 is before its beginning. ``corrupt`` changes a byte of the
    answer, ``slow`` sends it in this number of pieces with pauses.
    """

    method: str
    path: str
    times: int = 1
    after: int = 0
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut_request: int = -1
    cut_answer: int = -1
    corrupt: bool = False
    slow: int = 0


class Proxy:
    """``host`` is the registry in the names of images that go through the proxy. ``record`` has methods and paths.

    With ``referrers``, the proxy adds a referrers API (OCI distribution 1.1), which registry 2 does not have. It is a
    dictionary of the descriptors of pushed referrers, by repository and digest of the subject.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.faults: list[Fault] = []
        self.record: list[tuple[str, str]] = []
        self.referrers: dict[tuple[str, str], list[dict[str, Any]]] | None = None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.host = "127.0.0.1:%d" % self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop the proxy."""
        self._server.shutdown()
        self._server.server_close()

    def count(self, method: str, path: str) -> int:
        """The number of requests with this method whose path matches."""
        return sum(1 for was, where in self.record if was == method and re.search(path, where))

    def _account(self, repository: str, data: bytes) -> str:
        """Store the subject of a manifest, and return it."""
        tree = json.loads(data)
        subject = str(tree.get("subject", {}).get("digest", ""))
        assert self.referrers is not None
        known = self.referrers.setdefault((repository, subject), [])
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        if subject and digest not in [entry["digest"] for entry in known]:
            known.append({"mediaType": tree["mediaType"], "digest": digest, "size": len(data)})
        return subject

    def _fault(self, method: str, path: str) -> Fault | None:
        with self._lock:
            self.record.append((method, path))
            for fault in self.faults:
                if fault.times and fault.method == method and re.search(fault.path, path):
                    if fault.after:
                        fault.after -= 1
                        return None
                    fault.times -= 1
                    return fault
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                fault = proxy._fault(self.command, self.path) or Fault(self.command, self.path)
                length = int(self.headers.get("Content-Length") or 0)
                asked = re.fullmatch("/v2/(.+)/referrers/(.+)", self.path)
                if asked and proxy.referrers is not None:
                    known = proxy.referrers.get((asked[1], asked[2]), [])
                    tree = {"schemaVersion": 2, "mediaType": INDEX, "manifests": known}
                    self._say(200, {"Content-Type": INDEX}, json.dumps(tree).encode())
                    return
                if fault.status:
                    self.rfile.read(length)
                    self._say(fault.status, fault.headers, fault.body)
                    return
                try:
                    self._forward(fault, length)
                except OSError:
                    self.close_connection = True

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _pass  # noqa: N815

            def _forward(self, fault: Fault, length: int) -> None:
                host, _colon, port = proxy.registry.host.rpartition(":")
                context = ssl.create_default_context(cafile=proxy.registry.authority)
                upstream = http.client.HTTPSConnection(host, int(port), context=context, timeout=30)
                upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() not in ("connection", "x-forwarded-proto"):
                        upstream.putheader(name, value)
                upstream.putheader("X-Forwarded-Proto", "http")
                upstream.endheaders()
                sent, self._put = 0, b""
                while sent < length:
                    block = self.rfile.read(min(BLOCK, length - sent))
                    if 0 <= fault.cut_request < sent + len(block):
                        upstream.sock.sendall(block[: fault.cut_request - sent])
                        time.sleep(0.3)  # so that the registry has seen them
                        upstream.close()
                        self._cut()
                        return
                    upstream.sock.sendall(block)
                    sent += len(block)
                    self._put += block if self.command == "PUT" and "/manifests/" in self.path else b""
                answer = upstream.getresponse()
                self._answer(fault, answer)
                upstream.close()

            def _answer(self, fault: Fault, answer: http.client.HTTPResponse) -> None:
                if fault.cut_answer == 0:
                    self._cut()
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("connection", "transfer-encoding"):
                        self.send_header(name, value)
                if answer.status == 201 and self._put and proxy.referrers is not None:
                    self.send_header("OCI-Subject", proxy._account(self.path.split("/manifests/")[0][4:], self._put))
                if answer.headers.get("Content-Length") is None:
                    self.send_header("Content-Length", "0")
                self.end_headers()
                passed = 0
                while self.command != "HEAD":
                    block = answer.read(BLOCK if not fault.slow else 1 + (answer.length or 0) // fault.slow)
                    if not block:
                        break
                    if fault.corrupt and not passed:
                        block = bytes([block[0] ^ 1]) + block[1:]
                    if 0 <= fault.cut_answer < passed + len(block):
                        self.wfile.write(block[: fault.cut_answer - passed])
                        self._cut()
                        return
                    self.wfile.write(block)
                    passed += len(block)
                    if fault.slow:
                        time.sleep(0.05)

            def _cut(self) -> None:
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True

            def _say(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it so)
                pass

        return Handler
