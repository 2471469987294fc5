# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action role_options."""

from __future__ import annotations

DOCUMENTATION = r"""
module: role_options
short_description: Read the options of a role of this collection
description:
  - For the first task of a role. Returns its options with the types that C(meta/argument_specs.yml) declares, whether
    they were given as such or as text, as surveys, INI inventories and C(-e NAME=VALUE) do. Ansible checks the
    options of a role, and leaves them as they were given.
  - Text in the place of a list is split at commas, unless it is a list in JSON.
  - A float or a boolean in the place of text is refused, because YAML has changed it already.
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
options:
  facts:
    description: Whether to fail if the facts that the roles use have not been gathered.
    type: bool
    default: false
  root:
    description: Whether to fail if the tasks of the role do not run as root.
    type: bool
    default: false
attributes:
  check_mode:
    description: In check mode the action does the same, as it changes nothing.
    support: full
  diff_mode:
    description: Shows what differs, before and after.
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
  description: Each option by its name without the role's prefix, such as C(port) for C(registry_port).
  returned: success
  type: raw
"""
