# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes, kept in the engine while an object is recreated or upgraded, which takes several calls.

If a run is killed meanwhile, the next one learns from the note what the object was and what belongs to it. A note is a
network that only holds settings for other networks (``ConfigOnly``): it uses no address, ``docker network prune`` keeps
it, it persists across engine restarts, and its labels hold any text.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any, Dict, List, Mapping, NamedTuple, Tuple

from ..errors import ConflictError
from . import networks
from .client import Client

ABOUT = "slipway.docker.note"
CONTENT = "slipway.docker.note.content"


class Note(NamedTuple):
    """What a killed run recorded about an object, and the ids of the networks that hold it."""

    content: Mapping[str, Any]
    numbers: Tuple[str, ...] = ()


def title(noun: str, name: str) -> str:
    """The name of the network that holds the note about an object."""
    return "slipway-note-%s-%s" % (noun, re.sub(r"[^a-zA-Z0-9_.-]", "-", name))


def find(client: Client, noun: str, name: str) -> Note | None:
    """GET /networks: the note about an object, by its name or, for a network, its former id."""
    numbers: List[str] = []
    content: Dict[str, Any] = {}
    for network in networks.list_all(client, label=[ABOUT]):
        labels = network.get("Labels") or {}
        read = _read(labels.get(CONTENT))
        number = str(read.get("id") or "")
        named = labels.get(ABOUT) == "%s %s" % (noun, name)
        if named or (noun == "network" and number and name in (number, number[:12])):
            numbers.append(str(network["Id"]))
            content = content or read
    return Note(content, tuple(numbers)) if numbers else None


def _read(text: Any) -> Dict[str, Any]:
    try:
        content = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


class Writing:
    """A note written by this run, and removed at its end."""

    def __init__(self, noun: str, name: str) -> None:
        self.title = title(noun, name)
        self._of = (noun, name)
        self._run = ""

    def make(self, client: Client, content: Mapping[str, Any]) -> None:
        """Write it. Raises ConflictError if another run has written one."""
        self._run = os.urandom(8).hex()
        labels = {ABOUT: "%s %s" % self._of, CONTENT: json.dumps({**content, "run": self._run})}
        try:
            networks.create(client, {"Name": self.title, "ConfigOnly": True, "Labels": labels})
        except ConflictError as error:
            error.cause = "another run is changing it (%s)" % error.said
            error.fix = "Run the task again when the other run has finished."
            raise

    def drop(self, client: Client) -> None:
        """Remove it if this run wrote it, also if the answer to its creation was lost."""
        note = find(client, *self._of)
        if note and note.content.get("run") == self._run:
            drop(client, note)


def drop(client: Client, note: Note) -> None:
    """Remove the note that a killed run has left."""
    for number in note.numbers:
        networks.remove(client, number)
