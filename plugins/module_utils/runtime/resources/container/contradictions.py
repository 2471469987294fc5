# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutually exclusive options of a container. No I/O."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Mapping, Tuple

from ...errors import InputError
from ...values.logs import refuse_log_options
from .networks import is_user_defined, shares

# Options that require a network of its own, and those that one sharing another container's network cannot have either.
# Newer engines silently ignore some of them.
_OF_A_NETWORK = ("links", "mac_address", "networks")
_OF_ITS_OWN = ("dns_servers", "etc_hosts", "exposed_ports", "hostname", "publish_all_ports", "published_ports")


def refuse_contradictions(want: Mapping[str, Any], exists: bool) -> None:
    """Raise InputError for declared values that contradict each other."""
    mode = want.get("network_mode", "default")
    for name in without_network(mode):
        if want.get(name):
            raise InputError("%s: cannot be set with network_mode %s" % (name, mode))
    if ":" in mode and not mode.startswith(("container:", "ns:")):
        raise InputError(
            "network_mode: %s is not supported" % mode,
            "Set it to a network, or to container:NAME for the network of a container.",
        )
    refuse_links(want, mode if "network_mode" in want else next(iter(want.get("networks", ())), mode))
    if any(want.get("networks", {}).get("bridge", {}).get("aliases") or ()):
        raise InputError("networks: the default bridge does not support aliases", "Create a network, and use that.")
    if want.get("hostname") and want.get("uts") == "host":
        raise InputError("hostname: cannot be set with uts: host")
    refuse_log_options(want.get("log_driver", ""), want.get("log_options", {}))
    refuse_limits(want, exists)
    refuse_retries(want, "on-failure" if exists else "no")
    for one, other in combinations(("volumes", "mounts", "tmpfs"), 2):
        both = sorted(set(want.get(one, ())) & set(want.get(other, ())))
        if both:
            raise InputError("%s and %s: both mount something at %s" % (one, other, ", ".join(both)))


def without_network(mode: str) -> Tuple[str, ...]:
    """The options that a container in this network mode cannot have, because it has no network of its own."""
    return (_OF_A_NETWORK if shares(mode) else ()) + (_OF_ITS_OWN if mode.startswith("container:") else ())


def refuse_links(want: Mapping[str, Any], mode: str) -> None:
    """Raise InputError for declared links if the container's first network is not the default bridge.

    The Engine ignores them there.
    """
    if want.get("links") and is_user_defined(mode):
        raise InputError(
            "links: only the default bridge supports them, and the network of this container is %s" % mode,
            (
                "Containers in this network can use each other's names. For another name, use the suboption "
                "links of networks."
            ),
        )


def refuse_with_what_is(want: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Raise InputError for declared values that contradict the container's other ``values``."""
    if "networks" not in want:
        refuse_links(want, values["network_mode"])
    refuse_retries(want, values["restart_policy"])
    if "cpu_rt_runtime" in want:
        refuse_limits({"cpu_rt_period": values["cpu_rt_period"] or 10**6, **want}, True)
    if {"memory", "memory_reservation", "memory_swap"} & set(want):
        # An undeclared reservation is dropped for a new memory limit.
        refuse_limits({"memory": values["memory"], **want}, bool(values["memory"]))


def refuse_retries(want: Mapping[str, Any], policy: str) -> None:
    """Raise InputError for a declared number of restarts if the restart policy does not use it."""
    if want.get("restart_retries") and want.get("restart_policy", policy) != "on-failure":
        raise InputError(
            "restart_retries requires restart_policy: on-failure",
            "Set restart_policy: on-failure as well, or remove restart_retries.",
        )


def without_effect(want: Mapping[str, Any]) -> Tuple[str, ...]:
    """Warnings about declared ports of a container without a network to publish them on."""
    mode = want.get("network_mode", "none" if want.get("networks") == {} else "default")
    idle = [name for name in ("published_ports", "publish_all_ports") if want.get(name)]
    if not idle or mode not in ("host", "none") and want.get("networks") != {}:
        return ()
    why = (
        "with network_mode: host, the container uses the ports of the host"
        if mode == "host"
        else "the container has no network"
    )
    return ("%s: no effect, because %s." % (" and ".join(idle), why),)


def refuse_limits(want: Mapping[str, Any], exists: bool) -> None:
    """Raise InputError for limits that contradict each other."""
    swap = want.get("memory_swap", 0)
    if swap > 0 and not want.get("memory", exists):
        raise InputError("memory_swap is the limit of memory and swap together, so memory is required")
    if 0 < swap < want.get("memory", 0):
        raise InputError("memory_swap is the limit of memory and swap together, so it cannot be less than memory")
    if 0 < want.get("memory", 0) < want.get("memory_reservation", 0):
        raise InputError("memory_reservation cannot be more than memory")
    if want.get("cpus") and (want.get("cpu_period") or want.get("cpu_quota")):
        raise InputError("cpus sets the period and the quota, so cpu_period and cpu_quota cannot be set as well")
    if 0 < (want.get("cpu_rt_period") or (0 if exists else 10**6)) < want.get("cpu_rt_runtime", 0):
        raise InputError("cpu_rt_runtime cannot be more than cpu_rt_period, which is 1000000 if nothing else is said")
