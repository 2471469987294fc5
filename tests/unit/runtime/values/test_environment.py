# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Environment variables, in the notations of users and engines."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values import environment


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (None, {}),
        ({"A": "1", "B": 2, "C": None}, {"A": "1", "B": "2", "C": ""}),
        (["A=1", "B=", "C=x=y", "D"], {"A": "1", "B": "", "C": "x=y", "D": None}),
    ],
)
def test_both_notations_have_the_same_canonical_form(written, value):
    """A dictionary in a task, a list from an engine."""
    assert environment.canonical(written) == value


def test_the_engine_gets_a_sorted_list():
    """A name without a value stays so, and an empty name is left out."""
    assert environment.encode({"B": "", "A": "1", "C": None, "": "x"}) == ["A=1", "B=", "C"]


@pytest.mark.parametrize("name", ["", "=", "A=B"])
def test_an_invalid_name_is_rejected_without_its_value(name):
    """The text after the equals sign may be secret."""
    with pytest.raises(ValueError, match="is empty or contains an equals sign") as caught:
        environment.check({name: "canary"})
    assert "canary" not in str(caught.value)
    assert "B" not in str(caught.value)
