# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the calls that an engine receives, from its debug log."""

from __future__ import annotations

import re
from typing import Callable

from harness.engine import Engine

CALL = re.compile(r'Calling ([A-Z]+ [^"\s]+)')


def calls(engine: Engine, work: Callable[[], object]) -> list[str]:
    """The calls that an engine receives during some work, as method and path. It must run with ``--debug``."""
    before = engine.log.stat().st_size
    work()
    with engine.log.open("rb") as log:
        log.seek(before)
        return CALL.findall(log.read().decode(errors="replace"))
