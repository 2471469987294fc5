# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs playbooks with ansible-playbook against an engine of the tests."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, Mapping, Sequence

import yaml

from .driver import PYTHON
from .engine import Engine
from .payload import COLLECTIONS

MODULES = Path(__file__).resolve().parents[3] / "plugins" / "modules"
RECAP = re.compile(r"ok=(\d+) +changed=(\d+) +unreachable=0 +failed=(\d+)")


def run_playbook(
    engine: Engine, place: Path, plays: Sequence[Mapping[str, Any]], *arguments: str
) -> tuple[int, int, str]:
    """Run plays on this machine against the engine. Returns the numbers of changed and failed tasks, and the output."""
    done = subprocess.run(
        command(place, plays, *arguments),
        capture_output=True,
        text=True,
        check=False,
        env=environment(engine, place),
    )
    recap = RECAP.search(done.stdout)
    assert recap, done.stdout + done.stderr
    return int(recap.group(2)), int(recap.group(3)), done.stdout


def command(place: Path, plays: Sequence[Mapping[str, Any]], *arguments: str) -> list[str]:
    """The command that runs plays on this machine. Arguments may select other hosts and another connection."""
    playbook = place / "playbook.json"
    playbook.write_text(json.dumps(plays))
    interpreter = "ansible_python_interpreter=" + PYTHON
    return ["ansible-playbook", "-i", "localhost,", "-c", "local", "-e", interpreter, str(playbook), *arguments]


def environment(engine: Engine, place: Path) -> dict[str, str]:
    """The environment in which Ansible uses this collection and an engine."""
    environ = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_NOCOLOR": "1"}
    environ.update(ANSIBLE_LOCALHOST_WARNING="false", ANSIBLE_HOME=str(place / "home"), DOCKER_HOST=engine.host)
    return environ


def examples(module: str) -> list[dict[str, Any]]:
    """The tasks in EXAMPLES of a module."""
    for node in ast.parse((MODULES / (module + ".py")).read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES":
            tasks: list[dict[str, Any]] = yaml.safe_load(ast.literal_eval(node.value))
            return tasks
    raise AssertionError("%s has no EXAMPLES" % module)
