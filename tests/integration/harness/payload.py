# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules as Ansible sends them: Ansible builds the payload, once for each module.

Ansible runs in a separate process (this file as a script), because its plugin loader changes the imports of its
process.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path

COLLECTIONS = Path(__file__).resolve().parents[3] / ".cache" / "collections"
# The formats of ansible-core 2.19 and newer, and of older versions.
ARGUMENTS = re.compile(r"^(params=)'.*'(,)$|^( +ANSIBALLZ_PARAMS = )'.*'()$", re.MULTILINE)
ARCHIVE = re.compile(r"^zip_data='(.*)',$", re.MULTILINE)
UNPACKED: list[Path] = []


@cache
def payload(module: str, python: str = sys.executable) -> str:
    """The program that Ansible would send to a host for a module, given by its full name.

    ``python`` selects the environment whose ansible-core is used.
    """
    return payloads(module, python=python)[module]


@cache
def payloads(*modules: str, python: str = sys.executable) -> dict[str, str]:
    """The programs for several modules, with one start of Ansible."""
    done = subprocess.run(
        [python, __file__, *modules],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)},
    )
    if done.returncode:
        raise AssertionError("Ansible cannot build %s: %s" % (", ".join(modules), done.stderr))
    programs: dict[str, str] = json.loads(done.stdout)
    return programs


def with_arguments(program: str, arguments: str) -> str:
    """The program with other module arguments (JSON)."""
    changed, count = ARGUMENTS.subn(
        lambda match: "%s%r%s" % (match.group(1) or match.group(3), arguments, match.group(2) or ""), program
    )
    assert count == 1, "the payload does not look as it did in ansible-core 2.17 to 2.21"
    return changed


def shipped_modules() -> list[str]:
    """The modules of the collection that are sent to targets. Those without code are the documentation of an action."""
    modules = Path(__file__).resolve().parents[3] / "plugins" / "modules"
    return sorted(path.stem for path in modules.glob("*.py") if "\ndef main(" in path.read_text())


def contents(program: str) -> dict[str, int]:
    """The files in the archive of a program, with their compressed sizes in bytes."""
    match = ARCHIVE.search(program)
    assert match, "the payload does not look as it did in ansible-core 2.19"
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(match.group(1)))) as archive:
        return {entry.filename: entry.compress_size for entry in archive.infolist()}


@cache
def unpacked(module: str) -> Path:
    """The unpacked files of a module, so that Python caches the compiled code. ``clean`` removes them."""
    match = ARCHIVE.search(payload(module))
    assert match, "the payload does not look as it did in ansible-core 2.19"
    place = Path(tempfile.mkdtemp(prefix="slipway-payload-"))
    UNPACKED.append(place)
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(match.group(1)))) as archive:
        archive.extractall(place)
    return place


def clean() -> None:
    """Remove unpacked files."""
    unpacked.cache_clear()
    while UNPACKED:
        shutil.rmtree(UNPACKED.pop())


def build(module: str) -> str:
    """Make Ansible build a module. Only in a separate process."""
    from ansible.executor.module_common import modify_module
    from ansible.parsing.dataloader import DataLoader
    from ansible.plugins.loader import module_loader
    from ansible.template import Templar

    found = module_loader.find_plugin_with_context(module)
    if not found.resolved:
        raise SystemExit("there is no module " + module)
    built = modify_module(
        module_name=found.resolved_fqcn,
        module_path=found.plugin_resolved_path,
        module_args={},
        templar=Templar(DataLoader()),
        task_vars={"ansible_python_interpreter": "/usr/bin/python3"},
        module_compression="ZIP_DEFLATED",
    )
    data: bytes = built[0] if isinstance(built, tuple) else built.b_module_data  # a tuple before 2.19
    return data.decode()


if __name__ == "__main__":
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader([str(COLLECTIONS)])
    json.dump({module: build(module) for module in sys.argv[1:]}, sys.stdout)
