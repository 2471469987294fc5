# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the commands of a package manager, keep services from being started meanwhile, and note which packages came.

Reads what to do as JSON in its argument. Once begun it goes on to its end, also when Ansible or its connection is
killed: a package manager that is interrupted leaves packages that are not configured.
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
# The policy keeps services from being started only while the process that wrote it runs, which is known by its number
# and by when it was started, so that a file that a killed run has left does no harm.
POLICY_TEXT = """#!/bin/sh
{mark}
# No service starts while process {pid} installs packages. Without that process, all may start.
! grep -qs ' {started} ' /proc/{pid}/stat || exit 101
"""
LOCKED = re.compile(r"(Could not get|Unable to acquire the dpkg frontend) lock")
PATIENCE = 120.0


def run(argv: list[str], patience: float = PATIENCE) -> subprocess.CompletedProcess[str]:
    """Run a command, again for as long as another program has apt's locks, not all of which apt waits for itself."""
    deadline = time.monotonic() + patience
    while True:
        done = subprocess.run(
            argv, check=False, capture_output=True, text=True, errors="replace", start_new_session=True
        )
        if done.returncode == 0 or not LOCKED.search(done.stderr) or time.monotonic() > deadline:
            return done
        time.sleep(min(2.0, patience))


def write(path: Path, text: str, mode: int) -> None:
    """Write a file so that it is there as a whole or not at all."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=path.name, dir=str(path.parent))
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).chmod(mode)
    Path(name).replace(path)


class Policy:
    """What keeps services from being started, unless the host has a policy of its own."""

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
    """The packages that are installed."""
    return set(re.findall(r"^.i. (\S+)$", run(argv).stdout, re.MULTILINE))


def note(path: Path, names: set[str]) -> None:
    """Note which packages came."""
    write(path, "\n".join(sorted(names)) + "\n", 0o644)


def install(wanted: dict[str, Any]) -> int:
    """Run the commands until one fails, with the note before and after them. Returns the status of the last one."""
    before, came, path = listed(wanted["list"]), set(wanted["came"]), Path(wanted["note"])
    # So that those of a run that is killed are known, too.
    note(path, came | set(wanted["coming"]) - before)
    status = commands(wanted["commands"])
    # What apt changes of these is on hold no more.
    held = "".join("%s hold\n" % name for name in wanted["held"])
    if held:
        subprocess.run(["dpkg", "--set-selections"], check=False, input=held, text=True)
    after = listed(wanted["list"])
    note(path, after - before | came & after)
    return status


def commands(argvs: list[list[str]]) -> int:
    """Run commands until one fails. Returns the status of the last one."""
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
    """Do what is wanted."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    wanted = json.loads(sys.argv[1])
    if not wanted.get("note"):
        return commands(wanted["commands"])
    with Policy() if wanted["hold_services"] else contextlib.nullcontext():
        return install(wanted)


if __name__ == "__main__":
    sys.exit(main())
