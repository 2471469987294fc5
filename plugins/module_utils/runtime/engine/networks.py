# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of the Engine API (1.41): /networks."""

from __future__ import annotations

import ipaddress
from typing import Any, Callable, Dict, Iterable, List, Mapping

from ..errors import DriftError, EngineError, NotFound
from .client import Client, segment
from .shape import NOTHING, maybe
from .waiting import until

_POOL = {"Subnet": maybe(str), "Gateway": maybe(str), "IPRange": maybe(str)}
NETWORK = {
    "Id": str,
    "Name": str,
    "Scope": str,
    "Driver": str,
    "Options": maybe({str: str}),
    "Labels": maybe({str: str}),
    "IPAM": maybe({"Config": maybe([_POOL])}),
    "ConfigFrom": maybe({"Network": maybe(str)}),
    "Containers": maybe({str: dict}),
}
_TASK = {
    "ID": str,
    "Status": {"State": str},
    "NetworksAttachments": maybe([{"Network": {"ID": str}}]),
}

# The states of a task that will not run any more.
_ENDED = ("complete", "shutdown", "failed", "rejected", "remove", "orphaned")

# Where the overlapping subnet is in no network that the Engine lists.
HOST_OVERLAP = "a subnet overlaps with one that this host already uses"

# Words of the Engine about a network that it cannot make, and what to do.
_FIXES = (
    ("IPv6 address pool among the defaults", "Give an IPv6 subnet in ipam_config."),
    ("address pool", "Give a subnet in ipam_config, or widen default-address-pools in daemon.json."),
    ("configuration network", "Create that network first, with config_only: true."),
    ("not a swarm manager", "Run the task on a swarm manager."),
    ("swarm is not active", "Make the host a swarm manager first."),
    ("plugin", "Install the plugin of this driver, or choose another driver."),
    ("operation not supported", "The host's kernel has no module for this driver; choose another driver."),
)


def is_meant(network: Mapping[str, Any], name: str) -> bool:
    """Whether a network is the one of this exact name, full id, or 12 digits of an id."""
    number = str(network.get("Id"))
    return name in (network.get("Name"), number) or (len(name) == 12 and number.startswith(name))


def inspect(client: Client, name: str) -> Dict[str, Any] | None:
    """GET /networks/{name}, by exact name, full id or 12 digits of one; None where there is no such network.

    The Engine also finds networks by the beginning of an id; one of those belongs to somebody else. Raises DriftError
    where several networks have the name, which engines before 25 allow.
    """
    try:
        found: Dict[str, Any] = client.get("/networks/%s" % segment(name), expect=NETWORK)
        return found if is_meant(found, name) else None
    except NotFound:
        return None
    except EngineError as error:
        if "ambiguous" not in error.said:
            raise
    same = sorted(str(network["Id"])[:12] for network in named(client, name))
    if not same:
        return None  # the ids of several networks begin with this name
    raise DriftError(
        "There are %d networks named %s (%s)" % (len(same), name, ", ".join(same)),
        "Remove all but one of them by ID.",
    )


def list_all(client: Client, **filters: List[str]) -> List[Dict[str, Any]]:
    """GET /networks: all of them, or those that pass the filters, without their containers."""
    found: List[Dict[str, Any]] = client.get("/networks", expect=[NETWORK], filters=filters or None)
    return found


def named(client: Client, name: str) -> List[Dict[str, Any]]:
    """The networks of exactly this name; engines before 25 allow several."""
    return [network for network in list_all(client) if network["Name"] == name]


def create(client: Client, body: Mapping[str, Any]) -> str:
    """POST /networks/create; returns the id.

    Raises Conflict where the name is taken, and EngineError that names the other network where a subnet overlaps.
    """
    try:
        whole = {"CheckDuplicate": True, **body}
        made: str = client.call("POST", "/networks/create", body=whole, expect={"Id": str})["Id"]
        return made
    except EngineError as error:
        if "overlap" in error.said and "non-overlapping" not in error.said:
            error.cause = "%s (%s)" % (_overlap(client, body), error.said)
            error.fix = "Choose another subnet."
        else:
            error.fix = next((fix for words, fix in _FIXES if words in error.said), "")
        raise


def remove(client: Client, network: str) -> None:
    """DELETE /networks/{id}; a network that is gone already is fine."""
    try:
        client.call("DELETE", "/networks/%s" % segment(network), expect=NOTHING)
    except NotFound:
        pass
    except EngineError as error:
        if "configuration network" in error.said:
            error.fix = "Remove the networks that use it (config_from) first."
        elif "active endpoints" in error.said:
            error.fix = (
                "A container was connected in the meantime, or is connected on another node. Run the task again."
            )
        elif "is in use by task" in error.said:
            error.fix = "Disconnect the containers on other nodes of the swarm first."
        raise


def remove_from_swarm(client: Client, network: str, timeout: float = 30) -> None:
    """Remove a network of a swarm, for which each connected container is a task that is in no list of tasks.

    It ends a moment after its container was disconnected; until then the manager refuses. ``timeout`` is in seconds.
    Raises EngineError.
    """

    def removed() -> bool | None:
        try:
            remove(client, network)
        except EngineError as error:
            if "is in use by task" not in error.said:
                raise
            return None
        return True

    if not until(removed, timeout):
        remove(client, network)


def await_removal(client: Client, network: str, timeout: float = 30) -> None:
    """Wait until a network is gone: that of a swarm stays for a moment after the Engine has removed it.

    ``timeout`` is in seconds. Raises EngineError.
    """
    _await(lambda: ["it is"] if inspect(client, network) else [], timeout, "Run the task again.")


def await_idleness(client: Client, network: str, timeout: float = 60) -> None:
    """GET /tasks: wait until no task of a service that was removed is left on the network of a swarm.

    A manager forgets the network at once, but a node on which a task still ends keeps it, and does not try again.
    ``timeout`` is in seconds. Raises EngineError that names the containers.
    """
    _await(lambda: _left(client, network), timeout, "Wait until they have finished.")


def _await(look: Callable[[], List[str]], timeout: float, fix: str) -> None:
    """Wait until nothing is left of what ``look`` names. Raises EngineError with the names and ``fix``."""
    left: List[str] = []

    def nothing() -> bool | None:
        left[:] = look()
        return None if left else True

    if not until(nothing, timeout):
        raise EngineError("%s still running after %g s" % (", ".join(left), timeout), fix)


def _left(client: Client, network: str) -> List[str]:
    """The containers on the network, without its own load balancer, and the tasks that have yet to start or to end."""
    containers = (inspect(client, network) or {}).get("Containers") or {}
    names = {item["Name"] for key, item in containers.items() if key != "ingress-sbox" and not key.startswith("lb-")}
    for task in client.get("/tasks", expect=[_TASK]):
        attached = (item["Network"]["ID"] for item in task.get("NetworksAttachments") or ())
        if task.get("ServiceID") and network in attached and task["Status"]["State"] not in _ENDED:
            names.add("task %s" % task["ID"])
    return sorted(names)


def _overlap(client: Client, body: Mapping[str, Any]) -> str:
    """With what the subnets of a network to be made overlap, in words."""
    subnets = [str(pool["Subnet"]) for pool in body.get("IPAM", {}).get("Config") or ()]
    others = [network for network in list_all(client) if network["Name"] != body["Name"]] if subnets else []
    return overlap(subnets, others) or HOST_OVERLAP


def overlap(subnets: Iterable[str], others: Iterable[Mapping[str, Any]]) -> str:
    """The first of these subnets that overlaps with one of these networks, in words; empty where none does."""
    theirs = [
        (network, pool.get("Subnet"))
        for network in others
        if not network.get("ConfigOnly")
        for pool in (network.get("IPAM") or {}).get("Config") or ()
    ]
    for ours in subnets:
        for network, other in theirs:
            if _overlaps(ours, other):
                return "subnet %s overlaps with %s of the network %s" % (ours, other, network["Name"])
    return ""


def _overlaps(ours: str, theirs: Any) -> bool:
    try:
        one, other = ipaddress.ip_network(ours), ipaddress.ip_network(theirs, strict=False)
    except ValueError:
        return False
    return one.version == other.version and one.overlaps(other)
