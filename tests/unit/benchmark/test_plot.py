# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts of the benchmark."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from measuring.plot import Axis, Panel, svg

SVG = "{http://www.w3.org/2000/svg}"


def test_axis():
    """Equal ratios have equal distances."""
    axis = Axis([0.2, 30], 0, 300, decades=True)
    assert (axis.low, axis.high) == (0.1, 100)
    assert axis(0.1) == pytest.approx(0)
    assert axis(1) == pytest.approx(100)
    assert axis(100) == pytest.approx(300)
    assert axis.powers() == pytest.approx([0.1, 1, 10, 100])


@pytest.mark.parametrize("decades", [True, False])
def test_axis_of_one_value(decades):
    """It is in the middle."""
    assert Axis([10], 0, 300, decades=decades)(10) == pytest.approx(150)


def test_picture():
    """It is well-formed, and each series has its line, its points and a line in the legend."""
    panels = [
        Panel("a < b", {"one": [(1, 0.5), (10, 2)], "two": [(1, 3)]}, "containers", "seconds"),
        Panel("c", {"two": [(1, 4), (10, 5), (50, 6)]}, "containers", "seconds"),
    ]
    root = ElementTree.fromstring(svg(panels))
    texts = [element.text for element in root.iter(SVG + "text")]
    assert "a < b" in texts
    assert texts.count("one") == texts.count("two") == 1
    lines = list(root.iter(SVG + "polyline"))
    assert [len(line.attrib["points"].split()) for line in lines] == [2, 1, 3]
    assert lines[1].attrib["stroke"] == lines[2].attrib["stroke"] != lines[0].attrib["stroke"]
    assert len(list(root.iter(SVG + "circle"))) == 6


def test_picture_without_values():
    """Nothing has been measured yet."""
    ElementTree.fromstring(svg([Panel("a", {}, "containers", "seconds")]))
