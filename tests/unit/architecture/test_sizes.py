# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits for files and payloads: all that a module imports is sent to each host with each task."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from harness.payload import contents, payloads, shipped_modules

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(
    path
    for path in [*ROOT.glob("plugins/**/*.py"), *ROOT.glob("tests/**/*.py"), ROOT / "bin" / "facts"]
    if path.parent.name != "doc_fragments"  # documentation, not code
)
LIMIT = 400  # lines of code in a file
LITERALS = {"DOCUMENTATION", "EXAMPLES", "RETURN"}

# The compressed payload of a module relative to that of ansible.builtin.ping, which consists mostly of Ansible itself.
# Slightly above the measured values: if a module exceeds its budget, check what the new import adds. Of each value, 0.1
# is for checking the shape of answers, the grammar of names and the size of reads; of container's and network's, 0.05
# is for rules about what engines reject, and of network's 0.01 for our labels. Of
# container's and volume's, 0.01 is for what projects need of plans.
BUDGETS = {
    "container": 2.34,
    "container_copy": 1.65,
    "container_exec": 1.52,
    "container_info": 1.50,
    "image": 1.97,
    "image_info": 1.49,
    "network": 1.75,
    "network_info": 1.45,
    "plugin": 1.65,
    "project": 3.35,
    "registry": 1.61,
    "registry_image": 1.67,
    "registry_info": 1.53,
    "volume": 1.52,
    "volume_info": 1.44,
}
# Without those that are only the documentation of an action.
MODULES = shipped_modules()


def code_lines(text: str) -> int:
    """Lines that are neither blank, comments, docstrings nor documentation literals."""
    lines = {number for number, line in enumerate(text.splitlines(), 1) if line.strip() and line.strip()[0] != "#"}
    for node in ast.walk(ast.parse(text)):
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        literal = isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id in LITERALS for target in node.targets
        )
        if docstring or literal:
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_short(path):
    """A file that grows past the limit becomes a package."""
    assert code_lines(path.read_text()) <= LIMIT


@pytest.mark.parametrize("path", [path for path in FILES if "module_utils" in path.parts and path.read_text()])
def test_shipped_files_have_a_short_header(path):
    """Two lines with copyright and licence. A third line in each file would be 2 % of a payload."""
    header = [line for line in path.read_text().splitlines()[:4] if line.startswith("#")]
    assert header == ["# Copyright (c) 2026, the slipway.docker authors", "# SPDX-License-Identifier: GPL-3.0-or-later"]


@pytest.fixture(scope="module")
def sizes():
    """The compressed size of each module's payload in bytes, built by Ansible."""
    names = ["ansible.builtin.ping", *("slipway.docker." + name for name in MODULES)]
    return {name: sum(contents(program).values()) for name, program in payloads(*names).items()}


@pytest.mark.parametrize("name", MODULES)
def test_payloads_are_within_their_budgets(name, sizes):
    """Relative to ansible.builtin.ping."""
    ratio = sizes["slipway.docker." + name] / sizes["ansible.builtin.ping"]
    print("%s: %.2f times ping (%d bytes)" % (name, ratio, sizes["slipway.docker." + name]))
    assert ratio <= BUDGETS[name], "the payload is %.2f times that of ping" % ratio
