# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check whether a GlusterFS volume can be mounted, with the first requests that the client would send to its servers.

Reads `src`, `options` and `timeout` as JSON in its argument, and prints why the volume cannot be mounted, or nothing.
The role checks this before it changes anything, so the client may not be installed, and the kernel has none. But the
first requests of the client are two ONC RPC calls (RFC 5531): for the bricks of the volume, and for the port of a
brick.
"""

from __future__ import annotations

import errno
import json
import os
import re
import socket
import struct
import sys
from pathlib import Path
from typing import NamedTuple

PORT = 24007
VOLUME_FILE = (14398633, 2, 2)  # program, version and procedure
PORT_OF_BRICK = (34123456, 1, 1)
LARGEST = 1 << 24
# Servers let in only clients that know the features of a volume. Which client it will be is not known here.
ANY_VERSION = {b"min-op-version": b"1", b"max-op-version": b"2000000000"}
TLS = Path("/var/lib/glusterd/secure-access")


class Brick(NamedTuple):
    """A part of a volume."""

    host: str
    path: str


class Refused(Exception):
    """Why a server cannot be used. The message follows the name of the server."""


def opaque(content: bytes) -> bytes:
    """Bytes in XDR (RFC 4506)."""
    return struct.pack(">I", len(content)) + content + bytes(-len(content) % 4)


def dictionary(items: dict[bytes, bytes]) -> bytes:
    """Names and texts in the format of GlusterFS."""
    pairs = (struct.pack(">ii", len(key), len(text) + 1) + key + b"\0" + text + b"\0" for key, text in items.items())
    return struct.pack(">i", len(items)) + b"".join(pairs)


def receive(client: socket.socket, size: int) -> bytes:
    """Receive `size` bytes. Raises Refused."""
    content = b""
    while len(content) < size:
        more = client.recv(size - len(content))
        if not more:
            raise Refused("the server closed the connection; it may require TLS or not allow this host")
        content += more
    return content


def call(host: str, procedure: tuple[int, int, int], arguments: bytes, timeout: int) -> bytes:
    """The answer of a server. Raises Refused."""
    request = struct.pack(">6I4I", 1, 0, 2, *procedure, 0, 0, 0, 0) + arguments
    try:
        with socket.create_connection((host, PORT), timeout) as client:
            client.sendall(struct.pack(">I", 1 << 31 | len(request)) + request)
            content, last = b"", False
            while not last:
                (mark,) = struct.unpack(">I", receive(client, 4))
                last, size = bool(mark >> 31), mark & (1 << 31) - 1
                if len(content) + size > LARGEST:
                    raise Refused("the service on port %d is not GlusterFS" % PORT)
                content += receive(client, size)
    except (socket.gaierror, UnicodeError) as error:
        raise Refused("the host name cannot be resolved: %s" % error.args[-1]) from error
    except OSError as error:
        reason = error.strerror or "no answer within %d s" % timeout
        raise Refused("port %d cannot be reached: %s" % (PORT, reason)) from error
    if len(content) < 40 or struct.unpack(">6I", content[:24]) != (1, 1, 0, 0, 0, 0):
        raise Refused("the service on port %d is not GlusterFS, or does not allow this host" % PORT)
    return content[24:]


def bricks(server: str, volume: str, timeout: int) -> list[Brick]:
    """The bricks of a volume. Raises Refused."""
    arguments = struct.pack(">I", 0) + opaque(volume.encode()) + opaque(dictionary(ANY_VERSION))
    answer = call(server, VOLUME_FILE, arguments, timeout)
    done, code = struct.unpack(">iI", answer[:8])
    if done < 0:
        reason = "the volume %s does not exist" % volume if code in (0, errno.ENOENT) else os.strerror(code)
        raise Refused(reason)
    (size,) = struct.unpack(">I", answer[8:12])
    text = answer[12 : 12 + size].decode("utf-8", "replace")
    hosts = re.findall(r"^\s*option remote-host (\S+)$", text, re.MULTILINE)
    paths = re.findall(r"^\s*option remote-subvolume (\S+)$", text, re.MULTILINE)
    return list(map(Brick, hosts, paths))


def reach(brick: Brick, timeout: int) -> None:
    """Check that a brick is running. Raises Refused."""
    answer = call(brick.host, PORT_OF_BRICK, opaque(brick.path.encode()), timeout)
    port = struct.unpack(">iiii", answer[:16])[3]
    if not port:
        raise Refused("the brick %s is not running" % brick.path)
    try:
        socket.create_connection((brick.host, port), timeout).close()
    except OSError as error:
        raise Refused("port %d of a brick cannot be reached: %s" % (port, error.strerror or "no answer")) from error


def usable(server: str, volume: str, timeout: int) -> None:
    """Check that a volume can be mounted from a server. Raises Refused."""
    reasons = []
    for brick in bricks(server, volume, timeout):
        try:
            reach(brick, timeout)
            return
        except Refused as reason:
            reasons.append("%s: %s" % (brick.host, reason))
    raise Refused(
        "no brick of the volume %s can be used; check that it is started (%s)"
        % (volume, "; ".join(dict.fromkeys(reasons)))
    )


def reason(src: str, options: str, timeout: int) -> str:
    """Why a volume cannot be mounted; empty if it can."""
    server, _colon, path = src.rpartition(":")
    volume = path.strip("/").partition("/")[0]
    if TLS.exists() or volume == "snaps":
        # Not checked: servers that require TLS, with the certificates of the client, and snapshots, whose names differ.
        return ""
    others = re.findall(r"(?:^|,)backup-?volfile-servers?=([^,]+)", options)
    reasons = []
    for one in [server, *filter(None, ":".join(others).split(":"))]:
        try:
            usable(one, volume, timeout)
            return ""
        except Refused as refused:
            reasons.append("%s: %s" % (one, refused))
    return "; ".join(reasons)


if __name__ == "__main__":
    wanted = json.loads(sys.argv[1])
    sys.stdout.write(reason(wanted["src"], wanted["options"], int(wanted["timeout"])))
