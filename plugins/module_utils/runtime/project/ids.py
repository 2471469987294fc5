# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IDs of objects that did not exist when the steps were planned."""

from __future__ import annotations

from typing import Any, Dict, List, Set, Tuple

from ..engine import containers, networks
from ..state.plan import Step
from .graph import NUMBER, Graph, Node


class RealIds:
    """Replaces the made-up IDs in the steps of a graph, as soon as the objects exist."""

    def __init__(self, graph: Graph) -> None:
        self._made = graph.made
        self._real: Dict[str, str] = {}
        self._needed: Set[str] = set()
        for node in graph.nodes:
            for step in node.plan.steps:
                self._needed.update(set(_numbers((step.args, step.body))) & set(graph.made) - set(node.makes))

    def learn(self, node: Node, client: Any) -> None:
        """Look up the IDs of what a node has created, if other nodes need them: one call each."""
        for number in self._needed.intersection(node.makes):
            key = self._made[number]
            inspect: Any = containers.inspect if key.noun == "container" else networks.inspect
            found = inspect(client, key.name)
            if found:
                self._real[number] = found["Id"]

    def steps(self, node: Node) -> Tuple[Step, ...]:
        """The steps of a node with the IDs that are known by now."""
        return tuple(self._step(step) for step in node.plan.steps)

    def _step(self, step: Step) -> Step:
        undo = step.undo and self._step(step.undo)
        return step._replace(args=self._replaced(step.args), body=self._replaced(step.body), undo=undo)

    def _replaced(self, value: Any) -> Any:
        """The value with the IDs in its texts replaced; what is no JSON stays as it is."""
        if isinstance(value, str):
            return NUMBER.sub(lambda found: self._real.get(found[0], found[0]), value)
        if isinstance(value, dict):
            return {key: self._replaced(part) for key, part in value.items()}
        if type(value) in (list, tuple):
            return type(value)(self._replaced(part) for part in value)
        return value


def _numbers(value: Any) -> List[str]:
    if isinstance(value, str):
        return NUMBER.findall(value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return [number for part in parts for number in _numbers(part)]
