# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creation and removal of networks, with advice on errors; for swarm networks, also their services and waits."""

from __future__ import annotations

import ipaddress
from typing import Any, Callable, Iterable, List, Mapping

from ..errors import EngineError
from . import networks
from .client import Client
from .shape import maybe
from .waiting import until

_ATTACHED = maybe([{"Target": str}])
_SERVICE = {
    "Spec": {"Name": str, "TaskTemplate": {"Networks": _ATTACHED}, "Networks": _ATTACHED},
    "Endpoint": maybe({"Ports": maybe([dict])}),
}
_TASK = {
    "ID": str,
    "Status": {"State": str},
    "NetworksAttachments": maybe([{"Network": {"ID": str}}]),
}

# States of a task that has ended for good.
_ENDED = ("complete", "shutdown", "failed", "rejected", "remove", "orphaned")

# For an overlap with no network that the Engine lists.
HOST_OVERLAP = "a subnet overlaps with one that this host already uses"

# Error texts of the Engine for a network that cannot be created, and the fix.
_FIXES = (
    ("IPv6 address pool among the defaults", "Give an IPv6 subnet in ipam_config."),
    ("address pool", "Give a subnet in ipam_config, or widen default-address-pools in daemon.json."),
    ("configuration network", "Create that network first, with config_only: true."),
    ("not a swarm manager", "Run the task on a swarm manager."),
    ("swarm is not active", "Make the host a swarm manager first."),
    ("plugin", "Install the plugin of this driver, or choose another driver."),
    ("operation not supported", "The host's kernel has no module for this driver; choose another driver."),
)


def create(client: Client, body: Mapping[str, Any]) -> str:
    """Create a network; returns the id.

    Raises ConflictError if the name is in use, and EngineError that names the other network if a subnet overlaps.
    """
    try:
        return networks.create(client, body)
    except EngineError as error:
        if "overlap" in error.said and "non-overlapping" not in error.said:
            error.cause = "%s (%s)" % (_overlap(client, body), error.said)
            error.fix = "Choose another subnet."
        else:
            error.fix = next((fix for words, fix in _FIXES if words in error.said), "")
        raise


def remove(client: Client, network: str) -> None:
    """Remove a network; does nothing if it is gone. Raises EngineError."""
    try:
        networks.remove(client, network)
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
    """Remove a swarm network, on which each connected container counts as a task that no task list shows.

    Such a task ends shortly after its container was disconnected; until then the manager refuses. ``timeout`` is in
    seconds. Raises EngineError.
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
    """Wait until a network is gone: a swarm network still exists for a moment after its removal.

    ``timeout`` is in seconds. Raises EngineError.
    """
    _await(lambda: ["it is"] if networks.inspect(client, network) else [], timeout, "Run the task again.")


def await_idleness(client: Client, network: str, timeout: float = 60) -> None:
    """GET /tasks: wait until a swarm network has no task of a removed service left.

    The manager forgets the network at once, but a node on which a task is still ending keeps it, and does not retry.
    ``timeout`` is in seconds. Raises EngineError that names the containers.
    """
    _await(lambda: _left(client, network), timeout, "Wait until they have finished.")


def _await(look: Callable[[], List[str]], timeout: float, fix: str) -> None:
    """Wait until ``look`` returns no names. Raises EngineError with the names and ``fix``."""
    left: List[str] = []

    def nothing() -> bool | None:
        left[:] = look()
        return None if left else True

    if not until(nothing, timeout):
        raise EngineError("%s still running after %g s" % (", ".join(left), timeout), fix)


def _left(client: Client, network: str) -> List[str]:
    """The containers on the network, without its load balancer, and tasks that are about to start or end."""
    containers = (networks.inspect(client, network) or {}).get("Containers") or {}
    names = {item["Name"] for key, item in containers.items() if key != "ingress-sbox" and not key.startswith("lb-")}
    for task in client.get("/tasks", expect=[_TASK]):
        attached = (item["Network"]["ID"] for item in task.get("NetworksAttachments") or ())
        if task.get("ServiceID") and network in attached and task["Status"]["State"] not in _ENDED:
            names.add("task %s" % task["ID"])
    return sorted(names)


def _overlap(client: Client, body: Mapping[str, Any]) -> str:
    """What the subnets of a network to create overlap with, in words."""
    subnets = [str(pool["Subnet"]) for pool in body.get("IPAM", {}).get("Config") or ()]
    others = [network for network in networks.list_all(client) if network["Name"] != body["Name"]] if subnets else []
    return overlap(subnets, others) or HOST_OVERLAP


def overlap(subnets: Iterable[str], others: Iterable[Mapping[str, Any]]) -> str:
    """The first of these subnets that overlaps with one of these networks, in words; empty if none does."""
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


def services_on(client: Client, network: Mapping[str, Any]) -> List[str]:
    """GET /services: the names of the services on a network, or for the ingress network of all that publish ports."""
    names = []
    for service in client.get("/services", expect=[_SERVICE]):
        spec = service["Spec"]
        attachments = (spec["TaskTemplate"].get("Networks") or []) + (spec.get("Networks") or [])
        ports = (service.get("Endpoint") or {}).get("Ports") or ()
        if any(attachment["Target"] in (network["Id"], network["Name"]) for attachment in attachments) or (
            network.get("Ingress") and any(port.get("PublishMode", "ingress") == "ingress" for port in ports)
        ):
            names.append(spec["Name"])
    return sorted(names)
