# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task costs, as ratios to ansible.builtin.ping in the same run: seconds depend on the machine, these do not.

bin/test benchmark [ROUNDS]
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any, Callable

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from harness.driver import run_module, succeeded  # noqa: E402
from harness.engine import Engine  # noqa: E402
from harness.lab import Lab  # noqa: E402
from harness.payload import contents, payloads  # noqa: E402

PING = "ansible.builtin.ping"


def seconds(call: Callable[[], Any]) -> float:
    """How long a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def processes(engine: Engine, rounds: int) -> None:
    """The module's process, from the interpreter's start to its result, with nothing to change."""
    volume = {"docker_host": engine.host, "name": "data"}
    succeeded(run_module("volume", volume))
    tasks: dict[str, Callable[[], Any]] = {
        PING: lambda: run_module(PING, {}),
        "volume, unchanged": lambda: run_module("volume", volume),
        "volume_info": lambda: run_module("volume_info", volume),
    }
    # In turns, so that a busy moment of the machine meets all of them.
    times = [{name: seconds(task) for name, task in tasks.items()} for _round in range(rounds)]
    ping = statistics.median(row[PING] for row in times)
    print("process (median of %d)" % rounds)
    for name in tasks:
        median = statistics.median(row[name] for row in times)
        print("  %-24s %6.3f s  %5.2f" % (name, median, median / ping))


def sizes() -> None:
    """What Ansible sends to a host for a task, compressed."""
    modules = ["slipway.docker." + path.stem for path in sorted(ROOT.glob("plugins/modules/*.py"))]
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
        processes(Engine(lab, "engine"), rounds)
    finally:
        lab.close()


if __name__ == "__main__":
    main()
