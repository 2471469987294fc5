# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Execution of a project's plan: nodes that do not depend on each other run at once."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from ..converge import BEGAN, DONE, FAILED, execute, undo
from ..errors import SlipwayError, StepError, foreseen
from ..state.plan import Kind, Step
from .graph import Graph, Node
from .ids import RealIds
from .table import Key
from .workers import workers

SKIPPED, UNDONE = "not begun", "undone"


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
    """What became of a node: DONE, FAILED, SKIPPED or UNDONE, and the return values of its resource."""

    what: str
    changed: bool = False
    values: Mapping[str, Any] = {}
    error: SlipwayError | None = None


class Execution:
    """Runs nodes on up to ``width`` threads, each with a connection of its own.

    A node begins when all nodes that it comes after are done. If one fails, its own steps are rolled back, and those
    that come after it are not begun. All others are finished, unless the execution ``halts``. ``tell`` gets each Event
    as it happens.
    """

    def __init__(self, graph: Graph, client: Any, width: int, tell: Callable[[Event], None], halts: bool) -> None:
        self._client, self._width, self._tell, self._halts = client, width, tell, halts
        self._ids = RealIds(graph)
        self._start = time.monotonic()
        self._change = threading.Condition()
        self._stopped = False
        self._waiting: List[Node] = []
        self._done: List[Tuple[Node, Tuple[Step, ...]]] = []
        self.results: Dict[Key, Result] = {}

    def run(self, nodes: Sequence[Node]) -> bool:
        """Run these nodes, and return whether all are done."""
        self._waiting = [node for node in nodes if node.changes]
        waiting = {node.key for node in self._waiting}
        for node in nodes:
            if node.key in waiting:
                self.results.pop(node.key, None)
            else:
                self.results.setdefault(node.key, Result(DONE))
        with workers(self._client, min(self._width, len(waiting)) - 1, self._work):
            try:
                self._work(self._client)
            finally:
                with self._change:
                    self._stopped = True  # if this was an interrupt: what is under way is finished
                    self._change.notify_all()
        self._stopped = False
        return all(result.what == DONE for result in self.results.values())

    def take_back(self) -> List[str]:
        """Undo the nodes that are done, the last one first. Returns the steps that could not be undone.

        What was stopped is started when all else is undone, the first one first, because it may use another one. Notes
        stay until nothing is left to be finished.
        """
        ranks = (list(reversed(self._done)), self._done, self._done)
        parts = [
            (node, [step for step in steps if _rank(step) == rank])
            for rank, nodes in enumerate(ranks)
            for node, steps in nodes
        ]
        stuck: Dict[Key, List[str]] = {node.key: [] for node, _steps in parts}
        for node, steps in parts:
            began, found = time.monotonic(), undo(steps, self._client)
            left = [*found.stuck, *filter(None, [found.stands])]
            stuck[node.key] += left
            for words in [*found.done, *left]:
                self._say(node, words, FAILED if words in left else UNDONE, began)
        for key, left in stuck.items():
            self.results[key] = Result(UNDONE, bool(left))
        return [words for left in stuck.values() for words in left]

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
        """The next node that can begin, or None at the end."""
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
        """Give up the nodes that come after one that was not done, or all if the execution halts."""
        failed = {key for key, result in self.results.items() if result.what != DONE}
        for node in list(self._waiting):
            if failed and self._halts or not failed.isdisjoint(node.after):
                self._waiting.remove(node)
                failed.add(node.key)
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
        resource, plan = node.resource, node.plan._replace(steps=self._ids.steps(node))
        certain = all(step.certain for step in plan.steps)
        before = None if certain else resource.observe(client, node.params)
        results = execute(plan, client, self._teller(node))
        with self._change:
            self._done.append((node, plan.steps))
        values = resource.outcome(node.params, results) if resource.outcome else {}
        if values.get("failed"):
            raise StepError(values["msg"], rolled_back=False, container_output=values.get("container_output", ""))
        changed = plan.changed
        if not certain and resource.changed:
            changed = resource.changed(plan, before, resource.observe(client, node.params))
        self._ids.learn(node, client)
        return Result(DONE, changed, values)

    def _teller(self, node: Node) -> Callable[[Step, str], None]:
        began = [time.monotonic()]

        def tell(step: Step, what: str) -> None:
            if what == BEGAN:
                began[0] = time.monotonic()
            self._say(node, str(step), what, began[0])

        return tell


def _rank(step: Step) -> int:
    """When a step is undone: starts of containers (1) are after all else (0), and notes (2) last."""
    starts = step.undo is not None and step.undo.kind in (Kind.MAKE, Kind.START)
    return 2 if step.noun == "note" else int(starts)
