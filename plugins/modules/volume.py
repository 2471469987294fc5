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
    kept, unless O(recreate) allows replacing the volume by an empty one.
author:
  - The slipway.docker authors (@slipway)
options:
  volume_name:
    description: The name of the volume.
    type: str
    required: true
    aliases: [name]
  driver:
    description: The volume driver. If not set, the Engine uses V(local) for a new volume.
    type: str
  driver_options:
    description:
      - Options of the driver, by name. An existing volume must have exactly these.
      - The V(local) driver has C(type), C(o) and C(device), with the same meaning as for C(mount).
    type: dict
  labels:
    description:
      - Labels of the volume. An existing volume should have exactly these.
      - Different labels of an existing volume only cause a warning, unless O(recreate) allows replacing it.
    type: dict
  recreate:
    description:
      - When to replace an existing volume by an empty one. Its data is lost.
      - V(never) does not replace it.
      - V(options-changed) replaces it if the driver, its options or the labels differ.
      - V(always) replaces it in each run.
    type: str
    choices: [always, never, options-changed]
    default: never
  comparisons:
    description:
      - How to compare an option, by its name, or all options, with V(*). The values are V(strict), V(ignore) and
        V(allow_more_present).
      - With V(allow_more_present), additional entries of a dictionary are not a difference.
    type: dict
  state:
    description:
      - V(present) creates the volume if it does not exist.
      - V(absent) removes it, including its data.
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
    details: With O(recreate=always), each run replaces the volume.
seealso:
  - module: slipway.docker.volume_info
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
