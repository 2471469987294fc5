#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module container_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container_info
short_description: Look at a container
version_added: 0.1.0
description:
  - Shows what the Engine knows about a container, and whether there is one.
  - That includes the values of its environment variables.
  - If asked, it also shows the container's size, its use of resources, its processes and its last output. O(size) makes
    the Engine look at all files that the container has written.
author:
  - The slipway.docker authors (@slipway)
options:
  name:
    description: The name of the container, or its id.
    type: str
    required: true
  size:
    description: Whether to show how much space its files take.
    type: bool
    default: false
  stats:
    description: Whether to show what it uses of processors, memory, networks and disks.
    type: bool
    default: false
  processes:
    description: Whether to show its processes. The command C(ps) on the host of the engine finds them.
    type: bool
    default: false
  ps_args:
    description:
      - What to hand to C(ps), for O(processes). The column C(PID) must be among what it then shows.
      - If this is not given, the Engine uses C(-ef).
    type: str
  logs:
    description:
      - Show what it has written to standard output and standard error, also if it does not run any more. All suboptions
        have defaults, so V({}) will do.
      - Of what is longer than 1 MiB, the end is shown.
    type: dict
    suboptions:
      tail:
        description: The number of lines to show, from the end.
        type: int
        default: 100
      since:
        description:
          - Show only what was written after this moment.
          - Write a date such as V(2026-01-31T12:00:00Z), seconds since 1970, or how long ago it was, such as V(10m).
            A date without a time zone is in that of the host.
        type: str
      until:
        description: Show only what was written before this moment, written like O(logs.since).
        type: str
      timestamps:
        description: Whether to begin each line with the time of its writing.
        type: bool
        default: false
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
  - slipway.docker.attributes.info
seealso:
  - module: slipway.docker.container
"""

EXAMPLES = r"""
- name: Look at a container
  slipway.docker.container_info:
    name: web
  register: web

- name: See what a container that does not do its work has to say
  slipway.docker.container_info:
    name: web
    logs:
      tail: 20
      since: 1h
  register: web

- name: Fail if it has written errors
  ansible.builtin.assert:
    that: "'ERROR' not in web.logs.stderr"

- name: Find out what a container uses
  slipway.docker.container_info:
    name: web
    size: true
    stats: true
    processes: true
    ps_args: -eo pid,rss,args

- name: Say since when it runs
  ansible.builtin.debug:
    var: web.container.State.StartedAt
  when: web.exists
"""

RETURN = r"""
exists:
  description: Whether there is such a container.
  returned: success
  type: bool
  sample: true
container:
  description: The container as the Engine shows it, V(null) where there is none.
  returned: success
  type: dict
  sample:
    Id: 52aa0a1ea9bbd9e2bd8ec5a8a7cba1e1ddba96e3e05ddf4f3c0f2a3a6f3c8f17
    Name: /web
    State:
      Status: running
size:
  description: How much space its files take, in bytes; V(null) where there is no container.
  returned: success, if O(size=true)
  type: dict
  contains:
    SizeRw:
      description: What it has written or changed itself.
      returned: if there is the container
      type: int
      sample: 4096
    SizeRootFs:
      description: All files, those of the image among them.
      returned: if there is the container
      type: int
      sample: 1988326
stats:
  description:
    - What it uses, as the Engine shows it at one moment; V(null) where it does not run.
    - There is no earlier moment to compare with, so C(precpu_stats) is empty. Two tasks give the use in between.
  returned: success, if O(stats=true)
  type: dict
  sample:
    memory_stats:
      usage: 1392640
processes:
  description: >-
    Its processes, each with the columns that C(ps) shows, as strings. An empty list where it does not run, V(null)
    where there is no container.
  returned: success, if O(processes=true)
  type: list
  elements: dict
  sample:
    - PID: "2477"
      CMD: nginx
logs:
  description: What it has written; V(null) where there is no container.
  returned: success, if O(logs) is given
  type: dict
  contains:
    stdout:
      description: Its standard output. All of its output, if the container has a terminal.
      returned: if there is the container
      type: str
      sample: "ready\n"
    stderr:
      description: Its standard error.
      returned: if there is the container
      type: str
      sample: ""
    truncated:
      description: Whether there was more than is shown, because it was too long.
      returned: if there is the container
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
