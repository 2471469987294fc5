# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules with options whose entries have the options of other modules."""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, List, Mapping, Set, Tuple

from . import imports  # noqa: F401  # pylint: disable=unused-import  # all further imports use it

# isort: split
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..runtime.errors import InputError
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
        self._typed: Dict[str, Any] = {}
        super().__init__(table, spec)
        self._typed = {option.name: self.params[option.name] for option in entries_options(table)}
        try:
            found, secrets = read_entries(table, self.params)
        except InputError as error:
            self.fail_json(str(error))
        self.no_log_values.update(secrets)
        self.params.update(found)

    def _invocation(self) -> Dict[str, Any]:
        """With the entries and their defaults as they were typed, without secrets."""
        typed = {**self.params, **self._typed}
        found, tables = super()._invocation(), {option.name: option.table for option in entries_options(self._table)}
        for name, table in tables.items():
            found["module_args"][name] = _shown_entries(table, typed.get(name))
        for name in {option.defaults for option in entries_options(self._table)}:
            defaults = typed.get(name)
            if isinstance(defaults, Mapping):
                shown_ones = {key: _shown_entry(tables[key], part) for key, part in defaults.items()}
                found["module_args"][name] = shown_ones
        return found


def entries_options(table: Table) -> List[Entries]:
    """The options of a table that have entries."""
    return [option for option in table.options if isinstance(option, Entries)]


def read_entries(table: Table, params: Mapping[str, Any]) -> Tuple[Dict[str, List[Entry]], Set[str]]:
    """The entries of all options that have some, and the values of those with ``no_log``. Raises InputError."""
    found: Dict[str, List[Entry]] = {}
    secrets: Set[str] = set()
    for option in entries_options(table):
        defaults = _named(option.table, (params[option.defaults] or {}).get(option.name) or {})
        validators = _Validators(option.table)
        found[option.name] = []
        for title, typed in _listed(option, params[option.name]):
            given = {**defaults, **_named(option.table, typed)}
            result = validators.of(given).validate(given)
            if result.unsupported_parameters:
                unknown = ", ".join(sorted(result.unsupported_parameters))
                raise InputError("%s: there is no option %s" % (title, unknown), "Correct its name, or remove it.")
            if result.error_messages:
                raise InputError("%s: %s" % (title, option.table.misformed(given) or ". ".join(result.error_messages)))
            secrets.update(result._no_log_values)
            names = frozenset(name for name in given if given[name] is not None)
            values = {one.name: result.validated_parameters.get(one.name) for one in option.table.options}
            found[option.name].append(Entry(title, values, names))
    return found, secrets


class _Validators:
    """Ansible's validation for entries of a table, without the many options that an entry does not set."""

    def __init__(self, table: Table) -> None:
        self._spec, self._rules = table.argument_spec(), table.rules()
        self._always = frozenset(name for name, facts in self._spec.items() if {"default", "required"} & set(facts))
        self._known: Dict[FrozenSet[str], ArgumentSpecValidator] = {}

    def of(self, entry: Mapping[str, Any]) -> ArgumentSpecValidator:
        """The validator for the options of an entry, which those with the same options share."""
        names = self._always.union(entry)
        if names not in self._known:
            spec = {name: facts for name, facts in self._spec.items() if name in names}
            self._known[names] = ArgumentSpecValidator(spec, **self._rules)
        return self._known[names]


def _listed(option: Entries, value: Any) -> List[Tuple[str, Dict[str, Any]]]:
    """The entries, each with its title and its name. Raises InputError."""
    first = option.table.options[0]
    names = (first.name, *first.aliases)
    found = []
    if isinstance(value, Mapping):
        for name, part in value.items():
            title, entry = "%s.%s" % (option.name, name), _entry(option, part)
            if any(entry.get(alias, name) != name for alias in names):
                raise InputError("%s: its key is its name, but it also has another one" % title, "Remove that.")
            found.append((title, {**entry, first.name: name}))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            entry = {first.name: part} if isinstance(part, str) else _entry(option, part)
            name = next((entry[alias] for alias in names if entry.get(alias)), "without a name")
            found.append(("%s[%d] (%s)" % (option.name, number, name), entry))
    elif value is not None:
        kind = type(value).__name__
        raise InputError("%s: expected a list, or a dictionary by name, and got the %s" % (option.name, kind))
    return found


def _entry(option: Entries, part: Any) -> Dict[str, Any]:
    if part is not None and not isinstance(part, Mapping):
        kind = type(part).__name__
        raise InputError("%s: an entry is a dictionary of options, and one is the %s" % (option.name, kind))
    return dict(part or {})


def _named(table: Table, entry: Mapping[str, Any]) -> Dict[str, Any]:
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
