#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module image_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_info
short_description: Get information about images
version_added: 0.1.0
description: Returns the images on a host. Registries are not queried.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.image_info
  - slipway.docker.connection
  - slipway.docker.attributes
  - slipway.docker.attributes.info
"""

EXAMPLES = r"""
- name: Get information about an image
  slipway.docker.image_info:
    name: [registry.example.com/team/app:1.4]
  register: app

- name: Get images with their containers
  slipway.docker.image_info:
    filters:
      reference: registry.example.com/team/*
    containers: true
  register: mine

- name: Remove images that no container uses
  slipway.docker.image:
    name: "{{ item.Id }}"
    state: absent
    force_absent: true
  loop: "{{ mine.images | rejectattr('Containers') }}"
  loop_control:
    label: "{{ item.RepoTags }}"

- name: Show which registries have the image
  ansible.builtin.debug:
    var: app.images[0].RepoDigests
  when: app.images | length > 0
"""

RETURN = r"""
images:
  description:
    - The images as the Engine reports them. Images that are not on the host are left out.
    - C(History) is a list of layers as the Engine reports them, the newest first. C(Containers) is a list of
      dictionaries with C(Id), C(Name) and C(State). Both exist only if requested.
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
