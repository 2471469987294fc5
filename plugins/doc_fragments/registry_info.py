# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of registry_info, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
options:
  registry:
    description: The registry, as C(HOST[:PORT]), as in image names. A URL is also accepted.
    type: str
    default: docker.io
    aliases: [registry_url, url]
  repositories:
    description:
      - The repositories to return, by name, or by pattern with C(*), C(?) and C([...]). C(*) also matches slashes.
      - Patterns need the registry's catalog, which Docker Hub and some other registries do not provide.
      - If not set, only the registry itself is queried.
    type: list
    elements: str
  tags:
    description:
      - The tags to return, by name or pattern. V(*) returns all.
      - If not set, tags are not queried.
    type: list
    elements: str
  manifests:
    description: Whether to return details of the image of each tag. This takes several requests per tag.
    type: bool
    default: false
  referrers:
    description:
      - Whether to return the referrers of each image, such as signatures and software bills of materials (SBOM). If the
        registry does not have the referrers API, its fallback tag is read.
    type: bool
    default: false
  page_size:
    description: The number of repositories or tags per request. All pages are read.
    type: int
    default: 100
seealso:
  - module: slipway.docker.registry_image
  - module: slipway.docker.registry
"""
