# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter daemon_problems. The scenario "engine" compares its keys with those of real engines."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.filter.daemon_problems import KEYS, FilterModule

daemon_problems = FilterModule().filters()["daemon_problems"]

# For each key: a valid value and an invalid one.
VALUES: dict[str, tuple[Any, Any]] = {
    "allow-nondistributable-artifacts": (["registry:5000"], "registry:5000"),
    "api-cors-header": ("*", True),
    "authorization-plugins": (["opa"], [1]),
    "bip": ("10.0.0.1/24", "10.0.0.0/24"),
    "bridge": ("none", ""),
    "builder": ({"gc": {"enabled": True, "defaultKeepStorage": "10GB"}}, {"gc": {"enabled": "yes"}}),
    "cdi-spec-dirs": (["/etc/cdi"], ["cdi"]),
    "cgroup-parent": ("docker.slice", 1),
    "cluster-advertise": ("eth0:2376", 1),
    "cluster-store": ("consul://c", 1),
    "cluster-store-opts": ({"a": "b"}, {"a": 1}),
    "containerd": ("/run/containerd/containerd.sock", "containerd.sock"),
    "containerd-namespace": ("moby", None),
    "cpu-rt-period": (1000000, "1s"),
    "cpu-rt-runtime": (950000, -1),
    "cri-containerd": (True, "true"),
    "data-root": ("/srv/docker", "srv"),
    "debug": (True, "yes"),
    "default-address-pools": ([{"base": "10.1.0.0/16", "size": 24}], [{"base": "10.1.0.0/16", "size": 8}]),
    "default-cgroupns-mode": ("private", "shareable"),
    "default-gateway": ("10.0.0.254", "fd00::1"),
    "default-gateway-v6": ("fd00::1", "10.0.0.254"),
    "default-ipc-mode": ("shareable", "host"),
    "default-network-opts": ({"bridge": {"com.docker.network.driver.mtu": "1400"}}, {"bridge": {"mtu": 1400}}),
    "default-runtime": ("runc", 1),
    "default-shm-size": ("64M", "64 apples"),
    "default-ulimits": ({"nofile": {"Name": "nofile", "Hard": 64, "Soft": 64}}, {"nofile": 64}),
    "dns": (["9.9.9.9", "fd00::1"], ["dns.example.org"]),
    "dns-opts": (["ndots:1"], [1]),
    "dns-search": (["example.org"], "example.org"),
    "exec-opts": (["native.cgroupdriver=systemd"], ["native.cgroupdriver"]),
    "exec-root": ("/run/docker", 1),
    "experimental": (True, 1),
    "features": ({"buildkit": True}, {"buildkit": "true"}),
    "fixed-cidr": ("10.0.0.0/25", "10.0.0.1/25"),
    "fixed-cidr-v6": ("fd00:1::/64", "10.0.0.0/25"),
    "graph": ("/srv/docker", "srv"),
    "group": ("docker", 1),
    "host-gateway-ip": ("10.0.0.1", "gateway"),
    "hosts": (["unix:///run/d.sock", "fd://"], ["unix://run/d.sock"]),
    "icc": (False, "false"),
    "init": (True, "true"),
    "init-path": ("/usr/bin/tini", 1),
    "insecure-registries": (["10.0.0.0/8", "registry:5000", "[fd00::1]:5000"], ["http://registry"]),
    "ip": ("127.0.0.1", "localhost"),
    "ip-forward": (True, "true"),
    "ip-masq": (True, "true"),
    "ip6tables": (True, "true"),
    "iptables": (True, "true"),
    "ipv6": (True, "true"),
    "labels": (["a=b", "c="], ["a"]),
    "live-restore": (True, "true"),
    "log-driver": ("local", 1),
    "log-format": ("json", "yaml"),
    "log-level": ("warn", "warning"),
    "log-opts": ({"max-size": "10m"}, {"max-file": 3}),
    "max-concurrent-downloads": (3, -1),
    "max-concurrent-uploads": (5, True),
    "max-download-attempts": (5, "5"),
    "metrics-addr": ("127.0.0.1:9323", "127.0.0.1"),
    "mtu": (1400, "1400"),
    "network-control-plane-mtu": (1500, 100),
    "no-new-privileges": (True, 1),
    "node-generic-resources": (["gpu=1"], "gpu=1"),
    "oom-score-adjust": (-500, 5000),
    "pidfile": ("/run/docker.pid", "docker.pid"),
    "proxies": ({"http-proxy": "http://p:1", "no-proxy": "*.x"}, {"http-proxy": "http://user:secret!@p:1"}),
    "raw-logs": (True, "true"),
    "registry-mirrors": (["https://mirror:5000"], ["mirror:5000"]),
    "rootless": (True, "true"),
    "runtimes": ({"crun": {"path": "/usr/bin/crun", "runtimeArgs": ["--debug"]}}, {"crun": "/usr/bin/crun"}),
    "seccomp-profile": ("unconfined", 1),
    "selinux-enabled": (True, "true"),
    "shutdown-timeout": (15, "15s"),
    "storage-driver": ("overlay2", 1),
    "storage-opts": (["overlay2.size=1G"], ["overlay2.size"]),
    "swarm-default-advertise-addr": ("eth0", 1),
    "tls": (True, "true"),
    "tlscacert": ("/etc/docker/tls/ca.crt", "ca.crt"),
    "tlscert": ("/etc/docker/tls/server.crt", "server.crt"),
    "tlskey": ("/etc/docker/tls/server.key", "server.key"),
    "tlsverify": (True, "true"),
    "userland-proxy": (False, "false"),
    "userland-proxy-path": ("/usr/bin/docker-proxy", "docker-proxy"),
    "userns-remap": ("default", True),
}


FILES = {"tlscacert": "/ca.crt", "tlscert": "/server.crt", "tlskey": "/server.key"}
HOST_WORDS = 'hosts must be a list (each entry: fd://, unix:///PATH or tcp://HOST:PORT), not ["tcp://10.0.0.1"]'
OPEN = (
    "hosts contains tcp://10.0.0.1:2376, but anybody who can connect to it would have root access to this host; "
    "set tlsverify: true, tlscacert, tlscert and tlskey"
)


RUNC = "runtimes defines runc, which is the name of the built-in runtime; use another name"
RUNSC = "default-runtime is io.containerd.runsc.v1, which requires Docker Engine 23.0 or later; the version is 20.10.24"
IP6TABLES = "ip6tables requires experimental: true before Docker Engine 27.0; the version is 26.1.5"
MIRROR = "https://mirror.example.com/docker/"
MIRROR_PATH = (
    "registry-mirrors contains https://mirror.example.com/docker/, but URLs with a path require Docker Engine 24.0.8 "
    "or later; the version is %s"
)
CGROUPS = "exec-opts contains native.cgroupdriver=none; the value must be cgroupfs or systemd"
JOURNALD = "log-opts contains max-size, which the log driver journald does not support"
LOCAL = "log-opts contains labels, which the log driver local does not support"
SYSLOG = "log-opts contains max-file, which the log driver syslog does not support"
MAX_SIZE = 'log-opts.max-size must be a size, such as 10m, or -1, not "10x"'
BUFFER = "log-opts.max-buffer-size requires log-opts.mode: non-blocking"
DOCKER_LABEL = (
    "labels contains Com.Docker.a; the prefixes com.docker., io.docker., org.dockerproject. are reserved for Docker"
)

# Values with which Docker Engine 20.10.24, or each of its containers, does not start. Each was tried with a real
# engine. A reload accepts those that can be reloaded.
REFUSED: list[tuple[str, list[Any]]] = [
    (
        "registry-mirrors",
        [
            ["https://mirror.example.com#top"],
            ["https://mirror.example.com?q"],
            ["https://mirror.example.com:abc"],
            ["https://mirror example.com"],
            ["https://user:word@mirror.example.com"],
            ["https://"],
        ],
    ),
    (
        "insecure-registries",
        [
            ["registry:99999"],
            ["-registry"],
            ["registry-"],
            ["a..b"],
            ["[fd00::1]"],
            ["regi_stry"],
            [""],
            ["10.0.0.1/8"],
        ],
    ),
    ("allow-nondistributable-artifacts", [["http://registry"], ["a..b"]]),
    ("runtimes", [{"crun": {}}, {"crun": {"path": ""}}, {"crun": {"path": "/x", "runtimeType": "y"}}]),
    ("default-shm-size", [0, 67108864, "", "64Mx"]),
    ("dns", [["fe80::1%eth0"]]),
    ("dns-search", [["a b"], ["a_b.example"], ["10.0.0.1"], ["-a.b"]]),
    ("node-generic-resources", [["gpu"]]),
    ("builder", [{"gc": {"defaultKeepStorage": 10}}]),
    ("labels", [["=a"], ["a"]]),
    ("features", [{"buildkit": "yes"}, ["buildkit"]]),
]
ACCEPTED: list[tuple[str, list[Any]]] = [
    (
        "registry-mirrors",
        [["HTTPS://mirror.example.com"], ["https://mirror_x.example.com:5000/"], ["http://[::1]:5000"]],
    ),
    ("insecure-registries", [["registry"], ["[fd00::1]:5000"], ["fd00::/8"], ["10.1.2.3:5000"], ["a-b.c1:5"]]),
    ("runtimes", [{"a": {"runtimeType": "io.containerd.runc.v2", "options": {"TypeUrl": "x"}}}]),
    ("default-shm-size", ["0", "1.5g", "64 MiB"]),
    ("dns-search", [["."], ["example.org."], ["local"]]),
]


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in REFUSED for value in values])
def test_values_that_prevent_the_engine_from_starting_are_rejected(key: str, value: Any) -> None:
    (sentence,) = daemon_problems({key: value})
    assert sentence.startswith("%s must be " % key)


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in ACCEPTED for value in values])
def test_values_that_the_engine_starts_with_are_accepted(key: str, value: Any) -> None:
    assert daemon_problems({key: value}, "20.10.24") == []


def test_each_key_has_values_in_this_file() -> None:
    assert VALUES.keys() == KEYS.keys()


@pytest.mark.parametrize("key", VALUES)
def test_valid_and_invalid_values(key: str) -> None:
    right, wrong = VALUES[key]
    assert daemon_problems({key: right}) == []
    (sentence,) = daemon_problems({key: wrong})
    assert sentence.startswith("%s must be " % key)
    assert "secret!" not in sentence


@pytest.mark.parametrize(
    ("config", "version", "says"),
    [
        ({"debgu": True}, "20.10.24", ["debgu is not supported by Docker Engine 20.10.24 (did you mean debug?)"]),
        ({"something-else": 1}, "", ["something-else is not supported by Docker Engine"]),
        (
            {"log-format": "json"},
            "20.10.24",
            ["log-format requires Docker Engine 25.0 or later; the version is 20.10.24"],
        ),
        ({"graph": "/srv"}, "26.1.5", ["graph was removed in Docker Engine 23.0; the version is 26.1.5"]),
        ({"log-format": "json"}, "26.1.5", []),
        ({"graph": "/srv"}, "20.10.24", []),
        ({"firewall-backend": "nftables"}, "29.0.1", []),
        ({"mtu": "1400"}, "29.0.1", ['mtu must be an integer from 0 to 65536, not "1400"']),
        ({"labels": ["a=1", "a=2"]}, "", ["labels sets a more than once"]),
        ({"hosts": ["tcp://10.0.0.1:2376"], **FILES, "tlsverify": True}, "", []),
        ({"hosts": ["tcp://10.0.0.1"], **FILES, "tlsverify": True}, "", [HOST_WORDS]),
        ({"hosts": ["fd://", "tcp://10.0.0.1:2376"]}, "", [OPEN]),
        ({"hosts": ["tcp://10.0.0.1:2376"], **FILES, "tls": True}, "", [OPEN]),
        ({"hosts": ["tcp://10.0.0.1:2376"], "tlsverify": True, "tlscert": "/c"}, "", [OPEN]),
        ({"default-runtime": "crun"}, "", ["default-runtime is crun, which runtimes does not define"]),
        ({"default-runtime": "crun", "runtimes": {"crun": {"path": "crun"}}}, "", []),
        ({"labels": ["Com.Docker.a=1"]}, "", [DOCKER_LABEL]),
        ({"labels": ["org.dockerproject=1"]}, "", []),
        ({"runtimes": {"runc": {"path": "/x"}}}, "", [RUNC]),
        ({"default-runtime": "io.containerd.runsc.v1"}, "20.10.24", [RUNSC]),
        ({"default-runtime": "io.containerd.runsc.v1"}, "23.0.1", []),
        ({"default-runtime": "io.containerd.runc.v2"}, "20.10.24", []),
        ({"ip6tables": True}, "26.1.5", [IP6TABLES]),
        ({"ip6tables": True, "experimental": True}, "26.1.5", []),
        ({"ip6tables": True}, "27.0.1", []),
        ({"registry-mirrors": [MIRROR]}, "20.10.24", [MIRROR_PATH % "20.10.24"]),
        ({"registry-mirrors": [MIRROR]}, "24.0.7", [MIRROR_PATH % "24.0.7"]),
        ({"registry-mirrors": [MIRROR]}, "24.0.8", []),
        ({"registry-mirrors": [MIRROR]}, "25.0", []),
        ({"registry-mirrors": [MIRROR]}, "", []),
        ({"registry-mirrors": ["https://mirror.example.com:5000/"]}, "20.10.24", []),
        ({"exec-opts": ["native.cgroupdriver=none"]}, "", [CGROUPS]),
        ({"log-opts": {"nope": "1"}}, "", ["log-opts contains nope, which the log driver json-file does not support"]),
        ({"log-driver": "journald", "log-opts": {"max-size": "1m", "tag": "t"}}, "", [JOURNALD]),
        ({"log-driver": "local", "log-opts": {"labels": "a"}}, "", [LOCAL]),
        ({"log-driver": "syslog", "log-opts": {"max-file": "3"}}, "", [SYSLOG]),
        ({"log-driver": "none", "log-opts": {"max-file": "3"}}, "", []),
        ({"log-driver": "a/plugin", "log-opts": {"max-file": "3"}}, "", []),
        ({"log-opts": {"max-size": "10x"}}, "", [MAX_SIZE]),
        ({"log-opts": {"max-size": "-1", "max-file": "2", "compress": "false"}}, "", []),
        ({"log-opts": {"max-file": "0"}}, "", ['log-opts.max-file must be an integer of 1 or more, not "0"']),
        ({"log-opts": {"mode": "non-blocking", "max-buffer-size": "4m"}}, "", []),
        ({"log-opts": {"max-buffer-size": "4m"}}, "", [BUFFER]),
        (
            {"debug": 1, "mtu": -1},
            "",
            ["debug must be true or false, not 1", "mtu must be an integer from 0 to 65536, not -1"],
        ),
    ],
)
def test_problems_are_described(config: dict[str, Any], version: str, says: list[str]) -> None:
    assert daemon_problems(config, version) == says


def test_subclasses_of_int_are_accepted() -> None:
    class Tagged(int):
        """A number that Ansible has read from a file."""

    assert daemon_problems({"mtu": Tagged(1400)}) == []


def test_other_types_than_a_dictionary_are_rejected() -> None:
    with pytest.raises(AnsibleFilterError, match="needs a dictionary"):
        daemon_problems(["debug"])
