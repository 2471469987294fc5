# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Information about a network."""

from __future__ import annotations

from typing import Any, Dict

from ...engine import networks
from ...engine.client import Client
from ...state import grammar
from ...state.field import Control
from ...state.resource import Params, Resource
from ...state.table import Table

INFO_TABLE = Table(
    noun="network", options=(Control("name", aliases=("network_name",), required=True, grammar=grammar.network),)
)


def observe(client: Client, params: Params) -> Dict[str, Any]:
    """The return values ``exists`` and ``network``; a short id also finds a network."""
    network = networks.inspect(client, params["name"])
    return {"exists": network is not None, "network": network}


NETWORK_INFO = Resource(INFO_TABLE, observe, lambda params, found: found)
