# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables and plots of the part "project", from its record; pure."""

from __future__ import annotations

from typing import Any, Iterator

from . import figures
from .document import table
from .plot import Panel, svg
from .workload import ACTIONS, CHANGE, CREATE, REMOVE, UNCHANGED, WORDS

Record = dict[str, Any]
# As the class attributes of sides.py, which needs the test harness.
TITLES = {
    "project": "`project`",
    "project_process": "`project`, module only",
    "container": "`container`, loop",
    "peer": "`docker_container`, loop",
    "compose": "Compose",
    "raw": "raw calls",
    "ping": "`ping`",
    "ping_process": "`ping`, module only",
}
COMPARED = ("project", "project_process", "container", "peer", "compose", "raw")
REFERENCES = ("ping", "ping_process")


class Values:
    """The medians of a record."""

    def __init__(self, record: Record) -> None:
        self._sizes: Record = record.get("sizes", {})
        self._missing: dict[str, str] = record.get("missing", {})
        self.numbers = sorted(int(number) for number in self._sizes)

    def samples(self, number: int, side: str, action: str, kind: str) -> list[float]:
        """All samples of one value."""
        found: list[float] = self._sizes[str(number)]["values"].get(side, {}).get(action, {}).get(kind, [])
        return found

    def typical(self, number: int, side: str, action: str, kind: str = "wall") -> float | None:
        """The median of one value, or the smallest processor time; None if it was not measured."""
        of_all = figures.lowest if kind == "busy" else figures.median
        return of_all(self.samples(number, side, action, kind))

    def calls(self, number: int, side: str, action: str) -> float | None:
        """The median of the numbers of calls; None if they were not counted."""
        return figures.median(self._sizes[str(number)]["calls"].get(side, {}).get(action, []))

    def shipped(self, number: int, side: str, action: str) -> int | None:
        """The number of bytes that Ansible sends; None without Ansible."""
        found: int | None = self._sizes[str(number)]["shipped"].get(side, {}).get(action)
        return found

    def notes(self) -> Iterator[str]:
        """The load of the machine by other programs, and each side that failed or is missing."""
        loads = [(number, self._sizes[str(number)].get("load")) for number in self.numbers]
        known = ["%.1f before N = %d" % (load, number) for number, load in loads if load is not None]
        if known:
            yield "load average: " + ", ".join(known)
        for side, why in self._missing.items():
            yield "%s: %s" % (TITLES[side], why)
        for number in self.numbers:
            for side, why in self._sizes[str(number)]["failed"].items():
                yield "%s with %d containers: failed: %s" % (TITLES[side], number, why)


def parts(record: Record) -> dict[str, str]:
    """The generated parts of the page."""
    values = Values(record)
    notes = "".join("- %s\n" % line for line in values.notes())
    rows = [[name, value] for name, value in record.get("circumstances", {}).items()]
    return {
        "project circumstances": "".join("- %s: %s\n" % (name, value) for name, value in rows) + notes,
        "project wall": _by_action(values, "wall", with_range=True),
        "project ratios": _ratios(values),
        "project busy": _by_action(values, "busy", with_range=False),
        "project calls": _calls(values),
        "project memory": _memory(values),
        "project growth": _growth(values),
        "project targets": _targets(values),
    }


def _heading() -> list[str]:
    return ["", "N", *(TITLES[side] for side in COMPARED)]


def _by_action(values: Values, kind: str, *, with_range: bool) -> str:
    def cell(number: int, side: str, action: str) -> str:
        text = figures.seconds(values.typical(number, side, action, kind))
        samples = values.samples(number, side, action, kind)
        if not with_range or len(samples) < 2:
            return text
        return "%s (%.2f to %.2f)" % (text, min(samples), max(samples))

    rows = [
        [WORDS[action], str(number), *(cell(number, side, action) for side in COMPARED)]
        for action in ACTIONS
        for number in values.numbers
    ]
    rows += [
        ["%s, for comparison" % TITLES[side], "", cell(number, side, UNCHANGED), *[""] * (len(COMPARED) - 1)]
        for side in REFERENCES
        for number in values.numbers[-1:]
    ]
    return table(_heading(), rows)


def _ratios(values: Values) -> str:
    pairs = [("peer", "project"), ("container", "project"), ("compose", "project")]
    pairs += [("project", "raw"), ("project_process", "raw")]
    heading = ["", "N", *("%s / %s" % (TITLES[one], TITLES[other]) for one, other in pairs)]
    rows = []
    for action in ACTIONS:
        for number in values.numbers:
            medians = [[values.typical(number, side, action) for side in pair] for pair in pairs]
            rows.append([WORDS[action], str(number), *(figures.times(figures.ratio(*pair)) for pair in medians)])
    return table(heading, rows)


def _calls(values: Values) -> str:
    rows = []
    for action in ACTIONS:
        for number in values.numbers:
            counts = [values.calls(number, side, action) for side in COMPARED]
            rows.append([WORDS[action], str(number), *("-" if count is None else "%d" % count for count in counts)])
    return table(_heading(), rows)


def _memory(values: Values) -> str:
    """Peak memory of the largest process, and bytes that are sent."""
    sides = ("project_process", "compose", "raw", "ping_process")
    heading = ["N", *("memory, " + TITLES[side] for side in sides)]
    heading += ["bytes shipped, " + TITLES[side] for side in ("project", "container", "peer")]
    rows = []
    for number in values.numbers:
        row = [str(number)]
        for side in sides:
            peaks = [peak for action in ACTIONS for peak in values.samples(number, side, action, "peak")]
            row.append(figures.size(max(peaks, default=None)))
        for side in ("project", "container", "peer"):
            row.append(figures.size(values.shipped(number, side, UNCHANGED)))
        rows.append(row)
    return table(heading, rows)


def _growth(values: Values) -> str:
    """A line through the medians of each side."""
    rows = []
    for side in COMPARED:
        cells = []
        for action in ACTIONS:
            points = [(n, value) for n in values.numbers if (value := values.typical(n, side, action)) is not None]
            if len(points) < 2:
                cells.append("-")
                continue
            line = figures.fit(points)
            cells.append("%.2f s + N x %.3f s" % line)
        rows.append([TITLES[side], *cells])
    return table(["", *(WORDS[action] for action in ACTIONS)], rows)


def _targets(values: Values) -> str:
    """The targets of the project, and what was measured."""
    at = 50 if 50 in values.numbers else None
    most = 200 if 200 in values.numbers else None

    def take(side: str, action: str, kind: str = "wall") -> float | None:
        return values.typical(at, side, action, kind) if at else None

    faster = figures.ratio(take("peer", UNCHANGED), take("project", UNCHANGED))
    process, ping = take("project_process", UNCHANGED), take("ping_process", UNCHANGED)
    over = process - ping if process is not None and ping is not None else None
    raw = figures.ratio(take("project_process", CREATE), take("raw", CREATE))
    compose = figures.ratio(take("project", CREATE), take("compose", CREATE))
    peaks = [p for action in ACTIONS for p in values.samples(most, "project_process", action, "peak")] if most else []
    peak = max(peaks, default=None)
    rows = [
        [
            "no change, N = 50: the play against the peer's loop",
            "at least 20x",
            figures.times(faster),
            _met(faster, 20, least=True),
        ],
        ["no change, N = 50: the module over `ping`'s", "at most 0.2 s", figures.seconds(over), _met(over, 0.2)],
        ["creation, N = 50: the module against the raw calls", "at most 1.15x", figures.times(raw), _met(raw, 1.15)],
        ["creation, N = 50: the play against Compose", "at most 1x", figures.times(compose), _met(compose, 1)],
        ["memory of the module, N = 200", "below 80 MiB", figures.size(peak), _met(peak, 80 << 20)],
    ]
    return table(["target", "", "measured", ""], rows)


def _met(value: float | None, limit: float, *, least: bool = False) -> str:
    if value is None:
        return "not measured"
    return "met" if (value >= limit if least else value <= limit) else "missed"


def plots(record: Record) -> dict[str, str]:
    """The pictures, by name."""
    values = Values(record)
    pictures = {}
    for name, kind, words in (("wall", "wall", "seconds"), ("busy", "busy", "seconds of processor time")):
        panels = []
        for action in (CREATE, UNCHANGED, CHANGE, REMOVE):
            series = {}
            for side in COMPARED:
                medians = [(number, values.typical(number, side, action, kind)) for number in values.numbers]
                points = [(number, value) for number, value in medians if value]
                if points:
                    series[TITLES[side].replace("`", "")] = points
            panels.append(Panel(WORDS[action], series, "containers", words))
        pictures["project-" + name] = svg(panels)
    return pictures
