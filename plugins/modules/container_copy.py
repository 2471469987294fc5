#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module container_copy."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container_copy
short_description: Copy files into and out of a container
version_added: 0.1.0
description:
  - Copies a file, a directory or text into a container, or a file or a directory out of it.
  - The engine reads and writes the files, so the container need not run and needs no shell.
  - Files are compared by content, mode and owner, and only those that differ are written.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.container_copy
  - slipway.docker.connection
  - slipway.docker.attributes
"""

EXAMPLES = r"""
- name: Copy a file from the target into a container
  slipway.docker.container_copy:
    container: web
    path: /srv/web/site.conf
    container_path: /etc/nginx/conf.d/site.conf

- name: Write a template to a file in a container
  slipway.docker.container_copy:
    container: web
    content: "{{ lookup('ansible.builtin.template', 'site.conf.j2') }}"
    container_path: /etc/nginx/conf.d/site.conf
    mode: "0640"
    owner_id: 0
    group_id: 101

- name: Copy the content of a directory into a volume of a container
  slipway.docker.container_copy:
    container: web
    path: /srv/web/pages/
    container_path: /usr/share/nginx/html

- name: Copy a file out of a container
  slipway.docker.container_copy:
    container: web
    container_path: /var/lib/web/report.csv
    dest: /srv/reports/
"""

RETURN = r"""
container_path:
  description:
    - The path in the container, with the file name if it ended with a slash, and with links followed if O(follow=true).
  returned: success
  type: str
  sample: /etc/nginx/conf.d/site.conf
dest:
  description: The path on the target, with links followed unless O(local_follow=false).
  returned: success, with O(dest)
  type: str
  sample: /srv/reports/report.csv
actions:
  description: The steps that were executed, or would be in check mode, each with its reason.
  returned: success
  type: list
  elements: str
  sample: ["copy file /etc/nginx/conf.d/site.conf: its content differs"]
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
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_copy.resource import (
    CONTAINER_COPY,
)


def main() -> None:
    """Run the module."""
    run(CONTAINER_COPY)


if __name__ == "__main__":
    main()
