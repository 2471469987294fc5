# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of a network and its containers with what a task declares. No I/O."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from ...engine.containers import name_of
from ...errors import InputError
from ...state.compare import ALLOW_MORE, STRICT, Change, describe, mode_of
from ...state.resource import Params
from ...values.labels import refuse_ours
from . import pools, refusals
from .endpoints import Endpoint, attached, resolve
from .observe import Snapshot
from .table import KEPT, SUPPLIED, TABLE, Values, is_set, refuse_contradictions, undeclared_options


class Comparison(NamedTuple):
    """What differs between a network and its declaration, apart from the containers.

    ``want`` holds the declared settings, and ``have`` those of the network. ``changes`` require a new network;
    ``ignored`` are differences that ``comparisons`` leaves alone.
    """

    want: Values
    have: Values
    changes: Tuple[Change, ...]
    ignored: Tuple[Change, ...]

    @property
    def enforced(self) -> Dict[str, Any]:
        """The declared settings for a new network; options whose difference is ignored keep their values."""
        ignored = [change.name for change in self.ignored]
        return {name: value for name, value in self.want.items() if name not in ignored}


def declared(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The settings that the task declares, in canonical values. Raises InputError and VersionError."""
    want, network = TABLE.want(params), snapshot.network or {}
    refuse_ours(params)
    refuse_contradictions(want)
    refusals.refuse_driver(want, str(network.get("Driver") or "bridge"))
    TABLE.check_version(params, snapshot.version)
    supplied = want.get("config_from", (network.get("ConfigFrom") or {}).get("Network"))
    return {
        name: value
        for name, value in want.items()
        if name != "connected" and not (supplied and name in SUPPLIED and not is_set(name, value))
    }


def compare(params: Params, want: Values, have: Values) -> Comparison:
    """Compare declared settings with those of a network."""
    shown, comparisons = _comparable(want, have), params["comparisons"]
    changes, ignored = TABLE.changes(want, shown, comparisons), TABLE.ignored(want, shown, comparisons)
    return Comparison(want, have, changes, ignored)


def differing(settings: Values, network: Values) -> List[str]:
    """The options in which a listed network differs from these settings."""
    return [change.name for change in TABLE.changes(settings, _comparable(settings, TABLE.have(network)))]


def _comparable(want: Values, have: Values) -> Dict[str, Any]:
    return {**have, "ipam_config": pools.comparable(have["ipam_config"], want.get("ipam_config", {}))}


def left_alone(
    params: Params, network: Values, found: Comparison, connected: Tuple[Change, ...] = ()
) -> Tuple[str, ...]:
    """Warnings about differences that stay.

    Driver options that the task does not declare may be defaults of the daemon, so that recreating the network for
    them might repeat forever.
    """
    words = [describe(change) for change in (*found.ignored, *connected)]
    if "driver_options" in found.want and mode_of(params, "driver_options") == STRICT:
        options = undeclared_options(found.want, found.have)
        words += ["driver_options has %s=%s as well" % item for item in sorted(options.items())]
    if network["Name"] in KEPT:
        words += [describe(change) for change in found.changes]
        words += ["force cannot be used with the Engine's predefined networks"] if params["force"] else []
    return tuple("network %s is left alone: %s" % (network["Name"], word) for word in words)


class Connected(NamedTuple):
    """The containers that the task lists (``want``), and those that are connected (``have``), by name.

    ``changes`` holds their difference, or ``ignored`` if ``comparisons`` leaves it alone. With ``exact``, containers
    that are not listed are disconnected. ``ids`` has the IDs of all containers.
    """

    want: Sequence[str]
    have: Sequence[str]
    changes: Tuple[Change, ...]
    exact: bool
    ids: Values
    ignored: Tuple[Change, ...] = ()

    @property
    def warnings(self) -> Tuple[str, ...]:
        """Warnings about listed containers that do not exist."""
        return tuple("connected: there is no container %s" % name for name in self.want if name not in self.ids)

    def keeps(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint stays."""
        return not self.exact or endpoint.container in self.want

    def missing(self) -> List[Endpoint]:
        """Endpoints for the containers to connect to an existing network."""
        return self.endpoints(self.have) if self.changes else []

    def endpoints(self, others: Sequence[str]) -> List[Endpoint]:
        """Endpoints for the listed containers, without ``others``; those of unknown containers have no ID."""
        return [Endpoint(name, {}, number=self.ids.get(name, "")) for name in self.want if name not in others]


def compare_connected(params: Params, network: Values | None, listed: Sequence[Values]) -> Connected:
    """Compare the containers on a network with those that the task lists; ``listed`` are all containers.

    Raises InputError for one that cannot be connected to networks.
    """
    containers = {name_of(item): item for item in listed}
    want, have = resolve(params["connected"] or (), listed), sorted(name_of(item) for item in attached(listed, network))
    for name in want:
        mode = containers[name]["HostConfig"]["NetworkMode"] if name in containers else ""
        if name not in have and (mode in ("host", "none") or mode.startswith("container:")):
            raise InputError(
                "connected: the container %s has the network mode %s and cannot be connected to networks"
                % (name, mode),
                "Remove it from connected, or recreate it with another network_mode.",
            )
    ids = {name: item["Id"] for name, item in containers.items()}
    _refuse_comparison(params)
    ignored: Tuple[Change, ...] = ()
    if network and params["connected"] is not None and not params["appends"]:
        ignored = TABLE.ignored({"connected": want}, {"connected": have}, params["comparisons"])
    return Connected(want, have, _changes(params, want, have), is_exact(params), ids, ignored)


def _refuse_comparison(params: Params) -> None:
    """Raise InputError for a comparison of ``connected`` that ``appends`` contradicts."""
    for name in ("connected", "containers"):
        mode = (params["comparisons"] or {}).get(name, ALLOW_MORE)
        if params["appends"] and mode != ALLOW_MORE:
            raise InputError(
                "comparisons.%s: %s contradicts appends, which keeps other containers connected" % (name, mode),
                "Remove one of them.",
            )


def is_exact(params: Params) -> bool:
    """Whether containers that the task does not list are disconnected."""
    return bool(_changes(params, [], ["another"]))


def _changes(params: Params, want: Sequence[str], have: Sequence[str]) -> Tuple[Change, ...]:
    if params["connected"] is None:
        return ()
    loosened = {"connected": ALLOW_MORE} if params["appends"] else {}
    comparisons = {**(params["comparisons"] or {}), **loosened}
    return TABLE.changes({"connected": want}, {"connected": have}, comparisons)
