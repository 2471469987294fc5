# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation that a module need not ship is in its documentation fragments."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
import yaml

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
COLLECTION = "ansible_collections.slipway.docker.plugins."
ACTIONS = {path.stem for path in PLUGINS.glob("action/*.py")}  # these modules are not shipped
MODULES = sorted({path.stem for path in PLUGINS.glob("modules/*.py")} - ACTIONS)
FILES = {path.stem for path in PLUGINS.glob("doc_fragments/*.py")}
# Keys that Ansible and ansible-test require in the module itself.
SHIPPED = {"module", "short_description", "version_added", "description", "author", "extends_documentation_fragment"}


def fragments(name):
    """The names of the fragments in a module's file of fragments, in lower case."""
    fragment = import_module(COLLECTION + "doc_fragments." + name).ModuleDocFragment
    return [key.lower() for key in vars(fragment) if key.isupper()]


@pytest.mark.parametrize("name", MODULES)
def test_modules_ship_only_required_documentation(name):
    """Options, attributes, notes and references are in fragments, and the module uses all of them."""
    documentation = yaml.safe_load(import_module(COLLECTION + "modules." + name).DOCUMENTATION)
    assert set(documentation) <= SHIPPED
    full = ["slipway.docker.%s.%s" % (name, fragment) for fragment in fragments(name)]
    own = [fragment.removesuffix(".documentation") for fragment in full]
    assert documentation["extends_documentation_fragment"][: len(own)] == own


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_fragment_is_not_named_like_a_file(name):
    """Ansible looks for slipway.docker.container.network in network.py first."""
    assert not FILES & set(fragments(name))
