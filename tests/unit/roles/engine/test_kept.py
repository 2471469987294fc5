# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of how the role reads the data directory of an engine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parents[4] / "roles" / "engine" / "files" / "kept.py"
NOTHING = {"images": 0, "containers": 0, "volumes": 0, "swarm": False}


def seen(*arguments: str) -> Any:
    """The output of the program."""
    return json.loads(subprocess.run([sys.executable, KEPT, *arguments], check=True, capture_output=True).stdout)


def engine(root: Path) -> None:
    """Create files as an engine does below its root."""
    for name in ("image/overlay2/imagedb/content/sha256/aa", "volumes/metadata.db", "swarm/docker-state.json"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    for name in ("containers/one", "containers/two", "volumes/data/_data", "image/overlay2/layerdb/sha256/bb"):
        (root / name).mkdir(parents=True)


def test_images_containers_and_volumes_are_counted(tmp_path: Path) -> None:
    engine(tmp_path)
    assert seen(str(tmp_path)) == {"images": 1, "containers": 2, "volumes": 1, "swarm": True}
    assert seen(str(tmp_path), "remapped") == NOTHING


def test_data_of_remapped_users_is_counted(tmp_path: Path) -> None:
    engine(tmp_path / "100000.100000")
    assert seen(str(tmp_path)) == NOTHING
    assert seen(str(tmp_path), "remapped") == {"images": 1, "containers": 2, "volumes": 1, "swarm": True}


def test_a_link_to_the_declared_root_is_the_same(tmp_path: Path) -> None:
    """Also the other way round, but not if the directory does not exist yet."""
    real, link = tmp_path / "srv", tmp_path / "lib"
    engine(real)
    link.symlink_to(real)
    expected = {"images": 1, "containers": 2, "volumes": 1, "swarm": True, "same": True, "real": str(real)}
    assert seen(str(link), "plain", str(real)) == expected
    assert seen(str(real), "plain", str(link)) == expected
    assert seen(str(real), "plain", str(tmp_path)) == {**expected, "same": False, "real": str(tmp_path)}
    assert seen(str(tmp_path / "no"), "plain", str(tmp_path / "no"))["same"] is False


def test_a_missing_root_has_no_data(tmp_path: Path) -> None:
    assert seen(str(tmp_path / "nowhere")) == NOTHING
