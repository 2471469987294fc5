# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action role_options."""

from __future__ import annotations

DOCUMENTATION = r"""
module: role_options
short_description: Read the options of a role of this collection
description:
  - Reads the options of a role and converts them to the types in its C(meta/argument_specs.yml). Use it as the first
    task of a role.
  - Surveys, INI inventories and C(-e NAME=VALUE) pass options as strings. Ansible validates the options of a role but
    does not convert them.
  - A string for a list is split at commas, unless it is a JSON list.
  - A float or a boolean for a string is rejected, because YAML has already changed its text.
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
options:
  facts:
    description: Whether to fail if the facts that the roles use were not gathered.
    type: bool
    default: false
  root:
    description: Whether to fail if the tasks of the role do not run as root.
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in check mode without changing the host.
    support: full
  diff_mode:
    description: Returns the differences before and after a change in diff mode.
    support: none
"""

EXAMPLES = r"""
- name: Read the options
  slipway.docker.role_options:
    facts: true
    root: true
  register: registry_options
"""

RETURN = r"""
"*":
  description: The options, each by its name without the prefix of the role, such as C(port) for C(registry_port).
  returned: success
  type: raw
"""
