# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: the ordered steps, the reason for each, and how to undo them."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Tuple

from ..errors import SlipwayError
from .compare import Change


class Kind:
    """What a step does with its object, as the verb of messages."""

    AWAIT_END = "await the end of"
    AWAIT_IDLENESS = "await idleness of"
    BUILD = "build"
    CHMOD = "chmod"
    CONNECT = "connect"
    COPY = "copy"
    CREATE = "create"
    DELETE = "delete"
    DISABLE = "disable"
    DISCONNECT = "disconnect"
    ENABLE = "enable"
    FETCH = "fetch"
    IMPORT = "import"
    INSTALL = "install"
    KEEP = "keep"
    KILL = "kill"
    LOAD = "load"
    LOG_IN = "log in to"
    LOG_OUT = "log out of"
    LOOK_AT = "look at"
    LOOK_FOR = "look for"
    MAKE = "make"
    MOVE_TAG = "move tag of"
    PAUSE = "pause"
    PULL = "pull"
    PUSH = "push"
    PUT_BACK = "put back"
    REACH = "reach"
    REMOVE = "remove"
    RENAME = "rename"
    RESTART = "restart"
    RESTORE = "restore"
    RUN = "run"
    SAVE = "save"
    SET = "set"
    SIGNAL = "signal"
    START = "start"
    STOP = "stop"
    TAG = "tag"
    TRUST = "trust"
    UNPAUSE = "unpause"
    UPDATE = "update"
    UPGRADE = "upgrade"
    WAIT = "wait for"
    WRITE = "write"


class UndoDetails(Dict[str, Any]):
    """Details for the task's result that an undo step collected."""


class Concern(str):
    """A warning about another object (noun and name), which that object's own task resolves."""

    other: Tuple[str, str] = ("", "")

    @classmethod
    def about(cls, noun: str, name: str, words: str) -> Concern:
        """The warning about this object."""
        found = cls(words)
        found.other = (noun, name)
        return found


class Made:
    """An object that a step creates. Later steps take it as an argument, and receive its ``id``."""

    def __init__(self) -> None:
        self.id = ""


class Step(NamedTuple):
    """One Engine call, or one wait: what is done (a ``Kind``) with which object, and why.

    ``call`` is run with the client, ``args`` and, unless it is None, ``body``, which is what the request contains;
    ``undo`` takes the step back if a later one fails. ``makes`` gets the id that the call returns.
    An ``undo`` must stand having nothing to take back: it is also tried for the step that failed. Its call returns
    False then, or what it has UndoDetails; it raises IrreversibleError where what it would bring back is gone.
    ``alters`` is false for a wait, which changes nothing, and ``certain`` is false if only the result shows whether the
    step has changed anything. ``lasting`` says that a failure leaves what the step has done, and that this is no harm:
    an image was pulled, or what a killed run has left was put in order. ``about`` is what a message calls the object,
    if not by its noun and name.
    """

    kind: str
    noun: str
    name: str
    reason: str
    call: Callable[..., Any]
    args: Tuple[Any, ...] = ()
    undo: Step | None = None
    alters: bool = True
    certain: bool = True
    lasting: bool = False
    makes: Made | None = None
    about: str = ""
    body: Any = None

    def __str__(self) -> str:
        return "%s %s %s: %s" % (self.kind, self.noun, self.name, self.reason)

    @property
    def arguments(self) -> Tuple[Any, ...]:
        """What ``call`` takes after the client."""
        return self.args if self.body is None else (*self.args, self.body)

    def run(self, client: Any) -> Any:
        """Execute the step and return the result of its call."""
        found = self.call(client, *(arg.id if isinstance(arg, Made) else arg for arg in self.arguments))
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
    values: Mapping[str, Any] = {}  # return values that do not depend on its execution

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


class Needs(NamedTuple):
    """What a plan depends on besides the snapshot: ``read(client)`` looks at it, and ``plan`` is pure again."""

    read: Callable[[Any], Any]
    plan: Callable[[Any], Plan]


def created(table_fields: Tuple[Any, ...], want: Mapping[str, Any]) -> Tuple[Change, ...]:
    """The changes of a created object for its diff: all declared fields."""
    return tuple(Change.of(field, want[field.name], None) for field in table_fields if field.name in want)


def refused(kind: str, noun: str, name: str, reason: str, error: SlipwayError) -> Plan:
    """A step that fails, with a warning: in check mode, an earlier task might have removed the obstacle."""

    def refuse(client: Any) -> None:
        raise error

    return Plan((Step(kind, noun, name, reason, refuse),), warnings=(error.cause + ".",))
