# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All options of one resource. The argument spec, the comparison, the diff and the request body come from here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Callable, Dict, Iterator, Mapping, Tuple

from ..errors import InputError, VersionError
from .canonical import version_tuple
from .compare import ALLOW_MORE, IGNORED, STRICT, Change, differs
from .field import CONNECT, IGNORE, Control, Field, Option, bury, has_nul

COMPARISONS = Control("comparisons", type="dict")


@dataclass(frozen=True)
class Table:
    """The options of a resource and the rules between them (Ansible's own rule names and forms).

    ``compared`` are controls that ``comparisons`` may name too; what is compared with them is the resource's affair.
    """

    noun: str
    options: Tuple[Option, ...]
    mutually_exclusive: Tuple[Tuple[str, ...], ...] = ()
    required_together: Tuple[Tuple[str, ...], ...] = ()
    required_one_of: Tuple[Tuple[str, ...], ...] = ()
    required_if: Tuple[Tuple[Any, ...], ...] = ()
    compared: Tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [name for option in self.options for name in (option.name,) + option.aliases]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError("%s: declared twice: %s" % (self.noun, ", ".join(sorted(twice))))
        for rule in self.mutually_exclusive + self.required_together + self.required_one_of:
            for name in rule:
                if name not in names:
                    raise ValueError("%s: a rule names %r, which is not an option" % (self.noun, name))

    @cached_property
    def fields(self) -> Tuple[Field, ...]:
        """The options that describe state."""
        return tuple(option for option in self.options if isinstance(option, Field))

    def field(self, name: str) -> Field:
        """The field of that name (KeyError where there is none)."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def argument_spec(self) -> Dict[str, Any]:
        """Ansible's argument spec of these options."""
        return {option.name: option.spec() for option in self.options}

    def rules(self) -> Dict[str, Any]:
        """The keyword arguments of AnsibleModule that hold the rules between options."""
        names = ("mutually_exclusive", "required_together", "required_one_of", "required_if")
        return {name: [list(rule) for rule in getattr(self, name)] for name in names if getattr(self, name)}

    def read(self, params: Mapping[str, Any]) -> Dict[str, Any]:
        """The parameters with all that has a grammar as it is meant. Raises InputError, which names the option."""
        return _read(self.options, params, "")

    def misformed(self, params: Mapping[str, Any]) -> str:
        """What is wrong with an option of dictionaries that was given something else; empty if that is not it."""
        for option in self.options if params else ():
            given = next((params[name] for name in (option.name, *option.aliases) if name in params), None)
            entries = given if isinstance(given, list) else [given]
            wrong = [entry for entry in entries if not isinstance(entry, dict) and entry is not None]
            if option.suboptions and wrong:
                first = next((sub.name for sub in option.suboptions if sub.required), option.suboptions[0].name)
                form = "a list of dictionaries, '- %s: ...'" if option.elements else "a dictionary, '%s: ...'"
                shown = "" if option.secret or option.no_log else " %r" % (wrong[0],)
                kind = type(wrong[0]).__name__
                return "%s: expected %s, and got the %s%s." % (option.name, form % first, kind, shown)
        return ""

    def want(self, params: Mapping[str, Any]) -> Dict[str, Any]:
        """The canonical values of the fields that the user declared.

        Raises InputError, naming the option, for a value that has no meaning.
        """
        given = ((field, params.get(field.name)) for field in self.fields)
        return {field.name: field.declared(value) for field, value in given if value is not None}

    def have(self, observed: Mapping[str, Any]) -> Dict[str, Any]:
        """The canonical values of all compared fields in what inspect returned. Never raises."""
        return {field.name: field.seen(observed) for field in self.fields if field.on_change != IGNORE}

    def body(self, want: Mapping[str, Any]) -> Dict[str, Any]:
        """The part of a create or update request that holds these values."""
        body: Dict[str, Any] = {}
        for _field, path, part in self._parts(want):
            bury(body, path, part)
        return body

    def places(self, want: Mapping[str, Any]) -> Dict[str, str]:
        """Which option each part of ``body`` comes from, by its dotted path."""
        return {path: field.name for field, path, _part in self._parts(want)}

    def _parts(self, want: Mapping[str, Any]) -> Iterator[Tuple[Field, str, Any]]:
        for field in self.fields:
            if field.name in want and field.on_change != CONNECT:
                value = want[field.name]
                for path, part in (field.encode(value) if field.encode else {field.api: value}).items():
                    yield field, path, part

    def changes(
        self, want: Mapping[str, Any], have: Mapping[str, Any], comparisons: Mapping[str, str] | None = None
    ) -> Tuple[Change, ...]:
        """The declared fields whose value differs, in the order of the table.

        ``comparisons`` maps option names, or ``*`` for all, to ``strict``, ``ignore`` or ``allow_more_present``.
        """
        modes = self._modes(comparisons or {})
        return tuple(
            Change.of(field, want[field.name], have.get(field.name))
            for field in self.fields
            if field.name in want
            and field.on_change != IGNORE
            and differs(field, want[field.name], have.get(field.name), modes[field.name])
        )

    def ignored(
        self, want: Mapping[str, Any], have: Mapping[str, Any], comparisons: Mapping[str, str] | None = None
    ) -> Tuple[Change, ...]:
        """The differences that ``comparisons`` told us to leave alone."""
        modes, named = self._modes(comparisons or {}), {*(comparisons or ())}
        return tuple(
            Change.of(field, want[field.name], have.get(field.name))
            for field in self.fields
            if field.name in want
            and modes[field.name] != STRICT
            and field.on_change != IGNORE
            and (not field.ignored or not named.isdisjoint((field.name, *field.aliases)))
            and differs(field, want[field.name], have.get(field.name))
            and not differs(field, want[field.name], have.get(field.name), modes[field.name])
        )

    def check_comparisons(self, comparisons: Mapping[str, str] | None) -> None:
        """Refuse modes that there are not, or not for that option. Raises InputError."""
        self._modes(comparisons or {})

    def _modes(self, comparisons: Mapping[str, str]) -> Dict[str, str]:
        names = {alias: field for field in self.fields for alias in (field.name,) + field.aliases}
        modes = {field.name: IGNORED if field.ignored else STRICT for field in self.fields}
        for name, mode in comparisons.items():
            if mode not in (STRICT, IGNORED, ALLOW_MORE):
                raise InputError("comparisons.%s: %r is not one of strict, ignore, allow_more_present" % (name, mode))
            if name == "*":
                for field in self.fields:
                    if not field.ignored and (mode != ALLOW_MORE or field.is_collection):
                        modes[field.name] = mode
        for name, mode in comparisons.items():
            if name == "*" or name in self.compared:
                continue
            if name not in names:
                raise InputError("comparisons.%s: there is no such option to compare" % name)
            if mode == ALLOW_MORE and not names[name].is_collection:
                why = ", but the order of this list matters" if names[name].elements else ""
                raise InputError(
                    "comparisons.%s: allow_more_present is only for lists and dictionaries%s" % (name, why)
                )
            modes[names[name].name] = mode
        return modes

    def check_version(self, params: Mapping[str, Any], version: str) -> None:
        """Refuse declared options and suboptions that the Engine's API version does not know.

        Raises VersionError that names the option and the version it needs.
        """
        for field in self.fields:
            given = params.get(field.name)
            if given is None:
                continue
            _check_version(field, field.name, given, version)
            entries = given if isinstance(given, list) else [given]
            for entry in entries if field.suboptions else ():
                for sub in field.suboptions:
                    if entry.get(sub.name) is not None:
                        _check_version(sub, "%s.%s" % (field.name, sub.name), entry[sub.name], version)


def _read(options: Tuple[Option, ...], given: Mapping[str, Any], above: str) -> Dict[str, Any]:
    found = dict(given)
    for option in options:
        value = given.get(option.name)
        if value is None:
            continue
        name = above + next((alias for alias in option.aliases if given.get(alias) is not None), option.name)
        if not (option.grammar or option.suboptions or option.binary) and has_nul(value):
            raise InputError("%s: it has a NUL character, which is not supported" % name, "Remove the character.")
        if not (option.grammar or option.suboptions):
            continue
        entries = value if isinstance(value, list) else [value]
        if option.grammar:
            entries = [_meant(option.grammar, entry, name) for entry in entries]
        if option.suboptions:
            entries = [_read(option.suboptions, entry, name + ".") for entry in entries]
        found[option.name] = entries if isinstance(value, list) else entries[0]
    return found


def _meant(grammar: Callable[[Any], Any], value: Any, name: str) -> Any:
    try:
        return grammar(value)
    except ValueError as error:
        raise InputError("%s: %s" % (name, error))
    except InputError as error:
        raise InputError("%s: %s" % (name, error.cause), error.fix)


def _check_version(option: Option, name: str, value: Any, version: str) -> None:
    since = option.since
    for choice, came in option.newer:
        if value == choice:
            name, since = "%s: %s" % (name, choice), came
    if since and version_tuple(version) < version_tuple(since):
        raise VersionError(
            "%s requires Engine API %s, but this engine is used with %s" % (name, since, version),
            "Remove it, or upgrade the engine (or increase api_version).",
        )
    if option.until and version_tuple(version) >= version_tuple(option.until):
        raise VersionError(
            "%s was removed in Engine API %s, and this engine is used with %s" % (name, option.until, version),
            "Remove it.",
        )
