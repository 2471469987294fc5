# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of modules work in check mode."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
import yaml

MODULES = sorted((Path(__file__).resolve().parents[3] / "plugins" / "modules").glob("*.py"))
# Keys of returned dictionaries that only a run returns.
ONLY_AFTER_A_RUN = {"container.Output"}


def literal(path, name):
    """The value that is assigned to a name in a module."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return yaml.safe_load(ast.literal_eval(node.value))
    return {}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_examples_have_defaults_for_values_missing_in_check_mode(path):
    """An undefined variable would fail the task."""
    missing = set(ONLY_AFTER_A_RUN)
    missing |= {key for key, entry in literal(path, "RETURN").items() if "not in check mode" in entry["returned"]}
    examples = literal(path, "EXAMPLES")
    words = json.dumps(examples)
    registered = [task["register"] for task in examples if "register" in task]
    unguarded = [
        "%s.%s" % (name, key)
        for name in registered
        for key in missing
        if re.search(r"\b%s\.%s\b(?! *\| *default)" % (re.escape(name), re.escape(key)), words)
    ]
    assert unguarded == []
