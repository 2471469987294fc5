# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which parts of the code may import which. The rows of ALLOWED are the arrows in docs/architecture.md."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
COLLECTION = "ansible_collections.slipway.docker.plugins."
ENGINES = PLUGINS / "module_utils" / "ansible" / "run.py"
REGISTRIES = PLUGINS / "module_utils" / "ansible" / "registries.py"
FILES = sorted(path for path in PLUGINS.rglob("*.py") if path.name != "__init__.py")

# What a part may import besides itself and the standard library.
ALLOWED = {
    "runtime.errors": set(),
    "runtime.state": {"runtime.errors"},
    "runtime.values": {"runtime.errors", "runtime.state"},
    "runtime.transport": {"runtime.errors"},
    "runtime.engine": {"runtime.errors", "runtime.state", "runtime.transport", "runtime.values"},
    "runtime.registry": {"runtime.errors", "runtime.transport", "runtime.values"},
    "runtime.resources": {
        "runtime.errors",
        "runtime.state",
        "runtime.values",
        "runtime.transport",
        "runtime.engine",
        "runtime.registry",
    },
    "runtime.converge": {"runtime.errors", "runtime.state"},
    "runtime.project": {
        "runtime.errors",
        "runtime.state",
        "runtime.values",
        "runtime.engine",
        "runtime.resources",
        "runtime.converge",
    },
    "ansible": {
        "runtime.errors",
        "runtime.state",
        "runtime.converge",
        "runtime.transport",
        "runtime.engine",
        "runtime.registry",
    },
    "modules": {"ansible", "runtime.resources", "runtime.project"},
    "action": {"plugin_utils"},
    "plugin_utils": set(),
    "filter": {"plugin_utils"},
    "doc_fragments": set(),
}


def dotted(path: Path) -> str:
    """The name of a plugin file below ``plugins``: ``module_utils.runtime.errors``."""
    return ".".join(path.relative_to(PLUGINS).with_suffix("").parts)


def part(name: str) -> str:
    """The part to which a dotted name belongs."""
    words = name.removeprefix("module_utils.").split(".")
    return ".".join(words[:2]) if words[0] == "runtime" else words[0]


@cache
def imports(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """All imports in a file: own modules by dotted name, and the names of other packages."""
    own: set[str] = set()
    others: set[str] = set()
    package = dotted(path).split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) + "." if node.level else ""
            source = (COLLECTION + base if node.level else "") + (node.module or "")
            names = [source.rstrip(".") + "." + alias.name for alias in node.names]
        for name in names:
            if name.startswith(COLLECTION):
                own.add(resolve(name.removeprefix(COLLECTION)))
            else:
                others.add(name)
    return frozenset(own), frozenset(others)


def resolve(name: str) -> str:
    """The module that an imported name refers to, or is in."""
    found = name
    while not (PLUGINS / (found.replace(".", "/") + ".py")).exists():
        found, dot, _last = found.rpartition(".")
        assert dot, "there is no %s to import" % name
    return found


def reached(path: Path) -> set[Path]:
    """A file and all own files that it imports, directly or indirectly."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += [PLUGINS / (name.replace(".", "/") + ".py") for name in imports(current)[0]]
    return found


@pytest.mark.parametrize("path", FILES, ids=dotted)
def test_parts_import_only_allowed_parts(path):
    """As ALLOWED says."""
    mine = part(dotted(path))
    assert mine in ALLOWED, "%s has no row in ALLOWED" % mine
    for name in imports(path)[0]:
        assert part(name) == mine or part(name) in ALLOWED[mine], "%s may not import %s" % (dotted(path), name)


@pytest.mark.parametrize("path", [path for path in FILES if ".resources." in dotted(path)], ids=dotted)
def test_resources_do_not_import_each_other(path):
    """A resource is a file or a package."""
    noun = dotted(path).split(".")[3]
    for name in imports(path)[0]:
        if part(name) == "runtime.resources":
            assert name.split(".")[3] == noun, "%s may not import %s" % (dotted(path), name)


@pytest.mark.parametrize("path", [path for path in FILES if "module_utils" in path.parts], ids=dotted)
def test_only_module_utils_ansible_imports_ansible(path):
    """And only the parts of Ansible that are sent to targets."""
    for name in imports(path)[1]:
        if name.split(".")[0] == "ansible":
            assert part(dotted(path)) == "ansible", "%s imports %s" % (dotted(path), name)
            assert name.startswith("ansible.module_utils."), name


@pytest.mark.parametrize("path", sorted((PLUGINS / "modules").glob("*.py")), ids=dotted)
def test_modules_import_only_the_standard_library(path):
    """And Ansible's module_utils. Only code for registries may import requests, and engine modules do not import it."""
    files = reached(path)
    further = {"requests", "urllib3"} if REGISTRIES in files and ENGINES not in files else set()
    for file in files:
        for name in imports(file)[1]:
            top = name.split(".")[0]
            known = top in sys.stdlib_module_names or top in further or name.startswith("ansible.module_utils.")
            assert known, "%s imports %s" % (dotted(file), name)


@pytest.mark.parametrize("path", sorted(PLUGINS.rglob("__init__.py")), ids=dotted)
def test_init_files_are_empty(path):
    """Ansible sends each of them, and all that it imports."""
    assert path.read_bytes() == b""


def test_each_directory_of_the_runtime_is_a_package():
    """A directory without __init__.py is not sent."""
    for path in FILES:
        if "module_utils" in path.parts:
            assert (path.parent / "__init__.py").exists(), path.parent
