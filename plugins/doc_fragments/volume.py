# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of volume, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
options:
  volume_name:
    description: The name of the volume.
    type: str
    required: true
    aliases: [name]
  driver:
    description: The volume driver. If not set, the Engine uses V(local) for a new volume.
    type: str
  driver_options:
    description:
      - Options of the driver, by name. An existing volume must have exactly these.
      - The V(local) driver has C(type), C(o) and C(device), with the same meaning as for C(mount).
    type: dict
  labels:
    description:
      - Labels of the volume. An existing volume should have exactly these.
      - Different labels of an existing volume only cause a warning, unless O(recreate) allows replacing it.
    type: dict
  recreate:
    description:
      - When to replace an existing volume with an empty one. Its data is lost.
      - V(never) does not replace it.
      - V(options-changed) replaces it if the driver, its options or the labels differ.
      - V(always) replaces it in each run.
    type: str
    choices: [always, never, options-changed]
    default: never
  comparisons:
    description:
      - How to compare an option, by its name, or all options, with V(*). The values are V(strict), V(ignore) and
        V(allow_more_present).
      - With V(allow_more_present), additional entries of a dictionary are not a difference.
    type: dict
  state:
    description:
      - V(present) creates the volume if it does not exist.
      - V(absent) removes it, including its data.
    type: str
    choices: [absent, present]
    default: present
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: With O(recreate=always), each run replaces the volume.
seealso:
  - module: slipway.docker.volume_info
"""
