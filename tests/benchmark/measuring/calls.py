# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the calls that an engine receives, from its debug log."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from contextlib import contextmanager
from typing import Callable, Iterator

from harness.engine import Engine

CALL = re.compile(r'Calling ([A-Z]+ [^"\s]+)')
PATIENCE = 20.0  # seconds for the engine to reload its configuration


@contextmanager
def debugging(engine: Engine) -> Iterator[None]:
    """Make the engine log its calls, which costs it time, until the end of the block."""
    _debug(engine, True)
    try:
        yield
    finally:
        _debug(engine, False)


def calls(engine: Engine, work: Callable[[], object]) -> list[str]:
    """The calls that an engine receives during some work, as method and path. It must log them."""
    before = engine.log.stat().st_size
    work()
    with engine.log.open("rb") as log:
        log.seek(before)
        return CALL.findall(log.read().decode(errors="replace"))


def _debug(engine: Engine, on: bool) -> None:
    """Change the setting of a running engine."""
    configuration = json.loads(engine.configuration.read_text())
    engine.configuration.write_text(json.dumps({**configuration, "debug": on}))
    os.kill(engine.pid, signal.SIGHUP)
    end = time.monotonic() + PATIENCE
    while engine.api("GET", "/info")["Debug"] is not on:
        if time.monotonic() > end:
            raise AssertionError("the engine does not change its log level")
        time.sleep(0.05)
