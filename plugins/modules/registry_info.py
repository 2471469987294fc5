#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module registry_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_info
short_description: Get information about a registry, its repositories and tags
version_added: 0.1.0
description:
  - Returns how to connect to a registry and, if requested, its repositories, their tags, and the platforms, sizes and
    dates of the images.
  - It talks to the registry directly and needs no engine.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.registry_info
  - slipway.docker.registry_connection
  - slipway.docker.attributes
  - slipway.docker.attributes.info
"""

EXAMPLES = r"""
- name: Check that a registry answers and accepts the password
  slipway.docker.registry_info:
    registry: registry.example.com:5000
    username: reader
    password: "{{ vault_registry_password }}"
    ca_path: /etc/ssl/private-ca.pem
  delegate_to: localhost

- name: Get the images of all releases
  slipway.docker.registry_info:
    registry: registry.example.com:5000
    repositories: [team/*]
    tags: ["v[0-9]*"]
    manifests: true
  delegate_to: localhost
  register: releases

- name: Show images that cannot be pulled on arm64
  ansible.builtin.debug:
    msg: "{{ item.1.name }} of {{ item.0.name }}"
  loop: "{{ releases.repositories | subelements('tags') }}"
  when: "'linux/arm64' not in (item.1.platforms | rejectattr('missing') | map(attribute='platform'))"
"""

RETURN = r"""
registry:
  description: The registry itself.
  returned: success
  type: dict
  contains:
    name:
      description: The registry, as in image names.
      type: str
      returned: success
      sample: registry.example.com:5000
    url:
      description: The URL of its API.
      type: str
      returned: success
      sample: https://registry.example.com:5000
    api_version:
      description: The version of its API.
      type: str
      returned: success
      sample: registry/2.0
    auth:
      description: The authentication that it requires, V(basic) or V(bearer), or an empty string if it requires none.
      type: str
      returned: success
      sample: bearer
repositories:
  description: The requested repositories. A repository that does not exist has no tags.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name, without the registry.
      type: str
      returned: success
      sample: team/app
    tags:
      description: The tags, sorted by name.
      type: list
      elements: dict
      returned: if O(tags) is set
      contains:
        name:
          description: The tag.
          type: str
          returned: success
          sample: v1.4
        digest:
          description: The digest of its manifest or index.
          type: str
          returned: if O(manifests=true)
          sample: sha256:15ba91f9ffdfe71a50dc079d90b1502857b37a7e821cfbfc19c4cad86bb44641
        media_type:
          description: The media type of its manifest or index.
          type: str
          returned: if O(manifests=true)
          sample: application/vnd.oci.image.index.v1+json
        size:
          description: The size of all configurations and layers in bytes, for all platforms together.
          type: int
          returned: if O(manifests=true)
          sample: 7340032
        created:
          description: The creation date of the newest image, or V(null) if the images have none.
          type: str
          returned: if O(manifests=true)
          sample: "2026-03-01T10:00:00Z"
        platforms:
          description:
            - The images, one per platform, with C(platform), C(digest), C(size), C(created) and C(missing). C(missing)
              is V(true) if the index lists the image but the registry does not have it.
          type: list
          elements: dict
          returned: if O(manifests=true)
          sample:
            - platform: linux/arm64
              digest: sha256:96a1d1c3a5b3c2f9a62f1a2b63bdc8ae6a1a0ad3a6b3b1d8fce8a4d7fe1f2d9e
              size: 3670016
              created: "2026-03-01T10:00:00Z"
              missing: false
        referrers:
          description: The descriptors of its referrers, as the registry returns them.
          type: list
          elements: dict
          returned: if O(referrers=true)
          sample: []
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.registries import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.registry_info import REGISTRY_INFO


def main() -> None:
    """Run the module."""
    run(REGISTRY_INFO)


if __name__ == "__main__":
    main()
