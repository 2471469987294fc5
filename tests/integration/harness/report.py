# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables that tests fill row by row, also from several workers; printed at the end of the run."""

from __future__ import annotations

from typing import Any, Iterable, Iterator

PROPERTY = "row"
WIDEST = 44  # characters of a cell; the rest is cut off

Row = dict[str, str]


def entry(title: str, row: dict[str, Any]) -> tuple[str, tuple[str, Row]]:
    """A row as a property of its test, which is part of the test's report."""
    return PROPERTY, (title, {column: _cell(value) for column, value in row.items()})


def tables(reports: Iterable[Any]) -> dict[str, list[Row]]:
    """The rows of all tables, by title, sorted."""
    found: dict[str, list[Row]] = {}
    for report in reports:
        if getattr(report, "when", "") != "call":
            continue
        for name, value in report.user_properties:
            if name == PROPERTY:
                found.setdefault(value[0], []).append(value[1])
    return {title: sorted(rows, key=lambda row: list(row.values())) for title, rows in sorted(found.items())}


def lines(rows: list[Row]) -> Iterator[str]:
    """A table as text: a heading, a line per row, and the number of rows."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    heading = {column: column.replace("_", " ") for column in columns}
    widths = {column: max(len(row.get(column, "")) for row in [heading, *rows]) for column in columns}
    for row in [heading, *rows]:
        yield "  ".join(row.get(column, "").ljust(widths[column]) for column in columns).rstrip()
    yield "%d rows" % len(rows)


def _cell(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= WIDEST else text[: WIDEST - 3] + "..."
