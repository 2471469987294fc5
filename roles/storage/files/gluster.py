# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a volume of GlusterFS can be mounted: asks its servers what the client would ask them.

Reads `src`, `options` and `timeout` as JSON in its argument, and prints why it cannot be, or nothing. The kernel has no
client of GlusterFS, and the package with one is not here before something changes, so that there is nothing to try a
mount with. But the first questions of the client are two calls of ONC RPC (RFC 5531): what the volume is made of, and
at which port a brick of it is.
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
    """Why it cannot be, to follow the name of a server."""


def opaque(content: bytes) -> bytes:
    """Bytes as XDR has them (RFC 4506)."""
    return struct.pack(">I", len(content)) + content + bytes(-len(content) % 4)


def dictionary(items: dict[bytes, bytes]) -> bytes:
    """Names and texts as GlusterFS has them."""
    pairs = (struct.pack(">ii", len(key), len(text) + 1) + key + b"\0" + text + b"\0" for key, text in items.items())
    return struct.pack(">i", len(items)) + b"".join(pairs)


def receive(client: socket.socket, size: int) -> bytes:
    """So many bytes. Raises Refused."""
    content = b""
    while len(content) < size:
        more = client.recv(size - len(content))
        if not more:
            raise Refused("it ends the connection, and may want TLS or other clients")
        content += more
    return content


def call(host: str, procedure: tuple[int, int, int], arguments: bytes, timeout: int) -> bytes:
    """What a server answers. Raises Refused."""
    request = struct.pack(">6I4I", 1, 0, 2, *procedure, 0, 0, 0, 0) + arguments
    try:
        with socket.create_connection((host, PORT), timeout) as client:
            client.sendall(struct.pack(">I", 1 << 31 | len(request)) + request)
            content, last = b"", False
            while not last:
                (mark,) = struct.unpack(">I", receive(client, 4))
                last, size = bool(mark >> 31), mark & (1 << 31) - 1
                if len(content) + size > LARGEST:
                    raise Refused("what answers at port %d is no server of GlusterFS" % PORT)
                content += receive(client, size)
    except (socket.gaierror, UnicodeError) as error:
        raise Refused("its name cannot be resolved: %s" % error.args[-1]) from error
    except OSError as error:
        reason = error.strerror or "no answer within %d s" % timeout
        raise Refused("port %d cannot be reached: %s" % (PORT, reason)) from error
    if len(content) < 40 or struct.unpack(">6I", content[:24]) != (1, 1, 0, 0, 0, 0):
        raise Refused("what answers at port %d is no server of GlusterFS, or lets this host not in" % PORT)
    return content[24:]


def bricks(server: str, volume: str, timeout: int) -> list[Brick]:
    """What a volume is made of. Raises Refused."""
    arguments = struct.pack(">I", 0) + opaque(volume.encode()) + opaque(dictionary(ANY_VERSION))
    answer = call(server, VOLUME_FILE, arguments, timeout)
    done, code = struct.unpack(">iI", answer[:8])
    if done < 0:
        reason = "it has no volume %s" % volume if code in (0, errno.ENOENT) else os.strerror(code)
        raise Refused(reason)
    (size,) = struct.unpack(">I", answer[8:12])
    text = answer[12 : 12 + size].decode("utf-8", "replace")
    hosts = re.findall(r"^\s*option remote-host (\S+)$", text, re.MULTILINE)
    paths = re.findall(r"^\s*option remote-subvolume (\S+)$", text, re.MULTILINE)
    return list(map(Brick, hosts, paths))


def reach(brick: Brick, timeout: int) -> None:
    """Nothing, if a brick runs. Raises Refused."""
    answer = call(brick.host, PORT_OF_BRICK, opaque(brick.path.encode()), timeout)
    port = struct.unpack(">iiii", answer[:16])[3]
    if not port:
        raise Refused("the brick %s does not run there" % brick.path)
    try:
        socket.create_connection((brick.host, port), timeout).close()
    except OSError as error:
        raise Refused("port %d of a brick cannot be reached: %s" % (port, error.strerror or "no answer")) from error


def usable(server: str, volume: str, timeout: int) -> None:
    """Nothing, if a volume can be mounted from a server. Raises Refused."""
    reasons = []
    for brick in bricks(server, volume, timeout):
        try:
            reach(brick, timeout)
            return
        except Refused as reason:
            reasons.append("%s: %s" % (brick.host, reason))
    raise Refused("no brick of %s can be used; is it started? %s" % (volume, "; ".join(dict.fromkeys(reasons))))


def reason(src: str, options: str, timeout: int) -> str:
    """Why a volume cannot be mounted; empty if it can."""
    server, _colon, path = src.rpartition(":")
    volume = path.strip("/").partition("/")[0]
    if TLS.exists() or volume == "snaps":
        # Servers that speak TLS only, with certificates that are the client's business; and snapshots, which are named
        # in another way.
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
