# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a successor inherits from the container that it replaces. No I/O.

Undeclared values are kept unless they depended on something that has changed, or do not fit what is declared now.
"""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, Iterator, Mapping, NamedTuple

from ...state.field import dig
from .comparison import of_image
from .contradictions import without_network
from .labels import remembered
from .limits import swap_for
from .networks import chosen, default_networks, is_user_defined, shares
from .networks import mode as network_mode
from .table import DAEMON_ADDS, MERGED, TABLE

Values = Mapping[str, Any]


class Inheritance(NamedTuple):
    """All values of a container, those among them that its image has set, and the options that tasks have declared.

    ``image`` is the name of its image, or the ID if the name now refers to another one.
    """

    values: Values
    of_image: Values
    declared: FrozenSet[str]
    image: str


def inheritance(container: Values, image: Values | None) -> Inheritance:
    """What there is to inherit from a container that was created from this image."""
    return Inheritance(TABLE.have(container), of_image(image), remembered(container), _name_of(container, image))


def given(container: Values, old: Inheritance) -> Dict[str, Any]:
    """The values that were set explicitly, not by the image, the Engine, or an implication."""
    values: Dict[str, Any] = {}
    for name, value in old.values.items():
        if name in ("image", "networks"):
            continue
        if name in DAEMON_ADDS and old.declared:
            value = {key: entry for key, entry in value.items() if "%s.%s" % (name, key) in old.declared}
        elif name == "exposed_ports":
            brought = {*old.values["published_ports"], *old.of_image[name]}
            value = [port for port in value if port not in brought]
        elif name in MERGED:
            value = {key: entry for key, entry in value.items() if old.of_image[name].get(key, values) != entry}
        if value != old.of_image[name] and value not in ({}, [], None):
            values[name] = value
    if values.get("log_options"):
        values["log_driver"] = old.values["log_driver"]  # the daemon's default may have changed since
    for name in _followed(container, old):
        values.pop(name, None)
    # Empty lists are what security_opts systempaths=unconfined results in.
    if not old.values["privileged"]:
        values.update({name: [] for name in ("masked_paths", "readonly_paths") if old.values[name] == []})
    return values


def taken_over(container: Values, old: Inheritance, decided: Values) -> Dict[str, Any]:
    """The values that a new container with these decided ones takes over from the old one."""
    was = old.values
    mode = _mode(was, decided)
    values = {name: value for name, value in given(container, old).items() if name not in decided}
    if "networks" in decided:
        values.pop("network_mode", None)  # the first network is the mode
    elif not shares(mode):
        values["networks"] = _networks(was, mode)
    if decided.get("memory") and "memory_swap" not in decided:
        values["memory_swap"] = swap_for(decided["memory"], was)
    for name in _no_longer_fits(was, {**was, **decided, "network_mode": mode}):
        values.pop(name, None)
    return values


def networks_of(was: Values) -> Dict[str, Dict[str, Any]]:
    """The networks of a container, with explicitly chosen settings; empty if it has none of its own."""
    if shares(was["network_mode"]):
        return {}
    return {network: chosen(settings) for network, settings in was["networks"].items()}


def _name_of(container: Values, image: Values | None) -> str:
    """The image name that a container was created with, unless it now refers to another image; then the ID."""
    name: str = dig(container, "Config.Image") or ""
    tagged = name if ":" in name.rpartition("/")[2] else name + ":latest"
    return name if tagged in ((image or {}).get("RepoTags") or ()) else str(container["Image"])


def _mode(was: Values, decided: Values) -> str:
    """The network mode of the new container."""
    first = next(iter(decided["networks"]), "none") if "networks" in decided else was["network_mode"]
    return network_mode(decided.get("network_mode", first))


def _networks(was: Values, mode: str) -> Dict[str, Dict[str, Any]]:
    """The networks of a new container in this mode: they follow it if it has changed."""
    if was["network_mode"] == mode:
        return networks_of(was)
    left = default_networks(was["network_mode"])
    others = {network: settings for network, settings in networks_of(was).items() if network not in left}
    return {**default_networks(mode), **others}


def _followed(container: Values, old: Inheritance) -> Iterator[str]:
    """Values that follow from other values, and were not declared by an earlier task."""
    if old.values["network_mode"].startswith("container:"):
        yield from ("hostname", "domainname")
    # A MAC address chosen by the Engine is shown only at the endpoint.
    if not dig(container, "Config.MacAddress"):
        yield "mac_address"
    for name in ("masked_paths", "readonly_paths"):
        if name not in old.declared:
            yield name


def _no_longer_fits(was: Values, now: Values) -> Iterator[str]:
    """Values that followed from a changed value, or would contradict a declared one."""
    mode = now["network_mode"]
    yield from without_network(mode)
    if was["network_mode"] == "host" != mode or now["uts"] == "host":
        yield "hostname"  # it was the host's
    if is_user_defined(mode):
        yield "links"
    if now["log_driver"] != was["log_driver"]:
        yield "log_options"
    if now["privileged"]:
        yield from ("masked_paths", "readonly_paths")
    if now["restart_policy"] != "on-failure":
        yield "restart_retries"
    if not now["memory"]:
        yield "memory_swap"
    if 0 < now["memory"] < now["memory_reservation"]:
        yield "memory_reservation"
