# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table converts parameters and inspect results to canonical values, and these to request bodies."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError, VersionError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.canonical import text, texts
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.field import (
    IGNORE,
    KEYED,
    UNORDERED,
    Control,
    Field,
    Option,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.table import COMPARISONS, Table

TABLE = Table(
    noun="thing",
    options=(
        Control("name", required=True, aliases=("thing_name",)),
        Field("driver", api="Driver", none="local", canonical=text),
        Field("labels", type="dict", api="Labels", none={}, canonical=texts, aliases=("tags",)),
        Field("dns", type="list", elements="str", api="Host.Dns", none=[], compare=UNORDERED),
        Field("pools", type="dict", compare=KEYED, encode=lambda v: {"Pools": v}, decode=lambda o: o.get("Pools")),
        Field("secret_seed", api="Seed", on_change=IGNORE),
        Field("modern", type="bool", api="Modern", since="1.47"),
        COMPARISONS,
    ),
    mutually_exclusive=(("driver", "modern"),),
)


def test_duplicate_names_are_rejected():
    """Aliases are names, too."""
    with pytest.raises(ValueError, match="thing: declared twice: name"):
        Table("thing", (Control("name"), Control("title", aliases=("name",))))


def test_rules_about_unknown_options_are_rejected():
    """They are typing errors in the table."""
    with pytest.raises(ValueError, match="'nmae'"):
        Table("thing", (Control("name"),), required_one_of=(("nmae",),))


def test_rules_become_arguments_of_ansible_module():
    """Only existing rules, as lists."""
    assert TABLE.rules() == {"mutually_exclusive": [["driver", "modern"]]}


def test_only_declared_options_are_wanted():
    """Options that are not set (None) and controls are not."""
    assert TABLE.want({"name": "x", "driver": None, "labels": {"a": "true", "b": 2}}) == {
        "labels": {"a": "true", "b": "2"}
    }


def test_an_invalid_value_is_reported_with_its_option():
    """An error of a canonical function becomes an InputError of the option."""
    with pytest.raises(InputError, match="labels: a: expected a string or number"):
        TABLE.want({"labels": {"a": {"b": 1}}})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"pool": ["a"]}, "pools: expected a list of dictionaries, '- name: ...', and got the str 'a'."),
        ({"pools": [5]}, "pools: expected a list of dictionaries, '- name: ...', and got the int 5."),
        ({"pools": ""}, "pools: expected a list of dictionaries, '- name: ...', and got the str ''."),
        ({"one": "a"}, "one: expected a dictionary, 'of: ...', and got the str 'a'."),
        ({"hidden": ["canary"]}, "hidden: expected a list of dictionaries, '- of: ...', and got the str."),
        ({"pools": [{"name": "a"}]}, ""),
    ],
)
def test_the_error_for_a_dictionary_has_the_expected_form(given, message):
    """Ansible's own error does not even name the option."""
    name, of = Option("name", required=True), Option("of")
    table = Table(
        "thing",
        (
            Control("pools", type="list", elements="dict", suboptions=(of, name), aliases=("pool",)),
            Control("one", type="dict", suboptions=(of,)),
            Control("hidden", type="list", elements="dict", suboptions=(of,), no_log=True),
        ),
    )
    assert table.misformed(given) == message


def test_a_missing_value_has_the_meaning_of_none():
    """So does a null in inspect. Values that are never compared are not read."""
    assert TABLE.have({"Labels": None, "Seed": "x"}) == {
        "driver": "local",
        "labels": {},
        "dns": [],
        "pools": None,
        "modern": None,
    }


def test_a_request_body_is_nested_by_path():
    """For simple and compound fields."""
    assert TABLE.body({"driver": "x", "dns": ["1"], "pools": {"a": {}}}) == {
        "Driver": "x",
        "Host": {"Dns": ["1"]},
        "Pools": {"a": {}},
    }


@pytest.mark.parametrize(
    "want, have, comparisons, names",
    [
        ({"driver": "a"}, {"driver": "a"}, None, []),
        ({"driver": "a"}, {"driver": "b"}, None, ["driver"]),
        ({"driver": "a"}, {"driver": "b"}, {"driver": "ignore"}, []),
        ({"driver": "a"}, {"driver": "b"}, {"*": "ignore"}, []),
        ({"driver": "a"}, {"driver": "b"}, {"*": "ignore", "driver": "strict"}, ["driver"]),
        ({"driver": "a"}, {"driver": "b"}, {"*": "allow_more_present"}, ["driver"]),
        ({"labels": {"a": "1"}}, {"labels": {"a": "1", "b": "2"}}, None, ["labels"]),
        ({"labels": {"a": "1"}}, {"labels": {"a": "1", "b": "2"}}, {"*": "allow_more_present"}, []),
        ({"labels": {"a": "1"}}, {"labels": {"a": "1", "b": "2"}}, {"tags": "allow_more_present"}, []),
        ({"labels": {"a": "1"}}, {"labels": {"a": "2"}}, {"*": "allow_more_present"}, ["labels"]),
        ({"dns": ["1", "2"]}, {"dns": ["2", "1"]}, None, []),
        ({"dns": ["1", "1"]}, {"dns": ["1"]}, None, ["dns"]),
        ({"dns": ["1"]}, {"dns": ["2", "1"]}, {"dns": "allow_more_present"}, []),
        ({"pools": {"p": {"a": 1, "b": None}}}, {"pools": {"p": {"a": 1, "b": 2}}}, None, []),
        ({"pools": {"p": {"a": 1}}}, {"pools": {"p": {"a": 2}}}, None, ["pools"]),
        ({"pools": {"p": {}}}, {"pools": {"p": {}, "q": {}}}, None, ["pools"]),
        ({"pools": {"p": {}}}, {"pools": {"p": {}, "q": {}}}, {"pools": "allow_more_present"}, []),
        ({"pools": {"p": {}}}, {"pools": None}, None, ["pools"]),
        ({"pools": {}}, {"pools": None}, None, []),
        ({"secret_seed": "a"}, {}, None, []),
    ],
)
def test_which_differences_are_changes(want, have, comparisons, names):
    """Strictly, and loosened by comparisons."""
    assert [change.name for change in TABLE.changes(want, have, comparisons)] == names


def test_ignored_differences_are_listed():
    """Warnings are created from them."""
    want, have = {"driver": "a", "labels": {}}, {"driver": "b", "labels": {"x": "1"}}
    assert [change.name for change in TABLE.ignored(want, have, {"labels": "ignore"})] == ["labels"]


@pytest.mark.parametrize(
    "comparisons, message",
    [
        ({"driver": "loose"}, "comparisons.driver: 'loose' is not one of strict, ignore, allow_more_present"),
        ({"color": "strict"}, "comparisons.color: there is no such option"),
        ({"name": "ignore"}, "comparisons.name: there is no such option"),
        ({"driver": "allow_more_present"}, "comparisons.driver: allow_more_present is only for lists and dictionaries"),
    ],
)
def test_comparisons_are_checked(comparisons, message):
    """A typing error in comparisons is an error."""
    with pytest.raises(InputError, match=message):
        TABLE.changes({}, {}, comparisons)


def test_an_option_that_the_engine_does_not_support_is_rejected():
    """Versions are compared as numbers: 1.9 is older than 1.47."""
    TABLE.check_version({"modern": True}, "1.47")
    TABLE.check_version({"driver": "x"}, "1.9")
    with pytest.raises(VersionError, match="modern requires Engine API 1.47, but this engine is used with 1.9"):
        TABLE.check_version({"modern": True}, "1.9")
    entries = Field("entries", type="list", elements="dict", api="E", suboptions=(Option("new", since="1.44"),))
    table = Table("thing", (entries,))
    table.check_version({"entries": [{"new": None}]}, "1.41")
    with pytest.raises(VersionError, match=r"entries\.new requires Engine API 1.44"):
        table.check_version({"entries": [{"new": None}, {"new": False}]}, "1.41")


def test_removed_options_and_newer_choices_are_rejected():
    """With their names."""
    old = Field("old", api="Old", until="1.42")
    kind = Option("kind", choices=("a", "b"), newer=(("b", "1.48"),))
    table = Table("thing", (old, Field("entries", type="list", elements="dict", api="E", suboptions=(kind,))))
    table.check_version({"old": "x", "entries": [{"kind": "a"}]}, "1.41")
    table.check_version({"entries": [{"kind": "b"}]}, "1.48")
    with pytest.raises(VersionError, match="old was removed in Engine API 1.42, and this engine is used with 1.42"):
        table.check_version({"old": "x"}, "1.42")
    with pytest.raises(VersionError, match="entries.kind: b requires Engine API 1.48"):
        table.check_version({"entries": [{"kind": "a"}, {"kind": "b"}]}, "1.47")


@pytest.mark.parametrize(
    ("params", "option"),
    [
        ({"driver": "a\0"}, "driver"),
        ({"labels": {"a": "canary\0"}}, "labels"),
        ({"labels": {"a\0": "b"}}, "labels"),
        ({"dns": ["a", "b\0"]}, "dns"),
        ({"tags": {"a": ["\0"]}, "labels": {"a": ["\0"]}}, "tags"),
    ],
)
def test_nul_characters_are_rejected(params, option):
    """They end strings in the kernel. The message has the option as given, but no value."""
    with pytest.raises(InputError, match="^%s: it has a NUL character" % option) as caught:
        TABLE.read(params)
    assert "canary" not in str(caught.value)


def test_binary_values_may_contain_nul_characters():
    """For example, the input of a command."""
    table = Table("thing", (Control("name"), Control("stdin", binary=True)))
    assert table.read({"name": "a", "stdin": "a\0b"})["stdin"] == "a\0b"
    with pytest.raises(InputError):
        table.read({"name": "a\0", "stdin": ""})
