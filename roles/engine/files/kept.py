# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print what an engine keeps below ROOT, with a mapping of users if "remapped" follows and not "plain", as JSON.

With DECLARED, a third argument, also whether that is the same directory, by links or mounts, and its real name.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def kept(root: Path, remapped: bool) -> dict[str, int | bool]:
    """Numbers of things, and whether the engine is part of a swarm, which it is as long as there is that file."""
    places = sorted(root.glob("[0-9]*.[0-9]*")) if remapped else [root]

    def count(pattern: str) -> int:
        return sum(len(list(place.glob(pattern))) for place in places)

    return {
        "images": count("image/*/imagedb/content/sha256/*"),
        "containers": count("containers/*"),
        "volumes": count("volumes/*/_data"),
        "swarm": count("swarm/docker-state.json") > 0,
    }


def compared(root: Path, declared: Path) -> dict[str, str | bool]:
    """Whether a declared root is the one that is there, and how the engine will name it."""
    same = root.exists() and declared.exists() and root.samefile(declared)
    return {"same": same, "real": os.path.realpath(str(declared))}


def main(root: str, mapping: str = "plain", declared: str = "") -> dict[str, Any]:
    """The answer."""
    found: dict[str, Any] = kept(Path(root), mapping == "remapped")
    return {**found, **compared(Path(root), Path(declared))} if declared else found


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout)
