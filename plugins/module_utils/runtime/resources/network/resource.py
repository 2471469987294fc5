# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network. The Engine cannot change one: differences require a new one, to which all containers are reconnected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from ...engine import containers, host, networks, notes, services
from ...engine.client import NEWEST, Client
from ...engine.containers import name_of
from ...engine.placing import Place
from ...errors import DriftError, InputError, NotFound
from ...state.canonical import version_tuple
from ...state.compare import ALLOW_MORE, STRICT, Change, describe
from ...state.field import CONNECT
from ...state.grammar import is_id
from ...state.noting import noted
from ...state.plan import Kind, Plan, Step, created, refused
from ...state.resource import Params, Resource
from . import pools, recovery, refusals, steps
from .endpoints import MAC_LOST, Endpoint, attached, endpoint, outside, resolve
from .table import SUPPLIED, TABLE, anew, is_set, refuse_contradictions, unasked_options

Json = Mapping[str, Any]

PREDEFINED = ("bridge", "host", "none")
# A swarm creates this network if it is missing, so it may be created beforehand with custom settings.
OWNED = (*PREDEFINED, "docker_gwbridge")

# Containers with these network modes, or with container:..., cannot be on other networks.
ALONE = ("host", "none")


@dataclass(frozen=True)
class Snapshot:
    """The observed state.

    ``listed`` are all containers from the list, ``detailed`` those whose endpoints a plan may change, from inspect, and
    ``services`` the names of services on the network. ``note`` was left by a run that was killed while recreating the
    network, and ``members`` are the containers in the note. ``others`` are all networks, if subnets, driver options or
    ``config_from`` are declared for a network to create, or one with ``config_only`` is to be removed. ``managed`` says
    whether the engine can create swarm networks, and ``unlisted`` is a driver that it does not list but a network to
    create requires. ``podman`` says that the engine is Podman.
    """

    network: Json | None
    version: str
    listed: Sequence[Json] = ()
    detailed: Sequence[Json] = ()
    services: Sequence[str] = ()
    note: notes.Note | None = None
    members: Sequence[Json] = ()
    others: Sequence[Json] = ()
    managed: bool = True
    unlisted: str = ""
    podman: bool = False

    @property
    def there(self) -> List[str]:
        """The names of the containers on the network."""
        return sorted(name_of(item) for item in attached(self.listed, self.network))

    @property
    def endpoints(self) -> List[Endpoint]:
        """The endpoints that a plan may change, in connection order."""
        network = self.network
        return sorted((endpoint(item, network) for item in self.detailed if network), key=lambda item: item.rank)


def observe(client: Client, params: Params) -> Snapshot:
    """The network, and a note of a run that was killed while recreating it.

    Containers only with such a note, if ``connected`` is declared, or if the network has to be removed; services only
    then.
    """
    network = networks.inspect(client, params["name"])
    note = notes.find(client, "network", network["Name"] if network else params["name"])
    snapshot = Snapshot(network, client.version, note=note, podman=client.podman)
    goes, resumes = _goes(params, snapshot), note is not None and params["state"] == "present"
    makes = params["state"] == "present" and (network is None or goes)
    names = any(params[option] for option in ("ipam_config", "config_from", "driver_options"))
    if names and makes or network and goes and network.get("ConfigOnly"):
        snapshot = replace(snapshot, others=networks.list_all(client))
    if makes:
        snapshot = _with_drivers(client, _want(params, snapshot), snapshot)
    if not goes and not resumes and (params["connected"] is None or params["state"] == "absent"):
        return snapshot
    snapshot = replace(snapshot, listed=containers.list_all(client))
    snapshot = replace(snapshot, detailed=_details(client, _touched(params, snapshot)))
    if note and resumes:
        noted = recovery.noted(note)
        snapshot = replace(
            snapshot, members=_details(client, [item for item in snapshot.listed if item["Id"] in noted])
        )
    if network and goes and network["Scope"] == "swarm":
        snapshot = replace(snapshot, services=services.on_network(client, network))
    return snapshot


def _with_drivers(client: Client, want: Json, snapshot: Snapshot) -> Snapshot:
    """Check the engine's support for such a network, with GET /info unless that is certain."""
    driver = want.get("driver", "bridge")
    if driver in refusals.BUILT_IN and not refusals.needs_swarm(want) or want.get("config_only"):
        return snapshot
    shown = host.info(client)
    there = driver in refusals.BUILT_IN or host.has_driver(client, shown, "Network", driver)
    return replace(snapshot, managed=not shown or host.is_manager(shown), unlisted="" if there else driver)


def _details(client: Client, listed: Sequence[Json]) -> List[Json]:
    found = (containers.inspect(client, item["Id"]) for item in listed)
    return [container for container in found if container]


def _touched(params: Params, snapshot: Snapshot) -> List[Json]:
    """The listed containers whose endpoints a plan may change."""
    touched = attached(snapshot.listed, snapshot.network)
    if _goes(params, snapshot):
        return touched
    wanted = resolve(params["connected"] or (), snapshot.listed)
    exact = params["connected"] is not None and _is_exact(params)
    return [item for item in touched if exact and name_of(item) not in wanted]


def _goes(params: Params, snapshot: Snapshot) -> bool:
    """Whether an existing network has to be removed, possibly to be replaced."""
    if snapshot.network is None or snapshot.network["Name"] in OWNED:
        return False
    if params["state"] == "absent" or params["force"]:
        return True
    return any(change.cost != CONNECT for change in _changes(params, snapshot)[0])


def _want(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    want = TABLE.want(params)
    refuse_contradictions(want)
    refusals.refuse_driver(want, str((snapshot.network or {}).get("Driver") or "bridge"))
    TABLE.check_version(params, snapshot.version)
    source = want.get("config_from", ((snapshot.network or {}).get("ConfigFrom") or {}).get("Network"))
    if source:
        want = {name: value for name, value in want.items() if name not in SUPPLIED or is_set(name, value)}
    if "connected" in want:
        want["connected"] = resolve(want["connected"], snapshot.listed)
    return want


def _have(snapshot: Snapshot) -> Dict[str, Any]:
    """The settings of the network; if a killed run has removed it, those in its note."""
    if snapshot.network is None and snapshot.note:
        return {**TABLE.have({}), **recovery.settings(snapshot.note)}
    return TABLE.have({**(snapshot.network or {}), "connected": snapshot.there})


def _comparisons(params: Params) -> Dict[str, str]:
    loosened = {"connected": ALLOW_MORE} if params["appends"] else {}
    return {**(params["comparisons"] or {}), **loosened}


def _is_exact(params: Params) -> bool:
    """Whether containers that are not in ``connected`` are a difference."""
    return bool(TABLE.changes({"connected": []}, {"connected": ["another"]}, _comparisons(params)))


def _changes(params: Params, snapshot: Snapshot) -> Tuple[Tuple[Change, ...], Tuple[Change, ...]]:
    """Differences from the declaration, and those that are ignored."""
    want, have, comparisons = _want(params, snapshot), _have(snapshot), _comparisons(params)
    shown = {**have, "ipam_config": pools.comparable(have["ipam_config"], want.get("ipam_config", {}))}
    drift = TABLE.drift(want, shown, comparisons)
    return TABLE.changes(want, shown, comparisons), tuple(change for change in drift if change.cost != CONNECT)


def _unasked(params: Params, snapshot: Snapshot) -> Tuple[str, ...]:
    """Driver options that the task does not name, in words.

    They may be defaults of the daemon, so replacing the network for them might repeat forever.
    """
    want, comparisons = _want(params, snapshot), _comparisons(params)
    if "driver_options" not in want or comparisons.get("driver_options", comparisons.get("*", STRICT)) != STRICT:
        return ()
    options = unasked_options(want, _have(snapshot))
    return tuple("driver_options has %s=%s as well" % item for item in sorted(options.items()))


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Create, or replace and reconnect containers if anything differs, and connect the declared containers.

    Raises InputError for invalid options, and DriftError if a replacement would lose something.
    """
    name, network = params["name"], snapshot.network
    if params["state"] == "absent":
        return _plan_absent(name, snapshot)
    TABLE.check_comparisons(params["comparisons"])
    want = _want(params, snapshot)
    warnings = _strangers(want, snapshot)
    if network is None:
        if name in PREDEFINED:  # there is no engine yet
            return Plan(warnings=warnings)
        if snapshot.note:
            return _plan_resumed(params, snapshot, snapshot.note, warnings)
        if is_id(name):
            raise InputError(
                "name: there is no network with the ID %s, and an ID cannot be the name of a new network" % name,
                "Use the name of the network.",
            )
        if name == "default":
            raise InputError("name: the Engine makes no network of the name default", "Choose another name.")
        _refuse_making(want, want, snapshot)
        if snapshot.unlisted:
            warnings += (refusals.unlisted(snapshot.unlisted) + ".",)
        place = Place()
        return Plan(
            steps.create(place, name, want, "it does not exist")
            + steps.connect(place, _blank(want.get("connected", ()), snapshot), "connected lists it", False),
            created(TABLE.fields, want),
            warnings,
            exists=False,
        )
    if snapshot.note:
        return _plan_recovered(params, snapshot, network, snapshot.note)
    return _plan_present(params, snapshot, network, warnings)


def _plan_present(params: Params, snapshot: Snapshot, network: Json, warnings: Tuple[str, ...]) -> Plan:
    """The plan for an existing network without an interrupted recreation."""
    want, name = _want(params, snapshot), network["Name"]  # the task may have used its id
    changes, drift = _changes(params, snapshot)
    connecting = tuple(change for change in changes if change.cost == CONNECT)
    others = tuple(change for change in changes if change.cost != CONNECT)
    left = tuple(describe(change) for change in drift) + _unasked(params, snapshot)
    if name in OWNED:
        left += tuple(describe(change) for change in others)
        left += ("force cannot be used with the Engine's predefined networks",) if params["force"] else ()
    warnings += tuple("network %s is left alone: %s" % (name, words) for words in left)
    if _goes(params, snapshot):
        reason = "%s differs" % ", ".join(change.name for change in others) if others else "force is set"
        ignored = [change.name for change in drift]
        return _plan_anew(params, snapshot, network, ignored, reason, Plan((), changes, warnings))
    missing = [item for item in want["connected"] if item not in snapshot.there] if connecting else []
    place, swarm = Place(network["Id"]), network.get("Scope") == "swarm"
    return Plan(
        # Connect first, because that may fail.
        steps.connect(place, _blank(missing, snapshot), "connected lists it", swarm)
        + steps.disconnect(place, snapshot.endpoints, "connected does not list it", swarm),
        connecting,
        warnings,
    )


def _plan_recovered(params: Params, snapshot: Snapshot, network: Json, note: notes.Note) -> Plan:
    """Connect what a killed run has left disconnected, and continue from there."""
    place, name, swarm = Place(network["Id"]), network["Name"], network.get("Scope") == "swarm"
    lost = recovery.lost(note, network, snapshot.members)
    if params["connected"] is not None and _is_exact(params):
        wanted = resolve(params["connected"], snapshot.listed)
        lost = [item for item in lost if item.container in wanted]
    pools_now = _have(snapshot)["ipam_config"]
    lost, losses = _put_back(params, snapshot, network, lost, {"ipam_config": pools_now} if pools_now else None)
    before = steps.reattach(place, lost, recovery.REASON, swarm) + steps.forget(note, name, recovery.OVER)
    listed = recovery.connected(snapshot.listed, network, lost)
    known = {item["Id"]: item for item in (*snapshot.detailed, *snapshot.members)}
    details = {item["Id"]: item for item in recovery.connected(list(known.values()), network, lost)}
    snapshot = replace(snapshot, note=None, listed=listed)
    touched = [details[item["Id"]] for item in _touched(params, snapshot) if item["Id"] in details]
    snapshot = replace(snapshot, detailed=touched)
    warnings = _strangers(_want(params, snapshot), snapshot) + losses + recovery.gone(note, name, snapshot.members)
    plan = _plan_present(params, snapshot, network, warnings)
    return plan._replace(steps=before + plan.steps)


def _plan_resumed(params: Params, snapshot: Snapshot, note: notes.Note, warnings: Tuple[str, ...]) -> Plan:
    """Create the network that a killed run has removed, with its former settings, and connect its containers."""
    want, have, name = _want(params, snapshot), _have(snapshot), recovery.name(note, params["name"])
    ignored = [change.name for change in _changes(params, snapshot)[1]]
    settings = anew({option: want[option] for option in want if option not in ignored}, have)
    _refuse_making(want, settings, snapshot)
    network = {"Name": name, "Id": "", "Scope": str(have.get("scope") or settings.get("scope") or "local")}
    wanted = want.get("connected")
    stay = recovery.lost(note, network, snapshot.members)
    stay = [item for item in stay if wanted is None or not _is_exact(params) or item.container in wanted]
    back, losses = _put_back(params, snapshot, network, stay, settings)
    missing = [item for item in wanted or () if item not in [one.container for one in stay]]
    place, swarm = Place(), network["Scope"] == "swarm"
    return Plan(
        steps.create(place, name, settings, recovery.REASON)
        + steps.reattach(place, back, recovery.REASON, swarm)
        + steps.connect(place, _blank(missing, snapshot), "connected lists it", swarm)
        + steps.forget(note, name, recovery.OVER),
        created(TABLE.fields, want),
        warnings + losses + recovery.gone(note, name, snapshot.members),
        exists=False,
    )


def _blank(names: Sequence[str], snapshot: Snapshot) -> List[Endpoint]:
    numbers = {name_of(item): item["Id"] for item in snapshot.listed}
    return [Endpoint(name, {}, number=numbers.get(name, name)) for name in names]


def _strangers(want: Json, snapshot: Snapshot) -> Tuple[str, ...]:
    """Warnings about missing containers to connect. Raises InputError for those that cannot be connected."""
    modes = {name_of(item): item["HostConfig"]["NetworkMode"] for item in snapshot.listed}
    for name in want.get("connected", ()):
        mode = modes.get(name, "")
        if name not in snapshot.there and (mode in ALONE or mode.startswith("container:")):
            raise InputError(
                "connected: the container %s has the network mode %s and cannot be connected to networks"
                % (name, mode),
                "Remove it from connected, or recreate it with another network_mode.",
            )
    return tuple(
        "connected: there is no container %s" % name for name in want.get("connected", ()) if name not in modes
    )


def _plan_absent(name: str, snapshot: Snapshot) -> Plan:
    network = snapshot.network
    if name in PREDEFINED or (network and network["Name"] in OWNED):
        raise InputError("The network %s is predefined by the Engine and cannot be removed" % name, "Remove the task.")
    over = steps.forget(snapshot.note, recovery.name(snapshot.note, name), recovery.OVER)
    if network is None:
        return Plan(over, exists=False, stays=False)
    reason, place, name = "the network is to be removed", Place(network["Id"]), network["Name"]
    blocked = _in_the_way(snapshot)
    if blocked:
        return refused(Kind.REMOVE, "network", name, "it exists, and state is absent", blocked)._replace(stays=False)
    gone = [item for item in snapshot.endpoints if not item.idle]
    names = [item.container for item in gone]
    return Plan(
        steps.disconnect(place, gone, reason, network["Scope"] == "swarm")
        + steps.remove(place, network, _have(snapshot), "it exists, and state is absent")
        + over,
        (Change.of(TABLE.field("connected"), None, names),) if names else (),
        ("The network %s is removed while containers are connected to it: %s." % (name, ", ".join(sorted(names))),)
        if names
        else (),
        stays=False,
    )


def _refuse_making(want: Json, settings: Json, snapshot: Snapshot) -> None:
    number = str((snapshot.network or {}).get("Id") or "")
    version = NEWEST if snapshot.podman else snapshot.version
    if not snapshot.podman:
        refusals.refuse_pools(want.get("ipam_config", ()), settings)
    refusals.refuse_making(want, settings, number, version, snapshot.others)


def _in_the_way(snapshot: Snapshot) -> DriftError | None:
    if not snapshot.network:
        return None
    name, others = snapshot.network["Name"], snapshot.others if snapshot.network.get("ConfigOnly") else ()
    made = sorted(item["Name"] for item in others if (item.get("ConfigFrom") or {}).get("Network") == name)
    if made:
        return DriftError(
            "The network %s cannot be removed, because networks use it as config_from: %s" % (name, ", ".join(made)),
            "Remove these networks first.",
        )
    if not snapshot.services:
        return None
    return DriftError(
        "The network %s cannot be removed, because services use it: %s" % (name, ", ".join(snapshot.services)),
        "Remove these services, or disconnect them from the network, first.",
    )


def _plan_anew(
    params: Params, snapshot: Snapshot, network: Json, ignored: Sequence[str], reason: str, base: Plan
) -> Plan:
    """Replace the network; options that are ``ignored`` keep their values.

    ``base`` holds the changes and warnings so far.
    """
    want, have = _want(params, snapshot), _have(snapshot)
    if params["name"] != network["Name"]:
        raise InputError(
            "name: %s is an id, and the network has to be recreated (%s), which gives it another id"
            % (params["name"], reason),
            "Name it: %s." % network["Name"],
        )
    declared = {option: want[option] for option in want if option not in ignored}
    settings = anew(declared, have)
    _refuse_making(declared, settings, snapshot)
    if snapshot.unlisted == settings.get("driver"):
        raise DriftError(
            "%s, and the network %s is not given up for one" % (refusals.unlisted(snapshot.unlisted), network["Name"]),
            "Install the plugin of this driver, or choose another driver. Old plugins are listed once they are in use.",
        )
    blocked = _in_the_way(snapshot)
    if blocked:
        step = refused(Kind.REMOVE, "network", network["Name"], reason, blocked)
        return base._replace(steps=step.steps, warnings=base.warnings + step.warnings)
    wanted = want.get("connected") if any(change.cost == CONNECT for change in base.changes) else None
    stay = [item for item in snapshot.endpoints if wanted is None or not _is_exact(params) or item.container in wanted]
    missing = [name for name in wanted or () if name not in snapshot.there]
    back, losses = _put_back(params, snapshot, network, stay, settings)
    gone = [item for item in snapshot.endpoints if not (item.idle and item in stay)]
    place, swarm, name = Place(network["Id"]), network["Scope"] == "swarm", network["Name"]
    sequence = (
        steps.disconnect(place, gone, "its network is recreated", swarm)
        + steps.remove(place, network, have, reason)
        + steps.create(place, name, settings, reason)
        + steps.connect(place, back, "its network was recreated", swarm)
        + steps.connect(place, _blank(missing, snapshot), "connected lists it", swarm)
    )
    if back or recovery.is_worth_a_note(settings, want):
        content, members = recovery.content(network, have, snapshot.endpoints), [item.number for item in gone]
        subject, note = "the recreation of network %s" % name, notes.Writing("network", name)
        sequence = noted(note, subject, content, sequence, lambda client: place.has(client, members))
    return base._replace(steps=sequence, warnings=base.warnings + losses)


def _put_back(
    params: Params, snapshot: Snapshot, network: Json, stay: Sequence[Endpoint], settings: Json | None
) -> Tuple[List[Endpoint], Tuple[str, ...]]:
    """The endpoints to connect to a new network with these settings, and warnings about what they lose.

    Raises DriftError for anything that must not be lost.
    """
    cause = "The network %s cannot be recreated: " % network["Name"]
    # Settings from a configuration network are unknown here.
    known = settings is not None and not settings.get("config_from")
    lost = outside(stay, (settings or {}).get("ipam_config", {})) if known else []
    if lost and network["Scope"] != "swarm":
        raise DriftError(
            cause + "the container %s has the address %s, which is in no new subnet" % lost[0],
            "Choose a subnet that contains the address, or disconnect the container first.",
        )
    back = [item for item in stay if not item.idle]
    stripped = [item for item in back if item.mac_address and version_tuple(snapshot.version) >= MAC_LOST]
    if stripped and not params["force"]:
        raise DriftError(
            cause
            + "this engine cannot restore the MAC address of the container %s, %s"
            % (stripped[0].container, stripped[0].mac_address),
            "Remove the container first, or set 'force: true' to continue without the MAC address.",
        )
    warnings = ["container %s gets another address instead of %s" % item for item in lost]
    warnings += ["container %s loses its MAC address %s" % (item.container, item.mac_address) for item in stripped]
    return [item.without_addresses() if item.container in dict(lost) else item for item in back], tuple(warnings)


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``network``."""
    return {"network": snapshot.network or {}}


def checked_plan(params: Params, snapshot: Snapshot) -> Plan:
    """The plan, failing before any change if it connects a container that does not exist.

    The Engine would also accept a prefix of an id. The same applies to a network to create from one that does not exist
    or has no ``config_only``.
    """
    found, there = plan(params, snapshot), {name_of(item) for item in (*snapshot.listed, *snapshot.detailed)}
    joining = (step.name for step in found.steps if (step.kind, step.noun) == (Kind.CONNECT, "container"))
    first = [
        Step(Kind.LOOK_FOR, "container", name, "connected lists it", containers.refuse, (name,), alters=False)
        for name in joining
        if name not in there
    ]
    makes = any((step.kind, step.noun) == (Kind.CREATE, "network") for step in found.steps)
    if makes and not snapshot.managed and refusals.needs_swarm(_want(params, snapshot)):
        option = refusals.needs_swarm(_want(params, snapshot))
        cause = "%s: this engine is no manager of a swarm, and only one makes such a network" % option
        alone = DriftError(cause, "Run the task on a manager, or make the host one first.")
        more = refused(Kind.LOOK_FOR, "swarm for network", params["name"], "%s needs one" % option, alone)
        first, found = [*first, *more.steps], found._replace(warnings=found.warnings + more.warnings)
    source = params["config_from"]
    if makes and source and not any(item["Name"] == source and item.get("ConfigOnly") for item in snapshot.others):
        missing = NotFound(
            "config_from: there is no network %s with config_only" % source, "Create it first, or correct the name."
        )
        more = refused(Kind.LOOK_FOR, "network", source, "config_from names it", missing)
        first, found = [*first, *more.steps], found._replace(warnings=found.warnings + more.warnings)
    return found._replace(steps=(*first, *found.steps))


NETWORK = Resource(TABLE, observe, report, checked_plan)
