#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module registry_image."""

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_image
short_description: Copy images between registries, remove them, and keep repositories trim
version_added: 0.1.0
description:
  - Brings an image into a registry, from another one or from a file, takes it away, or removes what a repository need
    not keep. Registries are asked directly, without an engine, so that an image can be of any platform.
  - Nothing is transferred that the registry has already, and what is in another repository of the same registry is
    taken over there. The tag is set last, so a copy that breaks shows nobody half an image, and the next one goes on
    from there.
  - The registry frees the space of what was removed when its garbage is collected. Registry 2 must not serve while
    that runs, and its option C(--delete-untagged) destroys images for several platforms; it is not needed here, because
    what no tag needs any more is deleted as well.
author:
  - The slipway.docker authors (@slipway)
options:
  name:
    description:
      - The image, C(HOST[:PORT]/PATH[:TAG]). Without a tag it is V(latest).
      - With O(state=absent) it may have a digest instead, and with O(state=pruned) it has neither.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that the image is in the registry, a copy of O(source).
      - V(absent) removes a tag, and its image if no other tag and no index needs it; or by digest an image that no tag
        needs.
      - V(pruned) removes all tags of a repository that O(keep) does not hold, and the images that nothing needs then.
        Signatures and the like, under tags such as C(sha256-....sig) or with the image as their subject, stay and go
        with their image. Check mode lists what would go.
    type: str
    default: present
    choices: [absent, present, pruned]
  source:
    description: Where the image comes from.
    type: dict
    suboptions:
      name:
        description: The image in a registry, C([HOST[:PORT]/]PATH[:TAG|@DIGEST]).
        type: str
      path:
        description:
          - A file or directory on the host where the task runs, which is an OCI layout, an archive (tar) of one, or
            what C(docker save) makes. Layers go as they are in it.
        type: path
      image:
        description: Which image of O(source.path), by name, tag or digest. It may be left out if there is only one.
        type: str
      username:
        description:
          - The user to show to the registry of O(source.name). If it is the same registry, that of the task counts.
        type: str
      password:
        description: The password of O(source.username).
        type: str
      ca_path:
        description: As the option of the task, for the registry of O(source.name).
        type: path
      client_cert:
        description: As the option of the task, for the registry of O(source.name).
        type: path
      client_key:
        description: As the option of the task, for the registry of O(source.name).
        type: path
      validate_certs:
        description: As the option of the task, for the registry of O(source.name).
        type: bool
  platforms:
    description:
      - Copy only these platforms of an image for several, such as V(linux/amd64) or V(linux/arm/v7). Without a variant
        all variants count. The copy is then another index, with another digest.
      - An image for one platform must be for the one that is given here.
    type: list
    elements: str
  referrers:
    description:
      - Copy what belongs to the image as well, that is signatures, bills of materials, and the like. It is found by the
        subject that it names (OCI distribution 1.1), in the list that a registry keeps of that, or else in the one
        under the tag C(sha256-DIGEST); and by the tags of cosign, such as C(sha256-DIGEST.sig). What belongs to a part
        of an index comes along, and so does what belongs to a signature.
      - Where the registry keeps no list, the one under the tag is kept up to date. What it has besides stays. A tag of
        cosign that is there with something else is moved only with O(force_tag=true).
      - The default leaves them where they are. An image is the same without them, so that two requests tell whether
        anything is to be done. With them it takes more for each platform, some of which registries may count as pulls,
        and what is attached at the source later is a change.
      - With O(platforms), the copy of an index is another one, to which nothing belongs; what belongs to its parts is
        copied.
    type: bool
    default: false
  force_tag:
    description:
      - Move the tag if it is another image. Otherwise the task fails then, and says which one it is.
    type: bool
    default: false
  keep:
    description: What stays with O(state=pruned). Each rule holds for itself; what none of them holds goes.
    type: dict
    suboptions:
      last:
        description:
          - This many of the newest images, by the date of creation that they say themselves. Several tags of one image
            count once. Images without such a date stay, with a warning; years before 1981 are none.
        type: int
      newer_than:
        description: Images that were created within this time, such as V(36h), V(30d) or V(2w).
        type: str
      tags:
        description: Tags that match one of these patterns.
        type: list
        elements: str
      in_use:
        description:
          - Images that are in use elsewhere, by name with a tag or digest, or by id, such as containers on some hosts
            show them. Names of other repositories are ignored.
        type: list
        elements: str
  tags:
    description: With O(state=pruned), the patterns of the tags that it is about; all others stay. The default is all.
    type: list
    elements: str
extends_documentation_fragment:
  - slipway.docker.registry_connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
    details: The registries are asked what they have; nothing is transferred.
  diff_mode:
    support: full
  idempotent:
    support: full
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

- name: Promote what was tested, by digest, without transferring anything
  slipway.docker.registry_image:
    name: registry.example.com:5000/release/app:stable
    source:
      name: registry.example.com:5000/build/app@{{ tested_digest }}
    force_tag: true
  delegate_to: localhost

- name: Fill a registry without a way to the outside from a file
  slipway.docker.registry_image:
    name: registry.example.com:5000/team/app:1.4
    source:
      path: /media/transfer/app-1.4.tar

- name: Keep the last ten, those of the last month, releases, and what runs anywhere
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
  description: The image, V(null) if it is not there.
  returned: success, with O(state=present) and O(state=absent)
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: success
      sample: registry.example.com:5000/team/app:1.4
    digest:
      description: The digest of its manifest or index.
      type: str
      returned: success
      sample: sha256:15ba91f9ffdfe71a50dc079d90b1502857b37a7e821cfbfc19c4cad86bb44641
    media_type:
      description: What it is.
      type: str
      returned: with O(state=present)
      sample: application/vnd.oci.image.index.v1+json
    platforms:
      description: The platforms that it is for.
      type: list
      elements: str
      returned: with O(state=present)
      sample: [linux/amd64, linux/arm64]
    referrers:
      description: What belongs to it at the source.
      type: list
      elements: dict
      returned: with O(referrers=true)
      contains:
        digest:
          description: The digest of its manifest.
          type: str
          returned: success
        subject:
          description: The digest of what it belongs to.
          type: str
          returned: success
        artifact_type:
          description: What it is, or V(null) if it does not say.
          type: str
          returned: success
          sample: application/spdx+json
        tag:
          description: The tag that makes it belong to its subject, V(null) if it names that itself.
          type: str
          returned: success
tags:
  description:
    - The tags of the repository. In check mode these are those that are there, and the diff shows which would stay.
  returned: success, with O(state=pruned)
  type: list
  elements: str
  sample: [stable, v1.4]
actions:
  description: What was done, or in check mode would be, one line a step, with its reason.
  returned: success
  type: list
  elements: str
  sample:
    - "tag image registry.example.com:5000/team/app:1.4: there is no such tag"
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
