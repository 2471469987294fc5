# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of image_info, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The images, by name, ID, or the first 12 or more digits of the ID. A name without a tag and a digest means the
        tag V(latest).
      - If not set, all images are returned, or those that match O(filters).
    type: list
    elements: str
  filters:
    description:
      - Filters as for C(docker image ls --filter), each a value or a list of values, such as V(true) for C(dangling),
        V(team=web) for C(label), or V(registry.example.com/*) for C(reference).
    type: dict
  history:
    description: Whether to return the layers of each image and how they were created, as C(History).
    type: bool
    default: false
  containers:
    description: Whether to return the containers of each image, including stopped ones, as C(Containers).
    type: bool
    default: false
seealso:
  - module: slipway.docker.image
"""
