# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: the ordered steps, the reason for each, and how to undo them."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Tuple

from ..errors import IrreversibleError, SlipwayError
from .compare import Change


class UndoDetails(Dict[str, Any]):
    """Details for the task's result that an undo step collected."""


class Made:
    """An object that a step creates. Later steps take it as an argument, and receive its ``id``."""

    def __init__(self) -> None:
        self.id = ""


class Step(NamedTuple):
    """One Engine call, or one wait.

    ``call`` is run with the client and then ``args``; ``undo`` takes the step back if a later one fails. ``makes``
    gets the id that the call returns.
    An ``undo`` must stand having nothing to take back: it is also tried for the step that failed. Its call returns
    False then, or what it has UndoDetails; it raises IrreversibleError where what it would bring back is gone.
    ``alters`` is false for a wait: it is no change. ``lasting`` says that a failure leaves what the step has done, and
    that this is no harm: an image was pulled, or what a killed run has left was put in order. ``about`` is what a
    message calls the object, if not by its noun and name.
    """

    verb: str
    noun: str
    name: str
    reason: str
    call: Callable[..., Any]
    args: Tuple[Any, ...] = ()
    undo: Step | None = None
    alters: bool = True
    lasting: bool = False
    makes: Made | None = None
    about: str = ""

    def __str__(self) -> str:
        return "%s %s %s: %s" % (self.verb, self.noun, self.name, self.reason)

    def run(self, client: Any) -> Any:
        """Execute the step and return the result of its call."""
        found = self.call(client, *(arg.id if isinstance(arg, Made) else arg for arg in self.args))
        if self.makes is not None:
            self.makes.id = found
        return found


class Plan(NamedTuple):
    """The steps of a task, with its changes and warnings."""

    steps: Tuple[Step, ...] = ()
    changes: Tuple[Change, ...] = ()
    warnings: Tuple[str, ...] = ()
    exists: bool = True  # before the plan is executed
    stays: bool = True  # after it
    shown: Mapping[str, Any] | None = None  # a diff of its own, for what is no set of fields
    aftermath: Callable[[Any], UndoDetails] | None = None  # what there is after a failure, a sentence under ``stands``

    @property
    def changed(self) -> bool:
        """Whether executing the plan changes anything."""
        return any(step.alters for step in self.steps)

    def actions(self) -> List[str]:
        """The steps as text."""
        return [str(step) for step in self.steps]

    def diff(self) -> Dict[str, Any]:
        """Ansible's diff: the values that differ, before and after, without secrets."""
        if self.shown is not None:
            return dict(self.shown)
        before: Dict[str, Any] = {}
        after: Dict[str, Any] = {}
        if self.exists != self.stays:
            before["exists"], after["exists"] = self.exists, self.stays
        for change in self.changes:
            if self.exists:
                before[change.name] = change.before()
            if self.stays:
                after[change.name] = change.after()
        return {"before": before, "after": after}


def joined(*plans: Plan) -> Plan:
    """The steps, changes and warnings of several plans, in this order."""
    return Plan(
        tuple(step for plan in plans for step in plan.steps),
        tuple(change for plan in plans for change in plan.changes),
        tuple(warning for plan in plans for warning in plan.warnings),
    )


def created(table_fields: Tuple[Any, ...], want: Dict[str, Any]) -> Tuple[Change, ...]:
    """The changes of a created object for its diff: all declared fields."""
    return tuple(Change(field, want[field.name], None) for field in table_fields if field.name in want)


def refused(verb: str, noun: str, name: str, reason: str, error: SlipwayError) -> Plan:
    """A step that fails, with a warning: in check mode, an earlier task might have removed the obstacle."""

    def refuse(client: Any) -> None:
        raise error

    return Plan((Step(verb, noun, name, reason, refuse),), warnings=(error.cause + ".",))


def noted(
    note: Any, subject: str, content: Mapping[str, Any], steps: Tuple[Step, ...], whole: Callable[[Any], bool]
) -> Tuple[Step, ...]:
    """The steps, enclosed by the creation and removal of a note that lets the next run finish them.

    ``note`` is a ``notes.Writing``. If the steps are taken back, the note goes too, unless ``whole`` finds that
    something is still missing: the next run tries that again. When all is done, nothing is taken back any more.
    """

    def take_back(client: Any) -> bool:
        if whole(client):
            note.drop(client)
        return False

    def keep(client: Any) -> None:
        raise IrreversibleError("%s is done" % subject)

    done = "%s is done" % subject
    why = "if this run is interrupted, the next one uses it to finish"
    first = Step(
        "create", "note", note.title, why, note.make, (content,), Step("remove", "note", note.title, "", take_back)
    )
    last = Step("remove", "note", note.title, done, note.drop, (), Step("keep", "note", note.title, "", keep))
    return (first, *steps, last)
