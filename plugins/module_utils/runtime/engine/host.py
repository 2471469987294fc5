# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine reports about itself and its host: /info and /plugins (Engine API 1.41)."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from ..errors import NotFound
from .client import Client
from .shape import maybe

_TEXTS = maybe([str])
_INFO = {
    "NCPU": maybe(int),
    "LoggingDriver": maybe(str),
    "Runtimes": maybe(dict),
    "Swarm": maybe(dict),
    "Plugins": maybe({"Log": _TEXTS, "Network": _TEXTS}),
}
_PLUGINS = maybe([{"Name": str, "Enabled": bool}])


def info(client: Client) -> Dict[str, Any]:
    """GET /info; empty if there is no engine yet."""
    found: Dict[str, Any] = client.get("/info", expect=_INFO)
    return found


def has_driver(client: Client, shown: Mapping[str, Any], kind: str, name: str) -> bool:
    """Whether an engine lists a driver of this kind (``Log``, ``Network``); ``shown`` is its /info.

    GET /plugins, which has the managed plugins, only if /info does not list it. True if the engine does not say.
    """
    listed = (shown.get("Plugins") or {}).get(kind)
    return not listed or name in listed or _is_plugin(client, name)


def _is_plugin(client: Client, name: str) -> bool:
    """GET /plugins: whether a managed plugin of this name is enabled; True for an engine without plugin support."""
    try:
        found = client.get("/plugins", expect=_PLUGINS) or []
    except NotFound:
        return True
    return any(entry["Enabled"] and entry["Name"] in (name, name + ":latest") for entry in found)


def is_manager(shown: Mapping[str, Any]) -> bool:
    """Whether an engine supports swarm networks: it is a manager, or has a cluster store (20.10 and older)."""
    return bool((shown.get("Swarm") or {}).get("ControlAvailable") or shown.get("ClusterStore"))


def is_worker(shown: Mapping[str, Any]) -> bool:
    """Whether an engine is a swarm node but not a manager."""
    swarm = shown.get("Swarm") or {}
    return swarm.get("LocalNodeState") == "active" and not swarm.get("ControlAvailable")
