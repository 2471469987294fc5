# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the interfaces that a plugin implements. The argument is its address, unix:///PATH or tcp://HOST:PORT."""

from __future__ import annotations

import http.client
import json
import socket
import sys


def main(address: str) -> None:
    """Send the same request as the engine."""
    kind, _slashes, place = address.partition("://")
    connection = http.client.HTTPConnection(place if kind == "tcp" else "localhost", timeout=10)
    if kind == "unix":
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(10)
        connection.sock.connect(place)
    connection.request("POST", "/Plugin.Activate", "{}", {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    sys.stdout.write(" ".join(answer["Implements"]))


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as error:
        sys.exit("%s: %s" % (sys.argv[1], error or type(error).__name__))
