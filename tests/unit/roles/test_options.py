# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of every role is what its specification says, however it was given, and the role uses nothing else."""

from __future__ import annotations

import json

import jinja2
import jinja2.nodes
import pytest
import yaml
from ansible_collections.slipway.docker.plugins.plugin_utils.role_options import OptionsError, role_options
from role_variables import ROLES, role_specs, role_variables

NAMES = sorted(path.name for path in ROLES.iterdir())

# Names that Ansible gives a meaning in a result, and methods of dictionaries, which templates find before keys.
RESERVED = {
    *dir({}),
    *("add_group", "add_host", "ansible_facts", "ansible_stats", "changed", "deprecations", "diff", "exception"),
    *("failed", "invocation", "msg", "rc", "results", "skipped", "stderr", "stdout", "unreachable", "warnings"),
}

# As text, and what is meant.
TEXTS = {
    "bool": [("false", False), ("no", False), ("0", False), ("true", True), ("yes", True)],
    "int": [("17", 17)],
    "float": [("2.5", 2.5)],
}


def below(specs, path=()):
    """All specifications, those of suboptions too, with the names that lead there."""
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
    """The value at this path of what was converted."""
    value = options[path[0][len(role) + 1 :]]
    for name in path[1:]:
        value = (value[0] if isinstance(value, list) else value)[name]
    return value


def sample(spec):
    """Text for an option of this type, and the value that is meant."""
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
    """How a parameter of a test is called."""
    return ".".join(value) if isinstance(value, tuple) else "" if isinstance(value, dict) else None


@pytest.mark.parametrize(("role", "path", "spec"), every_option(), ids=shown)
def test_text_becomes_what_the_specification_says(role, path, spec):
    """Surveys, INI inventories and -e NAME=VALUE have nothing but text."""
    for text, meant in sample(spec):
        found = at(role, path, role_options(role, role_specs(role), nested(role, path, text)))
        assert (found, type(found)) == (meant, type(meant))


@pytest.mark.parametrize(
    ("role", "path", "spec"), [row for row in every_option() if row[2]["type"] in ("str", "path")], ids=shown
)
def test_a_number_that_lost_digits_is_refused_in_the_place_of_text(role, path, spec):
    """YAML has made 20.1 of 20.10, and True of yes. An integer is what it looks like."""
    for value in (20.1, True):
        with pytest.raises(OptionsError, match="quote it"):
            role_options(role, role_specs(role), nested(role, path, value))
    assert at(role, path, role_options(role, role_specs(role), nested(role, path, 3))) == "3"


def test_an_option_that_is_null_or_missing_has_its_default():
    """With null, a play takes back what an inventory says."""
    specs = {"x_a": {"type": "int", "default": 3}, "x_b": {"type": "dict"}, "x_c": {"type": "list", "default": []}}
    assert role_options("x", specs, {"x_a": None, "x_b": None}) == {"a": 3, "b": None, "c": []}


def test_suboptions_have_their_defaults_where_there_is_something():
    """An empty dictionary says that there is nothing."""
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
def test_what_cannot_be_meant_is_refused_by_name(spec, value):
    """Ansible refuses most of it before; not in tasks_from, and not floats and booleans."""
    with pytest.raises(OptionsError, match="x_a"):
        role_options("x", {"x_a": spec}, {"x_a": value})


def test_a_message_has_no_secret():
    """It is shown to whoever runs the play."""
    specs = {"x_a": {"type": "list", "elements": "dict", "options": {"b": {"type": "str", "no_log": True}}}}
    with pytest.raises(OptionsError) as caught:
        role_options("x", specs, {"x_a": [{"b": 12.5}]})
    assert "x_a[0].b" in str(caught.value)
    assert "12.5" not in str(caught.value)


def test_a_choice_that_is_a_number_needs_no_quotes():
    """2.8 can be nothing else."""
    specs = {"x_a": {"type": "str", "choices": ["2.8", "3"]}}
    assert role_options("x", specs, {"x_a": 2.8}) == {"a": "2.8"}
    assert role_options("x", specs, {"x_a": 3}) == {"a": "3"}


@pytest.mark.parametrize("role", NAMES)
def test_names_of_options_can_be_read_in_templates(role):
    """ROLE_options.NAME is the option, and nothing else."""
    names = list(role_specs(role))
    assert [name for name in names if not name.startswith(role + "_")] == []
    assert RESERVED & {name[len(role) + 1 :] for name in names} == set()


@pytest.mark.parametrize("role", NAMES)
def test_a_default_is_written_twice_and_is_the_same(role):
    """In defaults, where it may be a template, and in the specification."""
    defaults, specs = role_variables(role, "defaults"), role_specs(role)
    assert {name for name, spec in specs.items() if not spec.get("required")} == set(defaults)
    for name, value in defaults.items():
        if "{{" not in str(value):
            assert specs[name].get("default") == value, name


EXPRESSIONS = ("when", "that", "until", "failed_when", "changed_when")


def templates(value, key=""):
    """The Jinja templates in YAML data, those without braces too."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from templates(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from templates(one, key)
    elif isinstance(value, str):
        yield "{{ %s }}" % value if key in EXPRESSIONS and "{{" not in value else value


def used(path):
    """The names that a file of a role reads."""
    text = path.read_text()
    sources = [text] if path.suffix == ".j2" else list(templates(yaml.safe_load(text)))
    environment = jinja2.Environment(autoescape=True)
    return {name.name for source in sources for name in environment.parse(source).find_all(jinja2.nodes.Name)}


def assigned(tasks):
    """The names that tasks give a value to, except options of the roles that they include."""
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
def test_a_role_uses_its_options_as_they_were_converted(path):
    """ROLE_NAME may be any text, and extra variables win over each fact of that name: it is ROLE_options.NAME."""
    role = path.relative_to(ROLES).parts[0]
    assert sorted(used(path) & set(role_specs(role))) == []
    if path.parent.name == "tasks":
        assert sorted(set(assigned(yaml.safe_load(path.read_text()))) & set(role_specs(role))) == []


# What the first task of each role asks for. The others are for roles that have asked already.
NEEDS = {"engine": "facts root", "packages": "facts root", "registry": "facts root", "storage": "facts root"}


@pytest.mark.parametrize("role", NAMES)
def test_a_role_reads_its_options_first(role):
    """In the first task, whatever its condition, which would leave a skipped result in the place of the options."""
    path = ROLES / role / "tasks" / "main.yml"
    first = yaml.safe_load(path.read_text())[0]
    if "ansible.builtin.import_tasks" in first:
        first = yaml.safe_load((path.parent / first["ansible.builtin.import_tasks"]).read_text())[0]
    assert "when" not in first
    assert first["register"] == role + "_options"
    if role in NEEDS:
        assert sorted(first["slipway.docker.role_options"]) == NEEDS[role].split()


def imported(tasks):
    """The files that tasks import, in blocks too."""
    for task in tasks:
        for part in ("block", "rescue", "always"):
            yield from imported(task.get(part) or [])
        if "ansible.builtin.import_tasks" in task:
            yield task["ansible.builtin.import_tasks"]


@pytest.mark.parametrize("role", NAMES)
def test_options_are_read_without_a_condition(role):
    """Imported tasks inherit conditions, and a skipped task registers that it was. Included tasks do not run then."""
    directory = ROLES / role / "tasks"
    reading = {path.name for path in directory.glob("*.yml") if "slipway.docker.role_options:" in path.read_text()}
    for path in directory.glob("*.yml"):
        tasks = yaml.safe_load(path.read_text())
        first = imported(tasks[:1]) if path.name == "main.yml" else ()
        assert reading & set(imported(tasks)) <= set(first), path.name


def inside(value, deep=False):
    """The templates that are values in dictionaries which are variables."""
    if isinstance(value, dict):
        for one in value.values():
            yield from inside(one, True)
    elif isinstance(value, str) and deep:
        yield value


def given(tasks):
    """The variables of tasks, but those for another role, which converts them."""
    for task in tasks:
        for part in ("block", "rescue", "always"):
            yield from given(task.get(part) or [])
        yield from (task.get("vars") or {}).values() if "ansible.builtin.include_role" not in task else ()


@pytest.mark.parametrize("role", NAMES)
def test_a_number_stays_one(role):
    """Up to ansible-core 2.18 a template that is nothing but a number becomes text, which JSON then says."""
    numbers = {path[-1].removeprefix(role + "_") for path, spec in below(role_specs(role)) if spec["type"] in TEXTS}
    values = list(role_variables(role, "vars").values())
    for path in (ROLES / role / "tasks").glob("*.yml"):
        values += given(yaml.safe_load(path.read_text()))
    lost = [text for value in values for text in inside(value) if text.strip("{ }").split(".")[-1] in numbers]
    assert [text for text in lost if text.startswith("{{ ") and "|" not in text] == []
