# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter podman_settings."""

from __future__ import annotations

DOCUMENTATION = r"""
name: podman_settings
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
short_description: Convert a daemon.json to Podman's configuration
description:
  - Podman has no daemon and no C(daemon.json). Keys with a counterpart in Podman are converted to C(containers.conf)
    and C(registries.conf). All others are returned as problems.
  - The values must be valid. Use P(slipway.docker.daemon_problems#filter) to check them.
options:
  _input:
    description: The content of the C(daemon.json).
    type: dict
    required: true
  proxied:
    description:
      - Whether Podman has a proxy in its environment. It would pass it to every container, including the password.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Convert a configuration
  ansible.builtin.debug:
    msg: "{{ {'dns': ['192.0.2.53'], 'icc': false} | slipway.docker.podman_settings }}"
  # {"containers": "[containers]\ndns_servers = [\"192.0.2.53\"]\n",
  #  "problems": ["icc has no counterpart in Podman"], "registries": ""}
"""

RETURN = r"""
_value:
  description:
    - C(containers) is the text of a file in C(containers.conf.d), and C(registries) of a file in C(registries.conf.d).
      They are empty if there are no settings.
    - C(problems) has a sentence for each setting without a counterpart.
  type: dict
"""

import ipaddress
import json
import re
from typing import Any, Callable, Dict, List, Mapping, Tuple
from urllib.parse import urlsplit

from ansible.errors import AnsibleFilterError

# Where a key with the same value goes: section and name.
SAME: Dict[str, Tuple[str, str]] = {
    "dns": ("containers", "dns_servers"),
    "dns-opts": ("containers", "dns_options"),
    "dns-search": ("containers", "dns_searches"),
    "init": ("containers", "init"),
    "max-concurrent-downloads": ("engine", "image_parallel_copies"),
}
LOG_DRIVERS = {"json-file": "k8s-file", "k8s-file": "k8s-file", "journald": "journald", "none": "none"}
SECTIONS = ("containers", "engine", "network")
UNITS = {"": 0, "k": 1, "m": 2, "g": 3}


class Unlike(Exception):
    """A setting that Podman does not support, described in a sentence."""


def podman_settings(config: Mapping[str, Any], proxied: bool = False) -> Dict[str, Any]:
    """The texts of Podman's configuration files. Raises AnsibleFilterError."""
    if not isinstance(config, Mapping):
        raise AnsibleFilterError("podman_settings needs a dictionary, not %r" % (config,))
    said: List[Tuple[str, str, str]] = [("containers", "http_proxy", "false")] if proxied else []
    problems = []
    for key in sorted(config):
        try:
            said += said_of(key, config[key])
        except Unlike as unlike:
            problems.append(str(unlike))
    return {"containers": containers(said), "registries": registries(config), "problems": problems}


def said_of(key: str, value: Any) -> List[Tuple[str, str, str]]:
    """The settings for a key: section, name and value in TOML. Raises Unlike."""
    if key in SAME:
        return [(*SAME[key], toml(value))]
    if key == "default-address-pools":
        return [("network", "default_subnet_pools", toml(value))]
    if key == "default-shm-size":
        return [("containers", "shm_size", toml(str(size(key, value))))]
    if key == "default-ulimits":
        # Podman 4.3 swaps the two for clients of Docker's API, and such a container does not start.
        unlike = [name for name, limit in value.items() if limit.get("Soft", 0) != limit.get("Hard", 0)]
        if unlike:
            raise Unlike(
                "default-ulimits must have equal Soft and Hard limits with Podman, which swaps them: %s"
                % ", ".join(unlike)
            )
        limits = ["%s=%d:%d" % (name, limit.get("Soft", 0), limit.get("Hard", 0)) for name, limit in value.items()]
        return [("containers", "default_ulimits", toml(limits))]
    if key == "log-driver":
        if value not in LOG_DRIVERS:
            raise Unlike("log-driver must be one of %s with Podman, not %s" % (", ".join(sorted(LOG_DRIVERS)), value))
        return [("containers", "log_driver", toml(LOG_DRIVERS[value]))]
    if key == "log-opts":
        others = sorted(set(value) - {"max-size"})
        if others:
            raise Unlike("log-opts contains %s, but Podman supports only max-size" % " and ".join(others))
        return [("containers", "log_size_max", str(size("max-size", value["max-size"])))] if value else []
    if key == "insecure-registries":
        networks = [name for name in value if network(name)]
        if networks:
            raise Unlike("insecure-registries contains %s, but Podman supports only hosts" % " and ".join(networks))
        return []
    if key == "registry-mirrors":
        return []
    raise Unlike("%s has no counterpart in Podman" % key)


def toml(value: Any) -> str:
    """A value in TOML, which is the same as JSON except for tables."""
    if isinstance(value, Mapping):
        return "{%s}" % ", ".join("%s = %s" % (key, toml(part)) for key, part in sorted(value.items()))
    if isinstance(value, list):
        return "[%s]" % ", ".join(map(toml, value))
    return json.dumps(value)


def size(key: str, value: Any) -> int:
    """A size in bytes."""
    found = re.fullmatch(r"(\d+) ?([kmg]?)(i?b)?", str(value).lower())
    if not found:
        raise Unlike("%s is %s, but Podman supports only integers with an optional k, m or g" % (key, value))
    return int(found.group(1)) << 10 * UNITS[found.group(2)]


def network(name: str) -> bool:
    """Whether this is a network of registries."""
    try:
        return "/" in name and bool(ipaddress.ip_network(name))
    except ValueError:
        return False


def containers(said: List[Tuple[str, str, str]]) -> str:
    """A containers.conf."""
    parts = []
    for section in SECTIONS:
        lines = ["%s = %s\n" % (name, value) for place, name, value in said if place == section]
        if lines:
            parts.append("[%s]\n%s" % (section, "".join(lines)))
    return "\n".join(parts)


def registries(config: Mapping[str, Any]) -> str:
    """A registries.conf. The mirrors of a daemon.json are those of Docker Hub."""
    parts = [
        '[[registry]]\nlocation = "%s"\ninsecure = true\n' % name for name in config.get("insecure-registries", ())
    ]
    mirrors = list(map(urlsplit, config.get("registry-mirrors", ())))
    if mirrors:
        hub = '[[registry]]\nlocation = "docker.io"\n'
        for mirror in mirrors:
            hub += '\n[[registry.mirror]]\nlocation = "%s"\n' % (mirror.netloc + mirror.path.rstrip("/"))
            hub += "insecure = true\n" if mirror.scheme == "http" else ""
        parts.append(hub)
    return "\n".join(parts)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"podman_settings": podman_settings}
