# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps that create a container."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ...engine import images
from ...engine.client import Client
from ...engine.creation import Creation
from ...state.plan import Kind, Made, Step, UndoDetails
from ...state.resource import Params
from . import connecting
from .connecting import Ids
from .labels import DIGESTS, marker
from .table import TABLE

Values = Mapping[str, Any]


def create(params: Params, want: Values, ids: Ids, made: Made, then: List[Step]) -> List[Step]:
    """Create a container, ``then`` the further steps; if any fails, it is removed."""
    creation = Creation(
        params["name"], body(want, marker(want)), params["platform"], options=TABLE.places(want), learn=with_digests
    )
    steps = make(creation, made, want, "it does not exist", ids)
    return steps + [step if step.undo else step._replace(undo=steps[0].undo) for step in then]


def make(creation: Creation, made: Made, values: Values, reason: str, ids: Ids | None = None) -> List[Step]:
    """Create a container on its first network and connect it to the others, without starting it."""
    name = creation.name
    undo = Step(Kind.REMOVE, "container", name, "undo its creation", unmake, (creation,))
    step = Step(Kind.CREATE, "container", name, reason, creation.make, undo=undo, makes=made, body=creation.body)
    return [step, *connecting.after_creation(name, made, values, ids or {}, undo)]


def unmake(client: Client, creation: Creation) -> UndoDetails | bool:
    """Undo a creation; the container's output is part of the task's result."""
    said = creation.unmake(client)
    return False if said is None else UndoDetails(said)


def body(values: Values, labels: Mapping[str, str], volumes: Mapping[str, str] | None = None) -> Dict[str, Any]:
    """The create request: the values, our labels, and named volumes for targets of anonymous ones."""
    found = TABLE.body(values)
    found["Labels"] = {**found.get("Labels", {}), **labels}
    host = found.setdefault("HostConfig", {})
    mounted = {mount["Target"]: mount for mount in host.get("Mounts", ())}
    for target, volume in sorted((volumes or {}).items()):
        if target in mounted:
            mounted[target]["Source"] = volume
        else:
            host.setdefault("Binds", []).append("%s:%s" % (volume, target))
    placed = connecting.placement(values)
    host["NetworkMode"] = placed.mode
    if placed.endpoints:
        found["NetworkingConfig"] = {"EndpointsConfig": placed.endpoints}
    return found


def with_digests(client: Client, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """A create request with the image's registry digests, which the Engine forgets when the image loses its names."""
    known = (images.inspect(client, request["Image"]) or {}).get("RepoDigests") or ()
    digests = sorted({name.rpartition("@")[2] for name in known})
    return {**request, "Labels": {**request["Labels"], DIGESTS: ",".join(digests)}} if digests else request
