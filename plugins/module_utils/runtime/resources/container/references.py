# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other objects that a container names: each must be there, by exactly this name, before anything changes.

The Engine takes the beginning of an id as well, also inside of a request, so it is never asked with a name that means
nothing.
"""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Tuple

from ...engine import containers, networks, services
from ...engine.client import Client
from ...errors import NotFound
from ...state.plan import Step
from ...state.resource import Params
from .networks import shares

SHARED = ("ipc_mode", "network_mode", "pid_mode")  # options that may name another container to share with
_BUILT_IN = ("", "bridge", "default", "host", "none", "nat", "pasta", "private", "slirp4netns")  # of Docker and Podman


# What an engine always has, or does not list, of runtimes and log drivers.
_USUAL = {"runtime": ("", "runc"), "log_driver": ("", "json-file", "local", "none")}
_FIXES = {
    "runtime": "Add it to runtimes in daemon.json, or correct the name.",
    "log driver": "Install and enable its plugin, or correct the name.",
}


class Missing(NamedTuple):
    """An object that an option names, and that is not there."""

    option: str
    noun: str
    name: str

    def __str__(self) -> str:
        return "%s: there is no %s %s" % (self.option, self.noun, self.name)


def missing(client: Client, params: Params) -> Tuple[Missing, ...]:
    """What is named and not there."""
    found = [Missing(*named) for named in sorted(set(_named(params)))]
    return tuple(one for one in found if not _exists(client, one.noun, one.name))


def refuse(absent: Tuple[Missing, ...]) -> Tuple[List[Step], Tuple[str, ...]]:
    """The step that fails for what is missing, before any other, and the warnings for check mode.

    There it may be that an earlier task, which did not run, would make it.
    """
    steps = [
        Step("look for", one.noun, one.name, "%s names it" % one.option, _refuse, (str(one), one.noun), alters=False)
        for one in absent[:1]
    ]
    return steps, tuple("%s." % str(one) for one in absent)


def _refuse(client: Client, words: str, noun: str) -> None:
    raise NotFound(words, _FIXES.get(noun, "Create it first, or correct the name."))


def _named(params: Params) -> Iterator[Tuple[str, str, str]]:
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

    for option, usual in _USUAL.items():
        if (params[option] or "") not in usual:
            yield option, option.replace("_", " "), params[option]


def _exists(client: Client, noun: str, name: str) -> bool:
    if noun in _FIXES:
        return _is_listed(client, noun, name)
    if noun == "container":
        return containers.inspect(client, name) is not None
    # A node of a swarm that is no manager learns of a network of the swarm when the first container is on it.
    return networks.inspect(client, name) is not None or services.is_worker(client)


def _is_listed(client: Client, noun: str, name: str) -> bool:
    """Whether GET /info lists a runtime, or a log driver that is no plugin."""
    from ...engine import host

    shown = host.info(client)
    if noun == "log driver":
        return host.has_driver(client, shown, "Log", name)
    # From Docker 23 on a runtime may also be the path or the full name of a shim, which is not listed.
    shim = client.speaks("1.42") and (name.startswith("/") or name.count(".") > 1)
    return not shown.get("Runtimes") or name in shown["Runtimes"] or shim
