# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans whose changes can all be rolled back until every resource of the project is done.

What cannot be undone, which is the removal of objects, comes last. An old container is renamed until then, so that the
new one already has its name.
"""

from __future__ import annotations

from typing import Any, List, Tuple

from ..engine import lifecycle, volumes
from ..errors import NotFound
from ..state.plan import Kind, Plan, Step

OLD = "-slipway-old"  # ends the name of a container that has been replaced and is about to be removed


def deferred(plan: Plan) -> Tuple[Plan, int]:
    """The plan, with what cannot be undone at its end, and the number of the steps before that."""
    steps = tuple(_undoable(step) if not plan.exists else step for step in plan.steps)
    end = next((number for number, step in enumerate(steps) if _is_final(plan, step)), len(steps))
    head, tail = list(steps[:end]), list(steps[end:])
    renaming = [step for step in tail if step.kind == Kind.RENAME]
    removal = next((step for step in tail if step.kind == Kind.REMOVE and step.noun == "container"), None)
    if renaming and removal:
        tail = [step._replace(name=removal.name + OLD) if step is removal else step for step in tail]
        tail.remove(renaming[0])
        head += _switch(removal, renaming[0])
    return plan._replace(steps=tuple(head + tail)), len(head)


def _undoable(step: Step) -> Step:
    """The step; a volume that it creates is removed again."""
    if step.kind != Kind.CREATE or step.noun != "volume" or step.undo:
        return step
    return step._replace(undo=Step(Kind.REMOVE, "volume", step.name, "undo its creation", volumes.remove, (step.name,)))


def _is_final(plan: Plan, step: Step) -> bool:
    """Whether a step removes something that is not made again, or the note by which a recreation is undone."""
    if step.noun == "note":
        return step.undo is not None and step.undo.kind == Kind.KEEP
    removes = step.kind == Kind.REMOVE and step.noun in ("container", "image", "network", "volume")
    return removes and (not plan.stays or step.noun in ("container", "image"))


def _switch(removal: Step, renaming: Step) -> List[Step]:
    """Give the old container another name, and its name to the new one."""
    name, old, made = removal.name, removal.args[0], renaming.args[0]
    back = Step(Kind.RENAME, "container", name + OLD, "undo its replacement", _rename, (old, name))
    again = Step(Kind.RENAME, "container", name, "undo its replacement", _rename, (made, renaming.name))
    why = "it is removed when the whole project is done"
    return [
        Step(Kind.RENAME, "container", name, why, _rename, (old, name + OLD), back),
        renaming._replace(undo=again),
    ]


def _rename(client: Any, container: str, name: str) -> bool:
    """Rename a container; False if it is gone, as one with ``auto_remove`` is when it has stopped."""
    try:
        lifecycle.rename(client, container, name)
    except NotFound:
        return False
    return True
