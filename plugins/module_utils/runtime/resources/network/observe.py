# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a network: itself, the note of a killed run, and what a change of it depends on."""

from __future__ import annotations

from typing import Iterable, List, NamedTuple, Sequence, Tuple

from ...engine import containers, host, network_changes, networks, notes
from ...engine.client import Client
from ...engine.containers import name_of
from ...state.resource import Params
from .endpoints import Endpoint, attached, endpoint, resolve
from .note import members_in
from .table import BUILT_IN, Values, needs_swarm


class Snapshot(NamedTuple):
    """The observed state.

    ``note`` was left by a run that was killed while recreating the network. ``podman`` says that the engine is Podman.
    """

    network: Values | None
    version: str
    note: notes.Note | None = None
    podman: bool = False


class Details(NamedTuple):
    """What only a change depends on.

    ``listed`` are all containers from the list, ``detailed`` those whose endpoints a plan may change, from inspect, and
    ``members`` those in the note of a killed run. ``services`` are the names of services on a network to remove, and
    ``others`` all networks. ``managed`` says whether the engine can create swarm networks, and ``unlisted`` is a driver
    that it does not list but a network to create requires.
    """

    listed: Sequence[Values] = ()
    detailed: Sequence[Values] = ()
    members: Sequence[Values] = ()
    services: Sequence[str] = ()
    others: Sequence[Values] = ()
    managed: bool = True
    unlisted: str = ""

    def endpoints(self, network: Values) -> List[Endpoint]:
        """The endpoints on a network that a plan may change, in connection order."""
        return sorted((endpoint(item, network) for item in self.detailed), key=lambda item: item.rank)


def observe(client: Client, params: Params) -> Snapshot:
    """Two calls: the network, and the note of a run that was killed while recreating it."""
    network = networks.inspect(client, params["name"])
    note = notes.find(client, "network", network["Name"] if network else params["name"])
    return Snapshot(network, client.version, note, client.podman)


def look_further(
    client: Client,
    params: Params,
    snapshot: Snapshot,
    exact: bool = False,
    creates: Values | None = None,
    removes: bool = False,
) -> Details:
    """What a change depends on.

    ``creates`` are the declared settings if a network is created, and ``removes`` says whether the existing one is
    removed. With ``exact``, containers that the task does not list are disconnected. Containers are only read for a
    removal, for ``connected``, and for a note; all networks only if subnets, driver options or ``config_from`` are
    declared for the new network, or if the one to remove has ``config_only``.
    """
    network, present = snapshot.network or {}, params["state"] == "present"
    note = snapshot.note if present else None
    names = creates is not None and any(params[option] for option in ("ipam_config", "config_from", "driver_options"))
    others = networks.list_all(client) if names or removes and network.get("ConfigOnly") else ()
    managed, unlisted = _support(client, creates)
    connects = present and params["connected"] is not None
    listed = containers.list_all(client) if removes or note or connects else ()
    touched, members = attached(listed, snapshot.network), members_in(note)
    if not removes:
        kept = resolve(params["connected"] or (), listed)
        touched = [item for item in touched if exact and name_of(item) not in kept]
    return Details(
        listed,
        _inspect(client, touched),
        _inspect(client, (item for item in listed if item["Id"] in members)),
        network_changes.services_on(client, network) if removes and network["Scope"] == "swarm" else (),
        others,
        managed,
        unlisted,
    )


def _support(client: Client, want: Values | None) -> Tuple[bool, str]:
    """Whether the engine can create swarm networks, and the required driver if it does not list that.

    Asks for GET /info only if a network to create requires either.
    """
    driver = (want or {}).get("driver", "bridge")
    if want is None or want.get("config_only") or driver in BUILT_IN and not needs_swarm(want):
        return True, ""
    shown = host.info(client)
    found = driver in BUILT_IN or host.has_driver(client, shown, "Network", driver)
    return not shown or host.is_manager(shown), "" if found else driver


def _inspect(client: Client, listed: Iterable[Values]) -> List[Values]:
    found = (containers.inspect(client, item["Id"]) for item in listed)
    return [container for container in found if container]
