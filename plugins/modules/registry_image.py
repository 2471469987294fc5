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
options:
  name:
    description:
      - The image, as C(HOST[:PORT]/PATH[:TAG]). The default tag is V(latest).
      - With O(state=absent), it may have a digest instead of a tag. With O(state=pruned), it has neither.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that the registry has the image in O(source).
      - V(absent) removes a tag, and the image if no other tag and no index needs it. With a digest, it removes an image
        that no tag needs.
      - V(pruned) removes all tags that O(keep) does not keep, and then all images that no tag needs. Signatures and
        other referrers are kept or removed together with their image. Check mode lists what would be removed.
    type: str
    default: present
    choices: [absent, present, pruned]
  source:
    description: Where to copy the image from.
    type: dict
    suboptions:
      name:
        description: The image in a registry, as C([HOST[:PORT]/]PATH[:TAG|@DIGEST]).
        type: str
      path:
        description:
          - A file or directory on the host that runs the module. It may be an OCI layout, a tar archive of one, or the
            output of C(docker save). Layers are copied without recompression.
        type: path
      image:
        description: The image in O(source.path), by name, tag or digest. Required if there are several.
        type: str
      username:
        description:
          - The user for the registry of O(source.name). If that is also the registry of O(name), the task's O(username)
            is used.
        type: str
      password:
        description: The password of O(source.username).
        type: str
      ca_path:
        description: Like O(ca_path), for the registry of O(source.name).
        type: path
      client_cert:
        description: Like O(client_cert), for the registry of O(source.name).
        type: path
      client_key:
        description: Like O(client_key), for the registry of O(source.name).
        type: path
      validate_certs:
        description: Like O(validate_certs), for the registry of O(source.name).
        type: bool
  platforms:
    description:
      - The platforms to copy, such as V(linux/amd64) or V(linux/arm/v7). Without a variant, all variants are copied. If
        this leaves out platforms of an index, the copy is a new index with another digest.
      - An image for a single platform must be for one of these.
    type: list
    elements: str
  referrers:
    description:
      - Whether to copy the referrers of the image as well, such as signatures and software bills of materials (SBOM).
        This includes the referrers of each image in an index, and those of a referrer.
      - Referrers are found with the referrers API (OCI distribution 1.1) or, if the registry does not have it, with the
        tag C(sha256-DIGEST), and by the tags of cosign, such as C(sha256-DIGEST.sig).
      - If the target registry does not have the referrers API, the tag C(sha256-DIGEST) is updated, and keeps entries
        that it already has. An existing tag of cosign with other content is moved only with O(force_tag=true).
      - With V(true), a referrer that is attached to the source later is a change. Each platform takes additional
        requests, and some registries count these as pulls.
      - If O(platforms) results in a new index, only the referrers of its images are copied.
    type: bool
    default: false
  force_tag:
    description: Whether to move the tag if it belongs to another image. V(false) fails and names that image.
    type: bool
    default: false
  keep:
    description: What to keep with O(state=pruned). An image or tag is kept if any of these rules keeps it.
    type: dict
    suboptions:
      last:
        description:
          - How many of the newest images to keep, by the creation date in the image. Several tags of one image count
            once. Images without a date are kept, with a warning. A date before 1981 counts as no date.
        type: int
      newer_than:
        description: Keep images that were created within this time, such as V(36h), V(30d) or V(2w).
        type: str
      tags:
        description: Keep tags that match one of these patterns.
        type: list
        elements: str
      in_use:
        description:
          - Keep these images, by name with a tag or digest, or by ID. Pass, for example, the images of the containers
            on your hosts. Names of other repositories are ignored.
        type: list
        elements: str
  tags:
    description: The patterns of the tags that O(state=pruned) may remove. The default is all tags.
    type: list
    elements: str
extends_documentation_fragment:
  - slipway.docker.registry_connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
    details: The registries are queried; nothing is transferred.
  diff_mode:
    support: full
  idempotent:
    support: full
notes:
  - The tag is set last. An interrupted copy is never visible, and the next run continues it.
  - Data in another repository of the same registry is mounted instead of copied.
  - Removing images frees no disk space until the registry's garbage collection runs. Registry 2 must be stopped for
    that. Its option C(--delete-untagged) destroys multi-platform images and is not needed, because this module removes
    untagged images.
  - U(https://github.com/slipway/docker/blob/main/docs/registries.md) has recipes for retention, clean-up and hosts
    without internet access.
seealso:
  - module: slipway.docker.registry_info
  - module: slipway.docker.image
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
