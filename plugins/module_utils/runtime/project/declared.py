# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project declares: one object for each entry, and for each replica of a container."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Tuple

from ..errors import InputError, SlipwayError
from ..resources.image.target import target_of
from ..state.entries import Entry
from ..state.grammar import is_id
from ..state.resource import Params
from ..state.table import Table
from .files import File, files_of, with_mounts
from .foreseen import image_key
from .table import COMPLETED, HEALTHY, NOUNS, Key, Noun, conditions

REMOVED_WITH_PROJECT = ("containers", "networks")  # others only if ``prune`` has them


@dataclass(frozen=True)
class Declared:
    """An object of a project.

    ``depends_on`` has the conditions of other containers, by name. One that ``completes`` does its work and exits;
    others depend on that. ``group`` is the container of which this is a replica, of which ``max_parallel`` are
    replaced at a time. ``files`` are those in its ``directory`` on the host.
    """

    key: Key
    title: str
    noun: Noun
    params: Params
    depends_on: Mapping[str, str]
    completes: bool = False
    group: str = ""
    max_parallel: int = 1
    files: Tuple[File, ...] = ()
    directory: Path = Path()

    @property
    def stays(self) -> bool:
        """Whether it exists afterwards."""
        return bool(self.params["state"] != "absent")

    @property
    def ends(self) -> bool:
        """Whether it is a container that does not run afterwards."""
        return self.key.noun == "container" and self.params["state"] in ("absent", "stopped")

    @property
    def runs(self) -> bool:
        """Whether it is a container that is started."""
        return self.params["state"] in ("started", "healthy")


def declared(params: Params) -> List[Declared]:
    """The objects in the order of their options. Raises InputError, which names the entry."""
    found: Dict[Key, Declared] = {}
    for noun in NOUNS:
        for entry in params[noun.option]:
            if _is_kept(params, noun, entry):
                continue
            for one in _objects(params, noun, entry):
                if one.key in found:
                    raise InputError(
                        "%s: %s is also declared by %s" % (entry.title, one.key, found[one.key].title),
                        "Remove one of them.",
                    )
                found[one.key] = one
    return _with_conditions(list(found.values()))


@contextmanager
def titled(title: str) -> Iterator[None]:
    """Let errors begin with the entry that they are about."""
    try:
        yield
    except SlipwayError as error:
        error.cause = "%s: %s" % (title, error.cause)
        raise


def blank(table: Table, **values: Any) -> Dict[str, Any]:
    """The parameters of a task that sets only these options."""
    return {**{option.name: option.default for option in table.options}, **values}


def _objects(params: Params, noun: Noun, entry: Entry) -> Iterator[Declared]:
    with titled(entry.title):
        read = noun.table.read(entry.params)
        depends_on = conditions(read.get("depends_on") or [])
        name = image_key(target_of(read).text) if noun.name == "image" else read[noun.names]
    if noun.name in ("container", "network") and is_id(name):
        raise InputError(
            "%s: an ID cannot be the name of an object of a project" % entry.title,
            "Use the name of the %s." % noun.name,
        )
    read["state"] = _state(params, noun, entry)
    one = Declared(Key(noun.name, name), entry.title, noun, read, depends_on)
    if read.get("scale") is None:
        yield _with_files(params, one)
        return
    for number in range(1, read["scale"] + 1):
        replica = "%s-%d" % (name, number)
        task = {**read, noun.names: replica}
        key, width = Key(noun.name, replica), read["max_parallel"]
        yield _with_files(params, replace(one, key=key, params=task, group=name, max_parallel=width))


def _with_files(params: Params, one: Declared) -> Declared:
    if one.key.noun != "container":
        return one
    place = directory(params, one.key.name)
    with titled(one.title):
        files = tuple(files_of(one.params, place))
    return replace(one, params=with_mounts(one.params, files), files=files, directory=place)


def directory(params: Params, container: str) -> Path:
    """The directory on the host for the files of a container."""
    return Path(params["files_path"], params["name"], container)


def _is_kept(params: Params, noun: Noun, entry: Entry) -> bool:
    """Whether an object is left alone when the project is removed."""
    removed = noun.option in (*REMOVED_WITH_PROJECT, *params["prune"]) or entry.params["state"] == "absent"
    return params["state"] == "absent" and not removed


def _state(params: Params, noun: Noun, entry: Entry) -> str:
    """The state of an object: that of its entry, unless the project is stopped or absent."""
    own, whole = str(entry.params["state"]), params["state"]
    if whole == "absent":
        return "absent"
    if noun.name != "container" or own == "absent":
        return own
    if whole == "stopped":
        return "stopped"
    return own if "state" in entry.given else str(whole)


def _with_conditions(every: List[Declared]) -> List[Declared]:
    """The objects in the state that those who depend on them require."""
    needed: Dict[str, List[Tuple[Declared, str]]] = {}
    names = {one.key.name for one in every if one.key.noun == "container"}
    groups = {one.group for one in every if one.group}
    for one in every:
        for name, condition in one.depends_on.items():
            if name not in names and name not in groups:
                raise InputError(
                    "%s: depends_on: the project has no container %s" % (one.title, name),
                    "Add it, or correct the name.",
                )
            if one.runs:
                needed.setdefault(name, []).append((one, condition))
    return [
        _as_needed(one, [*needed.get(one.key.name, ()), *needed.get(one.group, ())])
        if one.key.noun == "container" and one.runs
        else one
        for one in every
    ]


def _as_needed(one: Declared, needs: List[Tuple[Declared, str]]) -> Declared:
    wanted = {condition for _user, condition in needs}
    if COMPLETED in wanted and HEALTHY in wanted:
        users = " and ".join(sorted(user.key.name for user, condition in needs if condition in (COMPLETED, HEALTHY)))
        raise InputError(
            "depends_on: %s require that the container %s is healthy and that it has exited" % (users, one.key.name),
            "Choose one condition.",
        )
    if COMPLETED in wanted:
        return replace(one, completes=True, params={**one.params, "state": "started", "detach": False})
    if HEALTHY in wanted:
        return replace(one, params={**one.params, "state": "healthy"})
    return one
