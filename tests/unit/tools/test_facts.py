# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bin/facts updates the facts in the documentation and keeps the descriptions."""

from __future__ import annotations

import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

LOADER = SourceFileLoader("facts", str(Path(__file__).parents[3] / "bin" / "facts"))
SPEC = spec_from_loader("facts", LOADER)
assert SPEC
facts = module_from_spec(SPEC)
LOADER.exec_module(facts)

FRAGMENTS = '''
class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  name:
    description: A name, which
      goes on here.
    type: str
    required: true
notes:
  - A note.
"""

    # By another name, for the same module.
    NETWORKING = r"""
options:
  ports:
    description:
      - "Ports: many."
    type: list
    elements: dict
    suboptions:
      port:
        description: One.
        type: int
"""
'''
PORT = {"type": "int"}
TABLE = {
    "name": {"type": "str", "required": True},
    "ports": {"type": "list", "elements": "dict", "options": {"port": PORT}},
}


def change(option, **facts_of_it):
    """The table with a changed option."""
    return {**TABLE, option: {**TABLE[option], **facts_of_it}}


def test_up_to_date_documentation_is_not_changed():
    """Byte for byte."""
    assert facts.document(FRAGMENTS, TABLE) == FRAGMENTS


@pytest.mark.parametrize(
    ("spec", "old", "new"),
    [
        (change("name", type="path"), "    type: str\n", "    type: path\n"),
        (change("name", required=False), "    required: true\n", ""),
        (change("name", choices=["b", "a"]), "    required: true\n", "    required: true\n    choices: [b, a]\n"),
        (change("name", aliases=["no"]), "    required: true\n", "    required: true\n    aliases: ['no']\n"),
        (
            change("ports", options={"port": {"type": "int", "default": 0}}),
            "        type: int\n",
            "        type: int\n        default: 0\n",
        ),
        (
            change("ports", default=["1:1"]),
            "    elements: dict\n",
            "    elements: dict\n    default: ['1:1']\n",
        ),
        (
            change("name", choices=["x" * 50, "y" * 50]),
            "    required: true\n",
            "    required: true\n    choices:\n      - %s\n      - %s\n" % ("x" * 50, "y" * 50),
        ),
        (change("ports", no_log=True), "", ""),
    ],
)
def test_a_fact_is_updated_from_the_table(spec, old, new):
    """And nothing else changes."""
    assert facts.document(FRAGMENTS, spec) == FRAGMENTS.replace(old, new)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({**TABLE, "more": {"type": "str"}}, "the option more is not described"),
        ({"name": TABLE["name"]}, "the option ports is described, but there is none"),
        (change("ports", options={"port": PORT, "ip": PORT}), "the option ports.ip is not described"),
        ({"ports": TABLE["ports"]}, "the option name is described, but there is none"),
        (change("ports", options={}), "the option ports and its description differ in having suboptions"),
    ],
)
def test_an_undescribed_option_is_an_error(spec, message):
    """And so is a description of an option that does not exist."""
    with pytest.raises(facts.OutOfStep, match="^%s$" % re.escape(message)):
        facts.document(FRAGMENTS, spec)


def test_a_duplicate_description_is_an_error():
    """One fragment would override the description of the other."""
    text = FRAGMENTS.replace("  ports:\n", "  name:\n    description: Another.\n  ports:\n")
    with pytest.raises(facts.OutOfStep, match="^the option name is described twice$"):
        facts.document(text, TABLE)


def test_a_module_without_a_file_of_fragments_is_an_error():
    """Its options are not described."""
    with pytest.raises(facts.OutOfStep, match="^the option name is not described$"):
        facts.document("", TABLE)


def test_the_action_group_lists_the_modules():
    """In meta/runtime.yml."""
    text = "---\naction_groups:\n  docker:\n    - gone\nother: {}\n"
    assert facts.action_group(text, "docker", ["a", "b"]) == text.replace("    - gone\n", "    - a\n    - b\n")
    with pytest.raises(facts.OutOfStep):
        facts.action_group("---\n", "docker", ["a"])


def test_the_readme_lists_the_modules(tmp_path):
    """Between its markers, with the short descriptions."""
    module = tmp_path / "thing.py"
    module.write_text('DOCUMENTATION = r"""\nshort_description: Do a thing\n"""\n')
    text = facts.module_table("a\n<!-- modules -->\nold\n<!-- /modules -->\nb\n", [module])
    row = "| `slipway.docker.thing` | Do a thing |"
    assert text == ("a\n<!-- modules -->\n| Module | What it does |\n|---|---|\n%s\n<!-- /modules -->\nb\n" % row)
