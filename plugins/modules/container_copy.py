#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module container_copy."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container_copy
short_description: Copy files into a container, and out of it
version_added: 0.1.0
description:
  - Copies a file, a directory or some content into a container, or a file or a directory out of it.
  - The engine itself reads and writes the files, so that the container need not run and needs no shell. Its volumes are
    part of it. What only a running container sees is not, such as C(tmpfs) mounts, C(/proc) and C(/dev); such a path is
    refused.
  - Files are compared by content, mode and owner, and only those that differ are written. Memory stays small, however
    large they are.
  - The engine writes a file of a container in its place, so a program may see a part of it for a moment. A file on this
    host is replaced at once.
author:
  - The slipway.docker authors (@slipway)
options:
  container:
    description: The name or id of the container.
    type: str
    required: true
  container_path:
    description:
      - The absolute path in the container of what is copied.
      - A file is copied into this directory, by its own name, if a slash is at the end.
      - The directory above must be there. Links on the way to the last part of the path are always followed.
    type: str
    required: true
  path:
    description:
      - A file or directory of the host that the task runs on, to be copied into the container.
      - A directory is copied with all that is in it, by its own name into O(container_path). With a slash at the end,
        only what is in it is copied.
      - Nothing is removed in the container. A directory that is there already keeps its mode and its owner.
      - One of O(path), O(content) and O(dest) is needed.
    type: path
  content:
    description:
      - The content of a file in the container, instead of O(path).
      - It is left out of the invocation that Ansible shows, and is part of the diff; set C(no_log) for a secret.
    type: str
  content_is_b64:
    description: Decode O(content) from Base64 first, which is the way for binary content.
    type: bool
    default: false
  dest:
    description:
      - A file of the host that the task runs on, to which O(container_path) is copied from the container.
      - It is copied into this directory, by its own name, if a slash is at the end. The directory must be there.
      - If O(container_path) is a directory, it is copied with all that is in it, by its own name into this one. With a
        slash at the end of O(container_path), only what is in it is copied, and this directory is made if need be.
      - Nothing is removed here. A directory that is there already keeps its mode and its owner.
    type: path
  follow:
    description:
      - Follow the link that O(container_path) may be. Without this, a file replaces the link that it meets, and a link
        is not copied to O(dest).
    type: bool
    default: false
  local_follow:
    description:
      - Follow links on this host. Without this, links in O(path) are copied as links, and a file replaces the link that
        O(dest) may be.
    type: bool
    default: true
  owner_id:
    description:
      - The id of the user that what is copied belongs to. Needs O(group_id) as well.
      - Left out, files in the container belong to the user that the container starts as, and files of this host keep
        their owner.
    type: int
  group_id:
    description: The id of the group that what is copied belongs to. Needs O(owner_id) as well.
    type: int
  mode:
    description:
      - The mode of files that are copied, read as O(mode_parse) says. Directories are made with the mode of the ones
        that they are copied from.
      - Left out, a file has the mode of the one that it is copied from, on this host without the bits for set-user-id,
        set-group-id and sticky.
      - A file of O(content) keeps the mode that it has, and is made with V(0644).
    type: raw
  mode_parse:
    description:
      - How to read O(mode).
      - V(modern) reads a string as an octal number, and takes a number as it is, as M(ansible.builtin.copy) does. So
        V('0644') and V(0644) are the same, because YAML has read the second as octal already. V(644) is a decimal
        number, and means V(01204).
      - V(legacy) reads a string as a decimal number, which is the default of
        C(community.docker.docker_container_copy_into). A string that looks octal causes a warning.
      - V(octal_string_only) takes only strings, for octal numbers.
    type: str
    choices: [legacy, modern, octal_string_only]
    default: modern
  force:
    description:
      - With V(true) each run copies, and with V(false) only what does not exist, whatever is in its place.
      - Left out, what differs is copied.
    type: bool
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Shows the text of a single file of up to 100 KiB, and of others what differs.
  idempotent:
    support: partial
    details: With O(force=true) each run copies.
seealso:
  - module: slipway.docker.container
  - module: slipway.docker.container_exec
"""

EXAMPLES = r"""
- name: Copy a file of the host into a container
  slipway.docker.container_copy:
    container: web
    path: /srv/web/site.conf
    container_path: /etc/nginx/conf.d/site.conf

- name: Write a template of the controller into a container
  slipway.docker.container_copy:
    container: web
    content: "{{ lookup('ansible.builtin.template', 'site.conf.j2') }}"
    container_path: /etc/nginx/conf.d/site.conf
    mode: "0640"
    owner_id: 0
    group_id: 101

- name: Copy what is in a directory into a volume of a container
  slipway.docker.container_copy:
    container: web
    path: /srv/web/pages/
    container_path: /usr/share/nginx/html

- name: Copy a file out of a container that may be stopped
  slipway.docker.container_copy:
    container: web
    container_path: /var/lib/web/report.csv
    dest: /srv/reports/
"""

RETURN = r"""
container_path:
  description: The path in the container, with the name that a slash left out, and links followed with O(follow=true).
  returned: success
  type: str
  sample: /etc/nginx/conf.d/site.conf
dest:
  description: The file on this host, with links followed unless O(local_follow=false).
  returned: success, with O(dest)
  type: str
  sample: /srv/reports/report.csv
actions:
  description: What was done, or in check mode would be, and why.
  returned: success
  type: list
  elements: str
  sample: ["copy file /etc/nginx/conf.d/site.conf: its content differs"]
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
