# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network's options, which of them are mutually exclusive, and the settings of a recreated network. No I/O."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping

from ...errors import InputError
from ...state import grammar
from ...state.canonical import plugin, texts
from ...state.field import CONNECT, KEYED, SUBSET, UNORDERED, Control, Field, Option
from ...state.table import COMPARISONS, Table
from ...values.labels import labels
from . import pools

Values = Mapping[str, Any]

TABLE = Table(
    noun="network",
    options=(
        Control("name", aliases=("network_name",), required=True, grammar=grammar.network),
        Field("driver", api="Driver", canonical=plugin),
        Field("driver_options", type="dict", api="Options", none={}, compare=SUBSET, canonical=texts),
        Field("ipam_driver", api="IPAM.Driver", none="default", canonical=plugin),
        Field("ipam_driver_options", type="dict", api="IPAM.Options", none={}, canonical=texts),
        Field(
            "ipam_config",
            type="list",
            elements="dict",
            suboptions=(
                Option("subnet"),
                Option("gateway"),
                Option("iprange"),
                Option("aux_addresses", type="dict"),
            ),
            none={},
            compare=KEYED,
            canonical=pools.declared,
            encode=pools.request,
            decode=pools.observed,
        ),
        Field("enable_ipv4", type="bool", api="EnableIPv4", none=True, since="1.47"),
        Field("enable_ipv6", type="bool", api="EnableIPv6", none=False),
        Field("internal", type="bool", api="Internal", none=False),
        Field("attachable", type="bool", api="Attachable", none=False),
        Field("ingress", type="bool", api="Ingress", none=False),
        Field("config_only", type="bool", api="ConfigOnly", none=False),
        Field("config_from", api="ConfigFrom.Network", none="", grammar=lambda name: name and grammar.network(name)),
        Field("scope", choices=("local", "global", "swarm"), api="Scope"),
        Field("labels", type="dict", api="Labels", none={}, canonical=labels),
        Field(
            "connected",
            type="list",
            elements="str",
            grammar=grammar.container,
            aliases=("containers",),
            none=[],
            compare=UNORDERED,
            on_change=CONNECT,
            decode=lambda observed: observed.get("connected", []),
        ),
        Control("appends", type="bool", default=False, aliases=("incremental",)),
        Control("force", type="bool", default=False),
        COMPARISONS,
        Control("state", choices=("absent", "present"), default="present"),
    ),
)

# Networks of the Engine, which cannot be removed.
PREDEFINED = ("bridge", "host", "none")
# A swarm creates docker_gwbridge if it is missing, so a task may create it beforehand with custom settings.
KEPT = (*PREDEFINED, "docker_gwbridge")

# Built into every engine, so no look-up is required; overlay also requires a swarm.
BUILT_IN = ("bridge", "ipvlan", "macvlan", "overlay")

# Options that a configuration network provides to networks created from it.
SUPPLIED = (
    "driver_options",
    "ipam_driver",
    "ipam_driver_options",
    "ipam_config",
    "enable_ipv4",
    "enable_ipv6",
    "labels",
)

# An option, the options that must keep their defaults with it, and why.
CONTRADICTIONS = (
    (
        "config_only",
        ("config_from", "driver", "scope", "internal", "attachable", "ingress", "connected"),
        "a network with config_only holds settings for other networks and cannot have containers",
    ),
    ("config_from", (*SUPPLIED, "ingress"), "config_from takes these settings from the other network"),
    ("ingress", ("attachable", "internal", "connected"), "the ingress network is only for swarm services"),
)

# Driver options that the Engine sets itself, valid for one network only.
ASSIGNED = ("com.docker.network.driver.overlay.vxlanid_list",)


def is_set(option: str, value: Any) -> bool:
    """Whether a value differs from a network's default."""
    return bool(value != TABLE.field(option).none)


def refuse_contradictions(want: Values, task: Values | None = None) -> None:
    """Raise InputError for mutually exclusive options; what the ``task`` does not declare, the existing network has."""
    for option, others, why in CONTRADICTIONS:
        clashing = [other for other in others if other in want and is_set(other, want[other])]
        if want.get(option) and clashing:
            kept = [name for name in (option, clashing[0]) if task is not None and name not in task]
            if kept:
                raise _contradiction(kept[0], want[kept[0]], clashing[0] if kept[0] == option else option, why)
            raise InputError("%s and %s contradict each other: %s" % (option, clashing[0], why), "Remove one of them.")
    for number in (4, 6):
        for cidr in want.get("ipam_config", ()):
            if pools.version(cidr) == number and want.get("enable_ipv%d" % number) is False:
                raise InputError(
                    "enable_ipv%d is off, but ipam_config has the IPv%d subnet %s" % (number, number, cidr),
                    "Remove one of them.",
                )
    if want.get("scope") == "swarm" and not want.get("driver"):
        raise InputError("scope is swarm, but driver is not set", "Set driver, for example to overlay.")
    if want.get("scope") == "local" and want.get("driver") == "overlay":
        raise InputError("A network with the driver overlay cannot have the scope local", "Remove scope.")
    if want.get("ingress") and want.get("driver", "overlay") != "overlay":
        raise InputError("The ingress network needs the driver overlay, not %s" % want["driver"])


def _contradiction(kept: str, value: Any, declared: str, why: str) -> InputError:
    """The error for an option that contradicts one that the existing network has."""
    none = TABLE.field(kept).none
    fix = "Set %s: %s as well." % (kept, json.dumps(none) if none else str(none).lower() or "''")
    return InputError(
        "%s: the existing network has %s: %s, and %s" % (declared, kept, str(value).lower(), why),
        "Remove the network first." if none is None else fix,
    )


def needs_swarm(settings: Values) -> str:
    """The option that only a swarm manager supports, empty if there is none."""
    only = (("ingress", (True,)), ("scope", ("swarm", "global")), ("driver", ("overlay",)))
    return next((option for option, values in only if settings.get(option) in values), "")


def undeclared_options(want: Values, have: Values) -> Dict[str, str]:
    """The driver options of a network that the task does not declare, without those set by the Engine."""
    return {
        key: value
        for key, value in have["driver_options"].items()
        if key not in want.get("driver_options", {}) and key not in ASSIGNED
    }


def recreated(want: Values, have: Values) -> Dict[str, Any]:
    """The settings of a recreated network: the declared ones, and the existing ones for all others.

    With an empty ``want`` they are those of the existing network. Raises InputError if the two contradict each other.
    """
    kept = {
        field.name: have[field.name]
        for field in TABLE.fields
        if field.name not in want and field.on_change != CONNECT and have[field.name] not in (field.none, None)
    }
    if have["config_only"]:
        kept.pop("driver", None)  # shown by the Engine as "null", which it does not accept
    if kept.get("scope") == "local":
        del kept["scope"]  # a driver's default, which the Engine does not always accept
    if "driver_options" in kept:
        kept["driver_options"] = undeclared_options({}, have)
    others = ("driver_options", "scope") if want.get("driver", have["driver"]) != have["driver"] else ()
    supplied = SUPPLIED if want.get("config_from") or kept.get("config_from") else ()
    for name in (*others, *supplied):
        kept.pop(name, None)
    settings = {**kept, **want}
    if "ipam_config" in settings:
        asked = want.get("ipam_config", {})
        settings["ipam_config"] = {
            cidr: pool
            for cidr, pool in pools.completed(asked, have["ipam_config"]).items()
            if cidr in asked or settings.get("enable_ipv%d" % pools.version(cidr)) is not False
        }
    refuse_contradictions(settings, want)
    return settings
