# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Markdown tables, and the parts of a page that are generated; pure."""

from __future__ import annotations

import re
from typing import Iterable, Sequence


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table. The first column is text; the others are numbers, aligned to the right."""
    lines = [heading, ["---", *("---:" for _column in heading[1:])], *rows]
    if any(len(line) != len(heading) for line in lines):
        raise ValueError("a row has another number of columns than the heading")
    return "".join("| %s |\n" % " | ".join(line) for line in lines)


def replaced(page: str, part: str, text: str) -> str:
    """The page with the text between the markers ``<!-- part -->`` and ``<!-- /part -->``."""
    markers = "<!-- %s -->" % part, "<!-- /%s -->" % part
    pattern = re.compile("%s\n.*?%s" % tuple(re.escape(marker) for marker in markers), re.DOTALL)
    page, count = pattern.subn(lambda _match: "%s\n\n%s\n\n%s" % (markers[0], text.strip(), markers[1]), page)
    if count != 1:
        raise ValueError("the page has the part %s %d times" % (part, count))
    return page
