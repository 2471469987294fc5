# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The raw limit: the Engine calls that the work consists of, and nothing else, eight at a time.

A program for the Python of a target, without imports from here. On standard input it expects the path of the engine's
socket, an action, the bodies of all containers by name, and the name of the container that the action "change"
replaces.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

WIDTH = 8
LOCAL = threading.local()


def call(path: str, method: str, target: str, body: Any = None) -> Any:
    """Call the engine on the connection of this thread, and return its answer."""
    connection = getattr(LOCAL, "connection", None)
    if connection is None:
        connection = LOCAL.connection = HTTPConnection("engine")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(path)
    data = None if body is None else json.dumps(body)
    connection.request(method, "/v1.41" + target, data, {"Content-Type": "application/json"} if data else {})
    response = connection.getresponse()
    said = response.read()
    if response.status not in (200, 201, 204):
        raise SystemExit("%s %s: %d %s" % (method, target, response.status, said.decode()))
    return json.loads(said) if said else None


def main() -> None:
    """Do what standard input says."""
    given = json.load(sys.stdin)
    engine, action, bodies = given["socket"], given["action"], given["bodies"]

    def create(name: str) -> None:
        made = call(engine, "POST", "/containers/create?name=" + name, bodies[name])
        call(engine, "POST", "/containers/%s/start" % made["Id"])

    def inspect(name: str) -> None:
        call(engine, "GET", "/containers/%s/json" % name)

    def remove(name: str) -> None:
        call(engine, "POST", "/containers/%s/stop" % name)
        call(engine, "DELETE", "/containers/%s?v=1" % name)

    with ThreadPoolExecutor(WIDTH) as pool:
        if action in ("unchanged", "change"):
            call(engine, "GET", "/containers/json?all=1")
            list(pool.map(inspect, bodies))
        if action == "change":
            remove(given["changed"])
            create(given["changed"])
        elif action in ("create", "remove"):
            list(pool.map(create if action == "create" else remove, bodies))


main()
