#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module volume."""

from __future__ import annotations

DOCUMENTATION = r"""
module: volume
short_description: Make and remove volumes
version_added: 0.1.0
description:
  - Makes a named volume as declared, or removes it.
  - The Engine cannot change a volume that exists. A difference in the driver or its options therefore fails the
    task and leaves the data alone, unless O(recreate) allows a new and empty volume in its place.
author:
  - The slipway.docker authors (@slipway)
options:
  volume_name:
    description: The name of the volume.
    type: str
    required: true
    aliases: [name]
  driver:
    description:
      - The volume driver. The Engine uses V(local) for a new volume where this is left out.
    type: str
  driver_options:
    description:
      - Options of the driver, compared as a whole with those of an existing volume.
      - The V(local) driver knows C(type), C(o) and C(device), with the meaning of C(mount).
    type: dict
  labels:
    description:
      - Labels of the volume, as a whole.
      - Labels of an existing volume that differ are left alone with a warning, unless O(recreate) allows more.
    type: dict
  recreate:
    description:
      - What to do with an existing volume. Removing it loses its data.
      - V(never) keeps it.
      - V(options-changed) removes it and makes a new one if the driver, its options or the labels differ.
      - V(always) removes it and makes a new one each time.
    type: str
    choices: [always, never, options-changed]
    default: never
  comparisons:
    description:
      - How to compare single options, or V(*) for all of them, each V(strict), V(ignore) or V(allow_more_present).
      - With V(allow_more_present), entries of a dictionary that the task does not name are no difference.
    type: dict
  state:
    description:
      - V(present) makes the volume where there is none.
      - V(absent) removes it, with its data.
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
    details: With O(recreate=always) each run makes a new volume.
seealso:
  - module: slipway.docker.volume_info
"""

EXAMPLES = r"""
- name: Make a volume
  slipway.docker.volume:
    name: data

- name: Make a volume on an NFS server
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
  description: The volume as the Engine shows it, or an empty dictionary where there is none.
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
  description: What was done, or in check mode would be, one line a step, with its reason.
  returned: success
  type: list
  elements: str
  sample: ["create volume data: it does not exist"]
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume.resource import VOLUME


def main() -> None:
    """Run the module."""
    run(VOLUME)


if __name__ == "__main__":
    main()
