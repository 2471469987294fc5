# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter daemon_problems."""

from __future__ import annotations

DOCUMENTATION = r"""
name: daemon_problems
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
short_description: Find problems in a daemon.json
description:
  - Checks the keys of a C(daemon.json) and their values for Docker Engine 20.10 to 26.1. Engines before 23.0 cannot
    validate the file themselves.
  - Keys of newer engines are left to their own validation.
options:
  _input:
    description: The content of the file.
    type: dict
    required: true
  version:
    description: The version of the engine, such as V(20.10.24). If empty, keys of all versions are accepted.
    type: str
    default: ''
"""

EXAMPLES = r"""
- name: Show the problems
  ansible.builtin.debug:
    msg: "{{ {'bip': '10.0.0.1/99', 'debgu': true} | slipway.docker.daemon_problems('20.10.24') }}"
  # ["bip must be an IP address with a prefix length, such as 10.0.0.1/24, not \"10.0.0.1/99\"",
  #  "debgu is not supported by Docker Engine 20.10.24 (did you mean debug?)"]
"""

RETURN = r"""
_value:
  description: One sentence for each problem, with the name of its key. The list is empty if there are no problems.
  type: list
  elements: str
"""

import difflib
import ipaddress
import json
import re
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Tuple
from urllib.parse import urlsplit

from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.plugin_utils.daemon_logs import log_problems

Check = Callable[[Any], bool]
Kind = Tuple[str, Check]  # a description of valid values, and the check of a value


def text(pattern: str, words: str) -> Kind:
    """A string that matches a pattern."""
    return words, lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value))


def number(low: int, high: int = 2**63 - 1) -> Kind:
    """An integer."""
    words = "an integer from %d to %d" % (low, high) if high < 2**63 - 1 else "an integer of %d or more" % low
    return words, lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def choice(*words: str) -> Kind:
    """One of these."""
    return "one of " + ", ".join(words), lambda value: value in words


def entries(kind: Kind) -> Kind:
    """A list of such values."""
    return "a list (each entry: %s)" % kind[0], lambda value: isinstance(value, list) and all(map(kind[1], value))


def values(kind: Kind) -> Kind:
    """A dictionary of such values."""
    words = "a dictionary (each value: %s)" % kind[0]
    return words, lambda value: isinstance(value, Mapping) and all(map(kind[1], value.values()))


def parsed(parse: Callable[[str], Any], words: str) -> Kind:
    """A string that a parser accepts."""

    def reads(value: Any) -> bool:
        try:
            return isinstance(value, str) and bool(parse(value))
        except ValueError:
            return False

    return words, reads


def mapping(words: str, **kinds: Kind) -> Kind:
    """A dictionary with no other keys than these; `_` stands for a dash."""
    known = {key.replace("_", "-"): check for key, (_words, check) in kinds.items()}

    def fits(value: Any) -> bool:
        return isinstance(value, Mapping) and all(key in known and known[key](value[key]) for key in value)

    return words, fits


def within(value: str) -> bool:
    """Whether this is the address of a host with its prefix length."""
    interface = ipaddress.ip_interface(value)
    return "/" in value and (interface.ip != interface.network.network_address or interface.network.num_addresses < 3)


def listens(value: str) -> bool:
    """Whether an engine can listen on this address."""
    scheme, _colon, rest = value.partition("://")
    if scheme == "tcp":
        return serves(rest)
    return scheme == "fd" or (scheme == "unix" and rest.startswith("/"))


def serves(value: str) -> bool:
    """Whether this is HOST:PORT."""
    parts = urlsplit("//" + value)
    return parts.netloc == value and parts.port is not None and "@" not in value


LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
HOST_NAME = r"%s(?:\.%s)*" % (LABEL, LABEL)


def registry(value: str) -> bool:
    """Whether this is a registry, or a network of registries. An IPv6 address must have a port."""
    if "/" in value:
        return bool(ipaddress.ip_network(value))
    found = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\](?=:)|%s)(?::(\d{1,5}))?" % HOST_NAME, value)
    return bool(found and int(found.group(2) or 0) < 2**16 and (not found.group(1) or address(found.group(1))))


def address(value: str) -> bool:
    """Whether this is an IP address without a zone; the engine does not support zones."""
    return "%" not in value and bool(ipaddress.ip_address(value))


def mirror(value: str) -> bool:
    """Whether this is the URL of a mirror."""
    parts = urlsplit(value)
    host = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._~-]+)(:\d*)?", parts.netloc)
    return parts.scheme in ("http", "https") and bool(host) and not re.search(r"[?#\s]", value)


def pool(value: Any) -> bool:
    """Whether this is a valid address pool."""
    try:
        base = ipaddress.ip_network(value["base"])
        return set(value) == {"base", "size"} and base.prefixlen <= value["size"] <= base.max_prefixlen
    except (KeyError, TypeError, ValueError):
        return False


BOOL: Kind = ("true or false", lambda value: isinstance(value, bool))
TEXT = text(r"(?s).+", "a string")
ANY_TEXT = text(r"(?s).*", "a string")
PATH = text(r"/.*", "an absolute path")
SIZE: Kind = (
    'a size in quotes, such as "64M"',
    lambda value: isinstance(value, str) and text(r"\d+(\.\d+)? ?([kmgtp]i?)?b?", "")[1](value.lower()),
)
ADDRESS = parsed(address, "an IP address")
ADDRESS4 = parsed(ipaddress.IPv4Address, "an IPv4 address")
ADDRESS6 = parsed(lambda value: address(value) and ipaddress.IPv6Address(value), "an IPv6 address")
NETWORK4 = parsed(ipaddress.IPv4Network, "an IPv4 network, such as 10.0.0.0/24")
NETWORK6 = parsed(ipaddress.IPv6Network, "an IPv6 network, such as fd00:1::/64")
TEXTS = entries(TEXT)
REGISTRIES = entries(parsed(registry, "HOST, HOST:PORT or a network"))
OPTIONS = values(ANY_TEXT)
LIMIT = mapping("{Name, Hard, Soft}", Name=TEXT, Hard=number(-1), Soft=number(-1))
RUNTIME_PARTS = mapping("", path=TEXT, runtimeArgs=TEXTS, runtimeType=TEXT, options=values(("", bool)))
RUNTIME: Kind = (
    "{path, runtimeArgs} or {runtimeType, options}",
    lambda value: RUNTIME_PARTS[1](value) and ("path" in value) != ("runtimeType" in value),
)
DOMAIN: Kind = (
    "a domain, such as example.org",
    lambda value: value == "." or text(HOST_NAME + r"\.?", "")[1](value) and bool(re.search("[A-Za-z]", value)),
)
COLLECTED = mapping("", enabled=BOOL, defaultKeepStorage=SIZE, policy=("", lambda value: isinstance(value, list)))
PROXIES = mapping(
    "{http-proxy, https-proxy, no-proxy} without passwords, which all users of the host could read",
    http_proxy=text(r"[^@]+", ""),
    https_proxy=text(r"[^@]+", ""),
    no_proxy=ANY_TEXT,
)


class Key(NamedTuple):
    """The valid values of a key, the first version that supports it, and the first that no longer does."""

    kind: Kind
    since: str = ""
    until: str = ""


KEYS: Dict[str, Key] = {
    "allow-nondistributable-artifacts": Key(REGISTRIES),
    "api-cors-header": Key(ANY_TEXT),
    "authorization-plugins": Key(TEXTS),
    "bip": Key(parsed(within, "an IP address with a prefix length, such as 10.0.0.1/24")),
    "bridge": Key(TEXT),
    "builder": Key(mapping("{gc, entitlements}", gc=COLLECTED, entitlements=values(BOOL))),
    "cdi-spec-dirs": Key(entries(PATH), since="25.0"),
    "cgroup-parent": Key(TEXT),
    "cluster-advertise": Key(TEXT, until="23.0"),
    "cluster-store": Key(TEXT, until="23.0"),
    "cluster-store-opts": Key(OPTIONS, until="23.0"),
    "containerd": Key(PATH),
    "containerd-namespace": Key(TEXT),
    "cpu-rt-period": Key(number(0)),
    "cpu-rt-runtime": Key(number(0)),
    "cri-containerd": Key(BOOL),
    "data-root": Key(PATH),
    "debug": Key(BOOL),
    "default-address-pools": Key(entries(("{base: 10.0.0.0/16, size: 24}", pool))),
    "default-cgroupns-mode": Key(choice("host", "private")),
    "default-gateway": Key(ADDRESS4),
    "default-gateway-v6": Key(ADDRESS6),
    "default-ipc-mode": Key(choice("private", "shareable")),
    "default-network-opts": Key(values(OPTIONS), since="24.0"),
    "default-runtime": Key(TEXT),
    "default-shm-size": Key(SIZE),
    "default-ulimits": Key(values(LIMIT)),
    "dns": Key(entries(ADDRESS)),
    "dns-opts": Key(TEXTS),
    "dns-search": Key(entries(DOMAIN)),
    "exec-opts": Key(entries(text(r"[^=]+=.+", "NAME=VALUE"))),
    "exec-root": Key(PATH),
    "experimental": Key(BOOL),
    "features": Key(values(BOOL)),
    "fixed-cidr": Key(NETWORK4),
    "fixed-cidr-v6": Key(NETWORK6),
    "graph": Key(PATH, until="23.0"),
    "group": Key(ANY_TEXT),
    "host-gateway-ip": Key(ADDRESS),
    "hosts": Key(entries(parsed(listens, "fd://, unix:///PATH or tcp://HOST:PORT"))),
    "icc": Key(BOOL),
    "init": Key(BOOL),
    "init-path": Key(TEXT),
    "insecure-registries": Key(REGISTRIES),
    "ip": Key(ADDRESS),
    "ip-forward": Key(BOOL),
    "ip-masq": Key(BOOL),
    "ip6tables": Key(BOOL),
    "iptables": Key(BOOL),
    "ipv6": Key(BOOL),
    "labels": Key(entries(text(r"[^=]+=.*", "NAME=VALUE"))),
    "live-restore": Key(BOOL),
    "log-driver": Key(TEXT),
    "log-format": Key(choice("text", "json"), since="25.0"),
    "log-level": Key(choice("debug", "info", "warn", "error", "fatal")),
    "log-opts": Key(OPTIONS),
    "max-concurrent-downloads": Key(number(0)),
    "max-concurrent-uploads": Key(number(0)),
    "max-download-attempts": Key(number(0)),
    "metrics-addr": Key(parsed(serves, "HOST:PORT")),
    "mtu": Key(number(0, 65536)),
    "network-control-plane-mtu": Key(number(500, 65536)),
    "no-new-privileges": Key(BOOL),
    "node-generic-resources": Key(entries(text(r"[^=]+=.+", "NAME=VALUE"))),
    "oom-score-adjust": Key(number(-1000, 1000), until="25.0"),
    "pidfile": Key(PATH),
    "proxies": Key(PROXIES, since="23.0"),
    "raw-logs": Key(BOOL),
    "registry-mirrors": Key(entries(parsed(mirror, "https://HOST"))),
    "rootless": Key(BOOL),
    "runtimes": Key(values(RUNTIME)),
    "seccomp-profile": Key(TEXT),
    "selinux-enabled": Key(BOOL),
    "shutdown-timeout": Key(number(-1)),
    "storage-driver": Key(TEXT),
    "storage-opts": Key(entries(text(r"[^=]+=.+", "NAME=VALUE"))),
    "swarm-default-advertise-addr": Key(TEXT),
    "tls": Key(BOOL),
    "tlscacert": Key(PATH),
    "tlscert": Key(PATH),
    "tlskey": Key(PATH),
    "tlsverify": Key(BOOL),
    "userland-proxy": Key(BOOL),
    "userland-proxy-path": Key(PATH),
    "userns-remap": Key(TEXT),
}
NEWEST = "26.1"
RESERVED = ("com.docker.", "io.docker.", "org.dockerproject.")
STOCK_RUNTIMES = ("io.containerd.runc.v2", "io.containerd.runtime.v1.linux")


def daemon_problems(config: Mapping[str, Any], version: str = "") -> List[str]:
    """A sentence for each thing that is wrong with a daemon.json. Raises AnsibleFilterError."""
    if not isinstance(config, Mapping):
        raise AnsibleFilterError("daemon_problems needs a dictionary, not %r" % (config,))
    found = [problem(str(key), config[key], version) for key in sorted(config, key=str)]
    return [sentence for sentence in found if sentence] + together(config) + with_version(config, version)


def problem(key: str, value: Any, version: str) -> str:
    """A sentence about one key; empty if there is no problem."""
    known = KEYS.get(key)
    if known is None:
        return "" if number_of(version) > number_of(NEWEST) else unknown(key, version)
    if version and known.since and number_of(version) < number_of(known.since):
        return "%s requires Docker Engine %s or later; the version is %s" % (key, known.since, version)
    if version and known.until and number_of(version) >= number_of(known.until):
        return "%s was removed in Docker Engine %s; the version is %s" % (key, known.until, version)
    words, fits = known.kind
    return "" if fits(value) else "%s must be %s%s" % (key, words, shown(key, value))


def unknown(key: str, version: str) -> str:
    """A sentence about an unknown key, with a similar known one."""
    near = difflib.get_close_matches(key, KEYS, 1)
    hint = " (did you mean %s?)" % near[0] if near else ""
    return "%s is not supported by Docker Engine%s%s" % (key, " " + version if version else "", hint)


def shown(key: str, value: Any) -> str:
    """The end of a sentence with the invalid value. Values of proxies are not shown, because they may be passwords."""
    return "" if key == "proxies" else ", not %s" % json.dumps(value, default=str)


def together(config: Mapping[str, Any]) -> List[str]:
    """Problems of keys that are valid individually, but not in combination."""
    found = []
    names = [label.partition("=")[0] for label in listed(config, "labels")]
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.append("labels sets %s more than once" % name)
    for name in sorted({name for name in names if name.lower().startswith(RESERVED)}):
        found.append("labels contains %s; the prefixes %s are reserved for Docker" % (name, ", ".join(RESERVED)))
    files = [key for key in ("tlscacert", "tlscert", "tlskey") if not config.get(key)]
    hosts = [host for host in listed(config, "hosts") if host.startswith("tcp://")]
    if hosts and (files or config.get("tlsverify") is not True):
        found.append(
            "hosts contains %s, but anybody who can connect to it would have root access to this host; "
            "set tlsverify: true, tlscacert, tlscert and tlskey" % hosts[0]
        )
    runtime, runtimes = config.get("default-runtime", "runc"), config.get("runtimes") or {}
    if isinstance(runtime, str) and not (runtime in ("runc", *runtimes) or runtime.startswith("io.containerd.")):
        found.append("default-runtime is %s, which runtimes does not define" % runtime)
    if isinstance(runtimes, Mapping) and "runc" in runtimes:
        found.append("runtimes defines runc, which is the name of the built-in runtime; use another name")
    for option in listed(config, "exec-opts"):
        name, equals, value = option.partition("=")
        if name == "native.cgroupdriver" and equals and value not in ("cgroupfs", "systemd"):
            found.append("exec-opts contains %s; the value must be cgroupfs or systemd" % option)
    return found + log_problems(config)


def with_version(config: Mapping[str, Any], version: str) -> List[str]:
    """Problems of keys that are valid in other versions of the engine."""
    found: List[str] = []
    if not version:
        return found
    for url in listed(config, "registry-mirrors"):
        # The engine accepts it on a reload, and then does not start at the next boot.
        if before(version, "24.0.8") and urlsplit(url).path not in ("", "/"):
            found.append(
                "registry-mirrors contains %s, but URLs with a path require Docker Engine 24.0.8 or later; "
                "the version is %s" % (url, version)
            )
    runtime = str(config.get("default-runtime", ""))
    if before(version, "23.0") and runtime.startswith("io.containerd.") and runtime not in STOCK_RUNTIMES:
        found.append(
            "default-runtime is %s, which requires Docker Engine 23.0 or later; the version is %s" % (runtime, version)
        )
    if before(version, "27.0") and config.get("ip6tables") is True and config.get("experimental") is not True:
        found.append("ip6tables requires experimental: true before Docker Engine 27.0; the version is %s" % version)
    return found


def listed(config: Mapping[str, Any], key: str) -> List[str]:
    """The strings in a list; other entries are reported separately."""
    value = config.get(key)
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def before(version: str, other: str) -> bool:
    """Whether a version is older than `other`."""
    numbers = [[int(part) for part in re.findall(r"\d+", text)[:3]] for text in (version, other)]
    return numbers[0] < numbers[1]


def number_of(version: str) -> Tuple[int, int]:
    """The first two numbers of a version."""
    numbers = [int(part) for part in re.findall(r"\d+", version)[:2]]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (0, 0)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"daemon_problems": daemon_problems}
