#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module registry_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_info
short_description: Look at what a registry holds
version_added: 0.1.0
description:
  - Shows how a registry is spoken to, and as far as it is asked for, its repositories, their tags, and what images
    these are, with platforms, sizes and dates.
  - The registry is asked directly, without an engine.
author:
  - The slipway.docker authors (@slipway)
options:
  registry:
    description:
      - The registry, C(HOST[:PORT]), as it is written in the names of images. A URL is taken too.
    type: str
    default: docker.io
    aliases: [registry_url, url]
  repositories:
    description:
      - The repositories to look at, by name, or by pattern with C(*), C(?) and C([...]), where C(*) stands for slashes
        too. What matches any of them counts.
      - A pattern needs the registry's catalog, which Docker Hub and others do not give.
      - If this is not given, only the registry itself is looked at.
    type: list
    elements: str
  tags:
    description:
      - The tags to show, by name or pattern. V(*) alone shows all.
      - If this is not given, tags are not asked for.
    type: list
    elements: str
  manifests:
    description: Show what image each tag is. This takes several requests for each.
    type: bool
    default: false
  referrers:
    description:
      - Show what refers to each image, such as signatures and bills of materials. Where the registry has no list of
        that, the tag that stands in for it is read.
    type: bool
    default: false
  page_size:
    description: How many repositories or tags to ask for at once. All pages are read.
    type: int
    default: 100
extends_documentation_fragment:
  - slipway.docker.registry_connection
  - slipway.docker.attributes
  - slipway.docker.attributes.info
seealso:
  - module: slipway.docker.registry_image
  - module: slipway.docker.registry
"""

EXAMPLES = r"""
- name: See that a registry answers and takes the password
  slipway.docker.registry_info:
    registry: registry.example.com:5000
    username: reader
    password: "{{ vault_registry_password }}"
    ca_path: /etc/ssl/private-ca.pem
  delegate_to: localhost

- name: See what the releases of all applications are made of
  slipway.docker.registry_info:
    registry: registry.example.com:5000
    repositories: [team/*]
    tags: ["v[0-9]*"]
    manifests: true
  delegate_to: localhost
  register: releases

- name: Name those that cannot be pulled on arm64
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
      description: The registry, as it is written in the names of images.
      type: str
      returned: success
      sample: registry.example.com:5000
    url:
      description: Where its API is.
      type: str
      returned: success
      sample: https://registry.example.com:5000
    api_version:
      description: The version of the API that it speaks.
      type: str
      returned: success
      sample: registry/2.0
    auth:
      description: How it wants to be answered, V(basic) or V(bearer); empty if it lets everybody in.
      type: str
      returned: success
      sample: bearer
repositories:
  description: The repositories that were asked for. A name that the registry does not know has no tags.
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
      returned: if O(tags) is given
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
          description: What it is.
          type: str
          returned: if O(manifests=true)
          sample: application/vnd.oci.image.index.v1+json
        size:
          description: The bytes of configurations and layers, of all platforms together.
          type: int
          returned: if O(manifests=true)
          sample: 7340032
        created:
          description: When the newest of its images was created, as that says itself; V(null) if it does not.
          type: str
          returned: if O(manifests=true)
          sample: "2026-03-01T10:00:00Z"
        platforms:
          description:
            - Its images, one for each platform, with C(platform), C(digest), C(size), C(created), and C(missing), which
              is V(true) for one that the index lists and the registry does not have.
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
          description: The descriptors of what refers to it, as the registry gives them.
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
