# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the part "ssh", from its record; pure."""

from __future__ import annotations

from typing import Any

from . import figures
from .document import table
from .workload import CREATE, REMOVE, UNCHANGED, WORDS

Record = dict[str, Any]
CONTAINERS = 10
LOCAL, SSH, PIPELINING = WAYS = ("local", "ssh", "pipelining")
TITLES = {"project": "`project`", "peer": "`docker_container`, loop", "ping": "`ping`"}


def parts(record: Record) -> dict[str, str]:
    """The generated parts of the page."""
    rows = []
    for side, title in TITLES.items():
        for action in (CREATE, UNCHANGED, REMOVE):
            ways = record["values"].get(side, {}).get(action)
            if not ways:
                continue
            row = ["%s, %s" % (title, WORDS[action]) if side != "ping" else title]
            row += [figures.seconds(figures.median(ways.get(way, {}).get("wall", []))) for way in WAYS]
            row += [figures.seconds(figures.lowest(ways.get(way, {}).get("busy", []))) for way in WAYS]
            rows.append(row)
    names = ("local", "ssh", "ssh with pipelining")
    heading = ["", *("time, " + name for name in names), *("processor time, " + name for name in names)]
    notes = "".join("\n- %s: %s" % (TITLES[side], why) for side, why in record.get("missing", {}).items())
    return {"ssh": table(heading, rows) + notes}
