#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module network."""

from __future__ import annotations

DOCUMENTATION = r"""
module: network
short_description: Create, recreate and remove networks, and connect containers
version_added: 0.1.0
description:
  - Creates a network as declared, or removes it, and connects containers to it.
  - The Engine cannot change an existing network. A network that differs is therefore recreated, and all its containers
    are connected again with the same settings; if a step fails, the old network is restored.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.network
  - slipway.docker.connection
  - slipway.docker.attributes
"""

EXAMPLES = r"""
- name: Create a network
  slipway.docker.network:
    name: backend

- name: Create an isolated network with a specific subnet
  slipway.docker.network:
    name: backend
    internal: true
    ipam_config:
      - subnet: 198.51.100.0/24
        gateway: 198.51.100.1
        iprange: 198.51.100.128/25
        aux_addresses:
          printer: 198.51.100.7

- name: Create a network with IPv4 and IPv6
  slipway.docker.network:
    name: dual
    enable_ipv6: true
    ipam_config:
      - subnet: 203.0.113.0/24
      - subnet: 2001:db8:1::/64

- name: Create a network on an interface of the host
  slipway.docker.network:
    name: lan
    driver: macvlan
    driver_options:
      parent: eth0
    ipam_config:
      - subnet: 192.0.2.0/24
        gateway: 192.0.2.1

- name: Connect exactly these containers
  slipway.docker.network:
    name: backend
    connected: [web, database]

- name: Connect another container
  slipway.docker.network:
    name: backend
    connected: [backup]
    appends: true

- name: Remove a network
  slipway.docker.network:
    name: backend
    state: absent
"""

RETURN = r"""
network:
  description:
    - The network as the Engine reports it, or an empty dictionary if it does not exist.
    - Secrets in driver options are hidden. M(slipway.docker.network_info) shows them.
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
actions:
  description: The steps that were executed, or would be in check mode, each with its reason.
  returned: success
  type: list
  elements: str
  sample: ["create network backend: it does not exist"]
failed_step:
  description: The step that failed, written as in RV(actions).
  returned: failure of a step
  type: str
done:
  description: The steps that were executed before it.
  returned: failure of a step
  type: list
  elements: str
undone:
  description: The rollback steps that were executed.
  returned: failure of a step
  type: list
  elements: str
not_undone:
  description: The rollback steps that failed, each with its error.
  returned: failure of a step
  type: list
  elements: str
rolled_back:
  description: Whether everything is as it was before the task. If V(false), the message says what is left.
  returned: failure of a step
  type: bool
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.resource import NETWORK


def main() -> None:
    """Run the module."""
    run(NETWORK)


if __name__ == "__main__":
    main()
