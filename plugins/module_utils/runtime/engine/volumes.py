# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes of the Engine API (1.41): /volumes."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ..errors import ConflictError, EngineError, NotFound
from .client import Client, segment
from .shape import NOTHING, maybe

VOLUME = {"Name": str, "Driver": str, "Options": maybe({str: str}), "Labels": maybe({str: str})}
_INFO = {"Plugins": maybe({"Volume": maybe([str])})}


def inspect(client: Client, name: str) -> Dict[str, Any] | None:
    """GET /volumes/{name}; None if there is no such volume. Podman also accepts a prefix of a name."""
    try:
        found: Dict[str, Any] = client.get("/volumes/%s" % segment(name), expect=VOLUME)
    except NotFound:
        return None
    except EngineError as error:
        if "more than one result" in error.said:
            return None
        raise
    return found if found["Name"] == name else None


def drivers(client: Client) -> List[str]:
    """GET /volumes, which makes the engine look for plugins, and then GET /info: the available drivers."""
    client.get("/volumes", expect=dict)
    found: List[str] = (client.get("/info", expect=_INFO).get("Plugins") or {}).get("Volume") or []
    return found


def create(client: Client, body: Mapping[str, Any]) -> Any:
    """POST /volumes/create.

    The Engine answers 201 and changes nothing if a volume of that name exists, so the answer is compared with the
    request. Raises ConflictError if someone else created the volume meanwhile with other settings.
    """
    try:
        made = client.call("POST", "/volumes/create", body=body, expect=VOLUME)
    except EngineError as error:
        if "volume plugin" in error.said:
            error.fix = "Install the plugin of this driver, or choose another driver."
        raise
    for asked, answered in (("DriverOpts", "Options"), ("Labels", "Labels")):
        if (body.get(asked) or {}) != (made.get(answered) or {}):
            raise ConflictError(
                "Somebody else created it at the same time, with other %s" % answered.lower(), "Run the task again."
            )
    return made


def discard(client: Client, name: str) -> None:
    """Remove a volume unless a container uses it, as the Engine does with anonymous volumes."""
    try:
        remove(client, name)
    except ConflictError:
        pass


def remove(client: Client, name: str, force: bool = False) -> None:
    """DELETE /volumes/{name}; does nothing if it is gone."""
    try:
        client.call("DELETE", "/volumes/%s" % segment(name), {"force": force}, expect=NOTHING)
    except NotFound:
        pass
    except ConflictError as error:
        error.fix = "Remove the containers that use the volume first."
        raise


def list_all(client: Client) -> List[Dict[str, Any]]:
    """GET /volumes: all volumes."""
    found = client.get("/volumes", expect={"Volumes": maybe([VOLUME])})
    return found.get("Volumes") or []
