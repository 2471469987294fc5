# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PATHS FILES [ASKED]: print which of PATHS exist, and the contents of FILES in base64. All arguments are JSON.

PATHS and FILES are lists. The output is a dictionary from paths to contents, which are empty for PATHS. One task reads
all of them, because a task per file would take much longer.

With ASKED, the output is {"there": that dictionary, ...} with information about the engine. ASKED has `pid_file`,
`socket`, `config` and `note` (paths), `good` (those of FILES that the engine reads, with their modes) and `units`. With
`"do": "note"`, the current files are recorded first as those that the engine runs with. With `"do": "restore"`, the
recorded files are restored first; so their contents, which may be secret, do not leave the host.
"""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

Contents = Dict[str, Any]  # by path: the text in base64, or None if there is no file
UNITS = (Path("/etc/systemd/system"), Path("/run/systemd/system"))


def look(paths: list[str], files: list[str]) -> dict[str, str]:
    """The existing paths, with the contents of files."""
    found = {path: "" for path in paths if Path(path).exists()}
    found.update({path: base64.b64encode(Path(path).read_bytes()).decode() for path in files if Path(path).is_file()})
    return found


def running(pid_file: Path) -> int:
    """The process ID of a running engine, or 0."""
    try:
        pid = int(pid_file.read_text())
        return pid if Path("/proc/%d/comm" % pid).read_text().strip() == "dockerd" else 0
    except (OSError, ValueError):
        return 0


def note_of(path: Path) -> Contents | None:
    """The recorded files that the engine ran with; None if there is no valid record."""
    try:
        noted = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return noted if isinstance(noted, dict) else None


def runs_with(present: Contents, noted: Contents | None, pid: int, pid_file: Path) -> Contents | None:
    """The files that the engine runs with, or ran with last; None if that is not known.

    The engine does not run with files written after its start, unless the role has reloaded it. The ctime of a file
    also changes when the file is moved to its place.
    """
    if noted == present:
        return present
    times = [Path(path).stat().st_ctime for path, content in present.items() if content is not None]
    if pid and max(times, default=0.0) <= pid_file.stat().st_mtime:
        return present
    return noted


def write(path: Path, content: bytes, mode: int) -> None:
    """Write a file atomically. It may contain a password."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    new = path.with_name(path.name + ".slipway-new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(str(new), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    new.chmod(mode)
    new.replace(path)


def restore(noted: Contents, modes: dict[str, str]) -> None:
    """Restore files from the record."""
    for path, content in noted.items():
        if content is not None:
            write(Path(path), base64.b64decode(content), int(modes[path], 8))
        elif Path(path).exists():
            Path(path).unlink()


def hosts_of(pid: int, config: str | None) -> list[str]:
    """The addresses on which an engine listens, from its command line and its daemon.json (in base64)."""
    argv = Path("/proc/%d/cmdline" % pid).read_bytes().decode(errors="replace")
    found = re.findall(r"\0(?:-H|--host)[=\0]([^\0]*)", argv)
    try:
        return found + list(map(str, json.loads(base64.b64decode(config or ""))["hosts"]))
    except (ValueError, KeyError, TypeError):
        return found


def answers(path: str) -> bool:
    """Whether a process listens on a socket."""
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(10)
        try:
            one.connect(path)
        except OSError:
            return False
    return True


def socket_state(path: str, pid: int, config: str | None) -> str:
    """The state of systemd's socket: `own` if the engine has replaced it with its own, `lost` if its file is missing.

    systemd continues to listen on a socket without a file, and would pass it to the next engine. A stopped engine is
    not queried, because that would start it.
    """
    if pid:
        if not answers(path):
            return "lost"
        return "" if any(host.startswith("fd:") for host in hosts_of(pid, config)) else "own"
    return "lost" if not Path(path).exists() and listens("docker.socket") else ""


def listens(unit: str) -> bool:
    """Whether systemd listens for a unit."""
    if not Path("/run/systemd/system").is_dir():
        return False
    return subprocess.run(["systemctl", "--quiet", "is-active", unit], check=False).returncode == 0


def masked(units: list[str]) -> list[str]:
    """The masked ones of these units."""
    return [unit for unit in units if any(is_masked(place / unit) for place in UNITS)]


def is_masked(path: Path) -> bool:
    """A unit is masked by a link to nothing, or by an empty file."""
    return os.path.realpath(str(path)) == os.devnull or path.is_file() and path.stat().st_size == 0


def engine(asked: dict[str, Any], there: dict[str, str]) -> dict[str, Any]:
    """Information about the engine."""
    note, pid_file = Path(asked["note"]), Path(asked["pid_file"])
    present: Contents = {path: there.get(path) for path in asked["good"]}
    if asked.get("do") == "note":
        write(note, json.dumps(present).encode(), 0o600)
    pid, noted = running(pid_file), note_of(note)
    good = runs_with(present, noted, pid, pid_file)
    config = (good or present).get(asked["config"])
    return {
        "good": good,
        "noted": noted == present,
        "current": good == present,
        "runs": pid > 0,
        "socket": socket_state(asked["socket"], pid, config),
        "masked": masked(asked["units"]),
    }


def main(paths: str, files: str, asked: str = "") -> Any:
    """The result of the command line."""
    wanted = json.loads(asked or "{}")
    if wanted.get("do") == "restore":
        restore(note_of(Path(wanted["note"])) or {}, wanted["good"])
    there = look(json.loads(paths), json.loads(files))
    return {"there": there, **engine(wanted, there)} if wanted else there


if __name__ == "__main__":
    try:
        json.dump(main(*sys.argv[1:]), sys.stdout)
    except OSError as error:
        sys.exit(str(error))
