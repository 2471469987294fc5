# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter daemon_config."""

from __future__ import annotations

DOCUMENTATION = r"""
name: daemon_config
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
short_description: Merge layers of a daemon.json
description:
  - Merges the layers of a C(daemon.json). Later layers override earlier ones.
  - Dictionaries are merged key by key. The entries of a list are appended, without duplicates. Other values are
    replaced.
  - V(null) removes a key and all its values in earlier layers.
  - A layer with another C(log-driver) drops C(log-opts) of earlier layers that the driver does not support.
options:
  _input:
    description: The layers, the most general one first. A layer that is V(null) is ignored.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Merge two layers
  ansible.builtin.debug:
    msg: "{{ [{'debug': true, 'labels': ['a=1']}, {'debug': null, 'labels': ['b=2']}] | slipway.docker.daemon_config }}"
  # {"labels": ["a=1", "b=2"]}
"""

RETURN = r"""
_value:
  description: The merged configuration.
  type: dict
"""

from typing import Any, Callable, Dict, List, Mapping

from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.plugin_utils.daemon_logs import driver_of, kept_options


def daemon_config(layers: List[Mapping[str, Any] | None]) -> Dict[str, Any]:
    """The layers merged. Raises AnsibleFilterError."""
    merged: Dict[str, Any] = {}
    for layer in layers:
        if layer is not None and not isinstance(layer, Mapping):
            raise AnsibleFilterError("daemon_config needs a list of dictionaries; %r is not one" % (layer,))
        merged = merge(of_its_driver(merged, layer or {}), layer or {})
    return merged


def of_its_driver(under: Dict[str, Any], over: Mapping[str, Any]) -> Dict[str, Any]:
    """`under` without the log options that the log driver of `over` does not support."""
    if (
        "log-driver" not in over
        or driver_of(over) == driver_of(under)
        or not isinstance(under.get("log-opts"), Mapping)
    ):
        return under
    kept = kept_options(under["log-opts"], driver_of(over))
    others = {key: value for key, value in under.items() if key != "log-opts"}
    return {**others, "log-opts": kept} if kept else others


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> Dict[str, Any]:
    """One dictionary merged over another. A null removes its key."""
    merged = dict(under)
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping):
            had = merged.get(key)
            merged[key] = merge(had if isinstance(had, Mapping) else {}, value)
        elif isinstance(value, list) and isinstance(merged.get(key), list):
            merged[key] = merged[key] + [entry for entry in value if entry not in merged[key]]
        else:
            merged[key] = value
    return merged


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"daemon_config": daemon_config}
