# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One option: its argument spec, its place in the Engine API, and how a change is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, Mapping, Tuple

from ..errors import InputError
from .canonical import ODD, seen

# How a change of a field is made.
REPLACE = "replace"  # recreate the object
UPDATE = "update"  # one call changes it in place
CONNECT = "connect"  # attach or detach networks
IGNORE = "ignore"  # only used at creation; never compared

# How two canonical values are compared.
EXACT = "exact"  # equal
SUBSET = "subset"  # dict: every declared entry is there; list: every declared element is there
UNORDERED = "unordered"  # list: the same elements in any order
ORDERED = "ordered"  # list: equal, and no part of it means anything by itself, so comparisons cannot loosen it
KEYED = "keyed"  # dict of dicts: the same keys, and of each entry all that was declared

ON_CHANGE = (REPLACE, UPDATE, CONNECT, IGNORE)
COMPARES = (EXACT, SUBSET, UNORDERED, ORDERED, KEYED)
TYPES = ("str", "int", "float", "bool", "list", "dict", "path", "raw")


def same(value: Any) -> Any:
    """The canonical form of a value with only one spelling: the value itself."""
    return value


@dataclass(frozen=True)
class Option:
    """What the user may type: the facts of Ansible's argument spec, with the same meaning.

    ``secret`` hides the values (of a dict: the values, not the keys) in diffs and in the invocation without
    Ansible's masking of every equal string in the result; ``no_log`` is Ansible's own, for real credentials.
    ``env`` names environment variables that stand in for an option that was not given. ``since`` is the Engine API
    version that brought it, ``until`` the one that took it away, and ``newer`` has the versions of choices that came
    later than the option; where an engine would ignore it in silence, it is refused. ``grammar`` reads the value, or
    each element of a list, before anything is asked of an engine: it returns what is meant, and raises ValueError.
    A text that is ``binary`` may have any character; elsewhere a NUL is refused.
    """

    name: str
    type: str = "str"
    elements: str = ""
    choices: Tuple[Any, ...] = ()
    default: Any = None
    required: bool = False
    aliases: Tuple[str, ...] = ()
    suboptions: Tuple[Option, ...] = ()
    env: Tuple[str, ...] = ()
    no_log: bool = False
    secret: bool = False
    since: str = ""
    until: str = ""
    newer: Tuple[Tuple[Any, str], ...] = ()
    grammar: Callable[[Any], Any] | None = None
    binary: bool = False

    def __post_init__(self) -> None:
        self._refuse_unless(self.type in TYPES, "type %r is not a type of Ansible" % self.type)
        self._refuse_unless(
            bool(self.elements) == (self.type == "list"), "only a list has elements, and it must have them"
        )
        self._refuse_unless(
            not self.suboptions or self.type == "dict" or self.elements == "dict", "suboptions need a dict"
        )
        self._refuse_unless(not (self.required and self.default is not None), "a required option has no default")
        usual = self.default if isinstance(self.default, list) else [self.default]
        self._refuse_unless(
            not self.choices or self.default is None or set(usual) <= set(self.choices), "the default is not a choice"
        )

    def _refuse_unless(self, sound: bool, why: str) -> None:
        if not sound:
            raise ValueError("option %s: %s" % (self.name, why))

    def spec(self) -> Dict[str, Any]:
        """This option as an entry of Ansible's argument spec (without ``env``, which needs Ansible)."""
        spec: Dict[str, Any] = {"type": self.type}
        if self.default is not None:
            spec["default"] = self.default
        for key in ("elements", "required", "no_log"):
            if getattr(self, key):
                spec[key] = getattr(self, key)
        if self.choices:
            spec["choices"] = list(self.choices)
        if self.aliases:
            spec["aliases"] = list(self.aliases)
        if self.suboptions:
            spec["options"] = {sub.name: sub.spec() for sub in self.suboptions}
        return spec


class Control(Option):
    """An option that says how to reach the state, not what it is."""


@dataclass(frozen=True)
class Field(Option):
    """An option that describes the state of a resource.

    ``api`` is the dotted path in the body of the create request and ``observed`` the one in what inspect returns
    (the same unless given); ``none`` is what the Engine means where it reports nothing. ``canonical`` maps any
    spelling, the user's or the Engine's, to the one that is compared; ``check`` raises ValueError for a canonical
    value that nobody may declare, although an engine may show it; ``show`` writes one as users do. A compound field
    supplies ``encode`` (canonical value to request parts, keyed by dotted path) and ``decode`` (inspect result to
    canonical value) instead of ``api``; networks to CONNECT have only ``decode``, because steps of their own send them.
    A difference in what is ``ignored`` counts only where the option ``comparisons`` names it.
    """

    api: str = ""
    observed: str = ""
    none: Any = None
    compare: str = EXACT
    on_change: str = REPLACE
    ignored: bool = False
    canonical: Callable[[Any], Any] = same
    check: Callable[[Any], Any] = same
    show: Callable[[Any], Any] = same
    encode: Callable[[Any], Mapping[str, Any]] | None = None
    decode: Callable[[Mapping[str, Any]], Any] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._refuse_unless(self.default is None, "a field has no default, because undeclared options are not compared")
        self._refuse_unless(self.compare in COMPARES, "compare %r is unknown" % self.compare)
        self._refuse_unless(self.on_change in ON_CHANGE, "on_change %r is unknown" % self.on_change)
        sent = self.on_change != CONNECT  # networks are connected by steps of their own
        self._refuse_unless(bool(self.api) + bool(self.encode) == sent, "either an api path or an encode function")
        known = bool(self.encode) == bool(self.decode) or self.on_change in (IGNORE, CONNECT)
        self._refuse_unless(known, "encode needs decode")
        self._refuse_unless(
            self.compare == EXACT or self.type in ("list", "dict"), "%s is for collections" % self.compare
        )

    @property
    def is_collection(self) -> bool:
        """Whether ``comparisons`` may loosen this field to ``allow_more_present``."""
        return self.type in ("list", "dict") and self.compare != ORDERED

    def declared(self, value: Any) -> Any:
        """The canonical form of a declared value. Raises InputError for one that has no meaning or is not allowed."""
        try:
            found = self.canonical(value)
            _refuse_impossible(found)
            self.check(found)
        except ValueError as error:
            raise InputError("%s: %s" % (self.name, error))
        except ODD as error:
            said = "" if self.secret or self.no_log else " (%s)" % error
            raise InputError("%s: the value has a form that this option does not support%s" % (self.name, said))
        return found

    def seen(self, observed: Mapping[str, Any]) -> Any:
        """The canonical form of what inspect shows. Never raises, whatever that is: observations are not to be refused.

        What has no canonical form is kept as it is; nonsense, which is not even of the right type, counts as nothing.
        """
        if self.decode:
            try:
                found = self.decode(observed)
            except ODD:
                found = self.decode({})
        else:
            value = dig(observed, self.observed or self.api)
            found = self.none if value is None else seen(self.canonical, value)
        return found if self.none is None or isinstance(found, type(self.none)) else self.none


def _refuse_impossible(value: Any) -> None:
    """Raise ValueError for what no program on the host can get, anywhere in a canonical value."""
    if has_nul(value):
        raise ValueError("a text has a NUL character in it, where programs and the kernel end it; leave it out")
    for part in _scalars(value):
        if isinstance(part, int) and abs(part) >= 2**63:
            raise ValueError("%d is more than the Engine takes, which is %d" % (part, 2**63 - 1))


def has_nul(value: Any) -> bool:
    """Whether a string, or one in a collection, has the character that ends strings for programs and the kernel."""
    return any(isinstance(part, str) and "\0" in part for part in _scalars(value))


def _scalars(value: Any) -> Iterator[Any]:
    """The keys and values in a value, at any depth."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if not isinstance(value, (list, tuple)):
        yield value
        return
    for part in value:
        if isinstance(part, (dict, list, tuple)):
            yield from _scalars(part)
        else:
            yield part


def dig(tree: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or None where any part of the way is missing."""
    value: Any = tree
    for key in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def bury(tree: Dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a dotted path, making the dicts on the way; dicts that are already there are merged into."""
    keys = path.split(".")
    for key in keys[:-1]:
        tree = tree.setdefault(key, {})
    if isinstance(value, dict) and isinstance(tree.get(keys[-1]), dict):
        tree[keys[-1]].update(value)
    else:
        tree[keys[-1]] = value
