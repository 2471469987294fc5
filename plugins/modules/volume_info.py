#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module volume_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: volume_info
short_description: Get information about a volume
version_added: 0.1.0
description: Returns the configuration of a volume, and whether it exists.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.volume_info
  - slipway.docker.connection
  - slipway.docker.attributes
  - slipway.docker.attributes.info
"""

EXAMPLES = r"""
- name: Get information about a volume
  slipway.docker.volume_info:
    name: data
  register: data

- name: Show where the volume is on the host
  ansible.builtin.debug:
    var: data.volume.Mountpoint
  when: data.exists
"""

RETURN = r"""
exists:
  description: Whether the volume exists.
  returned: success
  type: bool
  sample: true
volume:
  description: The volume as the Engine reports it, or V(null) if it does not exist.
  returned: success
  type: dict
  sample:
    Name: data
    Driver: local
    Labels: {}
    Options: {}
    Scope: local
    Mountpoint: /var/lib/docker/volumes/data/_data
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume.info import VOLUME_INFO


def main() -> None:
    """Run the module."""
    run(VOLUME_INFO)


if __name__ == "__main__":
    main()
