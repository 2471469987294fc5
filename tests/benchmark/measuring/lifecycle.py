# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the actions of one side in their order, and verifies the state that each leaves."""

from __future__ import annotations

import json
import urllib.parse
from typing import Callable, TypeVar

from harness.engine import Engine

from . import workload
from .meter import Command
from .sides import Side
from .workload import CHANGE, REMOVE

T = TypeVar("T")
State = dict[str, str]


class Wrong(AssertionError):
    """A side has left another state than it should."""


def running(engine: Engine) -> State:
    """The IDs of the containers by name. Raises Wrong if one does not run."""
    filters = urllib.parse.quote(json.dumps({"label": [workload.LABEL]}))
    listed = engine.api("GET", "/containers/json?all=1&filters=" + filters)
    states = {each["Names"][0][1:]: each["State"] for each in listed}
    idle = sorted(name for name, state in states.items() if state != "running")
    if idle:
        raise Wrong("%d containers do not run, such as %s (%s)" % (len(idle), idle[0], states[idle[0]]))
    return {each["Names"][0][1:]: each["Id"] for each in listed}


def verify(action: str, number: int, before: State, after: State) -> None:
    """Raise Wrong unless an action has led from one state to the other."""
    expected = set() if action == REMOVE else set(workload.names(number))
    if set(after) != expected:
        raise Wrong("%s: %d containers run instead of %d" % (action, len(after), len(expected)))
    replaced = {name for name in before if name in after and before[name] != after[name]}
    if replaced != ({workload.changed_name(number)} if action == CHANGE else set()):
        raise Wrong("%s: replaced %s" % (action, ", ".join(sorted(replaced)) or "nothing"))


def lifecycle(
    engine: Engine, side: Side, number: int, repeats: int, observe: Callable[[Command], T]
) -> list[tuple[str, T]]:
    """What ``observe`` returns for the command of each action, with ``unchanged`` repeated. Raises Wrong.

    In the end there are no containers.
    """
    results = []
    try:
        for action in side.actions:
            for _repeat in range(repeats if action == workload.UNCHANGED else 1):
                command, before = side.command(number, action), running(engine)
                results.append((action, observe(command)))
                if len(side.actions) > 1:
                    verify(action, number, before, running(engine))
    finally:
        remove(engine)
    return results


def remove(engine: Engine) -> None:
    """Remove the containers that a failure has left."""
    for container in engine.api("GET", "/containers/json?all=1"):
        engine.api("DELETE", "/containers/%s?force=1&v=1" % container["Id"])
