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
_ONLINE = {
    "cpuset_cpus": "/sys/devices/system/cpu/online",
    "cpuset_mems": "/sys/devices/system/node/online",
}
_PLUGINS = maybe([{"Name": str, "Enabled": bool}])


def info(client: Client) -> Dict[str, Any]:
    """GET /info; empty if there is no engine yet."""
    found: Dict[str, Any] = client.get("/info", expect=_INFO)
    return found


def online(client: Client, option: str) -> str:
    """The processors or memory nodes that are online, like ``0-3``; empty if the engine may be on another host.

    /info has only the number of processors, and their numbers may have gaps.
    """
    if not client.connection.where.startswith("unix:"):
        return ""
    try:
        with open(_ONLINE[option], encoding="ascii") as file:  # noqa: PTH123 (pathlib costs a task 10 ms)
            return file.read().strip()
    except (OSError, ValueError):
        return ""


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
