#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module container_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container_info
short_description: Get information about a container
version_added: 0.1.0
description:
  - Returns the configuration and state of a container, and whether it exists. This includes the values of its
    environment variables.
  - Optionally returns its disk usage, resource usage, processes and logs.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.container_info
  - slipway.docker.connection
  - slipway.docker.attributes
  - slipway.docker.attributes.info
"""

EXAMPLES = r"""
- name: Get information about a container
  slipway.docker.container_info:
    name: web
  register: web

- name: Get the last lines of output
  slipway.docker.container_info:
    name: web
    logs:
      tail: 20
      since: 1h
  register: web

- name: Fail if there are errors in the output
  ansible.builtin.assert:
    that: "'ERROR' not in web.logs.stderr"

- name: Get the resource usage of a container
  slipway.docker.container_info:
    name: web
    size: true
    stats: true
    processes: true
    ps_args: -eo pid,rss,args

- name: Show when the container was started
  ansible.builtin.debug:
    var: web.container.State.StartedAt
  when: web.exists
"""

RETURN = r"""
exists:
  description: Whether the container exists.
  returned: success
  type: bool
  sample: true
container:
  description: The container as the Engine reports it, or V(null) if it does not exist.
  returned: success
  type: dict
  sample:
    Id: 52aa0a1ea9bbd9e2bd8ec5a8a7cba1e1ddba96e3e05ddf4f3c0f2a3a6f3c8f17
    Name: /web
    State:
      Status: running
size:
  description: The disk usage in bytes, or V(null) if the container does not exist.
  returned: success with O(size=true)
  type: dict
  contains:
    SizeRw:
      description: The size of files that the container has created or changed.
      returned: if the container exists
      type: int
      sample: 4096
    SizeRootFs:
      description: The size of all files, including those of the image.
      returned: if the container exists
      type: int
      sample: 1988326
stats:
  description:
    - The resource usage as the Engine reports it, or V(null) if the container does not run.
    - This is a single sample, so C(precpu_stats) is empty. To get the usage over time, compare two tasks.
  returned: success with O(stats=true)
  type: dict
  sample:
    memory_stats:
      usage: 1392640
processes:
  description:
    - The processes, each with the columns of C(ps) as strings. An empty list if the container does not run, V(null) if
      it does not exist.
  returned: success with O(processes=true)
  type: list
  elements: dict
  sample:
    - PID: "2477"
      CMD: nginx
logs:
  description: The output of the container, or V(null) if it does not exist.
  returned: success, if O(logs) is set
  type: dict
  contains:
    stdout:
      description: The standard output. If the container has a terminal, this is all output.
      returned: if the container exists
      type: str
      sample: "ready\n"
    stderr:
      description: The standard error output.
      returned: if the container exists
      type: str
      sample: ""
    truncated:
      description: Whether output was left out because there was more than 1 MiB.
      returned: if the container exists
      type: bool
      sample: false
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.info import CONTAINER_INFO


def main() -> None:
    """Run the module."""
    run(CONTAINER_INFO)


if __name__ == "__main__":
    main()
