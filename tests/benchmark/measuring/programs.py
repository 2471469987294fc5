# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that are measured: playbooks, modules as Ansible sends them, Compose, and a Python program."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, Mapping, Sequence

from harness.driver import PYTHON
from harness.payload import COLLECTIONS, payloads, with_arguments

from .meter import Command

ROOT = Path(__file__).resolve().parents[3]
# Made from tests/benchmark/requirements.txt. All plays run in it, so all sides have the same Ansible.
ENVIRONMENT = ROOT / ".cache" / "benchmark"
SYSTEM = os.defpath + ":/usr/sbin:/sbin"

Task = dict[str, Any]


@cache
def program(module: str) -> str:
    """The program that Ansible sends for a module, given by its full name."""
    return payloads(module, python=str(ENVIRONMENT / "bin" / "python"))[module]


def shipped(module: str, options: Mapping[str, Any]) -> int:
    """How many bytes Ansible sends for one task."""
    return len(with_arguments(program(module), json.dumps({"ANSIBLE_MODULE_ARGS": dict(options)})).encode())


def process(module: str, options: Mapping[str, Any]) -> Command:
    """The process of a module on its target, with the program that Ansible sends."""
    return Command((PYTHON, "-"), with_arguments(program(module), json.dumps({"ANSIBLE_MODULE_ARGS": dict(options)})))


def python(path: Path, given: Any) -> Command:
    """A program of our own for the Python of a target, with JSON on standard input."""
    return Command((PYTHON, str(path)), json.dumps(given))


def compose(host: str, composition: Mapping[str, Any], place: Path, *words: str) -> Command:
    """Compose with a Compose file, which is written below a directory."""
    (binary,) = ENVIRONMENT.glob("lib/python*/site-packages/compose/docker-compose")
    file = place / "compose.json"
    file.write_text(json.dumps(composition))
    environ = {"DOCKER_HOST": host, "HOME": str(place)}
    return Command((str(binary), "--file", str(file), "--progress", "quiet", *words), "", environ)


def play(
    place: Path,
    name: str,
    tasks: Sequence[Task],
    hosts: Mapping[str, Mapping[str, Any]] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Command:
    """ansible-playbook with these tasks, for hosts with their variables.

    The hosts are this machine unless their variables say otherwise. The settings are Ansible's defaults, except that
    as many hosts are served at once as there are.
    """
    hosts = hosts or {"localhost": {}}
    local = {"ansible_connection": "local", "ansible_python_interpreter": PYTHON}
    inventory, playbook = place / (name + ".inventory.json"), place / (name + ".json")
    inventory.write_text(json.dumps({"all": {"hosts": {host: {**local, **hosts[host]} for host in hosts}}}))
    playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": list(tasks)}]))
    words = [str(ENVIRONMENT / "bin" / "ansible-playbook"), "--inventory", str(inventory), str(playbook)]
    settings = {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_FORKS": str(len(hosts)),
        "ANSIBLE_HOME": str(place / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "HOME": str(place),
        "PATH": "%s:%s" % (ENVIRONMENT / "bin", SYSTEM),
        # Compiled code of plugins is kept, as on a controller, but not in the source tree.
        "PYTHONPYCACHEPREFIX": str(ENVIRONMENT / "compiled"),
    }
    return Command(tuple(words), "", {**settings, **(environ or {})})
