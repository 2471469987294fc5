# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules with options whose entries have the options of other modules."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Tuple

from . import imports  # noqa: F401  # pylint: disable=unused-import  # all further imports use it

# isort: split
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..runtime.state.compare import HIDDEN
from ..runtime.state.entries import Entries, Entry
from ..runtime.state.resource import Resource
from ..runtime.state.table import Table
from .run import ENGINE
from .task import Module, perform, shown


def run_with_entries(resource: Resource) -> None:
    """Run the module of a resource that has options with entries."""
    perform(resource, ENGINE, WithEntries)


class WithEntries(Module):
    """Checks the entries as Ansible checks the options of a module, and returns them as lists of Entry."""

    def __init__(self, table: Table, spec: Mapping[str, Any]) -> None:
        super().__init__(table, spec)
        self._typed = {option.name: self.params[option.name] for option in _entries(table)}
        for option in _entries(table):
            self.params[option.name] = self._read(option, self.params[option.name])

    def _read(self, option: Entries, value: Any) -> List[Entry]:
        table = option.table
        spec = table.argument_spec()
        validator = ArgumentSpecValidator(spec, **table.rules())
        defaults = _named((self.params[option.defaults] or {}).get(option.name) or {}, table)
        found = []
        for title, typed in self._listed(option, value):
            given = {**defaults, **_named(typed, table)}
            result = validator.validate(given)
            self.no_log_values.update(result._no_log_values)
            if result.error_messages:
                words = table.misformed(given) or ". ".join(result.error_messages)
                self.fail_json("%s: %s" % (title, words))
            known = frozenset(name for name in given if given[name] is not None)
            found.append(Entry(title, {name: result.validated_parameters[name] for name in spec}, known))
        return found

    def _listed(self, option: Entries, value: Any) -> List[Tuple[str, Dict[str, Any]]]:
        """The entries with their titles."""
        first = option.table.options[0]
        names = (first.name, *first.aliases)
        if isinstance(value, Mapping):
            entries = [(name, {first.name: name, **self._entry(option, part)}) for name, part in value.items()]
            for name, entry in entries:
                if any(entry.get(alias, name) != name for alias in names):
                    self.fail_json("%s.%s: its key is the name, so it has no other one." % (option.name, name))
            return [("%s.%s" % (option.name, name), entry) for name, entry in entries]
        if value is not None and not isinstance(value, list):
            words = "expected a list of entries, or a dictionary of them by name, and got the %s" % type(value).__name__
            self.fail_json("%s: %s." % (option.name, words))
        listed = []
        for number, part in enumerate(value or ()):
            entry = {first.name: part} if isinstance(part, str) else self._entry(option, part)
            name = next((entry[alias] for alias in names if entry.get(alias)), "without a name")
            listed.append(("%s[%d] (%s)" % (option.name, number, name), entry))
        return listed

    def _entry(self, option: Entries, part: Any) -> Dict[str, Any]:
        if part is not None and not isinstance(part, Mapping):
            words = "each entry is a dictionary of options, and one is the %s" % type(part).__name__
            self.fail_json("%s: %s." % (option.name, words))
        return dict(part or {})

    def _invocation(self) -> Dict[str, Any]:
        """With the entries and their defaults as they were typed, without secrets."""
        typed = {**self.params, **getattr(self, "_typed", {})}
        found, tables = super()._invocation(), {option.name: option.table for option in _entries(self._table)}
        for name, table in tables.items():
            found["module_args"][name] = _shown_entries(table, typed.get(name))
        for name in {option.defaults for option in _entries(self._table)}:
            defaults = typed.get(name)
            if isinstance(defaults, Mapping):
                shown_ones = {key: _shown_entry(tables[key], part) for key, part in defaults.items()}
                found["module_args"][name] = shown_ones
        return found


def _entries(table: Table) -> List[Entries]:
    return [option for option in table.options if isinstance(option, Entries)]


def _named(entry: Mapping[str, Any], table: Table) -> Dict[str, Any]:
    """An entry with the names of options in place of their aliases, so that an entry overrides its defaults."""
    aliases = {alias: option.name for option in table.options for alias in option.aliases}
    return {aliases.get(name, name): value for name, value in entry.items()}


def _shown_entries(table: Table, typed: Any) -> Any:
    """The entries without secrets; a text is the name of an object, and anything else that is no entry is hidden."""
    if isinstance(typed, Mapping):
        return {name: _shown_entry(table, entry) for name, entry in typed.items()}
    if isinstance(typed, list):
        return [_shown_entry(table, entry) for entry in typed]
    return typed and HIDDEN


def _shown_entry(table: Table, entry: Any) -> Any:
    if isinstance(entry, Mapping):
        return shown(table, entry)
    return entry if isinstance(entry, str) else entry and HIDDEN
