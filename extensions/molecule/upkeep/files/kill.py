# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WORD ...: kill the processes that have one of these in their command lines. Fails if there is none."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

found = [
    int(line.parent.name)
    for line in Path("/proc").glob("[0-9]*/cmdline")
    if int(line.parent.name) != os.getpid() and {*sys.argv[1:]} & {*line.read_bytes().decode().split("\0")}
]
for process in found:
    os.kill(process, signal.SIGKILL)
sys.exit(not found)
