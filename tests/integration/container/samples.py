# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two values for each option of a container, for tests of all options.

``SAMPLES[option]`` has two different values; the first value of a collection has several entries. ``WITH[option]`` has
other options that the task needs, for both values. ``ABSENT`` names options whose absence means the same as their first
value.
"""

from __future__ import annotations

from typing import Any

SAMPLES: dict[str, tuple[Any, Any]] = {
    "image": ("one:latest", "two:latest"),
    "command": ("sleep 3000", ["sleep", "2000"]),
    "entrypoint": (["/bin/sh", "-c"], ["/bin/sleep"]),
    "env": ({"A": "1", "B": 2, "C": "true"}, {"A": "1", "B": "canary"}),
    "labels": ({"a": "1", "b": "2"}, {"a": 1}),
    "annotations": ({"org.example.a": "1", "b": 2}, {"b": "3"}),
    "hostname": ("first", "second"),
    "domainname": ("example.org", "example.com"),
    "user": ("65534", "65534:65534"),
    "working_dir": ("/tmp", "/bin"),
    "interactive": (True, False),
    "tty": (True, False),
    "stop_signal": ("SIGINT", "SIGQUIT"),
    "stop_timeout": (1, 20),
    "healthcheck": ({"test": "true", "interval": "1m30s", "retries": 2}, {"test": ["CMD", "true"], "timeout": "500ms"}),
    "init": (True, False),
    "auto_remove": (True, False),
    "groups": (["100", "200"], ["200"]),
    "restart_policy": ("always", "unless-stopped"),
    "restart_retries": (2, 3),
    "memory": ("64m", "96M"),
    "memory_reservation": ("32m", "33554433"),
    "memory_swap": ("128m", "unlimited"),
    "memory_swappiness": (10, 20),
    "cpus": (0.5, 1),
    "cpu_shares": (512, 256),
    "cpu_period": (50000, 60000),
    "cpu_quota": (50000, 60000),
    "cpu_rt_period": (1000000, 500000),
    "cpu_rt_runtime": (1000, 2000),
    "cpuset_cpus": ("0", "0-1"),
    "cpuset_mems": ("0", ""),
    "kernel_memory": ("64m", "33554432"),
    "pids_limit": (50, -1),
    "shm_size": ("32m", "48M"),
    "oom_killer": (True, False),
    "oom_score_adj": (100, -100),
    "cgroup_parent": ("/first", "/second"),
    "ulimits": (["nofile:100:200", "nproc:50"], ["nofile:100:300"]),
    "blkio_weight": (300, 400),
    "blkio_weight_device": (
        [{"path": "/dev/loop0", "weight": 300}, {"path": "/dev/loop1", "weight": 10}],
        [{"path": "/dev/loop0", "weight": 400}],
    ),
    "device_read_bps": (
        [{"path": "/dev/loop0", "rate": "1m"}, {"path": "/dev/loop1", "rate": "1g"}],
        [{"path": "/dev/loop0", "rate": "2M"}],
    ),
    "device_write_bps": (
        [{"path": "/dev/loop0", "rate": "1m"}, {"path": "/dev/loop1", "rate": "4096"}],
        [{"path": "/dev/loop0", "rate": 1048576}],
    ),
    "device_read_iops": (
        [{"path": "/dev/loop0", "rate": 100}, {"path": "/dev/loop1", "rate": 100}],
        [{"path": "/dev/loop1", "rate": 100}],
    ),
    "device_write_iops": (
        [{"path": "/dev/loop0", "rate": 100}, {"path": "/dev/loop1", "rate": 100}],
        [{"path": "/dev/loop0", "rate": 200}],
    ),
    "sysctls": ({"net.ipv4.ip_forward": "0", "net.core.somaxconn": 200}, {"net.ipv4.ip_forward": 1}),
    "privileged": (True, False),
    "read_only": (True, False),
    "capabilities": (["NET_ADMIN", "cap_sys_time"], ["NET_ADMIN"]),
    "cap_drop": (["chown", "KILL"], ["ALL"]),
    "security_opts": (["seccomp:unconfined", "no-new-privileges:true"], ["no-new-privileges"]),
    "masked_paths": (["/proc/kcore", "/proc/keys"], ["/proc/kcore"]),
    "readonly_paths": (["/proc/sys", "/proc/bus"], []),
    "device_cgroup_rules": (["c 42:* rmw", "c 43:1 r"], ["c 42:* rmw"]),
    "devices": (["/dev/null:/dev/nothing:r", "/dev/zero"], ["/dev/null:/dev/nothing"]),
    "device_requests": (
        [
            {"driver": "cdi", "device_ids": ["vendor.com/device=one"]},
            {"driver": "nvidia", "count": -1, "capabilities": [["gpu", "utility"]], "options": {"a": 1}},
        ],
        [{"driver": "cdi", "device_ids": ["vendor.com/device=two"]}],
    ),
    "ipc_mode": ("shareable", "none"),
    "pid_mode": ("host", ""),
    "userns_mode": ("host", ""),
    "uts": ("host", ""),
    "cgroupns_mode": ("private", "host"),
    "runtime": ("runc", "io.containerd.runc.v2"),
    "volumes": (["named:/a", "/srv:/b:ro", "/c"], ["named:/a:nocopy,rw", "/srv/:/b:ro,rprivate"]),
    "mounts": (
        [
            {"target": "/a", "source": "named"},
            {"target": "/b", "type": "tmpfs", "tmpfs_size": "1m", "tmpfs_mode": "700"},
        ],
        [{"target": "/a", "source": "named", "read_only": True}, {"target": "/c", "type": "bind", "source": "/srv"}],
    ),
    "tmpfs": (["/scratch", "/run:size=1m,mode=755"], ["/run:mode=755,size=2m"]),
    "volumes_from": (["donor", "giver:ro"], ["donor:ro"]),
    "volume_driver": ("local", ""),
    "storage_opts": ({"size": "10G", "other": "1"}, {"size": "20G"}),
    "log_driver": ("json-file", "none"),
    "log_options": ({"max-size": "1m", "max-file": 2}, {"max-size": "2m"}),
    "published_ports": (["8080:80", "127.0.0.1::90/udp"], ["8080:80", "9000-9001:90-91", "[::1]:7000:70"]),
    "exposed_ports": (["80", "90-91/udp"], ["80/tcp"]),
    "publish_all_ports": (True, False),
    "networks": (
        [{"name": "first", "aliases": ["db", "store"], "ipv4_address": "10.77.0.9"}, {"name": "second"}],
        [{"name": "first", "aliases": ["db"], "ipv4_address": "10.77.0.10", "driver_opts": {"com.example.a": 1}}],
    ),
    "network_mode": ("none", "first"),
    "mac_address": ("92:d0:c6:0a:29:33", "92-D0-C6-0A-29-34"),
    "links": (["donor:store", "giver"], ["donor"]),
    "etc_hosts": ({"a": "192.0.2.1", "b": "2001:db8::1"}, {"a": "192.0.2.2"}),
    "dns_servers": (["192.0.2.1", "192.0.2.2"], ["192.0.2.2", "192.0.2.1"]),
    "dns_opts": (["ndots:2", "rotate"], ["ndots:2"]),
    "dns_search_domains": (["example.org", "example.com"], ["example.com"]),
}

WITH: dict[str, dict[str, Any]] = {
    "restart_retries": {"restart_policy": "on-failure"},
    "memory_swap": {"memory": "64m"},
    "memory_reservation": {"memory": "64m"},
    "log_options": {"log_driver": "json-file"},
    "cpu_rt_runtime": {"cpu_rt_period": 1000000},
    "stop_timeout": {"comparisons": {"stop_timeout": "strict"}},  # or it never differs
}

ABSENT = ("log_driver", "runtime")

# Options that depend on the kernel or file system, with a raw request that shows whether the engine supports them.
PROBES = {
    "blkio_weight": {"BlkioWeight": 300},
    "blkio_weight_device": {"BlkioWeightDevice": [{"Path": "/dev/loop0", "Weight": 300}]},
    "cpu_rt_period": {"CpuRealtimePeriod": 1000000},
    "cpu_rt_runtime": {"CpuRealtimeRuntime": 1000, "CpuRealtimePeriod": 1000000},
    "kernel_memory": {"KernelMemory": 64 * 1024**2},
    "memory_swap": {"Memory": 64 * 1024**2, "MemorySwap": 128 * 1024**2},
    "memory_swappiness": {"MemorySwappiness": 10},
    "oom_killer": {"OomKillDisable": True},
    "storage_opts": {"StorageOpt": {"size": "10G"}},
}

# Values of suboptions, with the entry that contains them. Those of newer engines are in ``NEWER``.
SUBOPTIONS = [
    ("mounts", "source", "named", {"type": "volume"}),
    ("mounts", "read_only", True, {"type": "volume", "source": "named"}),
    ("mounts", "consistency", "cached", {"type": "bind", "source": "/srv"}),
    ("mounts", "propagation", "rslave", {"type": "bind", "source": "/srv"}),
    ("mounts", "non_recursive", True, {"type": "bind", "source": "/srv"}),
    ("mounts", "no_copy", True, {"type": "volume", "source": "named"}),
    ("mounts", "labels", {"made": "here"}, {"type": "volume", "source": "labelled"}),
    ("mounts", "volume_driver", "local", {"type": "volume", "source": "driven"}),
    ("mounts", "volume_options", {"type": "tmpfs", "device": "tmpfs"}, {"type": "volume", "source": "optional"}),
    ("mounts", "tmpfs_size", "1m", {"type": "tmpfs"}),
    ("mounts", "tmpfs_mode", "700", {"type": "tmpfs"}),
    ("networks", "aliases", ["db", "store"], {"name": "first"}),
    ("networks", "ipv4_address", "10.77.0.9", {"name": "first"}),
    ("networks", "ipv6_address", "2001:db8:77::9", {"name": "first"}),
    ("networks", "links", ["donor:store"], {"name": "first"}),
    ("networks", "link_local_ips", ["169.254.8.8"], {"name": "first"}),
    ("networks", "driver_opts", {"com.example.a": 1}, {"name": "first"}),
    ("networks", "mac_address", "92:d0:c6:0a:29:33", {"name": "first"}),
]
# The same, with the API version that introduced the suboption, and the value that the engine shows.
NEWER = [
    ("mounts", "create_mountpoint", True, {"type": "bind", "source": "/srv"}, "1.42", {"CreateMountpoint": True}),
    (
        "mounts",
        "read_only_non_recursive",
        True,
        {"type": "bind", "source": "/srv"},
        "1.44",
        {"ReadOnlyNonRecursive": True},
    ),
    (
        "mounts",
        "read_only_force_recursive",
        True,
        {"type": "bind", "source": "/srv"},
        "1.44",
        {"ReadOnlyForceRecursive": True},
    ),
    ("mounts", "subpath", "part", {"source": "given"}, "1.45", {"Subpath": "part"}),
    (
        "mounts",
        "tmpfs_options",
        [{"noexec": None}],
        {"type": "tmpfs"},
        "1.46",
        {"Options": [["noexec"]]},
    ),
    ("mounts", "type", "image", {"source": "two"}, "1.48", {"Type": "image", "Source": "two"}),
    ("networks", "gw_priority", 5, {"name": "first"}, "1.48", {"GwPriority": 5}),
    ("healthcheck", "start_interval", "2s", {"test": "true"}, "1.44", {"StartInterval": 2 * 10**9}),
]
