# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core of a task, without Ansible: observe, plan, execute, report. The executor decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

from .errors import EngineMissing, IrreversibleError, SlipwayError, StepError, TransportError, foreseen
from .state.plan import Kind, Needs, Plan, Step, UndoDetails
from .state.resource import Params, Resource

BEGAN, DONE, FAILED = "began", "done", "failed"


class Outcome(NamedTuple):
    """The outcome of a task: ``changed``, the return values of the resource, and the plan."""

    changed: bool
    values: Dict[str, Any]
    plan: Plan


def converge(
    resource: Resource,
    params: Params,
    client: Any,
    check: bool = False,
    nothing: Callable[[], Any] | None = None,
    warn: Callable[[str], None] = lambda text: None,
) -> Outcome:
    """Bring a resource to the state that ``params`` declare; with ``check``, only plan it.

    ``nothing`` creates the client that ``check`` uses if there is no engine yet. ``warn`` is called before anything
    changes, so that warnings are not lost on failure. Raises SlipwayError, StepError once a step was started.
    """
    try:
        snapshot = resource.observe(client, params)
    except EngineMissing as error:
        if not check or nothing is None or error.misled:
            raise
        warn("%s Check mode assumes an engine without any objects." % error)
        client = nothing()
        snapshot = resource.observe(client, params)
    plan = planned(resource, params, snapshot, client)
    for warning in plan.warnings:
        warn(warning)
    changed = plan.changed
    learnt: Dict[str, Any] = {}
    if plan.steps and not check:
        if resource.execute:
            plan, changed, learnt = resource.execute(params, plan, client)
        else:
            results = execute(plan, client)
            learnt = resource.outcome(params, results) if resource.outcome else {}
        if not resource.settled:
            before, snapshot = snapshot, resource.observe(client, params)
            changed = resource.changed(plan, before, snapshot) if resource.changed else changed
    return Outcome(changed, {**resource.report(params, snapshot), **plan.values, **learnt}, plan)


def planned(resource: Resource, params: Params, snapshot: Any, client: Any) -> Plan:
    """The plan for a snapshot, after another look at the host if it depends on more."""
    plan = resource.plan(params, snapshot)
    return plan.plan(plan.read(client)) if isinstance(plan, Needs) else plan


@dataclass
class Undone:
    """A rollback: the steps undone, those that failed, and in ``stands`` why it ended early, if it did."""

    done: List[str] = field(default_factory=list)
    stuck: List[str] = field(default_factory=list)
    stands: str = ""
    details: Dict[str, Any] = field(default_factory=dict)


def execute(plan: Plan, client: Any, tell: Callable[[Step, str], None] = lambda step, what: None) -> List[Any]:
    """Run the steps in order and return what each returned.

    ``tell`` is called when a step BEGAN, and when it is DONE or has FAILED.

    Raises StepError if one fails, after rolling back the steps that were started, in reverse order.
    """
    results: List[Any] = []
    for number, step in enumerate(plan.steps):
        begun = plan.steps[: number + 1]
        tell(step, BEGAN)
        try:
            results.append(step.run(client))
        except Exception as error:
            tell(step, FAILED)
            # Also for a bug of ours: the host must not be left half-changed.
            undone, known = undo(begun, client), foreseen(error)
            raise _failed(begun, known, undone, _aftermath(plan, client, known))
        except BaseException:  # and for an interrupt
            undo(begun, client)
            raise
        tell(step, DONE)
    return results


def undo(steps: Sequence[Step], client: Any) -> Undone:
    """Run the undo steps of these steps, in reverse order."""
    found = Undone()
    for step in reversed(steps):
        if step.undo is None:
            continue
        try:
            learnt = step.undo.run(client)
        except IrreversibleError as error:
            found.stands = str(error)
            break
        except Exception as error:
            found.stuck.append("%s (%s)" % (step.undo, foreseen(error)))
        else:
            if learnt is not False:
                found.done.append(str(step.undo))
            if isinstance(learnt, UndoDetails):
                found.details.update(learnt)
    return found


def _aftermath(plan: Plan, client: Any, error: SlipwayError) -> Dict[str, Any]:
    """The state after the failure; empty if the engine no longer answers."""
    if plan.aftermath is None or isinstance(error, TransportError):
        return {}
    try:
        return plan.aftermath(client)
    except Exception:  # report the failure itself
        return {}


def _failed(begun: Tuple[Step, ...], error: SlipwayError, undone: Undone, aftermath: Dict[str, Any]) -> StepError:
    step, words = begun[-1], [error.fix]
    stay = [str(done) for done in begun[:-1] if done.alters and not done.undo and not done.lasting]
    unknown = isinstance(error, TransportError) and step.alters and not step.undo and not step.lasting
    rolled_back = not (stay or unknown or undone.stuck or undone.stands)
    if undone.stuck:
        words.append("Some steps could not be rolled back: %s." % "; ".join(undone.stuck))
    elif undone.done and not undone.stands:
        words.append("The other steps have been rolled back." if stay else "The steps before it have been rolled back.")
    if stay:
        words.insert(1, "These steps cannot be rolled back: %s." % "; ".join(stay))
    if unknown:
        words.append("It is unknown whether the engine executed this step.")
    words += [undone.stands, aftermath.pop("stands", "")]
    details = {
        **aftermath,
        **undone.details,
        **error.details,
        "failed_step": str(step),
        "done": [str(done) for done in begun[:-1]],
        "rolled_back": rolled_back,
        "undone": undone.done,
        "not_undone": undone.stuck,
    }
    verb = "Waiting failed for" if step.kind == Kind.WAIT else "Could not " + step.kind
    cause = "%s %s: %s" % (verb, step.about or "%s %s" % (step.noun, step.name), error.cause)
    return StepError(cause, " ".join(filter(None, words)), **details)
