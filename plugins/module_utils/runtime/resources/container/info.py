# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's state and, on request, its activity."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any, Dict, Mapping

from ...engine import activity, containers
from ...engine.client import Client
from ...errors import InputError
from ...state import grammar
from ...state.field import Control, Option
from ...state.resource import Params, Resource
from ...state.table import Table
from ...values.amounts import duration

INFO_TABLE = Table(
    noun="container",
    options=(
        Control("name", required=True, grammar=grammar.container),
        Control("size", type="bool", default=False),
        Control("stats", type="bool", default=False),
        Control("processes", type="bool", default=False),
        Control("ps_args"),
        Control(
            "logs",
            type="dict",
            suboptions=(
                Option("tail", type="int", default=100),
                Option("since"),
                Option("until"),
                Option("timestamps", type="bool", default=False),
            ),
        ),
    ),
)
SIZES = ("SizeRw", "SizeRootFs")
SECOND = 10**9  # in nanoseconds

_SECONDS = re.compile(r"\d{1,12}(?:\.\d{1,9})?")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d\d:\d\d)?")


def observe(client: Client, params: Params) -> Dict[str, Any]:
    """The return values. Raises InputError for invalid options before any API call."""
    if params["ps_args"] is not None and not params["processes"]:
        raise InputError("ps_args requires processes: true", "Set processes: true.")
    query = _log_query(params["logs"]) if params["logs"] is not None else None
    asked = [name for name in ("size", "stats", "processes") if params[name]] + ["logs"] * (query is not None)
    container = containers.inspect(client, params["name"], size=params["size"] or None)
    if container is None:
        return {"exists": False, "container": None, **dict.fromkeys(asked)}
    found: Dict[str, Any] = {"exists": True, "container": container}
    if params["size"]:
        found["size"] = {key: container.pop(key, None) for key in SIZES}
    if params["stats"]:
        # For a stopped container the Engine returns zeros.
        found["stats"] = activity.stats(client, container["Id"]) if container["State"]["Running"] else None
    if params["processes"]:
        found["processes"] = activity.processes(client, container["Id"], params["ps_args"])
    if query is not None:
        found["logs"] = activity.logs(client, container["Id"], container["Config"]["Tty"], query)
    return found


def _log_query(logs: Mapping[str, Any]) -> Dict[str, Any]:
    if logs["tail"] < 0:
        raise InputError("logs.tail: %d is not a number of lines" % logs["tail"], "Set it to 0 or more.")
    query = {"tail": str(logs["tail"]), "timestamps": logs["timestamps"]}
    for name in ("since", "until"):
        if logs[name] is not None:
            query[name] = _moment(name, logs[name])
    return query


def _moment(name: str, value: str) -> str:
    """Seconds since 1970, from such a number, a date, or a duration before now."""
    written = value.strip()
    if _SECONDS.fullmatch(written):
        return written
    date = _DATE.fullmatch(written)
    try:
        if not date:
            ago = max(time.time_ns() - duration(written), 0)
            return "%d.%09d" % divmod(ago, SECOND)
        day, clock, fraction, zone = date.groups()
        there = datetime.fromisoformat("%sT%s%s" % (day, clock or "00:00:00", (zone or "").replace("Z", "+00:00")))
        return "%d.%s" % (max(there.timestamp(), 0), (fraction or "").ljust(9, "0"))
    except (ValueError, OverflowError):
        raise InputError(
            "logs.%s: %r is not a time" % (name, value),
            "Use a duration before now such as 10m, a date such as 2026-01-31T12:00:00Z, or seconds since 1970.",
        )


CONTAINER_INFO = Resource(INFO_TABLE, observe, lambda params, found: found)
