# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command and measures it and its descendants."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from typing import Mapping, NamedTuple

# A small process in between, because the peak memory of a process includes that of the process that forked it. As a
# subreaper (prctl 36) it also accounts for descendants whose parents did not wait for them.
METER = """
import ctypes, os, resource, subprocess, sys, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
began = time.perf_counter()
code = subprocess.call(sys.argv[2:])
wall = time.perf_counter() - began
try:
    while os.waitpid(-1, os.WNOHANG)[0]:
        pass
except ChildProcessError:
    pass
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss, file=file)
sys.exit(code)
"""


class Failed(Exception):
    """A measured command has failed. The message has its output."""


@dataclass(frozen=True)
class Command:
    """A command, its standard input and its whole environment."""

    words: tuple[str, ...]
    stdin: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)


class Cost(NamedTuple):
    """What a command took, including its descendants."""

    wall: float  # seconds
    busy: float  # seconds of processor time, user and system
    peak: int  # bytes of memory of the largest process


def measure(command: Command) -> tuple[Cost, str]:
    """The cost and the standard output of a command. Raises Failed."""
    with tempfile.NamedTemporaryFile(mode="r", prefix="slipway-meter-") as report:
        done = subprocess.run(
            [sys.executable, "-S", "-c", METER, report.name, *command.words],
            input=command.stdin,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.defpath + ":/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", **command.environ},
        )
        if done.returncode:
            raise Failed("%s\n%s%s" % (" ".join(command.words), done.stdout[-3000:], done.stderr[-3000:]))
        wall, busy, peak = report.read().split()
    return Cost(float(wall), float(busy), int(peak) * 1024), done.stdout
