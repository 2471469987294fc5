# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other objects that a container names: each must exist, by exactly this name, before anything changes.

The Engine also accepts prefixes of ids, even inside requests, so it is never given a name that does not exist.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Tuple

from ...engine import containers, networks
from ...engine.client import Client
from ...errors import NotFound
from ...state import grammar
from ...state.canonical import address, contains
from ...state.field import dig
from ...state.plan import Kind, Step
from ...state.resource import Params
from . import host
from .networks import shares

SHARED = ("ipc_mode", "network_mode", "pid_mode")  # options that may name another container
_BUILT_IN = ("", "bridge", "default", "host", "none", "nat", "pasta", "private", "slirp4netns")  # of Docker and Podman
_FIXES = {
    "runtime": "Add it to runtimes in daemon.json, or correct the name.",
    "log driver": "Install and enable its plugin, or correct the name.",
}


def linked(value: str) -> str:
    """A container with more words after a colon, as in links and ``volumes_from``."""
    name, colon, more = value.partition(":")
    return grammar.container(name) + colon + more


def shared_mode(value: str) -> str:
    """A mode that may be ``container:NAME``."""
    kind, colon, name = value.partition(":")
    return "%s:%s" % (kind, grammar.container(name)) if kind == "container" and colon else value


def network_mode(value: str) -> str:
    """A network mode, which may be ``container:NAME`` or a network."""
    return grammar.network(value) if value and ":" not in value else shared_mode(value)


class Missing(NamedTuple):
    """A missing object that an option names, or ``why`` it cannot be used, and the ``fix`` for that."""

    option: str
    noun: str
    name: str
    why: str = ""
    fix: str = ""

    def __str__(self) -> str:
        return "%s: %s" % (self.option, self.why or "there is no %s %s" % (self.noun, self.name))


def look_up(client: Client, params: Params, shown: Mapping[str, Any]) -> Tuple[Tuple[Missing, ...], Dict[str, str]]:
    """The missing objects that the task names, and the ids of the others by ``key``, if they have one.

    ``shown`` is from ``host.look``.
    """
    every = [Missing(*one) for one in sorted(set(named(params)))]
    found = [(one, _found(client, one, shown)) for one in every]
    ids = {key(one.noun, name): str(shown["Id"]) for one, shown in found if shown for name in (one.name, shown["Name"])}
    absent = [one for one, shown in found if shown is None]
    there = {one.name: shown for one, shown in found if shown and one.noun == "network"}
    return (*absent, *_unusable(params, there)), ids


def key(noun: str, name: str) -> str:
    """The key of an object in the ids of ``look_up``."""
    return "%s %s" % (noun, name)


def with_ids(want: Mapping[str, Any], ids: Mapping[str, str]) -> Dict[str, Any]:
    """The wanted values with links to the ids of the inspected containers; the Engine shows links by name.

    It does not do so for ``volumes_from`` and the network mode, which therefore use names.
    """
    if "links" not in want:
        return dict(want)
    parts = (link.partition(":") for link in want["links"])
    links = ["%s:%s" % (ids.get(key("container", name), name), alias) for name, _colon, alias in parts]
    return {**want, "links": links}


def refuse(absent: Tuple[Missing, ...]) -> Tuple[List[Step], Tuple[str, ...]]:
    """A first step that fails for a missing object, and the warnings for check mode.

    In check mode, an earlier task that did not run might create the object.
    """
    steps = [
        Step(
            Kind.LOOK_FOR,
            one.noun,
            one.name,
            "%s refers to it" % one.option,
            _refuse,
            (str(one), one.fix or _FIXES.get(one.noun, "Create it first, or correct the name.")),
            alters=False,
        )
        for one in absent[:1]
    ]
    return steps, tuple("%s." % str(one) for one in absent)


def _refuse(client: Client, words: str, fix: str) -> None:
    raise NotFound(words, fix)


def _unusable(params: Params, shown: Mapping[str, Any]) -> Iterator[Missing]:
    """Networks without containers or without a static address: the Engine creates the container and cannot start it."""
    for name, network in shown.items():
        if network.get("ConfigOnly"):
            why = "the network %s holds settings for others (config_only)" % name
            yield Missing("networks", "network", name, why, "Use another network.")
    for entry in params["networks"] or ():
        name, network = entry["name"], shown.get(entry["name"], {})
        wanted = [address(entry[key]) for key in ("ipv4_address", "ipv6_address") if entry[key]]
        pools = [str(pool.get("Subnet") or "") for pool in dig(network, "IPAM.Config") or ()]
        # Other drivers and swarms have their own rules.
        if not pools or network.get("Scope") != "local" or dig(network, "IPAM.Driver") != "default":
            continue
        for one in wanted:
            if not any(contains(pool, one) for pool in pools):
                words = "no subnet of the network %s has the address %s, only %s" % (name, one, ", ".join(pools))
                fix = "Correct the address, or create the network with another subnet."
                yield Missing("networks", "network", name, words, fix)


def named(params: Params) -> Iterator[Tuple[str, str, str]]:
    """The objects that a task names: the option, the noun and the name of each."""
    for option in SHARED:
        kind, colon, name = (params[option] or "").partition(":")
        if kind == "container" and colon:
            yield option, "container", name
    for option in ("links", "volumes_from"):
        for entry in params[option] or ():
            yield option, "container", str(entry).partition(":")[0].lstrip("/")
    mode = params["network_mode"] or ""
    if ":" not in mode and mode not in _BUILT_IN:
        yield "network_mode", "network", mode
    for entry in params["networks"] or ():
        if entry["name"] not in _BUILT_IN and not shares(entry["name"]):
            yield "networks", "network", entry["name"]
    for option in host.unusual(params):
        yield option, option.replace("_", " "), params[option]


def _found(client: Client, one: Missing, shown: Mapping[str, Any]) -> Dict[str, Any] | None:
    """The inspect result of an object, possibly empty; None if it does not exist."""
    if one.noun in _FIXES:
        return {} if host.lists(client, shown, one.option, one.name) else None
    inspect = containers.inspect if one.noun == "container" else networks.inspect
    found = inspect(client, one.name)
    if found or one.noun != "network":
        return found
    from ...engine.host import info, is_worker  # few tasks name a network that does not exist

    # A swarm worker learns about a swarm network only when the first container is connected to it.
    return {} if is_worker(info(client)) else None
