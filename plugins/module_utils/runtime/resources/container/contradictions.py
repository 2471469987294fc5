# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of a container that exclude each other: pure."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Mapping, Tuple

from ...errors import InputError
from .networks import shares

# What a container without a network of its own cannot have, and what one cannot have besides in that of another one.
# Newer engines ignore some of it in silence.
_OF_A_NETWORK = ("links", "mac_address", "networks")
_OF_ITS_OWN = ("dns_servers", "etc_hosts", "exposed_ports", "hostname", "publish_all_ports", "published_ports")


def refuse_contradictions(want: Mapping[str, Any], exists: bool) -> None:
    """Raise InputError for declared values that contradict each other, by name."""
    mode = want.get("network_mode", "default")
    for name in without_network(mode):
        if want.get(name):
            raise InputError("%s: a container with network_mode %s has none of its own" % (name, mode))
    if ":" in mode and not mode.startswith(("container:", "ns:")):
        raise InputError(
            "network_mode: %s is not to be had" % mode, "Name a network, or container:NAME for that of a container."
        )
    if want.get("hostname") and want.get("uts") == "host":
        raise InputError("hostname: a container with uts host has none of its own")
    _refuse_limits(want, exists)
    if want.get("restart_retries") and want.get("restart_policy", "on-failure") != "on-failure":
        raise InputError("restart_retries is for restart_policy on-failure")
    for one, other in combinations(("volumes", "mounts", "tmpfs"), 2):
        both = sorted(set(want.get(one, ())) & set(want.get(other, ())))
        if both:
            raise InputError("%s and %s: both put something on %s" % (one, other, ", ".join(both)))


def without_network(mode: str) -> Tuple[str, ...]:
    """The options that a container in this network mode cannot have, because it has no network of its own."""
    return (_OF_A_NETWORK if shares(mode) else ()) + (_OF_ITS_OWN if mode.startswith("container:") else ())


def _refuse_limits(want: Mapping[str, Any], exists: bool) -> None:
    swap = want.get("memory_swap", 0)
    if swap > 0 and not want.get("memory", exists):
        raise InputError("memory_swap is memory and swap together, so it needs memory")
    if 0 < swap < want.get("memory", 0):
        raise InputError("memory_swap is memory and swap together, so it cannot be less than memory")
    if want.get("cpus") and (want.get("cpu_period") or want.get("cpu_quota")):
        raise InputError("cpus is a period and a quota already, so cpu_period and cpu_quota cannot be given with it")
    if want.get("cpu_rt_runtime", 0) > want.get("cpu_rt_period", 10**9):
        raise InputError("cpu_rt_runtime cannot be more than cpu_rt_period")
