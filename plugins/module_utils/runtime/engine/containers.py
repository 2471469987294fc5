# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading containers: /containers (Engine API 1.41). Changes are in ``lifecycle``."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple

from ..errors import EngineError, NotFound
from .client import SHORT, Client, segment
from .shape import maybe

_TEXTS, _DICT = maybe([str]), maybe({str: str})
_ENDPOINT = {"MacAddress": maybe(str), "NetworkID": maybe(str), "IPAMConfig": maybe(dict), "Aliases": _TEXTS}
_ENDPOINTS = maybe({"Networks": maybe({str: _ENDPOINT})})
CONTAINER = {
    "Id": str,
    "Name": str,
    "Image": str,
    "RestartCount": int,
    "Config": {
        "Tty": bool,
        "Image": maybe(str),
        "Hostname": maybe(str),
        "MacAddress": maybe(str),
        "StopTimeout": maybe(int),
        "Env": _TEXTS,
        "Cmd": _TEXTS,
        "Entrypoint": _TEXTS,
        "Labels": _DICT,
    },
    "HostConfig": {
        "NetworkMode": str,
        "Binds": _TEXTS,
        "Links": _TEXTS,
        "Tmpfs": _DICT,
        "PortBindings": maybe({str: maybe([{"HostIp": maybe(str), "HostPort": maybe(str)}])}),
        "Mounts": maybe([{"Type": str, "Target": str}]),
        "Ulimits": maybe([{"Name": str, "Soft": int, "Hard": int}]),
    },
    "State": {
        "Status": str,
        "Running": bool,
        "ExitCode": int,
        "FinishedAt": str,
        "Health": maybe({"Status": str, "Log": maybe([{"Output": maybe(str)}])}),
    },
    "Mounts": maybe([{"Type": maybe(str), "Destination": str, "Name": maybe(str), "RW": bool}]),
    "NetworkSettings": _ENDPOINTS,
}
LISTED = {
    "Id": str,
    "Names": _TEXTS,
    "Labels": _DICT,
    "HostConfig": {"NetworkMode": str},
    "NetworkSettings": _ENDPOINTS,
}

# Error texts for an ambiguous beginning of an id: Docker, Podman.
_SEVERAL = ("multiple ids found", "more than one result")


class Ref(NamedTuple):
    """A known container: its id for calls, its name for messages."""

    id: str
    name: str


def inspect(client: Client, name: str, size: bool | None = None) -> Dict[str, Any] | None:
    """GET /containers/{name}/json, with ``size`` if requested, by name, id, or the first 12 digits of the id.

    None if there is no such container. The Engine accepts any other prefix of an id as well; that is never intended.
    """
    try:
        found: Dict[str, Any] = client.get("/containers/%s/json" % segment(name), expect=CONTAINER, size=size)
    except NotFound:
        return None
    except EngineError as error:
        if any(words in error.said.lower() for words in _SEVERAL):
            return None
        raise
    return found if name in (name_of(found), found["Id"], found["Id"][:SHORT]) else None


def list_all(client: Client, **filters: List[str]) -> List[Dict[str, Any]]:
    """GET /containers/json: all containers, including stopped ones, or those that match the filters."""
    found: List[Dict[str, Any]] = client.get("/containers/json", expect=[LISTED], all=True, filters=filters or None)
    return found


def endpoints_of(container: Mapping[str, Any]) -> Dict[str, Mapping[str, Any]]:
    """The endpoints of a container by network, from inspect or the list.

    If the container is running, an endpoint without the ID of its network does not count: engine 20.10 keeps it after a
    failed connection.
    """
    state, found = container.get("State"), (container.get("NetworkSettings") or {}).get("Networks") or {}
    runs = state.get("Running") if isinstance(state, Mapping) else state in ("running", "paused", "restarting")
    return {name: shown or {} for name, shown in found.items() if not runs or (shown or {}).get("NetworkID")}


def name_of(container: Mapping[str, Any]) -> str:
    """The container's name in an inspect or list result; the list also includes its link aliases."""
    names = [container["Name"]] if "Name" in container else container.get("Names") or ()
    return next((name[1:] for name in names if name.count("/") == 1), str(container["Id"])[:12])


def ref(container: Mapping[str, Any]) -> Ref:
    """The id and name of an inspected container."""
    return Ref(container["Id"], name_of(container))


def refuse(client: Client, name: str) -> None:
    """A plan step for a missing container. Raises NotFound."""
    raise NotFound("there is no container %s" % name, "Create and start it first (module slipway.docker.container).")
