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
author:
  - The slipway.docker authors (@slipway)
options:
  name:
    description: The name of the container, or its id.
    type: str
    required: true
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
  - module: slipway.docker.container
"""

EXAMPLES = r"""
- name: Look at a container
  slipway.docker.container_info:
    name: web
  register: web

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
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.info import CONTAINER_INFO


def main() -> None:
    """Run the module."""
    run(CONTAINER_INFO)


if __name__ == "__main__":
    main()
