# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter network_families."""

from __future__ import annotations

DOCUMENTATION = r"""
name: network_families
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
short_description: Separate networks by IPv4 and IPv6
description:
  - Separates networks and addresses by IP version, normalizes them and removes duplicates. Other values are errors.
options:
  _input:
    description: Networks such as V(10.0.0.0/8), and addresses.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Separate IPv4 and IPv6
  ansible.builtin.debug:
    msg: "{{ ['10.0.0.0/8', 'fd00::1', '192.0.2.7'] | slipway.docker.network_families }}"
  # {"ipv4": ["10.0.0.0/8", "192.0.2.7/32"], "ipv6": ["fd00::1/128"]}
"""

RETURN = r"""
_value:
  description: The networks in C(ipv4) and C(ipv6), in the order of the input.
  type: dict
"""

import ipaddress
from typing import Any, Callable, Dict, List

from ansible.errors import AnsibleFilterError


def network_families(networks: List[str]) -> Dict[str, List[str]]:
    """The networks by family. Raises AnsibleFilterError."""
    families: Dict[str, List[str]] = {"ipv4": [], "ipv6": []}
    for text in networks:
        network = parsed(text)
        family = families["ipv%d" % network.version]
        if str(network) not in family:
            family.append(str(network))
    return families


def parsed(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A network. An address with a prefix length is rejected, because it may be a mistake."""
    try:
        return ipaddress.ip_network(text if isinstance(text, str) else str(text))
    except ValueError as exc:
        raise AnsibleFilterError("%s is not a network such as 10.0.0.0/8 or fd00::/8: %s" % (text, exc)) from exc


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"network_families": network_families}
