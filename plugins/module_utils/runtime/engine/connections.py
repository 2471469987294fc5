# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers on networks: /networks/{name}/connect and disconnect (Engine API 1.41)."""

from __future__ import annotations

from typing import Any, Mapping

from ..errors import EngineError, NotFound
from . import containers, networks
from .client import Client, segment
from .shape import NOTHING

# The Engine's error for a container that is already connected.
CONNECTED = ("already exists in network", "is already attached to")


def connect(client: Client, network: str, container: str, settings: Mapping[str, Any]) -> None:
    """POST /networks/{name}/connect, with these endpoint settings."""
    body = {"Container": container, "EndpointConfig": settings}
    client.call("POST", "/networks/%s/connect" % segment(network), body=body, expect=NOTHING)


def reconnect(client: Client, network: str, container: str, settings: Mapping[str, Any]) -> None:
    """Undo a disconnection; does nothing if the container is connected."""
    try:
        connect(client, network, container, settings)
    except EngineError as error:
        if not any(words in error.said for words in CONNECTED):
            raise


def disconnect(client: Client, network: str, container: str) -> None:
    """POST /networks/{name}/disconnect with force, which also removes what a failed connect has left in the container.

    Does nothing if the container is not connected, or either of the two is gone. Raises EngineError.
    """
    body = {"Container": container, "Force": True}
    try:
        client.call("POST", "/networks/%s/disconnect" % segment(network), body=body, expect=NOTHING)
    except NotFound:
        pass
    except EngineError as error:
        if "is not connected to" not in error.said:
            raise
        _clear(client, network, container)


def _clear(client: Client, network: str, container: str) -> None:
    """Remove what a failed connect has left in a running container, with which engine 20.10 cannot start it again.

    That engine disconnects only what is connected, so the container is connected without settings first. Raises
    EngineError if that fails.
    """
    shown, found = containers.inspect(client, container) or {}, networks.inspect(client, network) or {}
    name, kept = found.get("Name"), (shown.get("NetworkSettings") or {}).get("Networks") or {}
    if name not in kept or name in containers.endpoints_of(shown):
        return
    try:
        connect(client, network, container, {})
    except EngineError as error:
        error.cause = "the engine keeps the failed connection, and cannot start the container again with it"
        words = "Stop the container, run 'docker network disconnect --force %s %s', and start it."
        error.fix = words % (name, containers.name_of(shown))
        raise
    disconnect(client, network, container)
