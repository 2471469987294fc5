# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the part "single", from its record; pure."""

from __future__ import annotations

from typing import Any

from . import figures
from .document import table

Record = dict[str, Any]
CREATED, UNCHANGED = "created", "unchanged"
PING = "ansible.builtin.ping"


def parts(record: Record) -> dict[str, str]:
    """The generated parts of the page."""

    def samples(module: str, action: str, kind: str) -> list[float]:
        found: list[float] = record["values"].get(module, {}).get(action, {}).get(kind, [])
        return found

    ping = figures.median(samples(PING, UNCHANGED, "wall"))
    ping_busy = figures.lowest(samples(PING, UNCHANGED, "busy"))
    rows = []
    for module in record["values"]:
        for action in (UNCHANGED, CREATED):
            if not samples(module, action, "wall"):
                continue
            wall = figures.median(samples(module, action, "wall"))
            busy = figures.lowest(samples(module, action, "busy"))
            rows.append(
                [
                    "`%s`, %s" % (module, action) if module != PING else "`%s`" % module,
                    figures.seconds(wall),
                    figures.times(figures.ratio(wall, ping)),
                    figures.seconds(busy),
                    figures.times(figures.ratio(busy, ping_busy)),
                    str(record["calls"].get(module, {}).get(action, "-")),
                    figures.size(max(samples(module, action, "peak"))),
                    figures.size(record["shipped"][module]),
                ]
            )
    heading = ["task", "time", "against ping", "processor", "against ping", "API calls", "peak memory", "bytes shipped"]
    text = "%d rounds: medians of the time, minima of the processor time.\n\n%s"
    return {"single": text % (len(samples(PING, UNCHANGED, "wall")), table(heading, rows))}
