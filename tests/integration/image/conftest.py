# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registries on an engine's 127.0.0.1, which it trusts without TLS, and an engine with the containerd image store."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator

import pytest
from harness.engine import PATIENCE, Engine

STUB = Path(__file__).parents[1] / "harness" / "stub_registry.py"


def _serve(engine: Engine, port: int, *command: str) -> subprocess.Popen[bytes]:
    words = ["setpriv", "--pdeathsig", "TERM", "nsenter", "--net=/run/netns/" + engine.namespace, *command]
    with (engine.root / ("registry-%d.log" % port)).open("wb") as log:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            engine.exec_in_ns(["busybox", "nc", "-w", "1", "127.0.0.1", str(port), "-e", "true"])
            return process
        except AssertionError:
            assert process.poll() is None and time.monotonic() < deadline, log.name
            time.sleep(0.1)


@pytest.fixture(scope="session")
def open_registry(shared_engine: Engine) -> Iterator[str]:
    """Debian's docker-registry without users. Returns HOST:PORT."""
    configuration = shared_engine.root / "open-registry.yml"
    storage = {"filesystem": {"rootdirectory": str(shared_engine.root / "open-registry")}}
    configuration.write_text(json.dumps({"version": "0.1", "storage": storage, "http": {"addr": "127.0.0.1:5055"}}))
    process = _serve(shared_engine, 5055, "docker-registry", "serve", str(configuration))
    yield "127.0.0.1:5055"
    process.terminate()
    process.wait(PATIENCE)


@pytest.fixture(scope="session")
def stub_registry(shared_engine: Engine) -> Iterator[str]:
    """A registry with faults, see harness/stub_registry.py. Returns HOST:PORT."""
    process = _serve(shared_engine, 5056, sys.executable, str(STUB), "5056")
    yield "127.0.0.1:5056"
    process.terminate()
    process.wait(PATIENCE)
