# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparison of canonical values, and the display of differences."""

from __future__ import annotations

import json
from typing import Any, Mapping, NamedTuple, Set, Tuple

from .canonical import seen
from .field import KEYED, SUBSET, UNORDERED, Field, Option

# The modes of the option ``comparisons``.
STRICT = "strict"
IGNORED = "ignore"
ALLOW_MORE = "allow_more_present"

HIDDEN = "(hidden)"
HIDDEN_OTHER = "(hidden, differs)"


class Change(NamedTuple):
    """A difference between what is declared and what was observed; ``field`` is its row in a table, if it has one."""

    name: str
    want: Any
    have: Any
    field: Field | None = None

    @classmethod
    def of(cls, field: Field, want: Any, have: Any) -> Change:
        """A difference in a field."""
        return cls(field.name, want, have, field)

    @property
    def on_change(self) -> str:
        """How the change is made; empty without a field."""
        return self.field.on_change if self.field else ""

    @property
    def title(self) -> str:
        """The option's name, with the names of the entries that differ where their values are hidden."""
        names = ", ".join(sorted(self.others()))
        return "%s (%s)" % (self.name, names) if names else self.name

    def others(self) -> Set[str]:
        """The names of the entries that differ, of a dict whose values are hidden."""
        if not (self.field and _is_hidden(self.field) and isinstance(self.want, Mapping)):
            return set()
        have = self.have or {}
        names = set(self.want) if self.field.compare == SUBSET else {*self.want, *have}
        return {name for name in names if self.want.get(name, names) != have.get(name, names)}

    def before(self) -> Any:
        """What was observed, as it may be shown."""
        return self._shown(self.have)

    def after(self) -> Any:
        """What was declared, as it may be shown; a hidden value that differs from the one before says so."""
        found, others = self._shown(self.want), self.others()
        if others:
            found.update((name, HIDDEN_OTHER) for name in others if name in found and name in (self.have or {}))
        return found

    def _shown(self, value: Any) -> Any:
        return shown(self.field, value) if self.field else value


def because(changes: Tuple[Change, ...]) -> str:
    """The changes as a reason; empty if there are none."""
    names = ", ".join(change.title for change in changes)
    return "%s %s" % (names, "differs" if len(changes) == 1 else "differ") if changes else ""


def mode_of(params: Mapping[str, Any], name: str, default: str = STRICT) -> str:
    """How the task's ``comparisons`` has an option compared."""
    comparisons: Mapping[str, str] = params["comparisons"] or {}
    return comparisons.get(name, comparisons.get("*", default))


def differs(field: Field, want: Any, have: Any, mode: str = STRICT) -> bool:
    """Whether a declared value differs from the observed one."""
    if mode == IGNORED:
        return False
    if field.compare == KEYED:
        have = have or {}
        if mode != ALLOW_MORE and set(want) != set(have):
            return True
        return not all(key in have and _entry_holds(want[key], have[key]) for key in want)
    if mode == ALLOW_MORE or field.compare == SUBSET:
        return not _holds(want, have)
    if field.compare == UNORDERED:
        return bool(_sorted(want) != _sorted(have))
    return bool(want != have)


def hide(field: Option, value: Any) -> Any:
    """The value as it may be shown: secrets keep their keys and lose their values."""
    if not _is_hidden(field) or value is None:
        return value
    if isinstance(value, Mapping):
        return dict.fromkeys(value, HIDDEN)
    return HIDDEN


def shown(field: Field, value: Any) -> Any:
    """A canonical value as it may be shown, in the units that users write."""
    return hide(field, value if value is None else seen(field.show, value))


def _is_hidden(field: Option) -> bool:
    return field.secret or field.no_log


def describe(change: Change) -> str:
    """A difference in words, for messages."""
    return "%s is %s and should be %s" % (change.name, json.dumps(change.before()), json.dumps(change.after()))


def _entry_holds(want: Any, have: Any) -> bool:
    """Of an entry, all that was declared; None stands for what was not."""
    if isinstance(want, Mapping) and isinstance(have, Mapping):
        return all(value is None or have.get(key) == value for key, value in want.items())
    return bool(want == have)


def _holds(want: Any, have: Any) -> bool:
    if isinstance(want, Mapping):
        return isinstance(have, Mapping) and all(key in have and have[key] == value for key, value in want.items())
    if isinstance(want, (list, tuple)):
        return all(element in (have or ()) for element in want)
    return bool(want == have)


def _sorted(value: Any) -> Any:
    return sorted(value, key=repr) if isinstance(value, (list, tuple)) else value
