# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role looks at on a host."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

LOOK = Path(__file__).parents[4] / "roles" / "engine" / "files" / "look.py"


def test_what_is_there(tmp_path: Path) -> None:
    """Paths without what is in them, files with it, and nothing of what is not there or no file."""
    read, kept, gone = tmp_path / "daemon.json", tmp_path / "dockerd", tmp_path / "gone"
    read.write_bytes(b'{"icc": false}\xff')
    kept.write_text("program")
    arguments = [json.dumps([str(tmp_path), str(kept), str(gone)]), json.dumps([str(read), str(gone), str(tmp_path)])]
    shown = subprocess.run([sys.executable, LOOK, *arguments], check=True, capture_output=True).stdout
    expected = {str(tmp_path): "", str(kept): "", str(read): b64encode(b'{"icc": false}\xff').decode()}
    assert json.loads(shown) == expected
