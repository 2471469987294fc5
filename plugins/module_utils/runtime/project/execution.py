# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Execution of a project's plan: nodes that do not depend on each other run at once."""

from __future__ import annotations

import re
import threading
import time
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Sequence, Set

from ..converge import BEGAN, DONE, FAILED, execute
from ..engine import containers, networks
from ..errors import SlipwayError, StepError, foreseen
from ..state.plan import Plan, Step
from .graph import Graph, Node
from .table import Key

SKIPPED = "not begun"
_NUMBER = re.compile("[0-9a-f]{64}")


class Event(NamedTuple):
    """Something that happened to a step, or to a whole node if ``step`` is empty.

    ``at`` are the seconds since the start of the execution, and ``seconds`` those that it took.
    """

    key: Key
    step: str
    what: str
    at: float
    seconds: float = 0.0
    words: str = ""


class Result(NamedTuple):
    """What became of a node: one of DONE, FAILED and SKIPPED, and the return values of its resource."""

    what: str
    changed: bool = False
    values: Mapping[str, Any] = {}
    error: SlipwayError | None = None


class Execution:
    """Runs the nodes of a graph on up to ``width`` threads, each with a connection of its own.

    A node begins when all nodes that it comes after are done. If one fails, its own steps are rolled back, those that
    come after it are not begun, and all others are finished. ``tell`` gets each Event as it happens.
    """

    def __init__(self, graph: Graph, client: Any, width: int, tell: Callable[[Event], None]) -> None:
        self._graph, self._client, self._width, self._tell = graph, client, width, tell
        self._waiting: List[Node] = [node for node in graph.nodes if node.changes]
        self.results: Dict[Key, Result] = {node.key: Result(DONE) for node in graph.nodes if not node.changes}
        self._real: Dict[str, str] = {}
        self._needed = _needed(graph)
        self._change = threading.Condition()
        self._stopped: BaseException | None = None
        self._start = time.monotonic()

    def run(self) -> Dict[Key, Result]:
        """Run all nodes, and return what became of each."""
        extra = min(self._width, len(self._waiting)) - 1
        threads = [threading.Thread(target=self._beside) for _number in range(extra)]
        for thread in threads:
            thread.start()
        try:
            self._work(self._client)
        except BaseException as error:  # an interrupt: what is under way is finished
            self._stopped = error
            raise
        finally:
            for thread in threads:
                thread.join()
        return self.results

    def _beside(self) -> None:
        client = self._client.beside()
        try:
            self._work(client)
        finally:
            client.close()

    def _work(self, client: Any) -> None:
        while True:
            node = self._next()
            if node is None:
                return
            result = self._run(node, client)
            with self._change:
                self.results[node.key] = result
                self._change.notify_all()

    def _next(self) -> Node | None:
        """The next node that can begin; None if there is none left."""
        with self._change:
            while self._waiting and not self._stopped:
                self._skip()
                for node in self._waiting:
                    if all(key in self.results for key in node.after):
                        self._waiting.remove(node)
                        return node
                if self._waiting:
                    self._change.wait()
            return None

    def _skip(self) -> None:
        """Give up the nodes that come after one that was not done."""
        for node in list(self._waiting):
            if any(key in self.results and self.results[key].what != DONE for key in node.after):
                self._waiting.remove(node)
                self.results[node.key] = Result(SKIPPED)
                self._say(node, "", SKIPPED)
                self._change.notify_all()

    def _say(self, node: Node, step: str, what: str, began: float | None = None, words: str = "") -> None:
        now = time.monotonic()
        self._tell(Event(node.key, step, what, now - self._start, now - (began or now), words))

    def _run(self, node: Node, client: Any) -> Result:
        began = time.monotonic()
        self._say(node, "", BEGAN)
        try:
            result = self._converge(node, client)
        except Exception as error:
            known = foreseen(error)
            self._say(node, "", FAILED, began, str(known))
            return Result(FAILED, not known.details.get("rolled_back", True), error=known)
        self._say(node, "", DONE, began)
        return result

    def _converge(self, node: Node, client: Any) -> Result:
        plan, resource = node.plan, node.resource
        plan = plan._replace(steps=tuple(self._with_real_ids(step) for step in plan.steps))
        before = resource.observe(client, node.params) if _is_uncertain(plan) else None
        results = execute(plan, client, self._teller(node))
        values = resource.outcome(node.params, results) if resource.outcome else {}
        if values.get("failed"):
            raise StepError(values["msg"], rolled_back=False, container_output=values.get("container_output", ""))
        changed = plan.changed
        if before is not None and resource.changed:
            changed = resource.changed(plan, before, resource.observe(client, node.params))
        self._learn(node, client)
        return Result(DONE, changed, values)

    def _teller(self, node: Node) -> Callable[[Step, str], None]:
        began = [time.monotonic()]

        def tell(step: Step, what: str) -> None:
            if what == BEGAN:
                began[0] = time.monotonic()
            self._say(node, str(step), what, began[0])

        return tell

    def _learn(self, node: Node, client: Any) -> None:
        """Look up the IDs of what a node has created, if others need them."""
        for number in self._needed.intersection(node.makes):
            key = self._graph.made[number]
            inspect: Any = containers.inspect if key.noun == "container" else networks.inspect
            found = inspect(client, key.name)
            if found:
                self._real[number] = found["Id"]

    def _with_real_ids(self, step: Step) -> Step:
        undo = step.undo and self._with_real_ids(step.undo)
        return step._replace(args=self._replaced(step.args), body=self._replaced(step.body), undo=undo)

    def _replaced(self, value: Any) -> Any:
        if isinstance(value, str):
            return _NUMBER.sub(lambda found: self._real.get(found[0], found[0]), value)
        if isinstance(value, Mapping) and type(value) is dict:
            return {key: self._replaced(part) for key, part in value.items()}
        if type(value) in (list, tuple):
            return type(value)(self._replaced(part) for part in value)
        return value


def _is_uncertain(plan: Plan) -> bool:
    return not all(step.certain for step in plan.steps)


def _needed(graph: Graph) -> Set[str]:
    """The made-up IDs in the steps of other nodes than those that create what they stand for."""
    found: Set[str] = set()
    for node in graph.nodes:
        for step in node.plan.steps:
            found.update(set(_numbers((step.args, step.body))) - set(node.makes))
    return found & set(graph.made)


def _numbers(value: Any) -> Sequence[str]:
    if isinstance(value, str):
        return _NUMBER.findall(value)
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [number for part in value for number in _numbers(part)]
    return ()
