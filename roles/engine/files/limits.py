# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check default-ulimits (JSON) on this host. Prints a line for each limit that a process cannot have."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path


def problem(name: str, soft: int, hard: int) -> str:
    """A sentence about an invalid limit, or an empty string. The kernel limits open files even for root."""
    number = getattr(resource, "RLIMIT_" + name.upper(), None)
    if number is None:
        return "%s is not a limit that this host supports" % name
    if hard >= 0 and not 0 <= soft <= hard:
        return "%s has a soft limit of %d, above its hard limit of %d" % (name, soft, hard)
    has = resource.getrlimit(number)[1]
    try:
        resource.setrlimit(number, (soft, hard))
    except (OSError, ValueError):
        bound = "%d" % has if has >= 0 else "unlimited"
        if name == "nofile":
            bound += " (kernel: %s)" % Path("/proc/sys/fs/nr_open").read_text(encoding="ascii").strip()
        return "%s has a hard limit of %d, above the hard limit of this host, which is %s" % (name, hard, bound)
    return ""


def main(text: str) -> None:
    """Print the problems. Soft and Hard default to 0, as in the engine."""
    found = [
        problem(limit.get("Name", key), limit.get("Soft", 0), limit.get("Hard", 0))
        for key, limit in json.loads(text).items()
    ]
    sys.stdout.write("\n".join(filter(None, found)))


if __name__ == "__main__":
    main(sys.argv[1])
