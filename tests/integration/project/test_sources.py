# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the controller in containers: found next to the playbook, decrypted, and never shown."""

from __future__ import annotations

import base64
import subprocess

from harness.controller import play
from harness.image import BASE
from harness.playbook import environment, run_playbook

SERVICE = {"image": BASE, "command": ["sleep", "1000"], "stop_timeout": 0}
SECRET = "correct horse battery staple"


def test_files_arrive(engine, tmp_path):
    """An encrypted one in the directory files, and a binary one of the defaults."""
    (tmp_path / "files").mkdir()
    (tmp_path / "password").write_text("vault")
    (tmp_path / "files" / "key").write_text(SECRET)
    vault = ["ansible-vault", "encrypt", "--vault-password-file", str(tmp_path / "password")]
    subprocess.run([*vault, str(tmp_path / "files" / "key")], check=True, env=environment(engine, tmp_path))
    assert SECRET not in (tmp_path / "files" / "key").read_text()
    (tmp_path / "binary").write_bytes(b"\x00\xff")
    options = {
        "name": "shop",
        "files_path": str(tmp_path / "target"),
        "defaults": {"containers": {**SERVICE, "files": [{"path": "/binary", "src": "binary"}]}},
        "containers": {"web": {"files": [{"path": "/key", "src": "key"}]}, "db": {}},
    }
    arguments = ["--vault-password-file", str(tmp_path / "password"), "-vvv", "--diff"]
    changed, errors, printed = run_playbook(engine, tmp_path, play(options), *arguments)
    assert (changed, errors) == (1, 0), printed
    assert engine.docker("exec", "web", "cat", "/key") == SECRET
    assert engine.docker("exec", "db", "od", "-An", "-tx1", "/binary").split() == ["00", "ff"]
    assert SECRET not in printed
    assert base64.b64encode(SECRET.encode()).decode() not in printed
    changed, errors, printed = run_playbook(engine, tmp_path, play(options), *arguments)
    assert (changed, errors) == (0, 0), printed
