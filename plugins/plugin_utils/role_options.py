# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a role, converted to the types that its argument_specs.yml declares."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, List, Mapping

from ansible.module_utils.common.validation import check_type_bool, check_type_dict, check_type_float, check_type_int

SCALARS = ("bool", "float", "int", "path", "str")
Spec = Mapping[str, Any]


class OptionsError(Exception):
    """Options that cannot be converted, with a sentence for each."""

    def __init__(self, problems: List[str]) -> None:
        """Store the sentences."""
        super().__init__(" ".join(problems))
        self.problems = problems


def role_options(role: str, specs: Mapping[str, Spec], given: Mapping[str, Any]) -> Dict[str, Any]:
    """All options of a role, named without the role's prefix. Raises OptionsError."""
    problems: List[str] = []
    found = {name: converted(given.get(name), spec, name, problems) for name, spec in specs.items()}
    if problems:
        raise OptionsError(problems)
    return {name[len(role) + 1 :]: value for name, value in found.items()}


def converted(value: Any, spec: Spec, where: str, problems: List[str]) -> Any:
    """A value converted as its specification says, or its default. Problems are appended to `problems`."""
    if value is None:
        return spec.get("default")
    kind = spec.get("type", "str")
    try:
        value = CONVERSIONS[kind](value)
    except (TypeError, ValueError) as error:
        shown = "the invalid value %r" % (value,) if kind in SCALARS and not spec.get("no_log") else "an invalid value"
        if kind == "str" and str(value) in spec.get("choices", ()):
            return str(value)
        problems.append("%s has %s: %s." % (where, shown, error))
        return None
    if kind == "list":
        inner = {**spec, "type": spec.get("elements", "raw"), "default": None}
        return [converted(one, inner, "%s[%d]" % (where, index), problems) for index, one in enumerate(value)]
    if kind == "dict" and spec.get("options") and value:
        return suboptions(value, spec["options"], where, problems)
    return value


def suboptions(value: Mapping[str, Any], specs: Mapping[str, Spec], where: str, problems: List[str]) -> Dict[str, Any]:
    """A dictionary with specified keys; missing values get their defaults, or are left out."""
    found = dict(value)
    for name, spec in specs.items():
        found[name] = converted(value.get(name), spec, "%s.%s" % (where, name), problems)
    return {name: one for name, one in found.items() if one is not None}


def text(value: Any) -> str:
    """A string, also from an integer. YAML reads 20.10 as 20.1 and yes as true, so these are rejected (TypeError)."""
    if isinstance(value, bool):
        raise TypeError("a string is required, and YAML reads unquoted yes, no, on and off as booleans; quote it")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        raise TypeError("a string is required, and an unquoted number loses digits (20.10 becomes 20.1); quote it")
    if not isinstance(value, str):
        raise TypeError("a string is required")
    return value


def number(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A conversion to a number that rejects booleans."""

    def convert_number(value: Any) -> Any:
        if isinstance(value, bool):
            raise TypeError("a number is required")
        return convert(value)

    return convert_number


def entries(value: Any) -> List[Any]:
    """A list; a string is split at commas or read as JSON."""
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            return list(json.loads(value))
        return [word.strip() for word in value.split(",")] if value.strip() else []
    if isinstance(value, (int, float)):
        return [value]
    if not isinstance(value, (list, tuple)):
        raise TypeError("a list is required")
    return list(value)


def dictionary(value: Any) -> Dict[Any, Any]:
    """A dictionary; a string is read as JSON, or as words KEY=VALUE."""
    if isinstance(value, str) and not value.strip():
        return {}
    return dict(check_type_dict(value))


def unchanged(value: Any) -> Any:
    """Any value."""
    return value


CONVERSIONS: Dict[str, Callable[[Any], Any]] = {
    "bool": check_type_bool,
    "dict": dictionary,
    "float": number(check_type_float),
    "int": number(check_type_int),
    "list": entries,
    "path": text,
    "raw": unchanged,
    "str": text,
}
