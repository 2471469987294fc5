# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What will happen: the ordered steps, why each, and how to take them back. The executor decides nothing."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Tuple

from ..errors import SlipwayError, StepError
from .compare import Change, hide


class Step(NamedTuple):
    """One Engine call, or one wait.

    ``call`` is run with the client and then ``args``; ``undo`` takes the step back if a later one fails.
    An ``undo`` must stand having nothing to take back: it is also tried for the step that failed.
    ``alters`` is false for a wait: it is no change.
    """

    verb: str
    noun: str
    name: str
    reason: str
    call: Callable[..., Any]
    args: Tuple[Any, ...] = ()
    undo: Step | None = None
    alters: bool = True

    def __str__(self) -> str:
        return "%s %s %s: %s" % (self.verb, self.noun, self.name, self.reason)


class Plan(NamedTuple):
    """The steps of a task, with what differs and what is left alone on purpose."""

    steps: Tuple[Step, ...] = ()
    changes: Tuple[Change, ...] = ()
    warnings: Tuple[str, ...] = ()
    exists: bool = True  # before the plan is executed
    stays: bool = True  # after it
    shown: Mapping[str, Any] | None = None  # a diff of its own, for what is no set of fields

    @property
    def changed(self) -> bool:
        """Whether executing the plan changes anything."""
        return any(step.alters for step in self.steps)

    def actions(self) -> List[str]:
        """The plan as text."""
        return [str(step) for step in self.steps]

    def diff(self) -> Dict[str, Any]:
        """Ansible's diff: of what differs, the values before and after; secrets are hidden."""
        if self.shown is not None:
            return dict(self.shown)
        before: Dict[str, Any] = {}
        after: Dict[str, Any] = {}
        if self.exists != self.stays:
            before["exists"], after["exists"] = self.exists, self.stays
        for change in self.changes:
            if self.exists:
                before[change.name] = hide(change.field, change.have)
            if self.stays:
                after[change.name] = hide(change.field, change.want)
        return {"before": before, "after": after}


def created(table_fields: Tuple[Any, ...], want: Dict[str, Any]) -> Tuple[Change, ...]:
    """The changes that making an object from nothing shows in its diff: all that was declared."""
    return tuple(Change(field, want[field.name], None) for field in table_fields if field.name in want)


def execute(plan: Plan, client: Any) -> List[Any]:
    """Run the steps in order and return what each returned.

    Raises StepError when one fails, after the steps that were done have been taken back in reverse order.
    """
    results: List[Any] = []
    for number, step in enumerate(plan.steps):
        try:
            results.append(step.call(client, *step.args))
        except SlipwayError as error:
            undone, stuck = _undo(plan.steps[: number + 1], client)
            raise _failed(step, error, [str(done) for done in plan.steps[:number]], undone, stuck)
        except BaseException:
            # An interrupt, or a bug: the host must not be left half-made for either.
            _undo(plan.steps[: number + 1], client)
            raise
    return results


def _undo(steps: Tuple[Step, ...], client: Any) -> Tuple[List[str], List[str]]:
    undone: List[str] = []
    stuck: List[str] = []
    for step in reversed(steps):
        if step.undo is None:
            continue
        try:
            step.undo.call(client, *step.undo.args)
            undone.append(str(step.undo))
        except SlipwayError as error:
            stuck.append("%s (%s)" % (step.undo, error))
    return undone, stuck


def _failed(step: Step, error: SlipwayError, done: List[str], undone: List[str], stuck: List[str]) -> StepError:
    fix = error.fix
    if stuck:
        fix = (fix + " " if fix else "") + "Not all could be taken back, look at: %s." % "; ".join(stuck)
    elif undone:
        fix = (fix + " " if fix else "") + "What was done before has been taken back."
    details = dict(error.details)
    details.update(
        failed_step=str(step), done=done, rolled_back=bool(undone) and not stuck, undone=undone, not_undone=stuck
    )
    return StepError("Could not %s %s %s: %s" % (step.verb, step.noun, step.name, error.cause), fix, **details)
