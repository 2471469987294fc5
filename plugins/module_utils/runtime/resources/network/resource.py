# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network. The Engine cannot change one: what differs needs a new network, on which every container is put back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from ...engine import containers, networks, services
from ...engine.client import Client
from ...engine.containers import name_of
from ...errors import DriftError, InputError
from ...state.compare import ALLOW_MORE, STRICT, Change, describe
from ...state.field import CONNECT
from ...state.plan import Plan, created
from ...state.resource import Params, Resource
from ...state.table import version_tuple
from . import pools, steps
from .endpoints import MAC_LOST, Endpoint, attached, endpoint, outside, resolve
from .table import SUPPLIED, TABLE, anew, is_set, refuse_contradictions, unasked_options

Json = Mapping[str, Any]

PREDEFINED = ("bridge", "host", "none")
# A swarm makes this one itself where it is missing, so it may be made beforehand with settings of one's own.
OWNED = (*PREDEFINED, "docker_gwbridge")

# Containers with these network modes, or one that begins with container:, cannot be on a network as well.
ALONE = ("host", "none")


@dataclass(frozen=True)
class Snapshot:
    """What is there.

    ``listed`` are all containers as the list shows them, ``detailed`` those whose endpoints a plan may touch, as
    inspect shows them, and ``services`` the names of the services that use the network.
    """

    network: Json | None
    version: str
    listed: Sequence[Json] = ()
    detailed: Sequence[Json] = ()
    services: Sequence[str] = ()

    @property
    def there(self) -> List[str]:
        """The names of the containers on the network."""
        return sorted(name_of(item) for item in attached(self.listed, self.network))

    @property
    def endpoints(self) -> List[Endpoint]:
        """The endpoints that a plan may touch, in the order to connect them in."""
        network = self.network
        return sorted((endpoint(item, network) for item in self.detailed if network), key=lambda item: item.rank)


def find(client: Client, name: str) -> Json | None:
    """The network of that name or full id; one whose id only begins like that is another one."""
    found = networks.inspect(client, name)
    return found if found and name in (found["Name"], found["Id"]) else None


def observe(client: Client, params: Params) -> Snapshot:
    """The network; containers only if ``connected`` is declared or the network has to go, services only then."""
    snapshot = Snapshot(find(client, params["name"]), client.version)
    network, goes = snapshot.network, _goes(params, snapshot)
    if not goes and (params["connected"] is None or params["state"] == "absent"):
        return snapshot
    snapshot = replace(snapshot, listed=containers.every(client))
    touched = attached(snapshot.listed, network)
    if not goes:
        wanted = resolve(params["connected"], snapshot.listed)
        touched = [item for item in touched if _is_exact(params) and name_of(item) not in wanted]
    found = (containers.inspect(client, item["Id"]) for item in touched)
    snapshot = replace(snapshot, detailed=[container for container in found if container])
    if network and goes and network["Scope"] == "swarm":
        snapshot = replace(snapshot, services=services.on_network(client, network))
    return snapshot


def _goes(params: Params, snapshot: Snapshot) -> bool:
    """Whether an existing network has to be removed, be it for another one."""
    if snapshot.network is None or snapshot.network["Name"] in OWNED:
        return False
    if params["state"] == "absent" or params["force"]:
        return True
    return any(change.field.cost != CONNECT for change in _changes(params, snapshot)[0])


def _want(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    want = TABLE.want(params)
    refuse_contradictions(want)
    TABLE.check_version(params, snapshot.version)
    source = want.get("config_from", ((snapshot.network or {}).get("ConfigFrom") or {}).get("Network"))
    if source:
        want = {name: value for name, value in want.items() if name not in SUPPLIED or is_set(name, value)}
    if "connected" in want:
        want["connected"] = resolve(want["connected"], snapshot.listed)
    return want


def _have(snapshot: Snapshot) -> Dict[str, Any]:
    return TABLE.have({**(snapshot.network or {}), "connected": snapshot.there})


def _comparisons(params: Params) -> Dict[str, str]:
    loosened = {"connected": ALLOW_MORE} if params["appends"] else {}
    return {**(params["comparisons"] or {}), **loosened}


def _is_exact(params: Params) -> bool:
    """Whether containers that ``connected`` does not name are a difference."""
    return bool(TABLE.changes({"connected": []}, {"connected": ["another"]}, _comparisons(params)))


def _changes(params: Params, snapshot: Snapshot) -> Tuple[Tuple[Change, ...], Tuple[Change, ...]]:
    """What differs from the declaration, and what differs and is left alone."""
    want, have, comparisons = _want(params, snapshot), _have(snapshot), _comparisons(params)
    shown = {**have, "ipam_config": pools.comparable(have["ipam_config"], want.get("ipam_config", {}))}
    drift = TABLE.drift(want, shown, comparisons)
    return TABLE.changes(want, shown, comparisons), tuple(change for change in drift if change.field.cost != CONNECT)


def _unasked(params: Params, snapshot: Snapshot) -> Tuple[str, ...]:
    """In words, the driver options that the task does not name.

    Defaults of the daemon show up here as well, so that replacing the network for them might never end.
    """
    want, comparisons = _want(params, snapshot), _comparisons(params)
    if "driver_options" not in want or comparisons.get("driver_options", comparisons.get("*", STRICT)) != STRICT:
        return ()
    options = unasked_options(want, _have(snapshot))
    return tuple("driver_options has %s=%s as well" % item for item in sorted(options.items()))


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Make what is missing, replace what differs and put the containers back, and connect those that are declared.

    Raises InputError for options that cannot be meant, and DriftError where a replacement would lose something.
    """
    name, network = params["name"], snapshot.network
    if params["state"] == "absent":
        return _plan_absent(name, snapshot)
    want = _want(params, snapshot)
    changes, drift = _changes(params, snapshot)
    warnings = _strangers(want, snapshot)
    if network is None:
        if name in PREDEFINED:  # there is no engine yet
            return Plan(warnings=warnings)
        return Plan(
            steps.create(name, want, "it does not exist")
            + steps.connect({"Name": name}, _blank(want.get("connected", ())), "connected names it"),
            created(TABLE.fields, want),
            warnings,
            exists=False,
        )
    name = network["Name"]  # the task may have given its id
    connecting = tuple(change for change in changes if change.field.cost == CONNECT)
    others = tuple(change for change in changes if change.field.cost != CONNECT)
    left = tuple(describe(change) for change in drift) + _unasked(params, snapshot)
    if name in OWNED:
        left += tuple(describe(change) for change in others)
        left += ("force is for networks that are not the Engine's own",) if params["force"] else ()
    warnings += tuple("network %s is left alone: %s" % (name, words) for words in left)
    if _goes(params, snapshot):
        reason = "%s differs" % ", ".join(change.name for change in others) if others else "force is set"
        ignored = [change.name for change in drift]
        return _plan_anew(params, snapshot, network, ignored, reason, Plan((), changes, warnings))
    missing = [item for item in want["connected"] if item not in snapshot.there] if connecting else []
    return Plan(
        # Connecting first, for that may fail.
        steps.connect(network, _blank(missing), "connected names it")
        + steps.disconnect(network, snapshot.endpoints, "connected does not name it"),
        connecting,
        warnings,
    )


def _blank(names: Sequence[str]) -> List[Endpoint]:
    return [Endpoint(name, {}) for name in names]


def _strangers(want: Json, snapshot: Snapshot) -> Tuple[str, ...]:
    """Warnings about containers to connect that are not there. Raises InputError for those that cannot be connected."""
    modes = {name_of(item): item["HostConfig"]["NetworkMode"] for item in snapshot.listed}
    for name in want.get("connected", ()):
        mode = modes.get(name, "")
        if name not in snapshot.there and (mode in ALONE or mode.startswith("container:")):
            raise InputError(
                "connected: the container %s has the network mode %s, with which it cannot be on a network"
                % (name, mode),
                "Leave it out, or make it anew with another network_mode.",
            )
    return tuple(
        "connected: there is no container %s" % name for name in want.get("connected", ()) if name not in modes
    )


def _plan_absent(name: str, snapshot: Snapshot) -> Plan:
    network = snapshot.network
    if name in PREDEFINED or (network and network["Name"] in OWNED):
        raise InputError("The network %s is the Engine's own and cannot be removed" % name, "Leave it alone.")
    if network is None:
        return Plan(exists=False, stays=False)
    _refuse_services(snapshot)
    reason = "the network is to be removed"
    gone = [item for item in snapshot.endpoints if not item.idle]
    return Plan(
        steps.disconnect(network, gone, reason)
        + steps.remove(network, _have(snapshot), "it exists, and state is absent"),
        stays=False,
    )


def _refuse_services(snapshot: Snapshot) -> None:
    if snapshot.network and snapshot.services:
        raise DriftError(
            "The network %s cannot be removed, because services use it: %s"
            % (snapshot.network["Name"], ", ".join(snapshot.services)),
            "Take these services off the network, or remove them, first.",
        )


def _plan_anew(
    params: Params, snapshot: Snapshot, network: Json, ignored: Sequence[str], reason: str, base: Plan
) -> Plan:
    """Put a new network in the place of the old one; the options that are ``ignored`` stay as they are.

    ``base`` holds the changes and warnings so far.
    """
    want, have = _want(params, snapshot), _have(snapshot)
    _refuse_services(snapshot)
    settings = anew({option: want[option] for option in want if option not in ignored}, have)
    wanted = want.get("connected") if any(change.field.cost == CONNECT for change in base.changes) else None
    stay = [item for item in snapshot.endpoints if wanted is None or not _is_exact(params) or item.container in wanted]
    missing = [name for name in wanted or () if name not in snapshot.there]
    back, losses = _put_back(params, snapshot, network, stay, settings)
    gone = [item for item in snapshot.endpoints if not (item.idle and item in stay)]
    return base._replace(
        steps=steps.disconnect(network, gone, "its network is made anew")
        + steps.remove(network, have, reason)
        + steps.create(network["Name"], settings, reason)
        + steps.connect(network, back, "its network was made anew")
        + steps.connect(network, _blank(missing), "connected names it"),
        warnings=base.warnings + losses,
    )


def _put_back(
    params: Params, snapshot: Snapshot, network: Json, stay: Sequence[Endpoint], settings: Json
) -> Tuple[List[Endpoint], Tuple[str, ...]]:
    """The endpoints to connect to a new network with these settings, and warnings about what they lose.

    Raises DriftError for what must not be lost.
    """
    refused = "The network %s cannot be made anew: " % network["Name"]
    # What a configuration network supplies is not known here.
    lost = [] if settings.get("config_from") else outside(stay, settings.get("ipam_config", {}))
    if lost and network["Scope"] != "swarm":
        raise DriftError(
            refused + "the container %s asks for the address %s, which no new subnet contains" % lost[0],
            "Choose a subnet that contains the address, or take the container off the network first.",
        )
    back = [item for item in stay if not item.idle]
    stripped = [item for item in back if item.mac_address and version_tuple(snapshot.version) >= MAC_LOST]
    if stripped and not params["force"]:
        raise DriftError(
            refused
            + "this engine cannot give the container %s its MAC address %s back"
            % (stripped[0].container, stripped[0].mac_address),
            "Remove the container first, or set 'force: true' to go on without the MAC address.",
        )
    warnings = ["container %s gets another address instead of %s" % item for item in lost]
    warnings += ["container %s loses its MAC address %s" % (item.container, item.mac_address) for item in stripped]
    return [item.without_addresses() if item.container in dict(lost) else item for item in back], tuple(warnings)


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``network``."""
    return {"network": snapshot.network or {}}


NETWORK = Resource(TABLE, observe, report, plan)
