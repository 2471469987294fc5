# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of network, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name of the network, or the ID of an existing network, in full or its first 12 digits.
      - A network that is identified by its ID is not recreated, because the new network would have another ID.
    type: str
    required: true
    aliases: [network_name]
  driver:
    description:
      - The network driver, such as V(bridge), V(macvlan), V(ipvlan), V(overlay), or a plugin.
      - If not set, the Engine uses V(bridge) for a new network.
      - V(overlay) requires a swarm manager, and so do O(scope=swarm) and O(ingress). An existing network is not removed
        if the engine does not list the new driver.
    type: str
  driver_options:
    description:
      - Options of the driver. Each option must have the declared value.
      - Other options of an existing network may be defaults of the engine. They are kept, with a warning, until the
        network is recreated for another reason or with O(force=true).
      - A bridge (C(com.docker.network.bridge.name)) that another network uses is rejected.
    type: dict
  ipam_driver:
    description: The driver that manages addresses (IPAM).
    type: str
  ipam_driver_options:
    description: Options of the IPAM driver. An existing network must have exactly these.
    type: dict
  ipam_config:
    description:
      - The address pools, in any order.
      - A bridge network has at most one subnet for IPv4 and one for IPv6. Other drivers support several.
      - If an entry is for IPv4, the network must have exactly the declared IPv4 subnets; the same applies to IPv6. Only
        the suboptions that an entry sets are compared.
    type: list
    elements: dict
    suboptions:
      subnet:
        description: The subnet in CIDR notation. Required.
        type: str
      gateway:
        description: The address of the gateway. If not set or empty, the Engine chooses one.
        type: str
      iprange:
        description: The part of the subnet from which containers get addresses, in CIDR notation.
        type: str
      aux_addresses:
        description:
          - Addresses that the Engine must not assign to containers, as a dictionary of host names and addresses.
        type: dict
  enable_ipv4:
    description: Whether the network has IPv4. Requires Engine API 1.47 (Docker 27).
    type: bool
  enable_ipv6:
    description:
      - Whether the network has IPv6.
      - Before Docker 27, this requires an IPv6 subnet in O(ipam_config).
    type: bool
  internal:
    description: Whether the network is isolated from external networks.
    type: bool
  attachable:
    description: Whether standalone containers can connect to a swarm network.
    type: bool
  ingress:
    description:
      - Whether this is the routing mesh network of a swarm. A swarm has at most one.
      - To change an existing one, use its name, usually C(ingress).
    type: bool
  config_only:
    description:
      - Whether the network only holds settings for other networks (O(driver_options), O(labels), O(enable_ipv6) and the
        IPAM options).
    type: bool
  config_from:
    description: The name of a network with O(config_only=true) from which the settings are taken.
    type: str
  scope:
    description: The scope of the network. If not set, the driver determines it.
    type: str
    choices: [local, global, swarm]
  labels:
    description: Labels of the network. An existing network must have exactly these.
    type: dict
  connected:
    description:
      - The containers on the network, by name or ID. All others are disconnected. An empty list disconnects all
        containers.
      - If not set, no container is connected or disconnected. Containers of swarm services are never disconnected.
    type: list
    elements: str
    aliases: [containers]
  appends:
    description: Whether to keep containers connected that O(connected) does not list.
    type: bool
    default: false
    aliases: [incremental]
  force:
    description:
      - Whether to recreate an existing network even if nothing differs.
      - It also allows a recreation in which a container loses a static MAC address, because engines since Docker 25 do
        not set a MAC address when a container is reconnected. Without O(force), the task then fails before it changes
        anything.
    type: bool
    default: false
  comparisons:
    description:
      - How to compare an option, by its name, or all options, with V(*). The values are V(strict), V(ignore) and
        V(allow_more_present).
      - With V(allow_more_present), additional entries of a list or dictionary are not a difference.
    type: dict
  state:
    description:
      - V(present) creates the network if it does not exist, and recreates it if it differs.
      - V(absent) disconnects its containers and removes it.
    type: str
    choices: [absent, present]
    default: present
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: With O(force=true), each run recreates the network.
notes:
  - Options that the task does not set are not compared, and keep their values when the network is recreated.
  - Values that the Engine adds are not a difference, such as a gateway, or the pool of an IP version that has no entry
    in O(ipam_config).
  - When a network is recreated, each container gets back its aliases, static addresses, links, driver options and
    gateway priority, even if it is stopped or was not created by Ansible. Swarm networks may assign another address.
  - An interrupted recreation is finished by the next run of the task.
  - A network cannot be recreated or removed while swarm services use it, and cannot be recreated if a container has a
    static address that is in none of the new subnets. The task fails before it changes anything.
  - The predefined networks V(bridge), V(host), V(none) and V(docker_gwbridge) are never recreated or removed; a
    difference causes a warning. Containers can be connected to V(bridge).
  - On engines since Docker 25, the module cannot see a static MAC address of a container on a network that is not its
    first one. It is lost when that network is recreated.
seealso:
  - module: slipway.docker.network_info
"""
