# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container as it is, for who only wants to look."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from ...engine import containers
from ...state.field import Control
from ...state.resource import Params, Resource
from ...state.table import Table

INFO_TABLE = Table(noun="container", options=(Control("name", required=True),))


def report(params: Params, container: Mapping[str, Any] | None) -> Dict[str, Any]:
    """The return values ``exists`` and ``container``."""
    return {"exists": container is not None, "container": container}


CONTAINER_INFO = Resource(INFO_TABLE, lambda client, params: containers.inspect(client, params["name"]), report)
