# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run that was killed while recreating a network has recorded, and what remains to be done. No I/O."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence, Tuple

from ...engine.notes import Note
from .endpoints import Endpoint, endpoint

Json = Mapping[str, Any]

REASON = "a recreation of its network was interrupted"
OVER = "the interrupted recreation is finished"

# Defaults of a network, or values that the Engine chooses again.
_CHOSEN = ("driver", "ipam_config", "ipam_driver", "scope", "enable_ipv4")


def is_worth_a_note(settings: Json, want: Json) -> bool:
    """Whether a network without containers has settings that neither the task nor the Engine would restore."""
    return any(name not in want and name not in _CHOSEN for name in settings)


def content(network: Json, have: Json, endpoints: Sequence[Endpoint]) -> Dict[str, Any]:
    """The note about a network: its settings, and its containers with their endpoints."""
    return {
        "name": network["Name"],
        "id": network["Id"],
        "have": {name: value for name, value in have.items() if name != "connected"},
        "members": [
            {"id": item.number, "name": item.container, "settings": item.settings, "mac_address": item.mac_address}
            for item in endpoints
            if not item.idle
        ],
    }


def name(note: Note | None, otherwise: str) -> str:
    """The name of the network in a note; the task may have used its id."""
    return str(note and note.content.get("name") or otherwise)


def settings(note: Note) -> Dict[str, Any]:
    """The former settings of the network."""
    return dict(note.content.get("have") or {})


def noted(note: Note) -> Dict[str, Endpoint]:
    """The containers that were on the network, by id."""
    return {
        str(item["id"]): Endpoint(
            str(item["name"]), dict(item["settings"]), str(item["mac_address"]), number=str(item["id"])
        )
        for item in note.content.get("members") or ()
    }


def lost(note: Note, network: Json, members: Sequence[Json]) -> List[Endpoint]:
    """The containers whose endpoints have to be restored, in connection order."""
    there, missing = {str(item["Id"]): endpoint(item, network) for item in members}, []
    for number, was in noted(note).items():
        now = there.get(number)
        if now and (not now.connected or now.settings != was.settings):
            missing.append(Endpoint(now.container, was.settings, was.mac_address, number=number))
    return sorted(missing, key=lambda item: item.rank)


def gone(note: Note, network: str, members: Sequence[Json]) -> Tuple[str, ...]:
    """Warnings about containers that no longer exist."""
    there = [item["Id"] for item in members]
    return tuple(
        "container %s was on the network %s when its recreation was interrupted, but was removed or replaced since"
        % (was.container, network)
        for number, was in noted(note).items()
        if number not in there
    )


def connected(containers: Sequence[Json], network: Json, endpoints: Sequence[Endpoint]) -> List[Json]:
    """The containers as they will be shown with these endpoints connected."""
    later = {item.number: {**item.settings, "NetworkID": network["Id"]} for item in endpoints}
    return [_with(item, network["Name"], later[item["Id"]]) if item["Id"] in later else item for item in containers]


def _with(container: Json, network: str, found: Json) -> Json:
    shown = container.get("NetworkSettings") or {}
    return {**container, "NetworkSettings": {**shown, "Networks": {**(shown.get("Networks") or {}), network: found}}}
