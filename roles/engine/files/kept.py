# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ROOT [plain|remapped] [DECLARED]: print, as JSON, how much data an engine stores below ROOT.

With DECLARED, also whether that is the same directory through links or mounts, and its path with links resolved.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def kept(root: Path, remapped: bool) -> dict[str, int | bool]:
    """The numbers of images, containers and volumes, and whether the engine is part of a swarm."""
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
    """Whether a declared root is the same directory as the current one, and its path as the engine reports it."""
    same = root.exists() and declared.exists() and root.samefile(declared)
    return {"same": same, "real": os.path.realpath(str(declared))}


def main(root: str, mapping: str = "plain", declared: str = "") -> dict[str, Any]:
    """The result of the command line."""
    found: dict[str, Any] = kept(Path(root), mapping == "remapped")
    return {**found, **compared(Path(root), Path(declared))} if declared else found


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout)
