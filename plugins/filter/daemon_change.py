# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter daemon_change."""

from __future__ import annotations

DOCUMENTATION = r"""
name: daemon_change
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
short_description: Find out how a running engine applies a changed daemon.json
description:
  - Returns whether a new C(daemon.json) requires a reload or a restart of the engine, and why.
  - On a reload, the engine ignores most changed keys and all removed keys. A reload is sufficient only if the engine
    reloads all changed keys, and no key was removed.
options:
  _input:
    description: The C(daemon.json) that the engine currently runs with, as text. Empty if the file does not exist.
    type: str
    required: true
  config:
    description: The content of the new file.
    type: dict
    required: true
  real_root:
    description:
      - The C(data-root) of the new file with links resolved, as the Engine reports it. The default is the one in the
        file.
    type: str
    default: ''
"""

EXAMPLES = r"""
- name: Show how a change is applied
  ansible.builtin.debug:
    msg: "{{ '{\"debug\": true}' | slipway.docker.daemon_change({'debug': false}) }}"
  # {"how": "reload", "shown": {"Debug": false}, "why": "debug changed"}
"""

RETURN = r"""
_value:
  description:
    - C(how) is V(nothing), V(reload) or V(restart).
    - C(why) names the keys that require it.
    - C(shown) has the keys and values that the Engine's C(GET /info) returns after the change.
  type: dict
"""

import json
from typing import Any, Callable, Dict, Iterable, Mapping

from ansible.errors import AnsibleFilterError

# Not authorization-plugins, although the engine reloads them: with a missing plugin it would reject all requests and
# not start at the next boot. A restart fails at once, and the role rolls it back.
RELOADABLE = frozenset(
    (
        "debug",
        "default-cgroupns-mode",
        "default-ipc-mode",
        "default-runtime",
        "default-shm-size",
        "features",
        "insecure-registries",
        "labels",
        "live-restore",
        "max-concurrent-downloads",
        "max-concurrent-uploads",
        "registry-mirrors",
        "runtimes",
        "shutdown-timeout",
    )
)
SHOWN = {
    "data-root": "DockerRootDir",
    "debug": "Debug",
    "default-runtime": "DefaultRuntime",
    "experimental": "ExperimentalBuild",
    "labels": "Labels",
    "live-restore": "LiveRestoreEnabled",
    "log-driver": "LoggingDriver",
    "storage-driver": "Driver",
}


def daemon_change(before: str, config: Mapping[str, Any], real_root: str = "") -> Dict[str, Any]:
    """How an engine that runs with the text `before` applies `config`. Raises AnsibleFilterError."""
    if not isinstance(config, Mapping):
        raise AnsibleFilterError("daemon_change needs a dictionary, not %r" % (config,))
    change = change_of(before, config)
    if real_root and "DockerRootDir" in change["shown"]:
        change["shown"]["DockerRootDir"] = real_root
    return change


def change_of(before: str, config: Mapping[str, Any]) -> Dict[str, Any]:
    """The same, with `shown` as the file has it."""
    try:
        had = json.loads(before) if before.strip() else {}
    except ValueError:
        had = None
    if not isinstance(had, dict):
        why = "the current file is not a JSON object, so the differences are unknown"
        return {"how": "restart", "why": why, "shown": visible(config, config)}
    removed = sorted(had.keys() - config.keys())
    differing = sorted(key for key in config if key not in had or had[key] != config[key])
    stubborn = [key for key in differing if key not in RELOADABLE]
    shown = visible(config, differing)
    if removed:
        return {"how": "restart", "why": "a reload ignores removed keys: " + ", ".join(removed), "shown": shown}
    if stubborn:
        return {"how": "restart", "why": "a reload ignores " + ", ".join(stubborn), "shown": shown}
    if differing:
        return {"how": "reload", "why": ", ".join(differing) + " changed", "shown": shown}
    return {"how": "nothing", "why": "no key differs", "shown": {}}


def visible(config: Mapping[str, Any], keys: Iterable[str]) -> Dict[str, Any]:
    """The values of these keys in GET /info. With userns-remap, DockerRootDir is a subdirectory of data-root."""
    hidden = {"data-root"} if "userns-remap" in config else set()
    return {SHOWN[key]: config[key] for key in keys if key in SHOWN and key not in hidden}


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"daemon_change": daemon_change}
