# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of container_info, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
options:
  name:
    description: The name or ID of the container.
    type: str
    required: true
  size:
    description:
      - Whether to return the disk usage of the container. The Engine then reads all files that the container has
        written.
    type: bool
    default: false
  stats:
    description: Whether to return the usage of CPU, memory, networks and disks.
    type: bool
    default: false
  processes:
    description: Whether to return the processes. The Engine runs C(ps) on its host.
    type: bool
    default: false
  ps_args:
    description:
      - Arguments for C(ps), with O(processes=true). The output must have the column C(PID).
      - If not set, the Engine uses C(-ef).
    type: str
  logs:
    description:
      - Return the container's output, also of a stopped container. Use V({}) for the defaults of all suboptions.
      - At most the last 1 MiB is returned.
    type: dict
    suboptions:
      tail:
        description: The number of lines, from the end.
        type: int
        default: 100
      since:
        description:
          - Return only output after this time.
          - A date such as V(2026-01-31T12:00:00Z), seconds since 1970, or a duration before now, such as V(10m). A date
            without a time zone is in that of the target.
        type: str
      until:
        description: Return only output before this time, in the format of O(logs.since).
        type: str
      timestamps:
        description: Whether each line begins with its time.
        type: bool
        default: false
seealso:
  - module: slipway.docker.container
"""
