# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes that modules have in common."""

from __future__ import annotations


class ModuleDocFragment:
    """The attributes of all modules."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Predicts changes in check mode without making them.
  diff_mode:
    description: Returns the differences before and after a change in diff mode.
  idempotent:
    description: A second run with the same options changes nothing, unless the host was changed otherwise.
  action_group:
    description: Use C(group/slipway.docker.docker) in C(module_defaults) to set options for all modules at once.
    support: full
    membership:
      - slipway.docker.docker
"""

    # For modules that change nothing.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details: The module changes nothing.
  diff_mode:
    support: N/A
    details: The module changes nothing.
  idempotent:
    support: full
"""
