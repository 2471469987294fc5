# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Retention: which tags of a repository are kept, by number, age, name and use; the others are deleted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Dict

from ...errors import InputError
from ...registry.access import access_of
from ...registry.client import Registries
from ...registry.contents import Contents, read
from ...registry.retention import surplus
from ...state.compare import Change
from ...state.plan import Plan
from ...state.resource import Params
from ...values.reference import parse
from .removing import Place, removal


@dataclass(frozen=True)
class Snapshot:
    """The repository, and the current time."""

    place: Place
    contents: Contents
    now: float


def observe(client: Registries, params: Params) -> Snapshot:
    """All tags, their manifests, and the creation times of their images."""
    reference = parse(params["name"])
    if reference.tag or reference.digest:
        raise InputError("name: with state: pruned, this must be a repository, but %s has a tag or digest" % reference)
    place, now = Place(reference, access_of(params, params)), time.time()
    # Reject invalid rules before any request.
    surplus(reference, Contents({}, {}, {}), params["keep"], params["tags"] or (), now)
    return Snapshot(place, read(place.at(client), dates=True), now)


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Delete the tags that no rule keeps. Raises InputError for invalid rules."""
    contents = snapshot.contents
    repository = snapshot.place.reference
    gone, warnings = surplus(repository, contents, params["keep"], params["tags"] or (), snapshot.now)
    changes = (Change("tags", sorted(set(contents.tags) - set(gone)), sorted(contents.tags)),) if gone else ()
    return Plan(tuple(removal(snapshot.place, contents, gone)), changes, tuple(warnings))


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``tags``."""
    return {"tags": sorted(snapshot.contents.tags)}
