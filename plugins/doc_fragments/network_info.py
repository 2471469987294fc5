# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of network_info, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
options:
  name:
    description: The name, or the full or short ID, of the network.
    type: str
    required: true
    aliases: [network_name]
seealso:
  - module: slipway.docker.network
"""
