# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's containers: project, loops, Compose and the raw calls."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any, Callable

from harness.engine import Engine
from harness.image import BASE
from harness.lab import Lab
from measuring import record, workload
from measuring.calls import calls
from measuring.lifecycle import lifecycle
from measuring.meter import Command, Cost, Failed, measure
from measuring.project_report import parts, plots
from measuring.sides import ALL, Play, Side

PART = "project"
SIZES = {1: 3, 10: 3, 50: 3, 200: 1}  # rounds by number of containers
REPEATS = 3  # of the run without changes, in each round
SLOW = 10  # from this number of containers on, loops take part in one round only, without repeats


class Measured:
    """The values of one number of containers."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.load = round(os.getloadavg()[0], 1)
        self.values: dict[str, dict[str, dict[str, list[float]]]] = {}
        self.calls: dict[str, dict[str, list[int]]] = {}
        self.shipped: dict[str, dict[str, int]] = {}
        self.failed: dict[str, str] = {}

    def add(self, side: str, action: str, cost: Cost) -> None:
        """Add a sample."""
        of_action = self.values.setdefault(side, {}).setdefault(action, {})
        for kind in record.KINDS:
            of_action.setdefault(kind, []).append(round(getattr(cost, kind), 4))

    def record(self) -> dict[str, Any]:
        """The values for the file."""
        counted = {"calls": self.calls, "shipped": self.shipped}
        return {"load": self.load, "values": self.values, **counted, "failed": self.failed}


def attempt(measured: Measured, side: Side, work: Callable[[], None]) -> None:
    """Do some work of a side, which is not measured further after a failure."""
    if side.name in measured.failed:
        return
    try:
        work()
    except (Failed, AssertionError) as error:
        print("  %s failed: %s" % (side.title, error), flush=True)
        measured.failed[side.name] = str(error).splitlines()[0][:200]
        measured.values.pop(side.name, None)


def measure_round(engine: Engine, side: Side, measured: Measured) -> None:
    """One lifecycle of a side."""
    repeats = 1 if side.loops and measured.number >= SLOW else REPEATS
    for action, (cost, called) in lifecycle(engine, side, measured.number, repeats, lambda it: observe(engine, it)):
        measured.add(side.name, action, cost)
        measured.calls.setdefault(side.name, {}).setdefault(action, []).append(called)
        shipped = side.shipped(measured.number, action)
        if shipped is not None:
            measured.shipped.setdefault(side.name, {})[action] = shipped
        row = (measured.number, side.title, workload.WORDS[action], cost.wall, cost.busy, called)
        print("  %3d  %-28s %-16s %7.2f s  %7.2f s  %5d calls" % row, flush=True)


def observe(engine: Engine, command: Command) -> tuple[Cost, int]:
    """The cost of a command, and the number of its API calls."""
    costs: list[Cost] = []
    called = calls(engine, lambda: costs.append(measure(command)[0]))
    return costs[0], len(called)


def measure_number(engine: Engine, sides: list[Side], number: int, rounds: int) -> Measured:
    """Measure all sides alternately, each round beginning with another one."""
    measured = Measured(number)
    chosen = [side for side in sides if number <= side.limit]
    for turn in range(rounds):
        first = turn % len(chosen)
        for side in chosen[first:] + chosen[:first]:
            if not (turn and side.loops and number >= SLOW):
                attempt(measured, side, lambda side=side: measure_round(engine, side, measured))  # type: ignore[misc]
    return measured


def run(sizes: dict[int, int], names: list[str], save: Callable[[record.Record], None]) -> None:
    """Measure, and save the record of the part after each number of containers. Other values stay as they were."""
    lab = Lab()
    try:
        engine = Engine(lab, "engine", "--debug")  # it logs its calls
        engine.docker("network", "create", "--subnet", workload.SUBNET, workload.NETWORK)
        place = Path(lab.root) / "sides"
        place.mkdir()
        every = [side(engine.host, BASE, place) for side in ALL if not names or side.name in names]
        sides = [side for side in every if not side.missing]
        kept = record.load(PART)
        kept["missing"] = {side.name: side.missing for side in every if side.missing}
        kept["circumstances"] = record.circumstances(engine)
        for side in sides:  # for compiled code and the page cache
            if isinstance(side, Play):
                measure(side.command(1, workload.REMOVE if workload.REMOVE in side.actions else workload.UNCHANGED))
        for number, rounds in sizes.items():
            print("%d containers, %d rounds" % (number, rounds), flush=True)
            kept.setdefault("sizes", {})[str(number)] = measure_number(engine, sides, number, rounds).record()
            save(kept)
    finally:
        lab.close()


def main(arguments: list[str]) -> None:
    """Measure, print, and update the page."""
    parser = argparse.ArgumentParser(prog="bin/test benchmark project", description=__doc__)
    parser.add_argument("--sizes", default="", help="numbers of containers, such as 1,10")
    parser.add_argument("--rounds", type=int, help="rounds of each; the default depends on the number")
    parser.add_argument("--sides", default="", help="such as project,raw; the default is all")
    parser.add_argument("--print", action="store_true", help="print the result and leave docs/ as it is")
    parser.add_argument("--page", action="store_true", help="only write the page again, from the stored values")
    given = parser.parse_args(arguments)
    if given.page:
        write(record.load(PART))
        return
    numbers = [int(word) for word in given.sizes.split(",") if word] or list(SIZES)
    sizes = {number: given.rounds or SIZES.get(number, 1) for number in numbers}
    run(sizes, [word for word in given.sides.split(",") if word], show if given.print else write)


def show(result: record.Record) -> None:
    """Print the tables."""
    print("\n".join(parts(result).values()), flush=True)


def write(result: record.Record) -> None:
    """Write the values, the pictures and the tables."""
    record.store(PART, result)
    for name, picture in plots(result).items():
        (record.FILES / (name + ".svg")).write_text(picture)
    record.update_page(parts(result))


if __name__ == "__main__":
    main(sys.argv[1:])
