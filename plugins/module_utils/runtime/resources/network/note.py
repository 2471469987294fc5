# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The note about the recreation of a network: its content, and what a killed run has left to be done. No I/O."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Sequence, Tuple

from ...engine.notes import Note
from .endpoints import Endpoint, endpoint
from .table import TABLE, Values

# Defaults of a network, or values that the Engine chooses again.
_RESTORED = ("driver", "ipam_config", "ipam_driver", "scope", "enable_ipv4")


def needs_note(settings: Values, want: Values) -> bool:
    """Whether a network has settings that neither the task nor the Engine would restore."""
    return any(name not in want and name not in _RESTORED for name in settings)


def content(network: Values, have: Values, endpoints: Sequence[Endpoint]) -> Dict[str, Any]:
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


def name_in(note: Note | None, otherwise: str) -> str:
    """The name of the network in a note; the task may have used its id."""
    return str(note and note.content.get("name") or otherwise)


def settings_in(note: Note | None) -> Dict[str, Any]:
    """The settings of the network before its removal; without a note, defaults."""
    return {**TABLE.have({}), **(note and note.content.get("have") or {})}


def members_in(note: Note | None) -> Dict[str, Endpoint]:
    """The containers that were on the network, by id."""
    return {
        str(item["id"]): Endpoint(
            str(item["name"]), dict(item["settings"]), str(item["mac_address"]), number=str(item["id"])
        )
        for item in note and note.content.get("members") or ()
    }


def disconnected(note: Note | None, network: Values, members: Sequence[Values]) -> List[Endpoint]:
    """The endpoints to restore, in connection order: the container is not connected, or not as it was."""
    there, found = {str(item["Id"]): endpoint(item, network) for item in members}, []
    for number, was in members_in(note).items():
        now = there.get(number)
        if now and (not now.connected or now.settings != was.settings):
            found.append(Endpoint(now.container, was.settings, was.mac_address, number=number))
    return sorted(found, key=lambda item: item.rank)


def missing_members(note: Note | None, network: str, members: Sequence[Values]) -> Tuple[str, ...]:
    """Warnings about containers that no longer exist."""
    there = [item["Id"] for item in members]
    return tuple(
        "container %s was on the network %s when its recreation was interrupted, but was removed or replaced since"
        % (was.container, network)
        for number, was in members_in(note).items()
        if number not in there
    )


def with_endpoints(containers: Iterable[Values], network: Values, endpoints: Sequence[Endpoint]) -> List[Values]:
    """The containers as the Engine will show them with these endpoints."""
    found: List[Values] = []
    later = {item.number: {**item.settings, "NetworkID": network["Id"]} for item in endpoints}
    for item in containers:
        shown, new = item.get("NetworkSettings") or {}, later.get(item["Id"])
        on = {**(shown.get("Networks") or {}), **({network["Name"]: new} if new else {})}
        found.append({**item, "NetworkSettings": {**shown, "Networks": on}})
    return found
