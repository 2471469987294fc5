# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of the Engine API (1.41): /networks."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ..errors import BlockedError, EngineError, NotFound
from .client import Client, segment
from .shape import NOTHING, maybe

_POOL = {"Subnet": maybe(str), "Gateway": maybe(str), "IPRange": maybe(str)}
NETWORK = {
    "Id": str,
    "Name": str,
    "Scope": str,
    "Driver": str,
    "Options": maybe({str: str}),
    "Labels": maybe({str: str}),
    "IPAM": maybe({"Config": maybe([_POOL])}),
    "ConfigFrom": maybe({"Network": maybe(str)}),
    "Containers": maybe({str: dict}),
}


def is_meant(network: Mapping[str, Any], name: str) -> bool:
    """Whether a network has exactly this name, id, or short id (12 digits)."""
    number = str(network.get("Id"))
    return name in (network.get("Name"), number) or (len(name) == 12 and number.startswith(name))


def inspect(client: Client, name: str) -> Dict[str, Any] | None:
    """GET /networks/{name}, by exact name, id or short id (12 digits); None if there is no such network.

    The Engine also accepts other prefixes of ids; such matches are ignored. Raises BlockedError if several networks
    have the name, which engines before 25 allow.
    """
    try:
        found: Dict[str, Any] = client.get("/networks/%s" % segment(name), expect=NETWORK)
        return found if is_meant(found, name) else None
    except NotFound:
        return None
    except EngineError as error:
        if "ambiguous" not in error.said:
            raise
    same = sorted(str(network["Id"])[:12] for network in named(client, name))
    if not same:
        return None  # several network ids begin with this name
    raise BlockedError(
        "There are %d networks named %s (%s)" % (len(same), name, ", ".join(same)),
        "Remove all but one of them by ID.",
    )


def list_all(client: Client, **filters: List[str]) -> List[Dict[str, Any]]:
    """GET /networks: all networks, or those that match the filters, without their containers."""
    found: List[Dict[str, Any]] = client.get("/networks", expect=[NETWORK], filters=filters or None)
    return found


def named(client: Client, name: str) -> List[Dict[str, Any]]:
    """The networks with exactly this name; engines before 25 allow several."""
    return [network for network in list_all(client) if network["Name"] == name]


def create(client: Client, body: Mapping[str, Any]) -> str:
    """POST /networks/create; returns the id. Raises ConflictError if the name is in use, and EngineError."""
    whole = {"CheckDuplicate": True, **body}
    made: str = client.call("POST", "/networks/create", body=whole, expect={"Id": str})["Id"]
    return made


def remove(client: Client, network: str) -> None:
    """DELETE /networks/{id}; does nothing if it is gone. Raises EngineError."""
    try:
        client.call("DELETE", "/networks/%s" % segment(network), expect=NOTHING)
    except NotFound:
        pass
