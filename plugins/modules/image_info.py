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
      - Names or full ids of images. A name without tag and digest means the tag V(latest).
      - If this is not given, all images are shown.
    type: list
    elements: str
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
    details: The module only looks.
  diff_mode:
    support: N/A
    details: The module only looks.
  idempotent:
    support: full
seealso:
  - module: slipway.docker.image
"""

EXAMPLES = r"""
- name: Look at an image
  slipway.docker.image_info:
    name: [registry.example.com/team/app:1.4]
  register: app

- name: Say which registries have it
  ansible.builtin.debug:
    var: app.images[0].RepoDigests
  when: app.images | length > 0
"""

RETURN = r"""
images:
  description: The images as the Engine shows them; those that are not on the host are left out.
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
