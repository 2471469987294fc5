# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options whose entries have the options of another table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, NamedTuple

from .field import Control
from .table import Table


class Entry(NamedTuple):
    """An entry, checked against its table.

    ``title`` is what messages call it, such as ``containers[2] (web)``, and ``given`` has the names of the options that
    are set, in the entry or by the defaults.
    """

    title: str
    params: Dict[str, Any]
    given: FrozenSet[str]


@dataclass(frozen=True)
class Entries(Control):
    """A list of entries, or a dictionary of them by name, each with the options of ``table``.

    The first option of the table is the name. ``defaults`` is the option with defaults for all entries.
    """

    table: Table = field(default_factory=lambda: Table("", ()))
    defaults: str = ""
