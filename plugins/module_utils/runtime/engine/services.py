# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services: /services (Engine API 1.41), which only swarm managers answer."""

from __future__ import annotations

from typing import Any, List, Mapping

from .client import Client
from .shape import maybe

_ATTACHED = maybe([{"Target": str}])
_SERVICE = {
    "Spec": {"Name": str, "TaskTemplate": {"Networks": _ATTACHED}, "Networks": _ATTACHED},
    "Endpoint": maybe({"Ports": maybe([dict])}),
}


def on_network(client: Client, network: Mapping[str, Any]) -> List[str]:
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
