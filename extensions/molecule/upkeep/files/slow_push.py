# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HOST:PORT CA SECONDS: push a blob with a request that does not end before the registry takes no new connections.

It waits for that as long as these seconds. Then it ends the upload in a new connection, as engines do, and tries again
where that is refused. Prints how often it was.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import socket
import ssl
import sys
import time
from typing import Mapping

SIZE = 200_000
USER = {"Authorization": "Basic " + base64.b64encode(b"alice:correct horse").decode()}


def main(host: str, ca: str, seconds: str) -> None:
    """Push it, or fail."""
    trust = ssl.create_default_context(cafile=ca)
    data = os.urandom(SIZE)
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    first = http.client.HTTPSConnection(host, context=trust, timeout=60)
    first.request("POST", "/v2/team/slow/blobs/uploads/", headers=USER)
    upload = location(first.getresponse(), 202)
    first.putrequest("PATCH", upload)
    headers: Mapping[str, str] = {**USER, "Content-Length": str(len(data)), "Content-Type": "application/octet-stream"}
    for name, value in headers.items():
        first.putheader(name, value)
    first.endheaders()
    first.send(data[:-1])
    deadline = time.monotonic() + float(seconds)
    while time.monotonic() < deadline and listens(host):
        time.sleep(0.5)
    first.send(data[-1:])
    upload = location(first.getresponse(), 202)
    refused = 0
    while True:
        try:
            last = http.client.HTTPSConnection(host, context=trust, timeout=60)
            last.request("PUT", upload + "&digest=" + digest, headers=USER)
            location(last.getresponse(), 201)
            break
        except ConnectionRefusedError:
            refused += 1
            time.sleep(0.5)
    sys.stdout.write("refused %d times\n" % refused)


def listens(host: str) -> bool:
    """Whether it takes a connection."""
    name, _colon, port = host.rpartition(":")
    try:
        socket.create_connection((name, int(port)), timeout=10).close()
        return True
    except ConnectionRefusedError:
        return False


def location(answer: http.client.HTTPResponse, status: int) -> str:
    """Where it goes on."""
    text = answer.read()
    if answer.status != status:
        raise SystemExit("the registry says %d: %s" % (answer.status, text.decode()))
    return "/" + answer.headers["Location"].split("/", 3)[3]


if __name__ == "__main__":
    main(*sys.argv[1:])
