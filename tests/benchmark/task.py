# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cost of a task, relative to ansible.builtin.ping in the same run, because seconds depend on the machine.

bin/test benchmark [ROUNDS]
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from typing import Any, Callable, NamedTuple

from harness.driver import run_module, succeeded
from harness.engine import Engine
from harness.image import BASE
from harness.lab import Lab
from harness.payload import contents, payloads, shipped_modules
from measuring.calls import calls
from measuring.workload import TYPICAL

PING = "ansible.builtin.ping"

# The existing objects: each task has nothing to change. The container has common options, so that they are compared.
UNCHANGED: dict[str, dict[str, Any]] = {
    "volume": {"name": "data"},
    "network": {"name": "front", "labels": {"team": "web"}},
    "image": {"name": BASE, "source": "local"},
    "container": {
        **TYPICAL,
        "image": BASE,
        "command": ["sleep", "1000"],
        "env": {"LEVEL": "info", "PORT": 80},
    },
    "volume_info": {"name": "data"},
    "network_info": {"name": "front"},
    "image_info": {"name": [BASE]},
    "container_info": {"name": "web"},
}


class Cost(NamedTuple):
    """The duration and the processor time of a process, in seconds."""

    wall: float
    busy: float


def cost(call: Callable[[], Any]) -> Cost:
    """The cost of a call whose work is done by a child process."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    call()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def processes(engine: Engine, rounds: int) -> None:
    """The module's process, from the interpreter's start to its result, if there is nothing to change.

    It gets the program that Ansible sends, because the full name of the module is given.
    """

    def task(name: str) -> Callable[[], Any]:
        return lambda: succeeded(run_module("slipway.docker." + name, {"docker_host": engine.host, **UNCHANGED[name]}))

    tasks = {name: task(name) for name in UNCHANGED}
    for name, call in tasks.items():
        call()
        assert not call()["changed"], "%s is not unchanged" % name
    called = {name: calls(engine, call) for name, call in tasks.items()}
    tasks[PING] = lambda: run_module(PING, {})
    # Alternating, so a busy moment of the machine affects all of them.
    costs = [{name: cost(call) for name, call in tasks.items()} for _round in range(rounds)]
    time_of = {name: statistics.median(row[name].wall for row in costs) for name in tasks}
    # The minimum, because other processes can only add to it.
    busy = {name: min(row[name].busy for row in costs) for name in tasks}
    print("process                    median of %-3d        processor         API calls" % rounds)
    for name in tasks:
        ratios = time_of[name] / time_of[PING], busy[name] / busy[PING]
        figures = (name, time_of[name], ratios[0], busy[name], ratios[1], len(called.get(name, ())))
        print("  %-24s %6.3f s  %5.2f   %6.3f s  %5.2f   %d" % figures)


def sizes() -> None:
    """The compressed size of the program that Ansible sends for a task."""
    modules = ["slipway.docker." + name for name in shipped_modules()]
    total = {name: sum(contents(program).values()) for name, program in payloads(PING, *modules).items()}
    print("payload")
    for name, size in total.items():
        print("  %-24s %6d kB %5.2f" % (name.removeprefix("slipway.docker."), size // 1000, size / total[PING]))


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    sizes()
    lab = Lab()
    try:
        processes(Engine(lab, "engine", "--debug"), rounds)
    finally:
        lab.close()


if __name__ == "__main__":
    main()
