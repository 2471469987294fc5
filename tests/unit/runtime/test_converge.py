# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The common code of tasks: results, and the executor that runs steps and rolls them back."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import converge, execute
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    ConflictError,
    ConnectionBroken,
    EngineMissing,
    IrreversibleError,
    NotFound,
    StepError,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.plan import Plan, Step, UndoDetails
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.table import Table


def do(log, what):
    """A step that only records that it ran."""
    log.append(what)
    return what.upper()


def fail(log, error):
    """A step that fails."""
    raise error


def step(name, call=do, arg=None, undo=None):
    """A step with the undo ``undo NAME`` unless given otherwise."""
    back = Step("remove", "thing", name, "take it back", *(undo or (do, ("undo " + name,))))
    return Step("create", "thing", name, "it is missing", call, (arg or name,), back)


def test_steps_run_in_order_and_return_their_results():
    """Each with the client and its arguments."""
    log = []
    assert execute(Plan((step("a"), step("b"))), log) == ["A", "B"]
    assert log == ["a", "b"]


def test_after_a_failure_steps_are_undone_in_reverse_order():
    """Including the failed step, which may be half done."""
    log = []
    failing = step("c", fail, ConflictError("the name is taken", "Choose another.", status=409))
    with pytest.raises(StepError) as caught:
        execute(Plan((step("a"), step("b"), failing, step("d"))), log)
    assert log == ["a", "b", "undo c", "undo b", "undo a"]
    assert str(caught.value) == (
        "Could not create thing c: the name is taken. Choose another. The steps before it have been rolled back."
    )
    assert caught.value.details["failed_step"] == "create thing c: it is missing"
    assert caught.value.details["done"] == ["create thing a: it is missing", "create thing b: it is missing"]
    assert caught.value.details["rolled_back"] is True


def test_a_failed_undo_is_reported():
    """The first error remains the cause, and the other steps are undone."""
    log = []
    stuck = step("b", undo=(fail, (NotFound("it is gone"),)))
    with pytest.raises(StepError, match="Some steps could not be rolled back: remove thing b.*it is gone") as caught:
        execute(Plan((step("a"), stuck, step("c", fail, ConflictError("no")))), log)
    assert log == ["a", "b", "undo c", "undo a"]
    assert caught.value.details["rolled_back"] is False


def test_an_irreversible_step_ends_the_rollback():
    """Earlier steps are not undone, and the message says what exists."""
    log = []
    gone = step("b", undo=(fail, (IrreversibleError("The old one is gone", "Run the task again."),)))
    with pytest.raises(StepError) as caught:
        execute(Plan((step("a"), gone, step("c"), step("d", fail, ConflictError("no")))), log)
    assert log == ["a", "b", "c", "undo d", "undo c"]
    assert str(caught.value) == "Could not create thing d: no. The old one is gone. Run the task again."
    assert caught.value.details["rolled_back"] is False
    assert caught.value.details["not_undone"] == []


def test_an_undo_can_add_details_or_do_nothing():
    """The result has the details, and does not mention an undo that did nothing."""

    def learn(log):
        return UndoDetails(container_output="its last words", failed_step="nonsense")

    steps = step("a", undo=(learn, ())), step("b", undo=(lambda log: False, ())), step("c", fail, ConflictError("no"))
    with pytest.raises(StepError) as caught:
        execute(Plan(steps), [])
    assert caught.value.details["undone"] == ["remove thing c: take it back", "remove thing a: take it back"]
    assert caught.value.details["container_output"] == "its last words"
    assert caught.value.details["failed_step"] == "create thing c: it is missing"


@pytest.mark.parametrize(
    ("facts", "rolled_back"),
    [({}, False), ({"alters": False}, True), ({"lasting": True}, True)],
)
def test_a_step_without_undo_is_not_rolled_back(facts, rolled_back):
    """Unless it changes nothing, or may remain."""
    first = Step("pull", "image", "a", "it is missing", do, ("a",), **facts)
    with pytest.raises(StepError) as caught:
        execute(Plan((first, step("b", fail, ConflictError("no")))), [])
    assert caught.value.details["rolled_back"] is rolled_back


def test_remaining_changes_are_reported_with_the_rollback():
    """The message and the flag agree."""
    log = []
    lost = Step("remove", "thing", "b", "it is old", do, ("b",))
    with pytest.raises(StepError) as caught:
        execute(Plan((step("a"), lost, step("c", fail, ConflictError("no", "Choose another.")))), log)
    assert str(caught.value) == (
        "Could not create thing c: no. Choose another. These steps cannot be rolled back: remove "
        "thing b: it is old. The other steps have been rolled back."
    )
    assert caught.value.details["rolled_back"] is False
    assert caught.value.details["undone"] == ["remove thing c: take it back", "remove thing a: take it back"]


@pytest.mark.parametrize(("error", "known"), [(ConflictError("no"), True), (ConnectionBroken("gone"), False)])
def test_a_failed_step_without_undo(error, known):
    """It is not regarded as done, unless that is unknown. Earlier steps are undone."""
    last = Step("remove", "thing", "b", "it is old", fail, (error,))
    with pytest.raises(StepError, match="The steps before it have been rolled back") as caught:
        execute(Plan((step("a"), last)), [])
    assert caught.value.details["rolled_back"] is known
    assert ("It is unknown whether the engine executed this step" in str(caught.value)) is not known


def test_an_unexpected_exception_rolls_back():
    """It is shown without values, which may be secret. An exception in an undo does not prevent the others."""
    log = []

    def stumble(log):
        raise KeyError("canary")

    steps = step("a"), step("b", undo=(stumble, ())), step("c", fail, ValueError("canary"))
    with pytest.raises(StepError, match="Could not create thing c: This is a bug in slipway.docker: ValueError at"):
        execute(Plan(steps), log)
    assert log == ["a", "b", "undo c", "undo a"]
    with pytest.raises(StepError) as caught:
        execute(Plan(steps), [])
    assert caught.value.details["rolled_back"] is False
    assert "KeyError at runtime/state/plan.py, line" in caught.value.details["not_undone"][0]
    assert "canary" not in str(caught.value) + str(caught.value.details)


def test_an_interrupt_rolls_back():
    """Ctrl-C and bugs leave nothing half done."""
    log = []
    with pytest.raises(KeyboardInterrupt):
        execute(Plan((step("a"), step("b", fail, KeyboardInterrupt()))), log)
    assert log == ["a", "undo b", "undo a"]


def resource(**more):
    """A resource whose client is a list, which is also its snapshot. It plans a step for each parameter."""
    return Resource(
        Table("thing", ()),
        lambda client, params: list(client),
        lambda params, snapshot: {"things": snapshot},
        lambda params, snapshot: Plan(tuple(step(name) for name in params if name not in snapshot), warnings=("look",)),
        **more,
    )


def test_a_task_is_converged():
    """The result has the state afterwards, and a second run has nothing to do."""
    client, warned = [], []
    outcome = converge(resource(), {"a": 1}, client, warn=warned.append)
    assert (outcome.changed, outcome.values, warned) == (True, {"things": ["a"]}, ["look"])
    outcome = converge(resource(), {"a": 1}, client)
    assert (outcome.changed, outcome.values, outcome.plan.steps) == (False, {"things": ["a"]}, ())


def test_check_mode_changes_nothing():
    """It has the same plan, and returns the current state."""
    client = ["b"]
    outcome = converge(resource(), {"a": 1}, client, check=True)
    assert (outcome.changed, outcome.values, client) == (True, {"things": ["b"]}, ["b"])
    assert outcome.plan.actions() == converge(resource(), {"a": 1}, client).plan.actions()


def test_a_resource_can_decide_whether_it_has_changed():
    """And return values from its steps. A settled resource is not observed again."""
    changed = resource(changed=lambda plan, before, after: before == [], outcome=lambda params, done: {"done": done})
    outcome = converge(changed, {"a": 1}, ["b"])
    assert (outcome.changed, outcome.values) == (False, {"things": ["b", "a"], "done": ["A"]})
    assert converge(resource(settled=True), {"a": 1}, []).values == {"things": []}


@pytest.mark.parametrize(
    ("check", "misled", "works"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_check_mode_continues_without_an_engine(check, misled, works):
    """Unless there is an engine at another address. A run requires the engine."""

    def observe(client, params):
        if client == "missing":
            missing = EngineMissing("no such socket")
            missing.misled = misled
            raise missing
        return []

    gone, warned = resource()._replace(observe=observe), []
    if works:
        assert converge(gone, {"a": 1}, "missing", check, list, warned.append).changed
        assert warned[0].startswith("no such socket. Check mode assumes an engine without any objects")
    else:
        with pytest.raises(EngineMissing):
            converge(gone, {"a": 1}, "missing", check, list, warned.append)
        assert warned == []


def test_a_failure_keeps_warnings():
    """They were created before the failure."""
    warned, failing = [], Plan((step("a", fail, ConflictError("no")),), warnings=("look",))
    with pytest.raises(StepError):
        converge(resource()._replace(plan=lambda params, snapshot: failing), {}, [], warn=warned.append)
    assert warned == ["look"]
