# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statistics of the benchmark."""

from __future__ import annotations

import pytest
from measuring import figures


def test_a_line_through_points_on_a_line():
    """Its base and its slope."""
    line = figures.fit([(1, 2.5), (10, 7.0), (50, 27.0)])
    assert line.base == pytest.approx(2.0)
    assert line.each == pytest.approx(0.5)
    assert line.at(1000) == pytest.approx(502.0)


def test_small_values_count_as_much_as_large_ones():
    """The error is relative, so one large value does not decide the line."""
    line = figures.fit([(1, 1.0), (2, 2.0), (100, 200.0)])
    assert line.at(1) == pytest.approx(1.0, abs=0.2)


def test_one_number_makes_no_line():
    """It is refused."""
    with pytest.raises(ValueError, match="at least two"):
        figures.fit([(10, 1.0), (10, 2.0)])


def test_typical_values():
    """Also without samples."""
    assert figures.median([3, 1, 2]) == 2
    assert figures.lowest([3, 1, 2]) == 1
    assert figures.median([]) is None
    assert figures.lowest([]) is None


@pytest.mark.parametrize(
    ("value", "reference", "expected"), [(6, 3, 2), (None, 3, None), (6, None, None), (6, 0, None)]
)
def test_ratio(value, reference, expected):
    """It is missing if a value is."""
    assert figures.ratio(value, reference) == expected


@pytest.mark.parametrize(
    ("function", "value", "text"),
    [
        (figures.seconds, None, "-"),
        (figures.seconds, 0.1234, "0.12 s"),
        (figures.seconds, 12.34, "12.3 s"),
        (figures.seconds, 123.4, "123 s"),
        (figures.times, None, "-"),
        (figures.times, 1.149, "1.15x"),
        (figures.times, 23.45, "23.4x"),
        (figures.size, None, "-"),
        (figures.size, 12, "12 B"),
        (figures.size, 1234, "1.2 kB"),
        (figures.size, 123456, "123 kB"),
        (figures.size, 12345678, "12 MB"),
        (figures.size, 2.5e9, "2.5 GB"),
    ],
)
def test_numbers_for_readers(function, value, text):
    """About three digits."""
    assert function(value) == text
