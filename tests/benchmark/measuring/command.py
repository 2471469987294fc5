# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line that parts of the benchmark share, and what becomes of their results."""

from __future__ import annotations

import argparse

from . import record


def parser(part: str, description: str | None, rounds: int) -> argparse.ArgumentParser:
    """The options of a part, whose default number of rounds is given."""
    found = argparse.ArgumentParser(prog="bin/test benchmark " + part, description=description)
    found.add_argument("--rounds", type=int, default=rounds)
    found.add_argument("--print", action="store_true", help="print the result and leave docs/ as it is")
    return found


def publish(part: str, result: record.Record, texts: dict[str, str], only_print: bool) -> None:
    """Print the generated parts of the page and, unless ``only_print``, store the values and update the page."""
    print("\n".join(texts.values()))
    if not only_print:
        record.store(part, result)
        record.update_page(texts)
