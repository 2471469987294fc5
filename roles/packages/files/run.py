# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run commands of a package manager, prevent services from starting meanwhile, and record the installed packages.

Reads the commands as JSON in its argument. Continues to the end even if Ansible or its connection is killed, because an
interrupted package manager leaves packages unconfigured.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_MARK = "# By slipway.docker.packages."
# The policy prevents services from starting only while the process that wrote it is running. It identifies the process
# by its ID and start time, so a file left behind by a killed run has no effect.
POLICY_TEXT = """#!/bin/sh
{mark}
# Prevents services from starting while process {pid} installs packages. Has no effect without that process.
! grep -qs ' {started} ' /proc/{pid}/stat || exit 101
"""
LOCKED = re.compile(r"(Could not get|Unable to acquire the dpkg frontend) lock")
PATIENCE = 120.0


def run(argv: list[str], patience: float = PATIENCE) -> subprocess.CompletedProcess[str]:
    """Run a command. Retries while another program has the locks of apt, because apt does not wait for all of them."""
    deadline = time.monotonic() + patience
    while True:
        done = subprocess.run(
            argv, check=False, capture_output=True, text=True, errors="replace", start_new_session=True
        )
        if done.returncode == 0 or not LOCKED.search(done.stderr) or time.monotonic() > deadline:
            return done
        time.sleep(min(2.0, patience))


def write(path: Path, text: str, mode: int) -> None:
    """Write a file atomically."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=path.name, dir=str(path.parent))
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).chmod(mode)
    Path(name).replace(path)


class Policy:
    """Prevents services from starting, unless the host has its own policy."""

    def __init__(self) -> None:
        started = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]  # in clock ticks since boot
        self.text = POLICY_TEXT.format(mark=POLICY_MARK, pid=os.getpid(), started=started)

    def __enter__(self) -> Policy:
        if not POLICY.exists() or POLICY_MARK in POLICY.read_text(errors="replace").splitlines():
            write(POLICY, self.text, 0o755)
        return self

    def __exit__(self, *_error: object) -> None:
        if POLICY.exists() and POLICY.read_text(errors="replace") == self.text:
            POLICY.unlink()


def listed(argv: list[str]) -> set[str]:
    """The installed packages."""
    return set(re.findall(r"^.i. (\S+)$", run(argv).stdout, re.MULTILINE))


def note(path: Path, names: set[str]) -> None:
    """Record the packages that the role has installed."""
    write(path, "\n".join(sorted(names)) + "\n", 0o644)


def install(wanted: dict[str, Any]) -> int:
    """Run commands until one fails. Writes the record before and after. Returns the status of the last command."""
    before, came, path = listed(wanted["list"]), set(wanted["came"]), Path(wanted["note"])
    # Written before, so packages installed by a killed run are recorded, too.
    note(path, came | set(wanted["coming"]) - before)
    status = commands(wanted["commands"])
    # apt releases the hold of packages that it changes.
    held = "".join("%s hold\n" % name for name in wanted["held"])
    if held:
        subprocess.run(["dpkg", "--set-selections"], check=False, input=held, text=True)
    after = listed(wanted["list"])
    note(path, after - before | came & after)
    return status


def commands(argvs: list[list[str]]) -> int:
    """Run commands until one fails. Returns the status of the last command."""
    status = 0
    for argv in argvs:
        done = run(argv)
        sys.stdout.write(done.stdout)
        sys.stderr.write(done.stderr)
        status = done.returncode
        if status:
            break
    return status


def main() -> int:
    """Run the commands."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    wanted = json.loads(sys.argv[1])
    if not wanted.get("note"):
        return commands(wanted["commands"])
    with Policy() if wanted["hold_services"] else contextlib.nullcontext():
        return install(wanted)


if __name__ == "__main__":
    sys.exit(main())
