# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All options of a container; a new one is a new row."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from ...state import grammar
from ...state.canonical import seen, texts
from ...state.field import CONNECT, KEYED, ORDERED, UNORDERED, UPDATE, Control, Field, Option, dig, same
from ...state.table import COMPARISONS, Table
from ...values import environment, healthcheck, labels, limits, mounts, ports, process
from ...values.amounts import size, size_text
from ...values.reference import image_name
from . import bindings, networks, references, values, volumes

# Declared entries of these are merged with those of the image.
MERGED = ("env", "exposed_ports", "healthcheck", "labels", "volumes")
# The daemon adds entries to these from its configuration.
DAEMON_ADDS = ("log_options", "ulimits")
# For these, an empty string is the same as unset: the Engine chooses.
CHOSEN = ("log_driver", "mac_address")
# Defaults with container_default_behavior=compatibility.
COMPATIBLE: Mapping[str, Any] = {
    **dict.fromkeys(("auto_remove", "init", "interactive", "paused", "privileged", "read_only", "tty"), False),
    "memory": "0",
}


def _config(name: str, api: str, **facts: Any) -> Field:
    """A row for an option under Config in inspect, and at the top level of the create request."""
    return Field(name, api=api, observed="Config." + api, **facts)


def _host(name: str, api: str, **facts: Any) -> Field:
    """A row for an option under HostConfig in both inspect and the create request."""
    return Field(name, api="HostConfig." + api, **facts)


def _texts(name: str, api: str, **facts: Any) -> Field:
    """A row for an unordered list of strings."""
    row: Mapping[str, Any] = {"none": [], "compare": UNORDERED, "canonical": process.words, **facts}
    return _host(name, api, type="list", elements="str", **row)


def _flag(name: str, api: str) -> Field:
    """A row for a switch that is off by default."""
    return _host(name, api, type="bool", none=False)


def _coded(name: str, place: str, encode: Callable[[Any], Any], decode: Callable[[Any], Any], **facts: Any) -> Field:
    """A row for a value that the Engine has in another form, or null, at ``place`` in the create request."""
    observed = place if place.startswith("HostConfig.") else "Config." + place
    return Field(
        name,
        encode=lambda value: {place: encode(value)},
        decode=lambda inspected: decode(dig(inspected, observed)),
        **facts,
    )


def _rates(
    name: str, api: str, canonical: Callable[[Any], int], key: str = "rate", check: Callable[[int], Any] = same
) -> Field:
    """A row for limits of devices: a list of a path and a rate, or a weight."""
    of = key.title()
    return _coded(
        name,
        "HostConfig." + api,
        encode=lambda value: [{"Path": device, of: rate} for device, rate in process.spread(value)],
        decode=lambda raw: process.gathered((mounts.path(entry["Path"]), entry.get(of, 0)) for entry in raw or ()),
        type="list",
        elements="dict",
        suboptions=(
            Option("path", required=True),
            Option(key, type="str" if canonical is size else "int", required=True),
        ),
        canonical=lambda value: values.rates(value, canonical, key),
        check=lambda value: [check(rate) for rate in value.values()],
        show=lambda value: {device: seen(size_text, value[device]) for device in value} if canonical is size else value,
    )


def _mode(name: str, api: str, default: str, **facts: Any) -> Field:
    """A row for a string with a default, which the Engine either shows or leaves empty."""
    return _host(name, api, none=default, canonical=lambda value: value or default, **facts)


def _size(name: str, api: str, none: int = 0, canonical: Callable[[Any], int] = size, **facts: Any) -> Field:
    """A row for a size in bytes."""
    return _host(name, api, none=none, canonical=canonical, show=size_text, **facts)


CONTROLS = (
    Control("name", required=True, grammar=grammar.container),
    Control("state", choices=("absent", "healthy", "present", "started", "stopped"), default="started"),
    Control("pull", type="raw", choices=("never", "missing", "always", True, False), default="missing"),
    Control("platform"),
    Control("env_file", type="list", elements="path"),
    Control("recreate", type="bool", default=False),
    Control("update_order", choices=("auto", "start-first", "stop-first"), default="auto"),
    Control("restart", type="bool", default=False),
    Control("force_kill", type="bool", default=False, aliases=("forcekill",)),
    Control("kill_signal"),
    Control("keep_volumes", type="bool", default=True),
    Control("healthy_wait_timeout", type="float", default=300.0),
    Control("detach", type="bool", default=True),
    Control("cleanup", type="bool", default=False),
    Control("output_logs", type="bool", default=False),
    Control("paused", type="bool"),
    Control("removal_wait_timeout", type="float"),
    Control("default_host_ip"),
    Control("image_comparison", choices=("desired-image", "current-image"), default="desired-image"),
    Control("image_name_mismatch", choices=("ignore", "recreate"), default="ignore"),
    Control("image_label_mismatch", choices=("ignore", "fail"), default="ignore"),
    Control("pull_check_mode_behavior", choices=("image_not_present", "always")),
    Control("command_handling", choices=("correct", "compatibility"), default="correct"),
    Control("container_default_behavior", choices=("no_defaults", "compatibility"), default="no_defaults"),
    Control("networks_cli_compatible", type="bool", default=True),
    COMPARISONS,
)

# The process and its environment.
PROCESS = (
    Field("image", api="Image", observed="Image", grammar=image_name),
    _config("command", "Cmd", type="raw", none=[], canonical=process.argv),
    _config("entrypoint", "Entrypoint", type="list", elements="str", none=[], compare=ORDERED, canonical=process.argv),
    _coded(
        "env",
        "Env",
        environment.encode,
        environment.canonical,
        type="dict",
        secret=True,
        canonical=environment.canonical,
        check=environment.check,
    ),
    _config("labels", "Labels", type="dict", none={}, canonical=labels.labels),
    _host("annotations", "Annotations", type="dict", none={}, canonical=texts, since="1.43"),
    Field(
        "hostname",
        encode=lambda value: {"Hostname": value},
        decode=values.hostname,
    ),
    _config("domainname", "Domainname", none=""),
    _config("user", "User", none="", check=process.check_user),
    _config("working_dir", "WorkingDir", none="", canonical=mounts.path, check=process.check_working_dir),
    _config("interactive", "OpenStdin", type="bool", none=False),
    _config("tty", "Tty", type="bool", none=False),
    _config("stop_signal", "StopSignal", none="", canonical=process.signal, check=process.check_signal),
    _config("stop_timeout", "StopTimeout", type="int", none=10, ignored=True),
    _coded(
        "healthcheck",
        "Healthcheck",
        healthcheck.encode,
        healthcheck.decode,
        type="dict",
        suboptions=healthcheck.OPTIONS,
        canonical=healthcheck.canonical,
        check=healthcheck.check,
        show=healthcheck.show,
    ),
    _flag("init", "Init"),
    _flag("auto_remove", "AutoRemove"),
    _texts("groups", "GroupAdd"),
    _mode(
        "restart_policy",
        "RestartPolicy.Name",
        "no",
        choices=("no", "on-failure", "always", "unless-stopped"),
        on_change=UPDATE,
    ),
    _host(
        "restart_retries",
        "RestartPolicy.MaximumRetryCount",
        type="int",
        none=0,
        check=limits.not_negative,
        on_change=UPDATE,
    ),
)

# Resource limits.
LIMITS = (
    _size("memory", "Memory", check=limits.check_memory, on_change=UPDATE),
    _size("memory_reservation", "MemoryReservation", check=limits.check_memory, on_change=UPDATE),
    _size("memory_swap", "MemorySwap", canonical=values.swap, on_change=UPDATE),
    _host(
        "memory_swappiness",
        "MemorySwappiness",
        type="int",
        none=-1,
        canonical=values.swappiness,
        check=limits.within(0, 100),
    ),
    _size("kernel_memory", "KernelMemory", check=limits.least(6 * 1024**2), on_change=UPDATE, until="1.42"),
    _host(
        "cpus",
        "NanoCpus",
        type="float",
        none=0,
        canonical=limits.cpus,
        check=limits.check_cpus,
        show=limits.show_cpus,
        on_change=UPDATE,
    ),
    _host("cpu_shares", "CpuShares", type="int", none=0, check=limits.within(2, 2**18, 0), on_change=UPDATE),
    _host("cpu_period", "CpuPeriod", type="int", none=0, check=limits.within(1000, 10**6, 0), on_change=UPDATE),
    _host("cpu_quota", "CpuQuota", type="int", none=0, check=limits.least(1000), on_change=UPDATE),
    _host("cpu_rt_period", "CpuRealtimePeriod", type="int", none=0, check=limits.not_negative, on_change=UPDATE),
    _host("cpu_rt_runtime", "CpuRealtimeRuntime", type="int", none=0, check=limits.not_negative, on_change=UPDATE),
    _host("cpuset_cpus", "CpusetCpus", none="", check=values.check_cpuset, on_change=UPDATE),
    _host("cpuset_mems", "CpusetMems", none="", check=values.check_cpuset, on_change=UPDATE),
    _host(
        "pids_limit",
        "PidsLimit",
        type="int",
        none=-1,
        canonical=limits.pids,
        check=limits.within(1, 2**22),
        on_change=UPDATE,
    ),
    _size("shm_size", "ShmSize", none=values.SHM, canonical=values.shm, check=limits.not_negative),
    _flag("oom_killer", "OomKillDisable"),
    _host("oom_score_adj", "OomScoreAdj", type="int", none=0, check=limits.within(-1000, 1000)),
    _host("cgroup_parent", "CgroupParent", none=""),
    _coded(
        "ulimits",
        "HostConfig.Ulimits",
        process.encode_ulimits,
        process.decode_ulimits,
        type="list",
        elements="str",
        canonical=process.ulimits,
        check=process.check_ulimits,
    ),
    _host("blkio_weight", "BlkioWeight", type="int", none=0, check=values.check_weight, on_change=UPDATE),
    _rates("blkio_weight_device", "BlkioWeightDevice", int, "weight", values.check_weight),
    _rates("device_read_bps", "BlkioDeviceReadBps", size),
    _rates("device_write_bps", "BlkioDeviceWriteBps", size),
    _rates("device_read_iops", "BlkioDeviceReadIOps", int),
    _rates("device_write_iops", "BlkioDeviceWriteIOps", int),
    _host("sysctls", "Sysctls", type="dict", none={}, canonical=texts),
)

# Privileges and isolation.
RIGHTS = (
    _flag("privileged", "Privileged"),
    _flag("read_only", "ReadonlyRootfs"),
    _texts("capabilities", "CapAdd", canonical=process.capabilities, check=process.check_capabilities),
    _texts("cap_drop", "CapDrop", canonical=process.capabilities, check=process.check_capabilities),
    Field(
        "security_opts",
        type="list",
        elements="str",
        canonical=values.security_options,
        check=values.check_security_options,
        encode=lambda value: {"HostConfig.SecurityOpt": value},
        decode=values.security,
    ),
    # By default the Engine shows its own lists, and null for a privileged container.
    _texts("masked_paths", "MaskedPaths", none=None),
    _texts("readonly_paths", "ReadonlyPaths", none=None),
    _texts("device_cgroup_rules", "DeviceCgroupRules", check=values.check_device_rules),
    _coded(
        "devices",
        "HostConfig.Devices",
        values.encode_devices,
        values.decode_devices,
        type="list",
        elements="str",
        canonical=values.devices,
    ),
    _coded(
        "device_requests",
        "HostConfig.DeviceRequests",
        values.encode_requests,
        values.decode_requests,
        type="list",
        elements="dict",
        suboptions=values.REQUEST_OPTIONS,
        canonical=values.requests,
        check=values.check_requests,
    ),
    _mode(
        "ipc_mode",
        "IpcMode",
        "private",
        grammar=references.shared_mode,
        check=values.kinds("none", "private", "shareable", "host", "container", "ns"),
    ),
    _mode(
        "pid_mode",
        "PidMode",
        "",
        grammar=references.shared_mode,
        check=values.kinds("host", "container", "private", "ns"),
    ),
    _mode("userns_mode", "UsernsMode", ""),
    _mode("uts", "UTSMode", "", check=values.kinds("host", "container", "private", "ns")),
    _mode("cgroupns_mode", "CgroupnsMode", "", choices=("host", "private")),
    _mode("runtime", "Runtime", "runc"),
)

# Files.
FILES = (
    Field(
        "volumes",
        type="list",
        elements="str",
        grammar=volumes.read_volume,
        canonical=volumes.volumes,
        encode=volumes.encode_volumes,
        decode=volumes.decode_volumes,
    ),
    Field(
        "mounts",
        type="list",
        elements="dict",
        suboptions=mounts.OPTIONS,
        grammar=mounts.read,
        compare=KEYED,
        canonical=mounts.canonical,
        check=volumes.check_mounts,
        show=mounts.show,
        encode=lambda value: {"HostConfig.Mounts": mounts.encode(value)},
        decode=volumes.decode_mounts,
    ),
    _host("tmpfs", "Tmpfs", type="list", elements="str", none={}, canonical=volumes.tmpfs, check=volumes.check_tmpfs),
    _texts("volumes_from", "VolumesFrom", grammar=references.linked),
    _host("volume_driver", "VolumeDriver", none=""),
    _host("storage_opts", "StorageOpt", type="dict", none={}, canonical=texts),
    _host("log_driver", "LogConfig.Type", none="json-file"),
    _host("log_options", "LogConfig.Config", type="dict", none={}, canonical=texts, aliases=("log_opt",)),
)

# Networking.
NETWORK = (
    Field(
        "published_ports",
        type="list",
        elements="raw",
        aliases=("ports",),
        canonical=ports.published,
        encode=bindings.encode_published,
        decode=bindings.decode_published,
    ),
    _coded(
        "exposed_ports",
        "ExposedPorts",
        bindings.encode_exposed,
        bindings.decode_exposed,
        type="list",
        elements="str",
        aliases=("exposed", "expose"),
        canonical=ports.exposed,
    ),
    _flag("publish_all_ports", "PublishAllPorts"),
    Field(
        "networks",
        type="list",
        elements="dict",
        suboptions=networks.NETWORK_OPTIONS,
        compare=KEYED,
        on_change=CONNECT,
        canonical=networks.networks,
        decode=networks.decode_networks,
    ),
    Field(
        "network_mode",
        grammar=references.network_mode,
        canonical=networks.mode,
        encode=lambda value: {"HostConfig.NetworkMode": value},
        decode=networks.decode_mode,
    ),
    Field(
        "mac_address",
        canonical=networks.mac,
        encode=lambda value: {"MacAddress": value},
        decode=networks.decode_mac,
    ),
    _texts("links", "Links", grammar=references.linked, canonical=values.links),
    _coded(
        "etc_hosts",
        "HostConfig.ExtraHosts",
        values.encode_hosts,
        values.decode_hosts,
        type="dict",
        canonical=process.hosts,
    ),
    _texts("dns_servers", "Dns", compare=ORDERED, canonical=process.addresses),
    _texts("dns_opts", "DnsOptions"),
    _texts("dns_search_domains", "DnsSearch", compare=ORDERED),
)

TABLE = Table("container", CONTROLS + PROCESS + LIMITS + RIGHTS + FILES + NETWORK, compared=("platform",))
