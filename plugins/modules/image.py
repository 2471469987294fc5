#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module image."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image
short_description: Pull, build, load, import, tag, push, save and remove images
version_added: 0.1.0
description:
  - Pulls, builds, loads or imports an image, gives it another name, pushes it to a registry and saves it to an archive,
    or removes it.
  - An image is built only if it does not exist, or if the files, the Dockerfile or the options that it was built from
    have changed.
  - An archive is loaded or written only if its images differ from those on the host.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.image
  - slipway.docker.connection
  - slipway.docker.attributes
"""

EXAMPLES = r"""
- name: Pull an image if it is not on the host
  slipway.docker.image:
    name: registry.example.com/team/app:1.4

- name: Pull an image again when its tag has moved
  slipway.docker.image:
    name: registry.example.com/team/app:stable
    pull:
      policy: always

- name: Build an image and push it
  slipway.docker.image:
    name: app:1.4
    build:
      path: /srv/app
      args:
        version: "1.4"
    repository: registry.example.com/team/app
    push: true
  register: app

- name: Pull exactly this image on another host
  slipway.docker.image:
    name: registry.example.com/team/app@{{ app.digest }}
  delegate_to: web1

- name: Save images to an archive
  slipway.docker.image:
    name: app:1.4
    source: local
    archive_path: /srv/images/app.tar
    archive_names: ["database:16"]
    archive_mode: "0640"

- name: Load images on another host, and add another name
  slipway.docker.image:
    name: app:1.4
    load_path: /srv/images/app.tar
    repository: app:current
  delegate_to: web2

- name: Create an image from a file system
  slipway.docker.image:
    name: base:trixie
    import:
      path: /srv/images/trixie.tar.gz
      changes:
        - CMD ["/bin/bash"]
        - ENV LANG=C.UTF-8

- name: Remove an image
  slipway.docker.image:
    name: app:1.4
    state: absent
"""

RETURN = r"""
image:
  description: The image as the Engine reports it, or an empty dictionary if it does not exist.
  returned: success
  type: dict
  sample:
    Id: sha256:15ba91f9ffdfe71a50dc079d90b1502857b37a7e821cfbfc19c4cad86bb44641
    RepoTags: ["app:1.4"]
digest:
  description:
    - The digest of the image in the registry in O(repository) or, if that is not set, in O(name). V(null) if it is not
      known.
  returned: success
  type: str
  sample: sha256:528fa87a6c893b7fc789feac892993785e2f291333b052e914b969da287fafe3
stdout:
  description:
    - The last 2000 lines of the build log. After a failed build, C(stdout_lines) is empty, so that Ansible does not
      show the log twice.
  returned: when an image was built, or a build failed
  type: str
  sample: "#1 [internal] load remote build context"
image_names:
  description: The names of all images in the archive that was loaded, or would be in check mode.
  returned: with O(source=load)
  type: list
  elements: str
  sample: ["app:1.4", "database:16"]
untagged:
  description: The names that were removed.
  returned: when something was removed
  type: list
  elements: str
  sample: ["app:1.4"]
deleted:
  description: The IDs of the images and layers that were removed.
  returned: when something was removed
  type: list
  elements: str
  sample: ["sha256:15ba91f9ffdfe71a50dc079d90b1502857b37a7e821cfbfc19c4cad86bb44641"]
actions:
  description: The steps that were executed, or would be in check mode, each with its reason.
  returned: success
  type: list
  elements: str
  sample: ["build image app:1.4: it does not exist"]
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

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.resource import IMAGE


def main() -> None:
    """Run the module."""
    run(IMAGE)


if __name__ == "__main__":
    main()
