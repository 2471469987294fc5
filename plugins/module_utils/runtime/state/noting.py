# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps that a note protects: if they are interrupted, the next run finishes them."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Tuple

from ..errors import IrreversibleError
from .plan import Kind, Step


def finished(note: Any, title: str, drop: Callable[..., Any], what: str = "recreation") -> Tuple[Step, ...]:
    """The step that removes the note of a killed run with ``drop``, if there is one: the operation is finished."""
    if note is None:
        return ()
    reason = "the interrupted %s is finished" % what
    return (Step(Kind.REMOVE, "note", title, reason, drop, (note,), lasting=True),)


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
    undo = Step(Kind.REMOVE, "note", note.title, "", take_back)
    first = Step(Kind.CREATE, "note", note.title, why, note.make, undo=undo, body=content)
    last = Step(Kind.REMOVE, "note", note.title, done, note.drop, (), Step(Kind.KEEP, "note", note.title, "", keep))
    return (first, *steps, last)
