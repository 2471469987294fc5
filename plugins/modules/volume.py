#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module volume."""

from __future__ import annotations

DOCUMENTATION = r"""
module: volume
short_description: Create and remove volumes
version_added: 0.1.0
description:
  - Creates a named volume as declared, or removes it.
  - The Engine cannot change an existing volume. If the driver or its options differ, the task fails and the data is
    kept, unless O(recreate) allows replacing the volume with an empty one.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.volume
  - slipway.docker.connection
  - slipway.docker.attributes
"""

EXAMPLES = r"""
- name: Create a volume
  slipway.docker.volume:
    name: data

- name: Create a volume on an NFS server
  slipway.docker.volume:
    name: shared
    driver_options:
      type: nfs
      o: addr=192.0.2.10,rw,nfsvers=4.2
      device: :/export/shared

- name: Remove a volume and its data
  slipway.docker.volume:
    name: data
    state: absent
"""

RETURN = r"""
volume:
  description:
    - The volume as the Engine reports it, or an empty dictionary if it does not exist.
    - Secrets in driver options are hidden. M(slipway.docker.volume_info) shows them.
  returned: success
  type: dict
  sample:
    Name: data
    Driver: local
    Labels: {}
    Options: {}
    Scope: local
    Mountpoint: /var/lib/docker/volumes/data/_data
actions:
  description: The steps that were executed, or would be in check mode, each with its reason.
  returned: success
  type: list
  elements: str
  sample: ["create volume data: it does not exist"]
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
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume.resource import VOLUME


def main() -> None:
    """Run the module."""
    run(VOLUME)


if __name__ == "__main__":
    main()
