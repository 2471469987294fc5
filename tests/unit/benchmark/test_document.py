# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of the benchmark, and generated parts of a page."""

from __future__ import annotations

import pytest
from measuring.document import replaced, table

PAGE = "# Title\n\n<!-- one -->\nold\n<!-- /one -->\n\ntext\n\n<!-- two -->\n<!-- /two -->\n"


def test_table():
    """Numbers are aligned to the right."""
    assert table(["", "time"], [["ping", "1 s"]]) == "|  | time |\n| --- | ---: |\n| ping | 1 s |\n"


def test_rows_have_all_columns():
    """A row with too few cells is refused."""
    with pytest.raises(ValueError, match="columns"):
        table(["", "time"], [["ping"]])


def test_a_part_is_replaced():
    """Only between its markers, and any number of times."""
    page = replaced(PAGE, "one", r"new \1")
    assert page == PAGE.replace("\nold\n", "\n\nnew \\1\n\n")
    assert replaced(page, "one", r"new \1") == page
    assert replaced(PAGE, "two", "text").startswith(PAGE.partition("<!-- two")[0])


@pytest.mark.parametrize("page", ["", PAGE + PAGE])
def test_a_page_has_each_part_once(page):
    """Otherwise it is refused."""
    with pytest.raises(ValueError, match="times"):
        replaced(page, "one", "new")
