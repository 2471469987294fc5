# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter daemon_root."""

from __future__ import annotations

DOCUMENTATION = r"""
name: daemon_root
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
short_description: Find out where an engine stores its data, and whether a changed daemon.json moves it
description:
  - An engine stores images, containers, volumes and the state of a swarm below C(data-root). With C(userns-remap), it
    uses a subdirectory per mapping. If one of these keys changes, the engine starts with an empty directory and does
    not see the data in the old one.
options:
  _input:
    description: The current C(daemon.json), as text. Empty if the file does not exist.
    type: str
    required: true
  config:
    description: The content of the new file.
    type: dict
    required: true
  same:
    description:
      - Whether both roots are the same directory, because one is a link to the other. Only the host knows this.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Check whether the data moves
  ansible.builtin.debug:
    msg: "{{ '{\"data-root\": \"/srv/docker\"}' | slipway.docker.daemon_root({'userns-remap': 'default'}) }}"
  # {"moved_by": ["data-root", "userns-remap"], "remapped": false, "root": "/srv/docker"}
"""

RETURN = r"""
_value:
  description:
    - C(root) is the data directory before the change. C(remapped) says whether it has subdirectories for mappings.
    - C(moved_by) lists the keys whose change moves the data.
  type: dict
"""

import json
import posixpath
from typing import Any, Callable, Dict, Mapping, Tuple

from ansible.errors import AnsibleFilterError

USUAL = "/var/lib/docker"


def daemon_root(before: str, config: Mapping[str, Any], same: bool = False) -> Dict[str, Any]:
    """The data directory with the text `before`, and the keys of `config` that move it. Raises AnsibleFilterError."""
    if not isinstance(config, Mapping):
        raise AnsibleFilterError("daemon_root needs a dictionary, not %r" % (config,))
    try:
        had = json.loads(before) if before.strip() else {}
    except ValueError:
        had = {}
    old, new = place(had if isinstance(had, dict) else {}), place(config)
    moved = {"data-root": old[0] != new[0] and not same, "userns-remap": old[1] != new[1]}
    moved_by = [key for key in moved if moved[key]]
    return {"root": old[0], "remapped": bool(old[1]), "moved_by": moved_by}


def place(config: Mapping[str, Any]) -> Tuple[str, str]:
    """The root, and the name of the mapping."""
    root = config.get("data-root") or config.get("graph") or USUAL
    return posixpath.normpath(str(root)), str(config.get("userns-remap") or "")


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"daemon_root": daemon_root}
