# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at containers, of the Engine API (1.41): /containers. What changes one is in ``lifecycle``."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ..errors import NotFound
from .client import Client, segment


def inspect(client: Client, name: str, size: bool | None = None) -> Dict[str, Any] | None:
    """GET /containers/{name}/json, with its ``size`` if asked; None where there is no such container."""
    try:
        found: Dict[str, Any] = client.get("/containers/%s/json" % segment(name), size=size)
        return found
    except NotFound:
        return None


def every(client: Client, **filters: List[str]) -> List[Dict[str, Any]]:
    """GET /containers/json: all containers, also stopped ones, or those that pass the filters."""
    found: List[Dict[str, Any]] = client.get("/containers/json", all=True, filters=filters or None)
    return found


def name_of(container: Mapping[str, Any]) -> str:
    """The name in what inspect, or the list, shows of a container; the list has its aliases of links as well."""
    names = [container["Name"]] if "Name" in container else container["Names"]
    return next((name[1:] for name in names if name.count("/") == 1), str(container["Id"])[:12])
