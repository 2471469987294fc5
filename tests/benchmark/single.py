# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single tasks: the process of each module on its host, against that of community.docker and ping."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from harness.engine import ApiError, Engine
from harness.image import BASE
from harness.lab import Lab
from measuring import programs, record
from measuring.calls import calls
from measuring.command import parser, publish
from measuring.meter import Cost, Failed, measure
from measuring.single_report import CREATED, PING, UNCHANGED, parts
from measuring.workload import TYPICAL

PART = "single"
ROUNDS = 15
IMAGE = "bench/image:latest"


class Noun(NamedTuple):
    """A task for both collections, with the request that removes what it creates."""

    module: str
    peer: str
    options: dict[str, Any]
    peer_options: dict[str, Any]
    removal: str


def nouns(context: Path) -> list[Noun]:
    """The tasks. The container has common options, so that they are compared."""
    container = {
        **TYPICAL,
        "image": BASE,
        "command": ["sleep", "100000"],
        "env": {"LEVEL": "info", "PORT": "80"},
        "stop_signal": "SIGKILL",
    }
    network, volume = {"name": "bench", "labels": {"team": "web"}}, {"name": "bench", "labels": {"team": "web"}}
    image = {"name": IMAGE, "source": "build", "build": {"path": str(context)}}
    return [
        Noun("container", "docker_container", container, container, "/containers/web?force=1"),
        Noun("network", "docker_network", network, network, "/networks/bench"),
        Noun("volume", "docker_volume", volume, volume, "/volumes/bench?force=1"),
        Noun("image", "docker_image", image, image, "/images/%s?force=1" % IMAGE),
    ]


def remove(engine: Engine, noun: Noun) -> None:
    """Remove what a task has created, if it exists."""
    try:
        engine.api("DELETE", noun.removal)
    except ApiError as error:
        if error.status != 404:
            raise


def task(engine: Engine, module: str, options: dict[str, Any], *, changed: bool) -> Cost:
    """The cost of a module's process. Raises Failed if it does not change, or not change, what it should."""
    cost, said = measure(programs.process(module, {**options, "docker_host": engine.host}))
    result = json.loads(said)
    if result["changed"] is not changed:
        raise Failed("%s has changed %s" % (module, "something" if result["changed"] else "nothing"))
    return cost


def run(rounds: int) -> record.Record:
    """Measure, and return the record of the part."""
    lab = Lab()
    try:
        engine = Engine(lab, "engine", "--debug")  # it logs its calls
        engine.docker("volume", "create", "data")
        engine.docker("network", "create", "front")
        context = Path(lab.root) / "context"
        context.mkdir()
        (context / "Dockerfile").write_text("FROM %s\nLABEL team=web\n" % BASE)
        result: record.Record = {
            "circumstances": record.circumstances(engine),
            "values": {},
            "calls": {},
            "shipped": {},
        }
        tasks = [
            (module, noun, options)
            for noun in nouns(context)
            for module, options in (
                ("slipway.docker." + noun.module, noun.options),
                ("community.docker." + noun.peer, noun.peer_options),
            )
        ]

        def add(module: str, action: str, cost: Cost) -> None:
            of_action = result["values"].setdefault(module, {}).setdefault(action, {})
            for kind in record.KINDS:
                of_action.setdefault(kind, []).append(round(getattr(cost, kind), 4))

        for module, noun, options in tasks:
            remove(engine, noun)
            result["shipped"][module] = programs.shipped(module, options)
            for action, changed in ((CREATED, True), (UNCHANGED, False)):
                listed = calls(engine, lambda: task(engine, module, options, changed=changed))  # noqa: B023
                result["calls"].setdefault(module, {})[action] = len(listed)
            remove(engine, noun)
        result["shipped"][PING] = programs.shipped(PING, {})
        for turn in range(rounds):
            for module, noun, options in tasks:
                add(module, CREATED, task(engine, module, options, changed=True))
                add(module, UNCHANGED, task(engine, module, options, changed=False))
                remove(engine, noun)
            add(PING, UNCHANGED, measure(programs.process(PING, {}))[0])
            print("  round %d of %d" % (turn + 1, rounds), flush=True)
        return result
    finally:
        lab.close()


def main(arguments: list[str]) -> None:
    """Measure, print, and update the page."""
    options = parser(PART, __doc__, ROUNDS)
    given = options.parse_args(arguments)
    result = run(given.rounds)
    publish(PART, result, parts(result), given.print)


if __name__ == "__main__":
    main(sys.argv[1:])
