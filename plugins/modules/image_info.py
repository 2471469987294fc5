#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module image_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_info
short_description: Look at images
version_added: 0.1.0
description:
  - Shows what the Engine knows about the images on a host. Registries are not asked.
author:
  - The slipway.docker authors (@slipway)
options:
  name:
    description:
      - Names or ids of images, also short ids of 12 digits and more, as C(docker image ls) shows them. A name without
        tag and digest means the tag V(latest).
      - If this is not given, all images are shown, or those that pass O(filters).
    type: list
    elements: str
  filters:
    description:
      - Conditions as C(docker image ls --filter) has them, each a value or a list of values, such as V(true) for
        C(dangling), V(team=web) for C(label) or V(registry.example.com/*) for C(reference).
    type: dict
  history:
    description: Whether each image also shows its layers and how they were made, under C(History).
    type: bool
    default: false
  containers:
    description:
      - Whether each image also shows the containers that were made from it, also stopped ones, under C(Containers).
    type: bool
    default: false
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
  - slipway.docker.attributes.info
seealso:
  - module: slipway.docker.image
"""

EXAMPLES = r"""
- name: Look at an image
  slipway.docker.image_info:
    name: [registry.example.com/team/app:1.4]
  register: app

- name: Find images that nobody uses
  slipway.docker.image_info:
    filters:
      reference: registry.example.com/team/*
    containers: true
  register: mine

- name: Remove them
  slipway.docker.image:
    name: "{{ item.Id }}"
    state: absent
    force_absent: true
  loop: "{{ mine.images | rejectattr('Containers') }}"
  loop_control:
    label: "{{ item.RepoTags }}"

- name: Say which registries have it
  ansible.builtin.debug:
    var: app.images[0].RepoDigests
  when: app.images | length > 0
"""

RETURN = r"""
images:
  description:
    - The images as the Engine shows them; those that are not on the host are left out.
    - C(History) is a list of layers as the Engine shows them, the newest first, and C(Containers) a list of
      dictionaries with C(Id), C(Name) and C(State). Each is only there if it was asked for.
  returned: success
  type: list
  elements: dict
  sample:
    - Id: sha256:15ba91f9ffdfe71a50dc079d90b1502857b37a7e821cfbfc19c4cad86bb44641
      RepoTags: ["registry.example.com/team/app:1.4"]
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.info import IMAGE_INFO


def main() -> None:
    """Run the module."""
    run(IMAGE_INFO)


if __name__ == "__main__":
    main()
