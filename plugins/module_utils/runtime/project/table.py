# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a project, and those that its containers have in addition."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Callable, Dict, Mapping, NamedTuple, Tuple

from ..errors import InputError
from ..resources.container.resource import CONTAINER
from ..resources.image.table import TABLE as IMAGES
from ..resources.network.resource import NETWORK
from ..resources.volume.resource import VOLUME
from ..state import grammar
from ..state.entries import Entries
from ..state.field import Control
from ..state.resource import Resource
from ..state.table import Table

STARTED, HEALTHY, COMPLETED = "started", "healthy", "completed"
CONDITIONS = (STARTED, HEALTHY, COMPLETED)
RESOURCE, PROJECT = "resource", "project"  # what a failure takes back
REPLACE, SIGNAL = "replace", "signal"  # what a changed file does with its container

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")


class Key(NamedTuple):
    """The name of a node: ``container web``."""

    noun: str
    name: str

    def __str__(self) -> str:
        return "%s %s" % self


def conditions(value: Any) -> Dict[str, str]:
    """``depends_on`` as the condition for each container: a list of names, or a dictionary. Raises InputError."""
    try:
        return _conditions(value)
    except ValueError as error:
        raise InputError("depends_on: %s" % error)


def _conditions(value: Any) -> Dict[str, str]:
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list):
        value = dict.fromkeys(value, STARTED)
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ValueError("expected a list of containers, or a dictionary with a condition for each")
    found = {}
    for name, condition in value.items():
        condition = condition.get("condition", STARTED) if isinstance(condition, Mapping) else condition or STARTED
        if condition not in CONDITIONS:
            raise ValueError("%s: %r is not one of %s" % (name, condition, ", ".join(CONDITIONS)))
        found[grammar.container(name)] = condition
    return found


def project_name(value: str) -> str:
    """The grammar of a project's name. Raises ValueError."""
    if not _NAME.fullmatch(value):
        raise ValueError(
            "%r must consist of letters, digits, '_', '.' and '-', and must begin with a letter or a digit" % value
        )
    return value


def _at_least(least: int) -> Callable[[int], int]:
    """The grammar of numbers that are not less than this one."""

    def check(value: int) -> int:
        if value < least:
            raise ValueError("%d is less than %d" % (value, least))
        return value

    return check


def _on_controller(value: str) -> str:
    """The action plugin removes the option, so the module never has it if the plugin was run."""
    raise ValueError(
        "it is a file on the controller, which only the action plugin of this module can read; "
        "use plan_digest or content where the module runs without it"
    )


_OF_CONTAINERS = (
    Control("depends_on", type="raw"),
    Control("scale", type="int", grammar=_at_least(0)),
    Control("max_parallel", type="int", default=1, grammar=_at_least(1)),
    Control(
        "files",
        type="list",
        elements="dict",
        suboptions=(
            Control("path", required=True),
            Control("content", secret=True, binary=True),
            Control("src", type="path", grammar=_on_controller),
            Control("encoding", choices=("base64", "text"), default="text"),
            Control("mode", type="raw", default="0400"),
            Control("uid", type="int", default=0),
            Control("gid", type="int", default=0),
            Control("on_change", choices=(REPLACE, SIGNAL), default=REPLACE),
            Control("signal", default="HUP"),
        ),
    ),
)
_TABLE = replace(CONTAINER.table, options=CONTAINER.table.options + _OF_CONTAINERS)


def _image() -> Resource:
    from ..resources.image.resource import IMAGE  # a third of our imports; many projects declare no images

    return IMAGE


class Noun(NamedTuple):
    """A kind of object in projects: its option, its table, and the resource that converges one."""

    option: str
    table: Table
    load: Callable[[], Resource]

    @property
    def resource(self) -> Resource:
        """The resource."""
        return self.load()

    @property
    def name(self) -> str:
        """The noun, such as container."""
        return self.table.noun

    @property
    def names(self) -> str:
        """The option that has the name of an object."""
        return self.table.options[0].name


NOUNS: Tuple[Noun, ...] = (
    Noun("networks", NETWORK.table, lambda: NETWORK),
    Noun("volumes", VOLUME.table, lambda: VOLUME),
    Noun("images", IMAGES, _image),
    Noun("containers", _TABLE, lambda: CONTAINER),
)

TABLE = Table(
    noun="project",
    options=(
        Control("name", required=True, grammar=project_name),
        *(Entries(noun.option, type="raw", table=noun.table, defaults="defaults") for noun in NOUNS),
        Control("defaults", type="dict", suboptions=tuple(Control(noun.option, type="dict") for noun in NOUNS)),
        Control("state", choices=("absent", "present", "started", "stopped"), default="started"),
        Control(
            "prune",
            type="list",
            elements="str",
            choices=("containers", "images", "networks", "volumes"),
            default=["containers", "networks"],
        ),
        Control("parallel", type="int", default=8, grammar=_at_least(1)),
        Control("on_failure", choices=(PROJECT, RESOURCE), default=RESOURCE),
        Control("plan_digest"),
        Control("plan_file", type="path", grammar=_on_controller),
        Control("files_path", type="path", default="/var/lib/slipway-docker"),
        Control("lock_timeout", type="int", default=300),
        Control("progress", type="bool", default=True),
        Control("progress_file", type="path"),
    ),
)
