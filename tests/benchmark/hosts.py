# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several hosts at once, each with its own engine in a network namespace of this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Sequence

from harness.engine import Engine
from harness.image import BASE
from harness.lab import Lab
from measuring import programs, record, workload
from measuring.command import parser, publish
from measuring.hosts_report import CONTAINERS, parts
from measuring.lifecycle import remove, running, verify
from measuring.meter import Command, Cost, measure
from measuring.sides import Ping, Play, Project
from measuring.workload import CREATE, REMOVE, UNCHANGED

PART = "hosts"
HOSTS = (1, 5, 20)
ROUNDS = 3
ACTIONS = (CREATE, UNCHANGED, REMOVE)


def start(lab: Lab, number: int) -> list[Engine]:
    """Engines with the network of the containers. An engine ends with the thread that started it, so there is one."""
    engines = [Engine(lab, "engine%d" % index) for index in range(number)]
    for engine in engines:
        engine.docker("network", "create", "--subnet", workload.SUBNET, workload.NETWORK)
    return engines


def play(side: Play, engines: Sequence[Engine], action: str) -> Command:
    """One task for all hosts. The engine's address is a variable of each host."""
    hosts = {engine.name: {"engine": engine.host} for engine in engines}
    return programs.play(side.place, "%s-%d" % (action, len(engines)), [side.task(CONTAINERS, action)], hosts)


def on_target(engine: Engine, side: Play) -> dict[str, float]:
    """The processor time of a side's modules on one host, which is not the controller's."""
    busy = {}
    host, side.host = side.host, engine.host
    for action in actions_of(side):
        processes = [programs.process(module, options) for module, options in side.modules(CONTAINERS, action)]
        busy[action] = sum(measure(process)[0].busy for process in processes)
    side.host = host
    return busy


def actions_of(side: Play) -> tuple[str, ...]:
    """The actions that are measured."""
    return tuple(action for action in ACTIONS if action in side.actions)


def run(numbers: Sequence[int], rounds: int) -> record.Record:
    """Measure, and return the record of the part."""
    lab = Lab()
    try:
        engines = start(lab, max(numbers))
        print("%d engines run" % len(engines), flush=True)
        place = Path(lab.root) / "sides"
        place.mkdir()
        every: list[Play] = [side("{{ engine }}", BASE, place) for side in (Project, Ping)]
        sides = [side for side in every if not side.missing]
        result: record.Record = {"circumstances": record.circumstances(engines[0]), "values": {}, "module": {}}
        result["missing"] = {side.name: side.missing for side in every if side.missing}

        def add(hosts: int, side: str, action: str, cost: Cost) -> None:
            row = (hosts, side, workload.WORDS[action], cost.wall, cost.busy)
            print("  %3d hosts  %-8s %-16s %7.2f s  %7.2f s" % row, flush=True)
            of_action = result["values"].setdefault(str(hosts), {}).setdefault(side, {}).setdefault(action, {})
            for kind in record.KINDS:
                of_action.setdefault(kind, []).append(round(getattr(cost, kind), 4))

        for side in sides:  # for compiled code and the page cache
            measure(play(side, engines[:1], REMOVE if REMOVE in side.actions else UNCHANGED))
        for turn in range(rounds):
            for number in numbers:
                for side in sides:
                    for action in actions_of(side):
                        before = [running(engine) for engine in engines[:number]]
                        cost, _said = measure(play(side, engines[:number], action))
                        add(number, side.name, action, cost)
                        for engine, state in zip(engines, before, strict=False):
                            if side.actions == workload.ACTIONS:
                                verify(action, CONTAINERS, state, running(engine))
            for side in sides:
                for action, busy in on_target(engines[0], side).items():
                    result["module"].setdefault(side.name, {}).setdefault(action, []).append(round(busy, 4))
            print("round %d of %d" % (turn + 1, rounds), flush=True)
        for engine in engines:
            remove(engine)
        return result
    finally:
        lab.close()


def main(arguments: list[str]) -> None:
    """Measure, print, and update the page."""
    options = parser(PART, __doc__, ROUNDS)
    options.add_argument("--hosts", default=",".join(str(number) for number in HOSTS), help="numbers of hosts")
    given = options.parse_args(arguments)
    result = run([int(word) for word in given.hosts.split(",")], given.rounds)
    publish(PART, result, parts(result), given.print)


if __name__ == "__main__":
    main(sys.argv[1:])
