# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of registry_image, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
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
        This includes the referrers of each image in an index, and the referrers of referrers.
      - Referrers are found with the referrers API (OCI distribution 1.1) or, if the registry does not have it, with the
        tag C(sha256-DIGEST), and by the tags of cosign, such as C(sha256-DIGEST.sig).
      - If the target registry does not have the referrers API, the tag C(sha256-DIGEST) is updated, and keeps entries
        that it already has. An existing tag of cosign with other content is moved only with O(force_tag=true).
      - With V(true), each new referrer at the source is a change. Each platform takes additional requests, which some
        registries count as pulls.
      - If O(platforms) results in a new index, only the referrers of its images are copied.
    type: bool
    default: false
  force_tag:
    description: Whether to move the tag if it belongs to another image. With V(false), the task fails in this case.
    type: bool
    default: false
  keep:
    description: What to keep with O(state=pruned). An image or tag is kept if any of these rules keeps it.
    type: dict
    suboptions:
      last:
        description:
          - The number of newest images to keep, by the creation date in the image. Several tags of one image count
            once. Images without a date are kept, with a warning. Dates before 1981 are regarded as missing.
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
  - Removing images frees no disk space until the registry's garbage collection runs, for which registry 2 must be
    stopped. Its option C(--delete-untagged) destroys multi-platform images. It is not needed, because this module
    removes untagged images.
  - U(https://github.com/slipway/docker/blob/main/docs/registries.md) has recipes for retention, clean-up and hosts
    without internet access.
seealso:
  - module: slipway.docker.registry_info
  - module: slipway.docker.image
"""
