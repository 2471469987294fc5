# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all roles: their conversion, defaults and use."""

from __future__ import annotations

import json

import jinja2
import jinja2.nodes
import pytest
import yaml
from ansible_collections.slipway.docker.plugins.plugin_utils.role_options import OptionsError, role_options
from role_variables import ROLES, role_specs, role_variables

NAMES = sorted(path.name for path in ROLES.iterdir())

# Names with a meaning in results of tasks, and methods of dictionaries, which take precedence over keys in templates.
RESERVED = {
    *dir({}),
    *("add_group", "add_host", "ansible_facts", "ansible_stats", "changed", "deprecations", "diff", "exception"),
    *("failed", "invocation", "msg", "rc", "results", "skipped", "stderr", "stdout", "unreachable", "warnings"),
}

# Texts and the expected values.
TEXTS = {
    "bool": [("false", False), ("no", False), ("0", False), ("true", True), ("yes", True)],
    "int": [("17", 17)],
    "float": [("2.5", 2.5)],
}


def below(specs, path=()):
    """All specifications, including those of suboptions, with their paths."""
    for name, spec in specs.items():
        yield (*path, name), spec
        yield from below(spec.get("options") or {}, (*path, name))


def every_option():
    """Role, path and specification of each option."""
    return [(role, path, spec) for role in NAMES for path, spec in below(role_specs(role))]


def nested(role, path, value):
    """The options of a role in which this path has this value."""
    specs, found = role_specs(role), value
    chain = []
    for name in path:
        chain.append(specs[name])
        specs = specs[name].get("options") or {}
    for name, spec in zip(reversed(path[1:]), reversed(chain[:-1]), strict=True):
        found = {name: found}
        found = [found] if spec["type"] == "list" else found
    return {path[0]: found}


def at(role, path, options):
    """The converted value at a path."""
    value = options[path[0][len(role) + 1 :]]
    for name in path[1:]:
        value = (value[0] if isinstance(value, list) else value)[name]
    return value


def sample(spec):
    """Texts for an option, with the expected values."""
    kind = spec["type"]
    word = str((spec.get("choices") or ["a.example"])[0])
    if kind in TEXTS:
        return TEXTS[kind]
    if kind == "list" and spec["elements"] == "str":
        two = [word, str((spec.get("choices") or ["b.example"])[-1])]
        return [(word, [word]), (",".join(two), two), (", ".join(two), two), (json.dumps(two), two), ("", [])]
    if kind == "list":
        return [("[]", [])] + ([] if spec.get("options") else [('[{"a": "b"}]', [{"a": "b"}])])
    if kind == "dict":
        return [("{}", {})] + ([] if spec.get("options") else [('{"a": ["b"]}', {"a": ["b"]}), ("a=b", {"a": "b"})])
    return [(word, word)]


def shown(value):
    """The part of a test ID for a parameter."""
    return ".".join(value) if isinstance(value, tuple) else "" if isinstance(value, dict) else None


@pytest.mark.parametrize(("role", "path", "spec"), every_option(), ids=shown)
def test_text_is_converted_to_the_declared_type(role, path, spec):
    """Values from surveys, INI inventories and -e NAME=VALUE are text."""
    for text, meant in sample(spec):
        found = at(role, path, role_options(role, role_specs(role), nested(role, path, text)))
        assert (found, type(found)) == (meant, type(meant))


@pytest.mark.parametrize(
    ("role", "path", "spec"), [row for row in every_option() if row[2]["type"] in ("str", "path")], ids=shown
)
def test_fractions_and_booleans_are_rejected_as_text(role, path, spec):
    """YAML reads 20.10 as 20.1 and yes as True. Integers are unambiguous."""
    for value in (20.1, True):
        with pytest.raises(OptionsError, match="quote it"):
            role_options(role, role_specs(role), nested(role, path, value))
    assert at(role, path, role_options(role, role_specs(role), nested(role, path, 3))) == "3"


def test_null_and_missing_options_have_their_defaults():
    """With null, a play can reset an option that is set in the inventory."""
    specs = {"x_a": {"type": "int", "default": 3}, "x_b": {"type": "dict"}, "x_c": {"type": "list", "default": []}}
    assert role_options("x", specs, {"x_a": None, "x_b": None}) == {"a": 3, "b": None, "c": []}


def test_suboptions_have_defaults_unless_the_dictionary_is_empty():
    """An empty dictionary disables the feature."""
    specs = {"x_a": {"type": "dict", "options": {"b": {"type": "int", "default": 3}, "c": {"type": "str"}}}}
    assert role_options("x", specs, {"x_a": {"c": "d"}}) == {"a": {"b": 3, "c": "d"}}
    assert role_options("x", specs, {"x_a": {"c": None}}) == {"a": {"b": 3}}
    assert role_options("x", specs, {"x_a": {}}) == {"a": {}}


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        ({"type": "bool"}, "perhaps"),
        ({"type": "int"}, "many"),
        ({"type": "int"}, 2.5),
        ({"type": "int"}, True),
        ({"type": "float"}, False),
        ({"type": "list"}, {"a": "b"}),
        ({"type": "dict"}, ["a"]),
        ({"type": "dict"}, "words without meaning"),
        ({"type": "str"}, ["a"]),
        ({"type": "list", "elements": "str"}, [20.1]),
    ],
)
def test_invalid_values_are_rejected_by_name(spec, value):
    """Ansible rejects most of them earlier, but not with tasks_from, and not floats and booleans."""
    with pytest.raises(OptionsError, match="x_a"):
        role_options("x", {"x_a": spec}, {"x_a": value})


def test_messages_contain_no_secrets():
    """All users who run the play see them."""
    specs = {"x_a": {"type": "list", "elements": "dict", "options": {"b": {"type": "str", "no_log": True}}}}
    with pytest.raises(OptionsError) as caught:
        role_options("x", specs, {"x_a": [{"b": 12.5}]})
    assert "x_a[0].b" in str(caught.value)
    assert "12.5" not in str(caught.value)


def test_choices_that_are_numbers_need_no_quotes():
    """They are unambiguous, such as 2.8."""
    specs = {"x_a": {"type": "str", "choices": ["2.8", "3"]}}
    assert role_options("x", specs, {"x_a": 2.8}) == {"a": "2.8"}
    assert role_options("x", specs, {"x_a": 3}) == {"a": "3"}


@pytest.mark.parametrize("role", NAMES)
def test_names_of_options_work_as_attributes_in_templates(role):
    """ROLE_options.NAME must not be an existing attribute."""
    names = list(role_specs(role))
    assert [name for name in names if not name.startswith(role + "_")] == []
    assert RESERVED & {name[len(role) + 1 :] for name in names} == set()


@pytest.mark.parametrize("role", NAMES)
def test_defaults_match_the_specification(role):
    """The defaults file may have a template instead."""
    defaults, specs = role_variables(role, "defaults"), role_specs(role)
    assert {name for name, spec in specs.items() if not spec.get("required")} == set(defaults)
    for name, value in defaults.items():
        if "{{" not in str(value):
            assert specs[name].get("default") == value, name


EXPRESSIONS = ("when", "that", "until", "failed_when", "changed_when")


def templates(value, key=""):
    """The Jinja templates in YAML data, including expressions without braces."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from templates(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from templates(one, key)
    elif isinstance(value, str):
        yield "{{ %s }}" % value if key in EXPRESSIONS and "{{" not in value else value


def used(path):
    """The names that a file of a role uses."""
    text = path.read_text()
    sources = [text] if path.suffix == ".j2" else list(templates(yaml.safe_load(text)))
    environment = jinja2.Environment(autoescape=True)
    return {name.name for source in sources for name in environment.parse(source).find_all(jinja2.nodes.Name)}


def assigned(tasks):
    """The names to which tasks assign values, except options of included roles."""
    for task in tasks:
        for part in ("block", "rescue", "always"):
            yield from assigned(task.get(part) or [])
        yield from (task.get("vars") or {}) if "ansible.builtin.include_role" not in task else ()
        yield from task.get("ansible.builtin.set_fact") or ()
        yield task.get("register")


@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
@pytest.mark.parametrize(
    "path",
    sorted([*ROLES.glob("*/tasks/*.yml"), *ROLES.glob("*/vars/*.yml"), *ROLES.glob("*/templates/*")]),
    ids=lambda path: str(path.relative_to(ROLES)),
)
def test_roles_use_converted_options(path):
    """ROLE_NAME may be text, and extra variables override all facts of that name. So roles use ROLE_options.NAME."""
    role = path.relative_to(ROLES).parts[0]
    assert sorted(used(path) & set(role_specs(role))) == []
    if path.parent.name == "tasks":
        assert sorted(set(assigned(yaml.safe_load(path.read_text()))) & set(role_specs(role))) == []


# What the first task of each role requires. The others are used by roles that have already checked it.
NEEDS = {"engine": "facts root", "packages": "facts root", "registry": "facts root", "storage": "facts root"}


@pytest.mark.parametrize("role", NAMES)
def test_a_role_reads_its_options_first(role):
    """In the first task, without a condition: a skipped task would register its result in place of the options."""
    path = ROLES / role / "tasks" / "main.yml"
    first = yaml.safe_load(path.read_text())[0]
    if "ansible.builtin.import_tasks" in first:
        first = yaml.safe_load((path.parent / first["ansible.builtin.import_tasks"]).read_text())[0]
    assert "when" not in first
    assert first["register"] == role + "_options"
    if role in NEEDS:
        assert sorted(first["slipway.docker.role_options"]) == NEEDS[role].split()


def imported(tasks):
    """The files that tasks import, also in blocks."""
    for task in tasks:
        for part in ("block", "rescue", "always"):
            yield from imported(task.get(part) or [])
        if "ansible.builtin.import_tasks" in task:
            yield task["ansible.builtin.import_tasks"]


@pytest.mark.parametrize("role", NAMES)
def test_options_are_read_without_a_condition(role):
    """Imported tasks inherit conditions, and a skipped task registers its result. Skipped includes do not."""
    directory = ROLES / role / "tasks"
    reading = {path.name for path in directory.glob("*.yml") if "slipway.docker.role_options:" in path.read_text()}
    for path in directory.glob("*.yml"):
        tasks = yaml.safe_load(path.read_text())
        first = imported(tasks[:1]) if path.name == "main.yml" else ()
        assert reading & set(imported(tasks)) <= set(first), path.name


def inside(value, deep=False):
    """The templates in dictionaries that are variables."""
    if isinstance(value, dict):
        for one in value.values():
            yield from inside(one, True)
    elif isinstance(value, str) and deep:
        yield value


def given(tasks):
    """The variables of tasks, except those for included roles, which convert them."""
    for task in tasks:
        for part in ("block", "rescue", "always"):
            yield from given(task.get(part) or [])
        yield from (task.get("vars") or {}).values() if "ansible.builtin.include_role" not in task else ()


@pytest.mark.parametrize("role", NAMES)
def test_numbers_in_dictionaries_are_not_separate_templates(role):
    """Up to ansible-core 2.18, a template that is only a number becomes text, also in JSON."""
    numbers = {path[-1].removeprefix(role + "_") for path, spec in below(role_specs(role)) if spec["type"] in TEXTS}
    values = list(role_variables(role, "vars").values())
    for path in (ROLES / role / "tasks").glob("*.yml"):
        values += given(yaml.safe_load(path.read_text()))
    lost = [text for value in values for text in inside(value) if text.strip("{ }").split(".")[-1] in numbers]
    assert [text for text in lost if text.startswith("{{ ") and "|" not in text] == []
