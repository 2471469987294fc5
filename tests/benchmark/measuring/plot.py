# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Line charts with logarithmic axes, as SVG; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 440, 280  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 60, 16, 30, 42  # margins in a panel
LEGEND, ENTRIES = 20, 2  # the height of a line of the legend, and the names in a line for each column of panels
COLUMNS = 2
# Distinguishable with color blindness (Okabe and Ito).
COLORS = ("#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#009e73", "#000000", "#cc79a7")
STYLE = "font-family: sans-serif; font-size: 12px"

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """A chart: for each series the points, both numbers greater than zero."""

    title: str
    series: Mapping[str, Points]
    horizontal: str
    vertical: str


class Axis:
    """A logarithmic axis from the smallest to the largest value, drawn between two positions."""

    def __init__(self, values: Sequence[float], start: float, end: float, *, decades: bool) -> None:
        low, high = min(values), max(values)
        if decades:
            low, high = 10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high))
        if low == high:
            low, high = low / 2, high * 2
        self.low, self.high, self._start, self._end = low, high, start, end

    def __call__(self, value: float) -> float:
        """The position of a value."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self._start + share * (self._end - self._start)

    def powers(self) -> list[float]:
        """The powers of ten on the axis."""
        first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        return [10.0**power for power in range(first, last + 1)]


def svg(panels: Sequence[Panel]) -> str:
    """A picture with the panels side by side, and one legend. A series has the same color in all panels."""
    names = list(dict.fromkeys(name for panel in panels for name in panel.series))
    colors = {name: COLORS[number % len(COLORS)] for number, name in enumerate(names)}
    columns = min(COLUMNS, len(panels))
    legend = 16 + LEGEND * math.ceil(len(names) / (ENTRIES * columns))
    width, height = columns * WIDTH, legend + math.ceil(len(panels) / columns) * HEIGHT
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" style="%s">'
        % (width, height, width, height, STYLE),
        '<rect width="100%" height="100%" fill="white"/>',
        *_legend(colors, ENTRIES * columns),
    ]
    for number, panel in enumerate(panels):
        left, top = number % columns * WIDTH, legend + number // columns * HEIGHT
        parts += ['<g transform="translate(%d %d)">' % (left, top), *_panel(panel, colors), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _legend(colors: Mapping[str, str], entries: int) -> Iterator[str]:
    for number, (name, color) in enumerate(colors.items()):
        x, y = LEFT + number % entries * (WIDTH - LEFT / 2) / ENTRIES, 18 + number // entries * LEGEND
        yield '<line x1="%.0f" y1="%d" x2="%.0f" y2="%d" stroke="%s" stroke-width="3"/>' % (x, y, x + 20, y, color)
        yield _text(x + 26, y + 4, name)


def _panel(panel: Panel, colors: Mapping[str, str]) -> Iterator[str]:
    points = [point for series in panel.series.values() for point in series]
    numbers = sorted({number for number, _value in points})
    across = Axis(numbers or [1], LEFT, WIDTH - RIGHT, decades=False)
    up = Axis([value for _number, value in points] or [1], HEIGHT - BOTTOM, TOP, decades=True)
    yield _text((LEFT + WIDTH - RIGHT) / 2, 18, panel.title, "middle", "font-weight: bold")
    for value in up.powers():
        y = up(value)
        yield '<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#ddd"/>' % (LEFT, y, WIDTH - RIGHT, y)
        yield _text(LEFT - 6, y + 4, "%g" % value, "end")
    for number in numbers:
        x = across(number)
        yield '<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#ddd"/>' % (x, TOP, x, HEIGHT - BOTTOM)
        yield _text(x, HEIGHT - BOTTOM + 16, "%g" % number, "middle")
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, panel.horizontal, "middle")
    yield '<g transform="translate(14 %.0f) rotate(-90)">%s</g>' % (HEIGHT / 2, _text(0, 0, panel.vertical, "middle"))
    for name, series in panel.series.items():
        places = ["%.1f,%.1f" % (across(number), up(value)) for number, value in sorted(series)]
        yield '<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>' % (" ".join(places), colors[name])
        for place in places:
            yield '<circle cx="%s" cy="%s" r="3" fill="%s"/>' % (*place.split(","), colors[name])


def _text(x: float, y: float, text: str, anchor: str = "start", style: str = "") -> str:
    style = ' style="%s"' % style if style else ""
    return '<text x="%.0f" y="%.0f" text-anchor="%s"%s>%s</text>' % (x, y, anchor, style, escape(text))
