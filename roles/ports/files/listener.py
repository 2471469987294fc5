# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ADDRESS PORT PROGRAM[:PROGRAM ...] [WORD ...]: print which processes listen on a port, except the service itself.

A process belongs to the service if it runs one of the PROGRAMs with all of the WORDs as arguments. Requires root and
Linux, but not iproute2.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

ANY = {"0.0.0.0", "::"}
LISTENING = "0A"


def address_of(text: str) -> str:
    """An address. In /proc/net it consists of 32-bit words in the byte order of this machine."""
    words = [int(text[start : start + 8], 16).to_bytes(4, sys.byteorder) for start in range(0, len(text), 8)]
    return socket.inet_ntop(socket.AF_INET if len(words) == 1 else socket.AF_INET6, b"".join(words))


def sockets(address: str, port: int) -> set[str]:
    """The sockets that occupy the port, as the links in /proc name them."""
    found = set()
    for table in Path("/proc/net").glob("tcp*"):
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            host, number = fields[1].split(":")
            if fields[3] == LISTENING and int(number, 16) == port:
                have = address_of(host)
                if have == address or ANY & {have, address}:
                    found.add("socket:[%s]" % fields[9])
    return found


def target(link: Path) -> str:
    """The target of a link; empty if it is gone. Python 3.8 has no Path.readlink."""
    try:
        return os.readlink(link)  # noqa: PTH115
    except OSError:
        return ""


def holders(wanted: set[str], own: list[str]) -> list[str]:
    """The processes that have one of the sockets open, except the service itself."""
    found, seen = [], False
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if not any(target(link) in wanted for link in (process / "fd").iterdir()):
                continue
            words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:  # the process has ended
            continue
        seen = True
        name = target(process / "exe").replace(" (deleted)", "")
        if name not in own[0].split(":") or not set(own[1:]) <= set(words[1:]):
            found.append("%s (process %s)" % (name, process.name))
    return sorted(found) if seen else ["a process of another PID namespace"]


def main(address: str, port: str, *own: str) -> None:
    """Print the processes, or nothing if the port is free or used only by the service itself."""
    held = sockets(address, int(port))
    sys.stdout.write(", ".join(holders(held, list(own)) if held else []))


if __name__ == "__main__":
    main(*sys.argv[1:])
