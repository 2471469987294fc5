#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module network."""

from __future__ import annotations

DOCUMENTATION = r"""
module: network
short_description: Make and remove networks, and connect containers to them
version_added: 0.1.0
description:
  - Makes a network as declared, or removes it, and connects containers to it if asked.
  - The Engine cannot change a network that exists. Where it differs, all containers are disconnected, the network is
    made anew, and every container is connected again with the aliases, static addresses, links, driver options and
    gateway priority that it had there, whoever made it and whether it runs or not. If a step fails, the old network
    is back, with its containers on it.
  - Only what is declared is compared. A network that is made anew keeps the settings that are not declared.
  - Values that the Engine adds are no difference, such as a gateway, or the pool of an IP version without an entry
    in O(ipam_config).
author:
  - The slipway.docker authors (@slipway)
options:
  name:
    description: The name of the network, or the id of one that exists, in full or its first 12 digits.
    type: str
    required: true
    aliases: [network_name]
  driver:
    description:
      - The network driver, such as V(bridge), V(macvlan), V(ipvlan), V(overlay) or that of a plugin.
      - The Engine uses V(bridge) for a new network where this is left out.
      - V(overlay), like O(scope=swarm) and O(ingress), needs a manager of a swarm. An existing network is not removed
        for a driver that the engine does not list.
    type: str
  driver_options:
    description:
      - Options of the driver. Each must have the declared value.
      - Further options of an existing network may be defaults of the engine and are left alone, with a warning.
        A network that is made anew for another reason, or with O(force), has the declared options only.
      - A bridge (C(com.docker.network.bridge.name)) that another network has is refused.
    type: dict
  ipam_driver:
    description: The driver that manages addresses.
    type: str
  ipam_driver_options:
    description: Options of the IPAM driver, as a whole.
    type: dict
  ipam_config:
    description:
      - The address pools, in any order. The subnets of each IP version that has an entry are compared as a whole,
        and of each entry what is given.
    type: list
    elements: dict
    suboptions:
      subnet:
        description: The subnet in CIDR notation. Each entry needs one.
        type: str
      gateway:
        description: The address of the gateway. The Engine chooses one where this is left out.
        type: str
      iprange:
        description: The part of the subnet that containers get addresses from, in CIDR notation.
        type: str
      aux_addresses:
        description: Addresses that the Engine must not give to containers, by the names of their hosts.
        type: dict
  enable_ipv4:
    description: Whether the network has IPv4. Needs Engine API 1.47 (Docker 27).
    type: bool
  enable_ipv6:
    description:
      - Whether the network has IPv6.
      - Engines before Docker 27 need an IPv6 subnet in O(ipam_config) for it.
    type: bool
  internal:
    description: Whether the network has no way to the outside.
    type: bool
  attachable:
    description: Whether containers that are no tasks of a service may be on a network of a swarm.
    type: bool
  ingress:
    description:
      - Whether this is the network of the routing mesh of a swarm. There can be one.
      - The one that a swarm has must be named for a change, usually C(ingress).
    type: bool
  config_only:
    description:
      - Whether the network only holds settings (O(driver_options), O(labels), O(enable_ipv6) and those of IPAM) for
        other networks.
    type: bool
  config_from:
    description: The name of a network with O(config_only) that supplies these settings.
    type: str
  scope:
    description: The scope of the network. Left out, it is that of the driver.
    type: str
    choices: [local, global, swarm]
  labels:
    description: Labels of the network, as a whole.
    type: dict
  connected:
    description:
      - Names or ids of the containers that are on the network, as a whole. An empty list takes all off.
      - Containers are left alone where this is left out. Those that a swarm runs are always.
    type: list
    elements: str
    aliases: [containers]
  appends:
    description: Whether containers that O(connected) does not name stay connected.
    type: bool
    default: false
    aliases: [incremental]
  force:
    description:
      - Makes an existing network anew even if nothing differs.
      - Goes on where a container loses a static MAC address by that, which engines since Docker 25 do not give to a
        container that is connected again. Without this, the task fails before it changes anything.
    type: bool
    default: false
  comparisons:
    description:
      - How to compare single options, or V(*) for all of them, each V(strict), V(ignore) or V(allow_more_present).
      - With V(allow_more_present), entries of a list or dictionary that the task does not name are no difference.
    type: dict
  state:
    description:
      - V(present) makes the network where there is none, and anew where it differs.
      - V(absent) removes it, after taking off the containers that are on it.
    type: str
    choices: [absent, present]
    default: present
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: With O(force) each run makes the network anew.
notes:
  - The networks V(bridge), V(host), V(none) and V(docker_gwbridge) are the Engine's own. They are never made anew or
    removed; what differs is a warning. Containers can be connected to V(bridge).
  - A network that services of a swarm use cannot be made anew or removed, and neither can one where a container asks
    for an address that no new subnet contains. The task fails before it changes anything.
  - On the network of a swarm, a container may get another address when the network is made anew.
  - A static MAC address on a network other than the first one of a container is invisible to this module on engines
    since Docker 25, and lost when that network is made anew.
seealso:
  - module: slipway.docker.network_info
"""

EXAMPLES = r"""
- name: Make a network
  slipway.docker.network:
    name: backend

- name: Make a network with a subnet of its own, without a way to the outside
  slipway.docker.network:
    name: backend
    internal: true
    ipam_config:
      - subnet: 198.51.100.0/24
        gateway: 198.51.100.1
        iprange: 198.51.100.128/25
        aux_addresses:
          printer: 198.51.100.7

- name: Make a network with IPv4 and IPv6
  slipway.docker.network:
    name: dual
    enable_ipv6: true
    ipam_config:
      - subnet: 203.0.113.0/24
      - subnet: 2001:db8:1::/64

- name: Put containers on the network of the host's first interface
  slipway.docker.network:
    name: lan
    driver: macvlan
    driver_options:
      parent: eth0
    ipam_config:
      - subnet: 192.0.2.0/24
        gateway: 192.0.2.1

- name: Have exactly these containers on a network
  slipway.docker.network:
    name: backend
    connected: [web, database]

- name: Connect one more
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
  description: The network as the Engine shows it, or an empty dictionary where there is none.
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
  description: What was done, or in check mode would be, one line a step, with its reason.
  returned: success
  type: list
  elements: str
  sample: ["create network backend: it does not exist"]
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.resource import NETWORK


def main() -> None:
    """Run the module."""
    run(NETWORK)


if __name__ == "__main__":
    main()
