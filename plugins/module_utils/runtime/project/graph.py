# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a project: a plan for each object, and their order. No I/O."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

from ..state.plan import Kind, Plan, Step
from ..state.resource import Params, Resource
from .lock import Lock
from .table import Key

NUMBER = re.compile("[0-9a-f]{64}")  # the ID of an object, real or made up


class Node(NamedTuple):
    """An object with its plan. ``after`` are the nodes that must be done before it, each with the reason.

    ``makes`` are the made-up IDs of what it creates. ``final`` is the number of its steps that can be undone, if the
    others wait until all nodes are done.
    """

    key: Key
    title: str
    resource: Resource
    params: Params
    plan: Plan
    after: Dict[Key, str]
    makes: Tuple[str, ...] = ()
    final: int = 0

    def part(self, final: bool) -> Node:
        """Only the steps that can be undone, or only the ``final`` ones."""
        steps = self.plan.steps
        return self._replace(plan=self.plan._replace(steps=steps[self.final :] if final else steps[: self.final]))

    @property
    def creates(self) -> bool:
        """Whether it is made anew."""
        return any(step.kind == Kind.CREATE for step in self.plan.steps)

    @property
    def changes(self) -> bool:
        """Whether it has any step."""
        return bool(self.plan.steps)


class Graph(NamedTuple):
    """The plans of all objects, in an order in which they can be executed one by one.

    It has the interface of a Plan. ``made`` maps made-up IDs to what they stand for, and ``lock`` was made before the
    host was observed.
    """

    nodes: Tuple[Node, ...]
    made: Dict[str, Key]
    lock: Lock
    warnings: Tuple[str, ...] = ()

    @property
    def steps(self) -> Tuple[Step, ...]:
        """The steps of all nodes."""
        return tuple(step for node in self.nodes for step in node.plan.steps)

    @property
    def changed(self) -> bool:
        """Whether executing the plan changes anything."""
        return any(node.plan.changed for node in self.nodes)

    @property
    def values(self) -> Dict[str, Any]:
        """The return values that do not depend on the execution."""
        nodes = self.data()
        return {"plan": nodes, "plan_digest": digest(nodes)}

    def actions(self) -> List[str]:
        """The steps as text."""
        return [str(step) for step in self.steps]

    def data(self) -> List[Dict[str, Any]]:
        """The nodes that change something, as data."""
        return [
            {
                "resource": str(node.key),
                "after": [str(key) for key in before],
                "steps": [_shown(step) for step in node.plan.steps],
            }
            for node, before in self._changing()
        ]

    def lines(self) -> List[str]:
        """The plan as a tree of lines."""
        found = []
        for node, before in self._changing():
            reasons: Dict[str, List[str]] = {}
            for key in before:
                reasons.setdefault(node.after[key], []).append(str(key))
            after = ["%s: %s" % (", ".join(keys), why) for why, keys in reasons.items()]
            found.append(str(node.key) + (" (after %s)" % "; ".join(after) if after else ""))
            found += ["  %s %s: %s" % (step.kind, step.about or _object(step), step.reason) for step in node.plan.steps]
            found += _differences(node.plan)
        return [NUMBER.sub(self._name, line) for line in found]

    def _name(self, found: re.Match[str]) -> str:
        return self.made[found[0]].name if found[0] in self.made else found[0]

    def _changing(self) -> Iterator[Tuple[Node, List[Key]]]:
        """The nodes that change something, each with those that come directly before it."""
        nodes = {node.key: node for node in self.nodes if node.changes}
        for node in nodes.values():
            before = [key for key in node.after if key in nodes]
            implied = {earlier for key in before for earlier in nodes[key].after}
            yield node, [key for key in before if key not in implied]

    def diff(self) -> Dict[str, Any]:
        """The tree, for the option ``--diff``."""
        lines = self.lines()
        return {"prepared": "\n".join([*lines, ""])} if lines else {"before": "", "after": ""}


def _object(step: Step) -> str:
    return "%s %s" % (step.noun, step.name)


def _shown(step: Step) -> Dict[str, str]:
    return {"action": step.kind, "object": _object(step), "reason": step.reason}


def _differences(plan: Plan) -> List[str]:
    """The values that differ, for an object that exists and stays."""
    if not (plan.exists and plan.stays):
        return []
    differing = [(change.title, change.before(), change.after()) for change in plan.changes]
    return ["  ~ %s: %s -> %s" % (title, json.dumps(before), json.dumps(after)) for title, before, after in differing]


def digest(data: List[Dict[str, Any]]) -> str:
    """The digest of a plan's data, and eight digits for each node, by which a later run finds what moved."""
    nodes = [part(entry) for entry in data]
    return ".".join([_hash(nodes), *nodes])


def part(entry: Dict[str, Any]) -> str:
    """The short digest of a node in a plan's data."""
    return _hash(entry)[:8]


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("utf-8")).hexdigest()
