# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits that depend on each other. No I/O."""

from __future__ import annotations

from typing import Any, Dict, Mapping

# The Engine and the kernel validate these together, so they are sent together.
TOGETHER = (
    ("memory", "memory_swap"),
    ("cpu_period", "cpu_quota"),
    ("cpu_rt_period", "cpu_rt_runtime"),
    ("restart_policy", "restart_retries"),
)


def implied(declared: Mapping[str, Any]) -> Dict[str, Any]:
    """The values that declared options imply for undeclared ones that exclude them."""
    found: Dict[str, Any] = {}
    if declared.get("auto_remove"):
        found["restart_policy"] = "no"
    if declared.get("restart_policy", "no") != "no":
        found["auto_remove"] = False
    if declared.get("cpus"):
        found.update(cpu_period=0, cpu_quota=0)
    if declared.get("cpu_period") or declared.get("cpu_quota"):
        found["cpus"] = 0
    return {name: value for name, value in found.items() if name not in declared}


def swap_for(memory: int, was: Mapping[str, Any]) -> int:
    """The undeclared limit of memory and swap for a new memory limit, in bytes.

    Twice the memory, as for a new container, unless another value was chosen: then the swap itself is unchanged.
    """
    old, swap = was["memory"], was["memory_swap"]
    if memory == old or swap == -1:
        return int(swap)
    if memory <= 0:
        return 0
    chosen = 0 < old <= swap != 2 * old
    return int(memory + swap - old if chosen else 2 * memory)


def with_partners(values: Dict[str, Any], wanted: Mapping[str, Any], have: Mapping[str, Any]) -> Dict[str, Any]:
    """Values to send, with those that the Engine requires with them, as wanted or as they are."""
    found = dict(values)
    for group in TOGETHER:
        if not set(group) & set(found):
            continue
        for name in group:
            found.setdefault(name, wanted.get(name, have[name]))
    if "memory" in found and "memory_swap" not in {**values, **wanted}:
        found["memory_swap"] = swap_for(found["memory"], have)
    if found.get("restart_policy", "on-failure") != "on-failure":
        found["restart_retries"] = 0
    return {name: value for name, value in found.items() if value or name in values or name == "restart_retries"}
