# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print what an engine keeps below ROOT, with a mapping of users if "remapped" follows, as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path


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


if __name__ == "__main__":
    json.dump(kept(Path(sys.argv[1]), "remapped" in sys.argv[2:]), sys.stdout)
