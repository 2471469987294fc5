# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statistics of samples; pure."""

from __future__ import annotations

import statistics
from typing import NamedTuple, Sequence


class Line(NamedTuple):
    """A cost that grows linearly with a number of objects."""

    base: float
    each: float

    def at(self, number: float) -> float:
        """The cost for a number of objects."""
        return self.base + self.each * number


def fit(points: Sequence[tuple[float, float]]) -> Line:
    """The line with the smallest squared error relative to each value, so that small values count as well."""
    weights = [1 / (value * value) for _number, value in points]
    total = sum(weights)
    middle = sum(weight * number for weight, (number, _value) in zip(weights, points, strict=True)) / total
    mean = sum(weight * value for weight, (_number, value) in zip(weights, points, strict=True)) / total
    spread = sum(w * (number - middle) ** 2 for w, (number, _value) in zip(weights, points, strict=True))
    if not spread:
        raise ValueError("a line needs values for at least two numbers")
    slope = sum(w * (n - middle) * (value - mean) for w, (n, value) in zip(weights, points, strict=True)) / spread
    return Line(mean - slope * middle, slope)


def median(values: Sequence[float]) -> float | None:
    """The median, or None without values."""
    return statistics.median(values) if values else None


def lowest(values: Sequence[float]) -> float | None:
    """The smallest value, or None without values: for processor time, to which other programs can only add."""
    return min(values, default=None)


def ratio(value: float | None, reference: float | None) -> float | None:
    """How many times the reference a value is, or None if one of them is missing."""
    return value / reference if value is not None and reference else None


def seconds(value: float | None) -> str:
    """A duration with about three digits, or a dash."""
    return "-" if value is None else "%.*f s" % (2 if value < 10 else 1 if value < 100 else 0, value)


def times(value: float | None) -> str:
    """A ratio with two or three digits, or a dash."""
    return "-" if value is None else "%.*fx" % (2 if value < 10 else 1 if value < 100 else 0, value)


def size(value: float | None) -> str:
    """A number of bytes, in decimal units, or a dash."""
    if value is None:
        return "-"
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= scale:
            return "%.*f %s" % (1 if value < 10 * scale else 0, value / scale, unit)
    return "%d B" % value
