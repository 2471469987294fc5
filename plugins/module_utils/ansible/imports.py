# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports from the archive that Ansible sends, with each file compiled once. Imported before everything else.

To find a module, Python's ``zipimport`` compiles it for no more than its file name, and to run it once again. The name
can be had for less; what loads the module is still Python's own importer.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from typing import Any, Sequence
from zipimport import ZipImportError, zipimporter


class Finder:
    """Finds what is in the same archive as this file (``importlib.abc.MetaPathFinder``)."""

    def __init__(self, archive: str) -> None:
        self._archive = archive

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """The way to a module of a package in the archive; None leaves it to Python."""
        place = next(iter(path or ()), "")
        if not place.startswith(self._archive):
            return None
        try:
            loader: Any = sys.path_importer_cache.get(place) or zipimporter(place)
            is_package = loader.is_package(name)
        except ZipImportError:
            return None
        file = place + "/" + name.rpartition(".")[2]
        spec = ModuleSpec(name, loader, is_package=is_package)
        spec.origin = file + ("/__init__.py" if is_package else ".py")
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [file]
        return spec


if isinstance(__spec__.loader, zipimporter):
    sys.meta_path.insert(0, Finder(__spec__.loader.archive))
