# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter registry_settings."""

from __future__ import annotations

DOCUMENTATION = r"""
name: registry_settings
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
short_description: Create the configuration of a registry
description:
  - Creates the configuration of a registry 2.8 or 3 from the options of the role P(slipway.docker.registry#role).
options:
  _input:
    description:
      - The options of the role, without the prefix C(registry_), and C(files), the paths of its files, with
        C(certificate), C(key), C(htpasswd) and C(token).
    type: dict
    required: true
  secret:
    description: The secret that signs the state of uploads. If it changes, uploads cannot continue after a restart.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Write the configuration
  ansible.builtin.copy:
    dest: /etc/docker/registry/config.yml
    content: "{{ declared | slipway.docker.registry_settings(secret) | to_nice_json }}"
    mode: "0640"
  no_log: true
"""

RETURN = r"""
_value:
  description: The configuration.
  type: dict
"""

from typing import Any, Callable, Dict, Mapping

from ansible.errors import AnsibleFilterError

# The options of S3 storage, and what the registry calls them.
S3 = {
    "bucket": "bucket",
    "region": "region",
    "endpoint": "regionendpoint",
    "access_key": "accesskey",
    "secret_key": "secretkey",
    "directory": "rootdirectory",
    "encrypt": "encrypt",
}
PROXY = {"url": "remoteurl", "username": "username", "password": "password"}


def registry_settings(declared: Mapping[str, Any], secret: str) -> Dict[str, Any]:
    """The configuration of a registry. Raises AnsibleFilterError."""
    try:
        return merged(settings(declared, secret), declared["config"])
    except KeyError as error:
        raise AnsibleFilterError("registry_settings needs %s" % error)


def settings(declared: Mapping[str, Any], secret: str) -> Dict[str, Any]:
    """What follows from the typed options."""
    files = declared["files"]
    address = "[%s]" % declared["address"] if ":" in declared["address"] else declared["address"]
    http: Dict[str, Any] = {
        "addr": "%s:%d" % (address, int(declared["port"])),
        "secret": secret,
        "draintimeout": "%ds" % int(declared["drain_timeout"]),
        "tls": {"certificate": files["certificate"], "key": files["key"]},
        "headers": {"X-Content-Type-Options": ["nosniff"], **declared["headers"]},
    }
    if declared["metrics_address"]:
        http["debug"] = {"addr": declared["metrics_address"], "prometheus": {"enabled": True, "path": "/metrics"}}
    made: Dict[str, Any] = {
        "version": "0.1",
        "log": {"level": declared["log_level"], "accesslog": {"disabled": True}, "fields": {"service": "registry"}},
        "storage": {
            **storage(declared),
            "cache": {"blobdescriptor": "inmemory"},
            "delete": {"enabled": bool(declared["deletion"])},
        },
        "http": http,
        "health": {"storagedriver": {"enabled": True, "interval": "10s", "threshold": 3}},
    }
    if declared["auth"] == "htpasswd":
        made["auth"] = {"htpasswd": {"realm": "registry", "path": files["htpasswd"]}}
    elif declared["auth"] == "token":
        token = {key: declared["token"][key] for key in ("realm", "service", "issuer")}
        made["auth"] = {"token": {**token, "rootcertbundle": files["token"]}}
    if declared["proxy"]:
        made["proxy"] = renamed(declared["proxy"], PROXY)
    return made


def storage(declared: Mapping[str, Any]) -> Dict[str, Any]:
    """Where images are."""
    if declared["storage"] == "s3":
        s3 = renamed(declared["s3"], S3)
        # The registry 3 would look for the bucket in the name of the host, where 2.8 takes any endpoint's path.
        return {"s3": {**s3, "forcepathstyle": True} if "regionendpoint" in s3 and declared["version"] == "3" else s3}
    return {"filesystem": {"rootdirectory": declared["data"]}}


def renamed(given: Mapping[str, Any], names: Mapping[str, str]) -> Dict[str, Any]:
    """What is given of these, by the registry's names."""
    return {names[key]: value for key, value in given.items() if value not in (None, "")}


def merged(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Dict[str, Any]:
    """Dictionaries are merged; everything else is replaced."""
    result = dict(ours)
    for key, value in theirs.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if both else value
    return result


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"registry_settings": registry_settings}
