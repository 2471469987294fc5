#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module network_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: network_info
short_description: Get information about a network
version_added: 0.1.0
description: Returns the configuration and state of a network, and whether it exists.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.network_info
  - slipway.docker.connection
  - slipway.docker.attributes
  - slipway.docker.attributes.info
"""

EXAMPLES = r"""
- name: Get information about a network
  slipway.docker.network_info:
    name: backend
  register: backend

- name: Show the connected containers
  ansible.builtin.debug:
    var: backend.network.Containers
  when: backend.exists
"""

RETURN = r"""
exists:
  description: Whether the network exists.
  returned: success
  type: bool
  sample: true
network:
  description: The network as the Engine reports it, or V(null) if it does not exist.
  returned: success
  type: dict
  sample:
    Name: backend
    Id: 2ad28a6a5cd1e8b9b9a6ab5ea8ce4e6f63a1f6cd9c97f6a3a59b37e87eb1c2de
    Scope: local
    Driver: bridge
    Internal: false
    Labels: {}
    Options: {}
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.info import NETWORK_INFO


def main() -> None:
    """Run the module."""
    run(NETWORK_INFO)


if __name__ == "__main__":
    main()
