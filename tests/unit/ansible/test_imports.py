# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports from a zip archive: the same as with Python's importer, but each file is compiled only once."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.ansible import imports

FILES = {
    "__init__.py": "",
    "broken.py": "1 / 0\n",
    "whole.py": '"""Words."""\nhere = __file__\n',
    "part/__init__.py": "here = __file__\n",
    "part/leaf.py": "from .. import whole\nfrom . import twig\nfrom .twig import here as twigs\nhere = __file__\n",
    "part/twig.py": "here = __file__\n",
}
LOOK = """
import collections, json, sys, traceback
compiled = collections.Counter()
def hook(event, args):
    if event == "compile" and str(args[1]).startswith(sys.path[0]):
        compiled[str(args[1])[len(sys.path[0]) + 1:]] += 1
sys.addaudithook(hook)
sys.path.insert(0, {place!r})
if {first}:
    import ours.imports
compiled.clear()
import ours.part.leaf
try:
    import ours.broken
except ZeroDivisionError:
    lines = traceback.format_exc()
try:
    import ours.nothing
except ImportError as error:
    missing = type(error).__name__
print(json.dumps({{
    "compiled": compiled,
    "files": [ours.whole.here, ours.part.here, ours.part.leaf.here, ours.part.leaf.twigs],
    "packages": [ours.part.__name__, list(ours.part.__path__), ours.part.leaf.__package__],
    "loader": type(ours.part.leaf.__loader__).__name__,
    "words": ours.whole.__doc__,
    "missing": missing,
    "line": "1 / 0" in lines,
}}))
"""


@pytest.fixture
def place(tmp_path):
    """An archive with a package."""
    with zipfile.ZipFile(tmp_path / "sent.zip", "w") as archive:
        for name, text in FILES.items():
            archive.writestr("ours/" + name, text)
        archive.write(imports.__file__, "ours/imports.py")
    return str(tmp_path / "sent.zip")


def look(place, first):
    """What Python finds in the archive."""
    program = [sys.executable, "-c", LOOK.format(place=place, first=first)]
    return json.loads(subprocess.run(program, capture_output=True, text=True, check=True).stdout)


def test_imports_are_the_same_but_compiled_once(place):
    """Other versions of Python are tested in tests/integration/test_pythons.py."""
    found, usual = look(place, True), look(place, False)
    assert set(found.pop("compiled").values()) == {1}
    assert max(usual.pop("compiled").values()) == 2
    assert found == usual
    assert found["files"][2] == place + "/ours/part/leaf.py"


def test_directories_are_imported_as_usual():
    """For example, the files of this test."""
    assert not any(type(finder).__name__ == imports.Finder.__name__ for finder in sys.meta_path)


def test_a_directory_with_a_similar_name_is_not_handled(place):
    """Only the archive itself is."""
    finder = imports.Finder(place)
    assert finder.find_spec("ours.whole", None) is None
    assert finder.find_spec("ours.whole", [place + "-other/ours"]) is None
    assert finder.find_spec("ours.whole", [str(Path(place).parent)]) is None
