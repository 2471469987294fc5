# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at containers, of the Engine API (1.41): /containers. What changes one is in ``lifecycle``."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ..errors import NotFound
from .client import Client, segment
from .shape import maybe

_TEXTS, _DICT = maybe([str]), maybe({str: str})
_ENDPOINTS = maybe({"Networks": maybe({str: dict})})
CONTAINER = {
    "Id": str,
    "Name": str,
    "Image": str,
    "RestartCount": int,
    "Config": {"Tty": bool, "Env": _TEXTS, "Cmd": _TEXTS, "Entrypoint": _TEXTS, "Labels": _DICT},
    "HostConfig": {
        "NetworkMode": str,
        "Binds": _TEXTS,
        "Links": _TEXTS,
        "Tmpfs": _DICT,
        "PortBindings": maybe({str: maybe([{"HostIp": maybe(str), "HostPort": maybe(str)}])}),
        "Mounts": maybe([{"Type": str, "Target": str}]),
    },
    "State": {
        "Status": str,
        "Running": bool,
        "ExitCode": int,
        "FinishedAt": str,
        "Health": maybe({"Status": str, "Log": maybe([{"Output": maybe(str)}])}),
    },
    "Mounts": maybe([{"Type": maybe(str), "Destination": str, "Name": maybe(str), "RW": bool}]),
    "NetworkSettings": _ENDPOINTS,
}
LISTED = {"Id": str, "Names": _TEXTS, "Labels": _DICT, "NetworkSettings": _ENDPOINTS}


def inspect(client: Client, name: str, size: bool | None = None) -> Dict[str, Any] | None:
    """GET /containers/{name}/json, with its ``size`` if asked; None where there is no such container."""
    try:
        found: Dict[str, Any] = client.get("/containers/%s/json" % segment(name), expect=CONTAINER, size=size)
        return found
    except NotFound:
        return None


def every(client: Client, **filters: List[str]) -> List[Dict[str, Any]]:
    """GET /containers/json: all containers, also stopped ones, or those that pass the filters."""
    found: List[Dict[str, Any]] = client.get("/containers/json", expect=[LISTED], all=True, filters=filters or None)
    return found


def name_of(container: Mapping[str, Any]) -> str:
    """The name in what inspect, or the list, shows of a container; the list has its aliases of links as well."""
    names = [container["Name"]] if "Name" in container else container["Names"] or ()
    return next((name[1:] for name in names if name.count("/") == 1), str(container["Id"])[:12])
