# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In a virtual machine: Python keeps what it has compiled of an archive.

Ansible brings each module as an archive with its sources, which Python compiles each time. Where that is emulated, it
is a third of what a task takes. All Pythons of the machine import this at their start.
"""

import _imp  # it has a hash that costs nothing to import
import marshal
import os
import zipimport

KEPT = "/var/cache/compiled/"
compile_source = zipimport._compile_source


def compiled(path, source):
    """The code of a source, whatever the archive is called this time."""
    kept = KEPT + _imp.source_hash(0, source).hex()
    try:
        with open(kept, "rb") as file:  # noqa: PTH123 - pathlib costs more than this saves
            return marshal.load(file)
    except FileNotFoundError:
        code = compile_source(path, source)
        new = "%s.%d" % (kept, os.getpid())
        try:
            with open(new, "wb") as file:  # noqa: PTH123
                marshal.dump(code, file)
            os.rename(new, kept)  # noqa: PTH104
        except OSError:  # not root's
            pass
        return code


zipimport._compile_source = compiled
