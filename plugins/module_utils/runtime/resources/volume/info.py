# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Information about a volume."""

from __future__ import annotations

from typing import Any, Dict

from ...engine import volumes
from ...engine.client import Client
from ...state import grammar
from ...state.field import Control
from ...state.resource import Params, Resource
from ...state.table import Table

INFO_TABLE = Table(
    noun="volume", options=(Control("name", aliases=("volume_name",), required=True, grammar=grammar.volume),)
)


def observe(client: Client, params: Params) -> Dict[str, Any]:
    """The return values ``exists`` and ``volume``."""
    volume = volumes.inspect(client, params["name"])
    return {"exists": volume is not None, "volume": volume}


VOLUME_INFO = Resource(INFO_TABLE, observe, lambda params, found: found)
