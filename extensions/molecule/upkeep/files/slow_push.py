# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HOST:PORT CA SECONDS: push a blob in that time, its bytes in one request, as an engine with a slow line does.

Prints when its bytes were sent, and how often nobody listened when the upload was to be ended.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import ssl
import sys
import time
from typing import Mapping

STEPS = 50
USER = {"Authorization": "Basic " + base64.b64encode(b"alice:correct horse").decode()}


def main(host: str, ca: str, seconds: str) -> None:
    """Push it, or fail."""
    trust = ssl.create_default_context(cafile=ca)
    data = os.urandom(STEPS * 4096)
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    first = http.client.HTTPSConnection(host, context=trust, timeout=60)
    first.request("POST", "/v2/team/slow/blobs/uploads/", headers=USER)
    upload = location(first.getresponse(), 202)
    first.putrequest("PATCH", upload)
    headers: Mapping[str, str] = {**USER, "Content-Length": str(len(data)), "Content-Type": "application/octet-stream"}
    for name, value in headers.items():
        first.putheader(name, value)
    first.endheaders()
    for start in range(0, len(data), 4096):
        first.send(data[start : start + 4096])
        time.sleep(float(seconds) / STEPS)
    upload = location(first.getresponse(), 202)
    sent, refused = time.time(), 0
    while True:
        try:
            last = http.client.HTTPSConnection(host, context=trust, timeout=60)
            last.request("PUT", upload + "&digest=" + digest, headers=USER)
            location(last.getresponse(), 201)
            break
        except ConnectionRefusedError:
            refused += 1
            time.sleep(0.5)
    sys.stdout.write("sent at %d, then refused %d times\n" % (sent, refused))


def location(answer: http.client.HTTPResponse, status: int) -> str:
    """Where it goes on."""
    text = answer.read()
    if answer.status != status:
        raise SystemExit("the registry says %d: %s" % (answer.status, text.decode()))
    return answer.headers["Location"].split("/", 3)[3].join(("/", ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
