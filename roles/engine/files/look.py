# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print which of PATHS are there, and what is in FILES, in base64: both are lists in JSON, and so is the answer.

A path that is there and is not to be read has nothing in it. One task for each of them would take the time of each.

With ASKED, a third argument, the answer is {"there": that, ...} with what is to be known of the engine, too. It has
`pid_file`, `socket`, `config` and `note` (paths), `good` (those of FILES that the engine reads, with their modes) and
`units`. With `"do": "note"` the note is written first: the engine runs with the files as they are. With
`"do": "restore"` the files of the note are put back first, so that nothing in them leaves the host for that.
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

Contents = Dict[str, Any]  # the text in base64, or None
UNITS = (Path("/etc/systemd/system"), Path("/run/systemd/system"))


def look(paths: list[str], files: list[str]) -> dict[str, str]:
    """What is there, by its path."""
    found = {path: "" for path in paths if Path(path).exists()}
    found.update({path: base64.b64encode(Path(path).read_bytes()).decode() for path in files if Path(path).is_file()})
    return found


def running(pid_file: Path) -> int:
    """The process of an engine that runs, or 0."""
    try:
        pid = int(pid_file.read_text())
        return pid if Path("/proc/%d/comm" % pid).read_text().strip() == "dockerd" else 0
    except (OSError, ValueError):
        return 0


def note_of(path: Path) -> Contents | None:
    """The files that the engine was seen to run with, or nothing if that is not known."""
    try:
        noted = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return noted if isinstance(noted, dict) else None


def runs_with(present: Contents, noted: Contents | None, pid: int, pid_file: Path) -> Contents | None:
    """The files that the engine runs with, or ran with last; nothing if nobody has seen it run with any.

    What was written after its start is not what it runs with, unless the role had it read that. A time of change also
    tells when a file was moved to its place.
    """
    if noted == present:
        return present
    times = [Path(path).stat().st_ctime for path, content in present.items() if content is not None]
    if pid and max(times, default=0.0) <= pid_file.stat().st_mtime:
        return present
    return noted


def write(path: Path, content: bytes, mode: int) -> None:
    """Write a file as a whole, which may have a password in it."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    new = path.with_name(path.name + ".slipway-new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(str(new), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    new.chmod(mode)
    new.replace(path)


def restore(noted: Contents, modes: dict[str, str]) -> None:
    """Put files back as they were noted."""
    for path, content in noted.items():
        if content is not None:
            write(Path(path), base64.b64decode(content), int(modes[path], 8))
        elif Path(path).exists():
            Path(path).unlink()


def hosts_of(pid: int, config: str | None) -> list[str]:
    """Where an engine listens, by its command line, or else by its daemon.json (in base64)."""
    argv = Path("/proc/%d/cmdline" % pid).read_bytes().decode(errors="replace")
    found = re.findall(r"\0(?:-H|--host)[=\0]([^\0]*)", argv)
    try:
        return found + list(map(str, json.loads(base64.b64decode(config or ""))["hosts"]))
    except (ValueError, KeyError, TypeError):
        return found


def answers(path: str) -> bool:
    """Whether somebody listens on a socket."""
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(10)
        try:
            one.connect(path)
        except OSError:
            return False
    return True


def socket_state(path: str, pid: int, config: str | None) -> str:
    """How systemd's socket is: `own` if the engine has put one of its own in its place, `lost` if that is gone.

    systemd goes on to listen on a socket that has no name any more, which it would hand to the next engine. An engine
    that does not run is not asked, because that would start it.
    """
    if pid:
        if not answers(path):
            return "lost"
        return "" if any(host.startswith("fd:") for host in hosts_of(pid, config)) else "own"
    return "lost" if not Path(path).exists() and listens("docker.socket") else ""


def listens(unit: str) -> bool:
    """Whether systemd listens for this unit."""
    if not Path("/run/systemd/system").is_dir():
        return False
    return subprocess.run(["systemctl", "--quiet", "is-active", unit], check=False).returncode == 0


def masked(units: list[str]) -> list[str]:
    """Which of these units systemd does not start for anybody."""
    return [unit for unit in units if any(is_masked(place / unit) for place in UNITS)]


def is_masked(path: Path) -> bool:
    """A unit is masked by a link to nothing, or by an empty file."""
    return os.path.realpath(str(path)) == os.devnull or path.is_file() and path.stat().st_size == 0


def engine(asked: dict[str, Any], there: dict[str, str]) -> dict[str, Any]:
    """What is to be known of the engine besides."""
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
    """The answer."""
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
