# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until PORT has had no connections for some seconds, but at most LIMIT seconds. Does not require iproute2."""

from __future__ import annotations

import sys
import time
from pathlib import Path

QUIET = 3  # seconds: an engine makes a new connection for each request, and there may be none for a moment
ESTABLISHED = "01"


def connections(port: int, root: str = "/proc/net") -> int:
    """The number of established connections to a port. Connections within the machine count once."""
    found = 0
    for table in Path(root).glob("tcp*"):
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            found += fields[3] == ESTABLISHED and int(fields[1].split(":")[1], 16) == port
    return found


def main(port: str, limit: str) -> None:
    """Print the number of connections that are still open."""
    now = time.monotonic()
    deadline, last = now + int(limit), now if connections(int(port)) else now - QUIET
    count = connections(int(port))
    while now < deadline and (count or now - last < QUIET):
        time.sleep(0.2)
        now, count = time.monotonic(), connections(int(port))
        last = now if count else last
    sys.stdout.write("%d\n" % count)


if __name__ == "__main__":
    main(*sys.argv[1:])
