# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print which of PATHS are there, and what is in FILES, in base64: both are lists in JSON, and so is the answer.

A path that is there and is not to be read has nothing in it. One task for each of them would take the time of each.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path


def look(paths: list[str], files: list[str]) -> dict[str, str]:
    """What is there, by its path."""
    found = {path: "" for path in paths if Path(path).exists()}
    found.update({path: base64.b64encode(Path(path).read_bytes()).decode() for path in files if Path(path).is_file()})
    return found


if __name__ == "__main__":
    json.dump(look(*map(json.loads, sys.argv[1:])), sys.stdout)
