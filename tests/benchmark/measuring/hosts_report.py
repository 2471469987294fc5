# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the part "hosts", from its record, and the projection to many hosts; pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import figures
from .document import table
from .workload import CREATE, REMOVE, UNCHANGED, WORDS

Record = dict[str, Any]
CONTAINERS = 10  # on each host
MANY = 1000
FORKS = (50, 200)
CORES = 2
TITLES = {"project": "`project`", "ping": "`ping`"}


class Model(NamedTuple):
    """A play for many hosts. All values in seconds."""

    start: float  # of ansible-playbook, once
    controller: float  # processor time of the controller for each host
    latency: float  # from the start of a host's worker until its result, with an idle machine

    def duration(self, hosts: int, forks: int, cores: int = CORES) -> float:
        """How long the play takes: as its slower part, the controller's processors or the waits of its workers."""
        return self.start + max(hosts * self.controller / cores, hosts * self.latency / forks)


def parts(record: Record) -> dict[str, str]:
    """The generated parts of the page."""
    return {"hosts": _measured(record), "hosts projection": _projection(record)}


def _samples(record: Record, hosts: int, side: str, action: str, kind: str) -> list[float]:
    found: list[float] = record["values"].get(str(hosts), {}).get(side, {}).get(action, {}).get(kind, [])
    return found


def _measured(record: Record) -> str:
    rows = []
    for side, title in TITLES.items():
        for action in (CREATE, UNCHANGED, REMOVE):
            for hosts in sorted(int(number) for number in record["values"]):
                wall = figures.median(_samples(record, hosts, side, action, "wall"))
                busy = figures.lowest(_samples(record, hosts, side, action, "busy"))
                if wall is None or busy is None:
                    continue
                words = "%s, %s" % (title, WORDS[action]) if side != "ping" else title
                rows.append([words, str(hosts), figures.seconds(wall), figures.seconds(busy)])
                rows[-1].append(figures.seconds(busy / hosts))
    notes = "".join("\n- %s: %s" % (TITLES[side], why) for side, why in record.get("missing", {}).items())
    heading = ["", "hosts", "time", "processor time", "processor time per host"]
    return table(heading, rows) + notes


def model(record: Record, side: str, action: str) -> Model | None:
    """The costs of a side, if it was measured with at least two numbers of hosts."""
    numbers = [int(hosts) for hosts in record["values"]]
    busy = [(hosts, figures.lowest(_samples(record, hosts, side, action, "busy"))) for hosts in numbers]
    known = [(float(hosts), value) for hosts, value in busy if value is not None]
    alone = figures.median(_samples(record, 1, side, action, "wall"))
    if len(known) < 2 or alone is None:
        return None
    line = figures.fit(known)
    start = max(line.base, 0.0)
    on_target = figures.lowest(record["module"].get(side, {}).get(action, []))
    return Model(start, max(line.each - (on_target or 0.0), 0.0), max(alone - start, 0.0))


def _projection(record: Record) -> str:
    rows = []
    for side, title in TITLES.items():
        for action in (UNCHANGED, CREATE):
            found = model(record, side, action)
            if found:
                words = "%s, %s" % (title, WORDS[action]) if side != "ping" else title
                durations = [figures.seconds(found.duration(MANY, forks)) for forks in FORKS]
                rows.append([words, *(figures.seconds(value) for value in found), *durations])
    heading = ["", "start", "controller, per host", "wait per host"]
    return table([*heading, *("%d hosts, %d forks" % (MANY, forks) for forks in FORKS)], rows)
