# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields reject contradictions in their definition; paths address nested dictionaries."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.field import (
    IGNORE,
    SUBSET,
    Control,
    Field,
    bury,
    dig,
)


@pytest.mark.parametrize(
    "kind, kwargs, why",
    [
        (Control, {"type": "size"}, "is not a type of Ansible"),
        (Control, {"type": "list"}, "only a list has elements, and it must have them"),
        (Control, {"type": "str", "elements": "str"}, "only a list has elements, and it must have them"),
        (Control, {"suboptions": (Control("x"),)}, "suboptions need a dict"),
        (Control, {"required": True, "default": "x"}, "a required option has no default"),
        (Control, {"choices": ("a",), "default": "b"}, "the default is not a choice"),
        (Field, {"api": "X", "default": "a"}, "a field has no default, because undeclared options are not compared"),
        (Field, {"api": "X", "compare": "roughly"}, "compare 'roughly' is unknown"),
        (Field, {"api": "X", "on_change": "a lot"}, "on_change 'a lot' is unknown"),
        (Field, {}, "either an api path or an encode function"),
        (Field, {"api": "X", "encode": lambda value: {}}, "either an api path or an encode function"),
        (Field, {"encode": lambda value: {}}, "encode needs decode"),
        (Field, {"api": "X", "compare": SUBSET}, "is for collections"),
    ],
)
def test_contradictory_definitions_are_rejected(kind, kwargs, why):
    """When the file is imported, with the name of the option."""
    with pytest.raises(ValueError, match="option it: .*%s" % why.replace("'", ".")):
        kind("it", **kwargs)


def test_a_field_that_is_never_compared_needs_no_decode():
    """A value that is only used at creation is not compared."""
    Field("it", encode=lambda value: {}, on_change=IGNORE)


def test_the_argument_spec_has_only_given_values():
    """Ansible's defaults are left out, but a default of false is included."""
    assert Control("it").spec() == {"type": "str"}
    assert Control("it", type="bool", default=False).spec() == {"type": "bool", "default": False}
    assert Control("it", type="float", default=0.0).spec() == {"type": "float", "default": 0.0}
    sub = Control("of", type="list", elements="dict", suboptions=(Control("a", type="int"),), aliases=("off",))
    assert sub.spec() == {
        "type": "list",
        "elements": "dict",
        "aliases": ["off"],
        "options": {"a": {"type": "int"}},
    }


def test_dig_and_bury_are_inverse():
    """A value that is buried at a path is found there, and its siblings are unchanged."""
    tree = {"HostConfig": {"Memory": 1}}
    bury(tree, "HostConfig.RestartPolicy.Name", "always")
    bury(tree, "HostConfig.RestartPolicy", {"MaximumRetryCount": 2})
    assert tree == {"HostConfig": {"Memory": 1, "RestartPolicy": {"Name": "always", "MaximumRetryCount": 2}}}
    assert dig(tree, "HostConfig.RestartPolicy.Name") == "always"
    assert dig(tree, "HostConfig.Memory.Name") is None
    assert dig(tree, "Elsewhere.Name") is None
