# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs Ansible with a project whose steps take as long as a test wants, and reads the output meanwhile."""

from __future__ import annotations

import re
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, Mapping, Sequence

from .engine import Engine
from .image import BASE
from .playbook import command, environment

PATIENCE = 120  # seconds until Ansible is killed
# A container that does its work until a test lets it end, by a file in this volume.
GATE = "gate"
WAIT = "until [ -e /gate/open ]; do sleep 0.1; done"


def gated(name: str = "shop") -> dict[str, Any]:
    """The options of a project with a container that has to end before the next one begins."""
    return {
        "name": name,
        "volumes": [GATE],
        "defaults": {"containers": {"image": BASE, "stop_timeout": 0, "command": ["sleep", "1000"]}},
        "containers": {
            name + "-init": {"command": ["sh", "-c", WAIT], "volumes": [GATE + ":/gate"]},
            name + "-web": {"depends_on": {name + "-init": "completed"}},
        },
    }


def play(options: Mapping[str, Any], hosts: str = "all", /, **more: Any) -> list[dict[str, Any]]:
    """A play with one task: this project."""
    task = {"name": "Converge", "slipway.docker.project": options}
    return [{"hosts": hosts, "gather_facts": False, "tasks": [task], **more}]


def open_gate(engine: Engine, name: str = "shop") -> None:
    """Let the container end."""
    engine.docker("exec", name + "-init", "touch", "/gate/open")


class Output:
    """The output of a running program."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process, self.lines = process, []  # type: subprocess.Popen[str], list[str]

    def until(self, *texts: str) -> None:
        """Read until each text was in a line. Raises AssertionError if the program ends before."""
        assert self.process.stdout
        missing = set(texts)
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            missing -= {text for text in missing if text in line}
            if not missing:
                return
        raise AssertionError("there is no line with %s:\n%s" % (sorted(missing), "\n".join(self.lines)))

    def rest(self) -> list[str]:
        """Read to the end, and return all lines."""
        assert self.process.stdout
        self.lines += [line.rstrip("\n") for line in self.process.stdout]
        return self.lines


@contextmanager
def running(
    engine: Engine, place: Path, argv: Sequence[str], environ: Mapping[str, str] | None = None
) -> Iterator[Any]:
    """A program of Ansible that runs meanwhile, with its output line by line."""
    env = {**environment(engine, place), "PYTHONUNBUFFERED": "1", **(environ or {})}
    process = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env
    )
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()
    try:
        yield Output(process)
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def watch(
    engine: Engine,
    place: Path,
    plays: Any,
    *arguments: str,
    environ: Mapping[str, str] | None = None,
    host: str = "localhost",
) -> list[str]:
    """Run a play with a gated project. The gate is opened when a line says that the container runs, and is waited for.

    So this ends only if lines appear while the task runs. Returns the lines about the project and those of the results.
    """
    with running(engine, place, command(place, plays, *arguments), environ) as output:
        output.until("project shop (%s): run container shop-init: started" % host)
        output.until("project shop (%s): still running: run container shop-init (" % host)
        open_gate(engine)
        lines = output.rest()
    assert output.process.returncode == 0, "\n".join(lines)
    return shown(lines)


def shown(lines: Sequence[str]) -> list[str]:
    """The lines about projects and results, without times."""
    found = [line for line in lines if line.startswith(("project ", "changed: ", "ok: ", "fatal: "))]
    return [re.sub(r"\d+(\.\d)? s\b", "N s", line) for line in found if "still running" not in line]
