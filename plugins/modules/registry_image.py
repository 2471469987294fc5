#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module registry_image."""

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_image
short_description: Copy images between registries, remove them, and prune repositories
version_added: 0.1.0
description:
  - Copies an image to a registry from another registry or a file, removes it, or prunes a repository.
  - It talks to the registries directly and needs no engine, so it can handle images of all platforms.
  - Data that the registry already has is not transferred.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.registry_image
  - slipway.docker.registry_connection
  - slipway.docker.attributes
"""

EXAMPLES = r"""
- name: Mirror an image from Docker Hub, for two platforms
  slipway.docker.registry_image:
    name: registry.example.com:5000/mirror/alpine:3.22
    source:
      name: alpine:3.22
    platforms: [linux/amd64, linux/arm64]
    username: pusher
    password: "{{ vault_registry_password }}"
  delegate_to: localhost

- name: Mirror an image with its signatures
  slipway.docker.registry_image:
    name: registry.example.com:5000/mirror/app:2.1
    source:
      name: ghcr.io/example/app:2.1
    referrers: true
  delegate_to: localhost

- name: Promote a tested image by digest, without a transfer
  slipway.docker.registry_image:
    name: registry.example.com:5000/release/app:stable
    source:
      name: registry.example.com:5000/build/app@{{ tested_digest }}
    force_tag: true
  delegate_to: localhost

- name: Copy an image from a file to a registry without internet access
  slipway.docker.registry_image:
    name: registry.example.com:5000/team/app:1.4
    source:
      path: /media/transfer/app-1.4.tar

- name: Keep ten images, those of the last month, releases, and images in use
  slipway.docker.registry_image:
    name: registry.example.com:5000/team/app
    state: pruned
    keep:
      last: 10
      newer_than: 30d
      tags: ["v*", stable]
      in_use: "{{ running_images }}"
  delegate_to: localhost

- name: Remove a tag
  slipway.docker.registry_image:
    name: registry.example.com:5000/team/app:broken
    state: absent
  delegate_to: localhost
"""

RETURN = r"""
image:
  description: The image, or V(null) if it does not exist.
  returned: success, with O(state=present) and O(state=absent)
  type: dict
  contains:
    name:
      description: The name of the image.
      type: str
      returned: success
      sample: registry.example.com:5000/team/app:1.4
    digest:
      description: The digest of its manifest or index.
      type: str
      returned: success
      sample: sha256:15ba91f9ffdfe71a50dc079d90b1502857b37a7e821cfbfc19c4cad86bb44641
    media_type:
      description: The media type of its manifest or index.
      type: str
      returned: with O(state=present)
      sample: application/vnd.oci.image.index.v1+json
    platforms:
      description: The platforms of the image.
      type: list
      elements: str
      returned: with O(state=present)
      sample: [linux/amd64, linux/arm64]
    referrers:
      description: The referrers of the image at the source.
      type: list
      elements: dict
      returned: with O(referrers=true)
      contains:
        digest:
          description: The digest of its manifest.
          type: str
          returned: success
        subject:
          description: The digest of its subject.
          type: str
          returned: success
        artifact_type:
          description: The type of its content, or V(null) if it has none.
          type: str
          returned: success
          sample: application/spdx+json
        tag:
          description: The tag that links it to its subject, or V(null) if its manifest names the subject.
          type: str
          returned: success
tags:
  description:
    - The tags of the repository. In check mode, these are the current tags; the diff shows which would be kept.
  returned: success, with O(state=pruned)
  type: list
  elements: str
  sample: [stable, v1.4]
actions:
  description: The steps that were executed, or would be in check mode, each with its reason.
  returned: success
  type: list
  elements: str
  sample:
    - "tag image registry.example.com:5000/team/app:1.4: there is no such tag"
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

from ansible_collections.slipway.docker.plugins.module_utils.ansible.registries import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.registry_image.resource import (
    REGISTRY_IMAGE,
)


def main() -> None:
    """Run the module."""
    run(REGISTRY_IMAGE)


if __name__ == "__main__":
    main()
