# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of a container's options against the engine and its host."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Set

from ...engine.client import Client
from ...errors import InputError
from ...state.resource import Params
from ...values.logs import refuse_log_options

Values = Mapping[str, Any]

# Options, and the fields of GET /info for kernel support; without it, the Engine discards the option.
_ABLE = (
    ("memory", "MemoryLimit"),
    ("kernel_memory", "KernelMemory"),
    ("cpu_shares", "CPUShares"),
    ("cpu_period", "CpuCfsPeriod"),
    ("cpu_quota", "CpuCfsQuota"),
    ("cpus", "CpuCfsQuota"),
    ("cpuset_cpus", "CPUSet"),
    ("cpuset_mems", "CPUSet"),
    ("pids_limit", "PidsLimit"),
    ("oom_killer", "OomKillDisable"),
)
_ONLINE = {
    "cpuset_cpus": "/sys/devices/system/cpu/online",
    "cpuset_mems": "/sys/devices/system/node/online",
}
_SETS = (("cpuset_cpus", "processors"), ("cpuset_mems", "memory nodes"))
# Runtimes and log drivers that an engine always has, or does not list.
_USUAL = {"runtime": ("", "runc"), "log_driver": ("", "json-file", "local", "none")}
_ASKED = (*(option for option, _word in _ABLE), "log_options", "sysctls")
# Kernel parameters that runc isolates per container.
_OWN = ("net.", "fs.mqueue.", "kernel.msg", "kernel.sem", "kernel.shm", "kernel.domainname")


def look(client: Client, params: Params) -> Values:
    """GET /info and facts about the host; empty if no option of the task depends on them."""
    if all(params[option] is None for option in _ASKED) and not any(unusual(params)):
        return {}
    from ...engine.host import info

    found = info(client)
    return {**found, **{option: _online(client, option) for option, _noun in _SETS}} if found else found


def _online(client: Client, option: str) -> str:
    """The processors or memory nodes that are online, like ``0-3``; empty if the engine may be on another host.

    /info has only the number of processors, and their numbers may have gaps.
    """
    if not client.connection.where.startswith("unix:"):
        return ""
    try:
        with open(_ONLINE[option], encoding="ascii") as file:  # noqa: PTH123 (pathlib costs a task 10 ms)
            return file.read().strip()
    except (OSError, ValueError):
        return ""


def unusual(params: Params) -> Iterator[str]:
    """The options whose value an engine may lack: a runtime, or a log driver."""
    for option, usual in _USUAL.items():
        if (params[option] or "") not in usual:
            yield option


def lists(client: Client, host: Values, option: str, name: str) -> bool:
    """Whether an engine has a runtime or a log driver, plugins included; ``host`` is from ``look``."""
    if option == "log_driver":
        from ...engine.host import has_driver

        return has_driver(client, host, "Log", name)
    # Since Docker 23 a runtime may also be the path or full name of a shim, which is not listed.
    shim = client.speaks("1.42") and (name.startswith("/") or name.count(".") > 1)
    return not host.get("Runtimes") or name in host["Runtimes"] or shim


def refuse(want: Values, changed: Set[str], values: Values, host: Values) -> None:
    """Raise InputError for wanted values that this host does not support.

    Checks only options that have ``changed``; ``values`` are all future values of the container.
    """
    if not host:
        return
    driver = want.get("log_driver") or values.get("log_driver") or str(host.get("LoggingDriver"))
    refuse_log_options(driver, want.get("log_options", {}) if "log_options" in changed else {})
    if values.get("runtime", "runc") == "runc" == host.get("DefaultRuntime") and "sysctls" in changed:
        _refuse_sysctls(want["sysctls"], values)
    if "BuildahVersion" in host:
        return  # Podman discards nothing, and accepts more processors than there are
    for option, word in _ABLE:
        if option in changed and want[option] not in (0, -1, "") and host.get(word) is False:
            raise InputError(
                "%s: the kernel of the engine's host does not support it (%s is false in docker info)" % (option, word),
                "Remove it, or enable it in the kernel's cgroups.",
            )
    processors = host.get("NCPU") or 0
    if "cpus" in changed and want["cpus"] > processors * 10**9 > 0:
        raise InputError(
            "cpus: %g is more than the %d that the engine's host has" % (want["cpus"] / 10**9, processors),
            "Set %d or less, or remove it for no limit." % processors,
        )
    for option, noun in _SETS:
        there = host.get(option)
        if option in changed and there and not _members(want[option]) <= _members(there):
            raise InputError(
                "%s: the engine's host has the %s %s, but %s are requested" % (option, noun, there, want[option]),
                "Use some of these.",
            )


def _refuse_sysctls(wanted: Mapping[str, str], values: Values) -> None:
    for name in wanted:
        if not name.replace("/", ".").startswith(_OWN):
            raise InputError(
                "sysctls: %s applies to the whole host and cannot be set for a container" % name,
                "Set it on the host, for example with ansible.posix.sysctl.",
            )
        if name.startswith("net.") and values.get("network_mode") == "host":
            raise InputError("sysctls: with network_mode: host, %s is that of the host" % name, "Set it on the host.")


def _members(written: str) -> Set[int]:
    """The numbers in a list like ``0-2,4``."""
    ranges = (part.partition("-") for part in written.split(",") if part)
    return {number for first, _dash, last in ranges for number in range(int(first), int(last or first) + 1)}
