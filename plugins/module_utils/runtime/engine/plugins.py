# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed plugins of the Engine API (1.41): /plugins."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ..errors import EngineError, NotFound
from .client import Client
from .images import path_of
from .registries import Auth, about, auth_header
from .shape import NOTHING, maybe
from .streams import progress

Privileges = List[Dict[str, Any]]  # each with Name, Description and Value

_SETTABLE = maybe([{"Name": str}])
_PLUGIN = {
    "Name": str,
    "Enabled": bool,
    "PluginReference": str,
    "Settings": {"Mounts": _SETTABLE, "Devices": _SETTABLE, "Env": maybe([str]), "Args": maybe([str])},
}
_PRIVILEGES = maybe([{"Name": str, "Value": maybe([str])}])


def inspect(client: Client, name: str) -> Dict[str, Any] | None:
    """GET /plugins/{name}/json; None if there is no such plugin."""
    try:
        found: Dict[str, Any] = client.get("/plugins/%s/json" % path_of(name), expect=_PLUGIN)
        return found
    except NotFound:
        return None


def privileges(client: Client, remote: str, auth: Auth | None) -> Privileges:
    """GET /plugins/privileges: the privileges that a plugin in a registry requires. Raises EngineError."""
    with about(remote):
        asked = {"remote": remote}
        return client.call("GET", "/plugins/privileges", asked, headers=auth_header(auth), expect=_PRIVILEGES) or []


def pull(client: Client, remote: str, name: str, granted: Privileges, auth: Auth | None) -> None:
    """POST /plugins/pull, until it ends: install a plugin under a name, disabled. Raises EngineError."""
    _fetch(client, "/plugins/pull", {"remote": remote, "name": name}, granted, auth)


def upgrade(client: Client, remote: str, name: str, granted: Privileges, auth: Auth | None) -> None:
    """POST /plugins/{name}/upgrade, until it ends; the plugin must be disabled. Raises EngineError."""
    _fetch(client, "/plugins/%s/upgrade" % path_of(name), {"remote": remote}, granted, auth)


def _fetch(client: Client, path: str, query: Mapping[str, str], granted: Privileges, auth: Auth | None) -> None:
    with about(query["remote"]):
        response = client.request("POST", path, query, body=granted, headers=auth_header(auth))
        for _step in progress(response):
            pass


def configure(client: Client, name: str, settings: List[str]) -> None:
    """POST /plugins/{name}/set; the plugin must be disabled. Settings are ``NAME=VALUE``. Raises EngineError."""
    client.call("POST", "/plugins/%s/set" % path_of(name), body=settings, expect=NOTHING)


def enable(client: Client, name: str, timeout: int) -> None:
    """POST /plugins/{name}/enable; ``timeout`` in seconds, 0 for the Engine's default. Does nothing if enabled."""
    try:
        path, query = "/plugins/%s/enable" % path_of(name), {"timeout": timeout}
        client.call("POST", path, query, timeout=60.0 + timeout, expect=NOTHING)
    except EngineError as error:
        if "already enabled" not in error.said:
            error.fix = error.fix or "Look for the plugin's messages in the engine's log, and check plugin_options."
            raise


def disable(client: Client, name: str) -> None:
    """POST /plugins/{name}/disable. Does nothing if disabled. Raises EngineError if the plugin is in use."""
    try:
        client.call("POST", "/plugins/%s/disable" % path_of(name), expect=NOTHING)
    except EngineError as error:
        if "already disabled" not in error.said:
            if "in use" in error.said:
                error.fix = "Remove its volumes or networks, and the containers that use them, first."
            raise


def remove(client: Client, name: str, force: bool = False) -> None:
    """DELETE /plugins/{name}; does nothing if it is gone. ``force`` also removes one that is enabled or in use."""
    try:
        client.call("DELETE", "/plugins/%s" % path_of(name), {"force": force}, expect=NOTHING)
    except NotFound:
        pass
