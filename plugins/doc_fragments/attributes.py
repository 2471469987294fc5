# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules have in common in their attributes."""

from __future__ import annotations


class ModuleDocFragment:
    """The attributes of all modules."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: In check mode the module says what it would do, and does nothing.
  diff_mode:
    description: Shows what differs, before and after.
  idempotent:
    description: A second run with the same options changes nothing, as long as nothing else changed the host.
  action_group:
    description: Use C(group/slipway.docker.docker) in C(module_defaults) to set options of all modules at once.
    support: full
    membership:
      - slipway.docker.docker
"""

    # Of those that change nothing.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details: The module only looks.
  diff_mode:
    support: N/A
    details: The module only looks.
  idempotent:
    support: full
"""
