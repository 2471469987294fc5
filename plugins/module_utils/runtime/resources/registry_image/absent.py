# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting one tag or one digest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict

from ...errors import BlockedError, InputError
from ...registry.access import access_of
from ...registry.client import Registries
from ...registry.contents import Contents, read
from ...registry.retention import going
from ...state.compare import Change
from ...state.plan import Kind, Plan, Step
from ...state.resource import Params
from ...values.reference import LATEST, parse
from .removing import Place, delete, removal


@dataclass(frozen=True)
class Snapshot:
    """What is to be deleted, its digest if it exists, and then also the rest of the repository."""

    place: Place
    tag: str
    digest: str
    have: str
    contents: Contents


def observe(client: Registries, params: Params) -> Snapshot:
    """Whether it exists, and if so, the whole repository: other images may need it."""
    reference = parse(params["name"]).or_tag(LATEST)
    if reference.tag and reference.digest:
        raise InputError("name: %s has a tag and a digest" % reference, "Use only the one to remove.")
    place = Place(replace(reference, tag="", digest=""), access_of(params, params))
    repository = place.at(client)
    have = repository.digest(reference.digest or reference.tag)
    contents = read(repository, dates=False) if have else Contents({}, {}, {})
    return Snapshot(place, reference.tag, reference.digest, have, contents)


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Delete it. Raises BlockedError for a digest that something else needs."""
    if not snapshot.have:
        return Plan(exists=False, stays=False)
    contents, place, reason = snapshot.contents, snapshot.place, "state is absent"
    if snapshot.tag:
        steps = removal(place, contents, going(contents, {snapshot.tag: reason}))
    else:
        _refuse_needed(snapshot)
        name = "%s@%s" % (place.reference, snapshot.digest)
        # Signatures first: if deleting one fails, those deleted before are restored.
        steps = removal(place, contents, going(contents, {}, [snapshot.digest]))
        steps.append(Step(Kind.DELETE, "image", name, reason, delete, (place, snapshot.digest)))
    return Plan(tuple(steps), (Change("digest", None, snapshot.have),), stays=False)


def _refuse_needed(snapshot: Snapshot) -> None:
    digest, contents = snapshot.digest, snapshot.contents
    tags = sorted(tag for tag, other in contents.tags.items() if digest in contents.needs(other))
    if tags:
        raise BlockedError(
            "%s@%s is needed by the tags %s" % (snapshot.place.reference, digest, ", ".join(tags)),
            "Remove these tags. Images that no tag needs are removed with them.",
        )


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``image``."""
    if not snapshot.have:
        return {"image": None}
    return {"image": {"name": str(parse(params["name"]).or_tag(LATEST)), "digest": snapshot.have}}
