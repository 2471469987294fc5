# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task declares about a container, in canonical values. No I/O."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from ...errors import InputError
from ...state.compare import STRICT, mode_of
from ...state.resource import Params
from ...values import process
from ...values.labels import refuse_ours
from . import networks
from .bindings import at
from .observe import Snapshot, with_files
from .references import SHARED
from .table import CHOSEN, COMPATIBLE, TABLE


def completed(params: Params, snapshot: Snapshot) -> Params:
    """The task with the container's name, names of networks, variables of env files, and implied defaults."""
    found = networks.with_names(with_files(params, snapshot), snapshot.networks)
    defaults = COMPATIBLE if params["container_default_behavior"] == "compatibility" else {}
    implied = {name: value for name, value in defaults.items() if found.get(name) is None}
    return {**found, **implied, "name": snapshot.name or params["name"]}


def declared(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The canonical values that the task declares. Raises InputError."""
    if params["command_handling"] == "compatibility":
        raise InputError(
            "command_handling: compatibility is not supported, because it splits the words of a list again",
            "Write command and entrypoint as lists of words, and remove command_handling.",
        )
    refuse_ours(params)
    want = {name: value for name, value in TABLE.want(params).items() if value != "" or name not in CHOSEN}
    if want.get("memory_swap") == 0:
        del want["memory_swap"]  # 0 counts as unset: with a memory limit, the Engine sets twice that
    try:
        process.check_signal(process.signal(params["kill_signal"] or ""))
    except ValueError as error:
        raise InputError("kill_signal: %s" % error)
    if params["default_host_ip"] and "published_ports" in want:
        try:
            want["published_ports"] = at(params["default_host_ip"], want["published_ports"])
        except ValueError as error:
            raise InputError("default_host_ip: %s" % error)
    return _with_ids(_with_networks(want, params), snapshot)


def _with_networks(want: Mapping[str, Any], params: Params) -> Dict[str, Any]:
    """The values with all networks that the container is to be on, by the task's controls."""
    found = networks.with_mode(want)
    strict = mode_of(params, "networks", "") == STRICT
    if "networks" in found and not (params["networks_cli_compatible"] or strict):
        found["networks"] = {**networks.default_networks(found.get("network_mode", "default")), **found["networks"]}
    return networks.without_alias(found, params["name"])


def _with_ids(want: Mapping[str, Any], snapshot: Snapshot) -> Dict[str, Any]:
    """The values, with containers to share something with by ID, as the Engine stores them."""
    found = dict(want)
    for name in SHARED:
        kind, _colon, other = found.get(name, "").partition(":")
        if kind == "container":
            found[name] = "container:" + snapshot.hosts.get(other, other)
    return found
