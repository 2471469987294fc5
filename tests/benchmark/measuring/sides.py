# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that are compared: each does the same four actions with the same containers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import programs, workload
from .meter import Command
from .workload import REMOVE, UNCHANGED

PROJECT = "slipway.docker.project"
CONTAINER = "slipway.docker.container"
PEER = "community.docker.docker_container"
PING = "ansible.builtin.ping"


class Side:
    """A program with a name for data files and a title for readers."""

    name = ""
    title = ""
    limit = 1000  # the largest number of containers that it is measured with
    actions: tuple[str, ...] = workload.ACTIONS
    loops = False  # whether it runs a task for each container

    def __init__(self, host: str, image: str, place: Path) -> None:
        self.host, self.image = host, image
        self.place = place / self.name
        self.place.mkdir()

    @property
    def missing(self) -> str:
        """Why it cannot be measured, if it cannot."""
        return ""

    def command(self, number: int, action: str) -> Command:
        """The command for an action with a number of containers."""
        raise NotImplementedError

    def shipped(self, number: int, action: str) -> int | None:
        """How many bytes Ansible sends to the host; None without Ansible."""
        return None

    def containers(self, number: int, action: str) -> list[workload.Options]:
        """The containers that an action declares."""
        return workload.containers(number, self.image, action)


class Play(Side):
    """A playbook with one task."""

    def modules(self, number: int, action: str) -> list[tuple[str, dict[str, Any]]]:
        """The modules that run on the host, with their options."""
        raise NotImplementedError

    def task(self, number: int, action: str) -> programs.Task:
        """The task for an action with a number of containers."""
        ((module, options),) = self.modules(number, action)
        return {"name": action, module: options}

    def command(self, number: int, action: str) -> Command:
        """The command for an action with a number of containers."""
        return programs.play(self.place, "%s-%d" % (action, number), [self.task(number, action)])

    def shipped(self, number: int, action: str) -> int | None:
        """How many bytes Ansible sends to the host."""
        return sum(programs.shipped(*module) for module in self.modules(number, action))


class Process(Play):
    """The process of a module on the host, without Ansible around it."""

    def command(self, number: int, action: str) -> Command:
        """The command for an action with a number of containers."""
        ((module, options),) = self.modules(number, action)
        return programs.process(module, options)


class Project(Play):
    """A playbook with one task of project."""

    name = "project"
    title = "project"

    @property
    def missing(self) -> str:
        """Why it cannot be measured, if it cannot."""
        module = programs.ROOT / "plugins" / "modules" / "project.py"
        return "" if module.exists() else "not available"

    def modules(self, number: int, action: str) -> list[tuple[str, dict[str, Any]]]:
        """The modules that run on the host, with their options."""
        state = "absent" if action == REMOVE else "started"
        containers = self.containers(number, action)
        return [(PROJECT, {"docker_host": self.host, "name": "bench", "state": state, "containers": containers})]


class ProjectProcess(Process, Project):
    """The process of project."""

    name = "project_process"
    title = "project, module only"


class Loop(Play):
    """A playbook with one task that loops over the containers."""

    module = ""
    loops = True

    def modules(self, number: int, action: str) -> list[tuple[str, dict[str, Any]]]:
        """The modules that run on the host, with their options."""
        common = {"docker_host": self.host, "state": "absent" if action == REMOVE else "started"}
        declared = self.containers(number, action)
        return [
            (self.module, {**({"name": options["name"]} if action == REMOVE else options), **common})
            for options in declared
        ]

    def task(self, number: int, action: str) -> programs.Task:
        """The task for an action with a number of containers."""
        each = [options for _module, options in self.modules(number, action)]
        options = {key: "{{ item.%s }}" % key for key in each[0]}
        return {"name": action, self.module: options, "loop": each, "loop_control": {"label": "{{ item.name }}"}}


class Containers(Loop):
    """The loop with slipway.docker.container."""

    name = "container"
    title = "container, in a loop"
    module = CONTAINER
    limit = 10


class Peer(Loop):
    """The loop with community.docker.docker_container."""

    name = "peer"
    title = "docker_container, in a loop"
    module = PEER
    limit = 50


class Ping(Play):
    """A playbook with one task that does nothing: what Ansible itself takes."""

    name = "ping"
    title = "ping"
    actions = (UNCHANGED,)

    def modules(self, number: int, action: str) -> list[tuple[str, dict[str, Any]]]:
        """The modules that run on the host, with their options."""
        return [(PING, {})]


class PingProcess(Process, Ping):
    """The process of ping."""

    name = "ping_process"
    title = "ping, module only"


class Compose(Side):
    """docker-compose up and down."""

    name = "compose"
    title = "Compose"

    def command(self, number: int, action: str) -> Command:
        """The command for an action with a number of containers."""
        words = ("down",) if action == REMOVE else ("up", "--detach")
        composition = workload.composition(self.containers(number, action))
        return programs.compose(self.host, composition, self.place, *words)


class Raw(Side):
    """The Engine calls of the work by a bare client."""

    name = "raw"
    title = "raw calls"

    def command(self, number: int, action: str) -> Command:
        """The command for an action with a number of containers."""
        bodies = {each["name"]: workload.request(each) for each in self.containers(number, action)}
        given = {"socket": self.host.removeprefix("unix://"), "action": action, "bodies": bodies}
        given["changed"] = workload.changed_name(number)
        return programs.python(Path(__file__).with_name("raw.py"), given)


ALL: tuple[type[Side], ...] = (Project, ProjectProcess, Containers, Peer, Compose, Raw, Ping, PingProcess)
