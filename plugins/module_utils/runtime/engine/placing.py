# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network that the steps of a plan work on, tracked by its current id.

A plan may remove it, create another one with its name, and undo both. Later steps and undos must connect containers to
the current network, never to one of the same name that somebody else created.
"""

from __future__ import annotations

import time
from typing import Any, Callable, Collection, Dict, List, Mapping

from ..errors import ConflictError, ConnectionBroken, EngineError, SlipwayError
from . import connections, containers, network_changes, networks
from .client import Client
from .waiting import until

# Seconds to wait for other runs, which created a network of this name at the same moment, to remove theirs.
PATIENCE = 2.0
LIMIT = 20.0  # seconds until concurrent runs have agreed on one network
# Error texts of the Engine that may be due to a concurrent creation with the same name, which it does not list yet.
_COLLISIONS = (network_changes.HOST_OVERLAP, "already exists", "conflicts with network")
VISIBLE = 1.0  # seconds until it is listed

Network = Mapping[str, Any]
Differing = Callable[[Network], List[str]]


class Place:
    """The current network: ``number`` is its id, empty if there is none yet."""

    def __init__(self, number: str = "") -> None:
        self.number = number
        self._before = number
        self._made = ""

    def make(self, client: Client, body: Mapping[str, Any], differing: Differing) -> None:
        """Create the network, or use the one of this name that somebody else created at the same moment.

        ``differing`` names the options in which a network does not match. Raises ConflictError if the other one does
        not, and EngineError.
        """
        began = time.monotonic()

        def agreed() -> str | None:
            self._made, error = _try(client, body)
            if error and not _is_collision(error):
                raise error
            winner = self._settled(client, body["Name"])
            if self._made or winner and not differing(winner):
                return self._made or str(winner and winner["Id"])
            if winner:
                raise ConflictError(
                    "another run created the network %s at the same time, with another value of %s"
                    % (body["Name"], " and ".join(differing(winner))),
                    "Run the task again to apply the settings of this task.",
                )
            if error and time.monotonic() - began > VISIBLE:
                raise error
            return None

        number = until(agreed, LIMIT)
        if number is None:
            raise ConflictError("other runs create and remove a network with this name", "Run the task again.")
        self.number = number

    def _settled(self, client: Client, name: str) -> Dict[str, Any] | None:
        """The only network of this name; if it is not ours, ours is removed.

        Of several, the one with the smallest id stays, and its run waits for the others to be removed; a run that
        looked before ours existed will not remove its network, which then stays instead. Raises BlockedError if several
        do.
        """
        began, others = time.monotonic(), [""]

        def settled() -> bool | None:
            others[:] = sorted(str(item["Id"]) for item in networks.named(client, name) if item["Id"] != self._made)
            if self._made and others and (others[0] < self._made or time.monotonic() - began > PATIENCE):
                self.unmake(client)
                return None  # list again after the removal
            return True if not others or len(others) == 1 and not self._made else None

        until(settled, LIMIT)
        return networks.inspect(client, name) if others else None

    def unmake(self, client: Client) -> None:
        """Remove the network if it was created here."""
        if self._made:
            network_changes.remove(client, self._made)
            self._made = ""

    def restore(self, client: Client, body: Mapping[str, Any]) -> None:
        """Undo the removal of the previous network; does nothing if it still exists."""
        if networks.inspect(client, self._before):
            self.number = self._before
            return
        try:
            self.number = network_changes.create(client, body)
        except ConflictError:
            # The answer to creating the new one was lost; better to connect to it than to none.
            self.number = next((str(item["Id"]) for item in networks.named(client, body["Name"])), self._before)
            raise

    def connect(self, client: Client, container: str, swarm: bool, settings: Mapping[str, Any]) -> None:
        """Connect a container; does nothing if somebody else has connected it meanwhile."""
        connector = connect_to_swarm if swarm else connections.connect
        _ensure(client, connector, self.number, container, settings)

    def reattach(self, client: Client, container: str, swarm: bool, settings: Mapping[str, Any]) -> None:
        """Connect a container whose connection may be incomplete."""
        self.disconnect(client, container)
        self.connect(client, container, swarm, settings)

    def has(self, client: Client, members: Collection[str]) -> bool:
        """GET /containers/json: whether all of these containers that still exist are connected."""
        for container in containers.list_all(client):
            found = ((container.get("NetworkSettings") or {}).get("Networks") or {}).values()
            if container["Id"] in members and self.number not in [item.get("NetworkID") for item in found]:
                return False
        return True

    def disconnect(self, client: Client, container: str) -> None:
        """Disconnect a container; does nothing if it is not connected."""
        connections.disconnect(client, self.number, container)


def connect_to_swarm(client: Client, network: str, container: str, settings: Mapping[str, Any]) -> None:
    """Connect to a swarm network, at another address if the requested one is taken.

    A swarm reserves an address for itself on such a network with the first container, and reports the addresses that it
    chose for containers as if they had been requested.
    """
    try:
        connections.connect(client, network, container, settings)
    except EngineError:
        if not settings.get("IPAMConfig"):
            raise
        connections.disconnect(client, network, container)
        connections.connect(client, network, container, {key: settings[key] for key in settings if key != "IPAMConfig"})


def _ensure(
    client: Client, connector: Callable[..., None], network: str, container: str, settings: Mapping[str, Any]
) -> None:
    """Connect with ``connect`` or ``connect_to_swarm``; does nothing if somebody else has connected the container.

    A stale endpoint that a crash of the engine left in the network also causes a conflict; that is an error.
    """
    try:
        connector(client, network, container, settings)
    except EngineError as error:
        if not any(words in error.said for words in connections.CONNECTED):
            raise
        shown = containers.inspect(client, container) or {}
        found = ((shown.get("NetworkSettings") or {}).get("Networks") or {}).values()
        if network not in [endpoint.get("NetworkID") for endpoint in found]:
            raise


def _try(client: Client, body: Mapping[str, Any]) -> tuple[str, SlipwayError | None]:
    try:
        return network_changes.create(client, body), None
    except (EngineError, ConnectionBroken) as error:
        return "", error


def _is_collision(error: SlipwayError) -> bool:
    """Whether a network of this name may exist by now; the answer to our own creation may have been lost."""
    return isinstance(error, ConnectionBroken) or any(words in error.cause for words in _COLLISIONS)
