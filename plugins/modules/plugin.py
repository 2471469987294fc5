#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module plugin."""

from __future__ import annotations

DOCUMENTATION = r"""
module: plugin
short_description: Install, upgrade, configure and remove managed plugins
version_added: 0.1.0
description:
  - Installs a managed plugin of the Engine (for volumes, networks, logging or authorization) from a registry, upgrades
    and configures it, and enables, disables or removes it.
  - The Engine can change a plugin only while it is disabled. An enabled plugin is disabled for the change and enabled
    again. If it is in use, the task fails and nothing changes.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.plugin
  - slipway.docker.connection
  - slipway.docker.attributes
"""

EXAMPLES = r"""
- name: Install a volume plugin by digest, with limited privileges
  slipway.docker.plugin:
    plugin_name: registry.example.com:5000/nfs@sha256:1f6a0f5e0c29e9b6a43e0e3f3a7d4a1c0b6c4c8e9d2f5a7b8c9d0e1f2a3b4c5d
    alias: nfs
    plugin_options:
      DEBUG: 1
      state.source: /srv/plugins/nfs
    privileges:
      - name: network
        value: [host]
      - name: capabilities
        value: [CAP_SYS_ADMIN]
    state: enable

- name: Create a volume with this plugin
  slipway.docker.volume:
    name: shared
    driver: nfs

- name: Remove a plugin
  slipway.docker.plugin:
    plugin_name: nfs
    state: absent
"""

RETURN = r"""
plugin:
  description:
    - The plugin as the Engine reports it, or an empty dictionary if it does not exist.
    - The values of its environment variables are hidden.
  returned: success
  type: dict
  sample:
    Name: nfs:latest
    Enabled: true
    PluginReference: registry.example.com:5000/plugins/nfs:1.2
actions:
  description: The steps that were executed, or would be in check mode, each with its reason.
  returned: success
  type: list
  elements: str
  sample: ["install plugin nfs:latest: it does not exist", "enable plugin nfs:latest: state is enable"]
failed_step:
  description: The step that failed, written as in RV(actions).
  returned: failure of a step
  type: str
done:
  description: The steps that were executed before it.
  returned: failure of a step
  type: list
  elements: str
undone:
  description: The rollback steps that were executed.
  returned: failure of a step
  type: list
  elements: str
not_undone:
  description: The rollback steps that failed, each with its error.
  returned: failure of a step
  type: list
  elements: str
rolled_back:
  description: Whether everything is as it was before the task. If V(false), the message says what is left.
  returned: failure of a step
  type: bool
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.plugin import PLUGIN


def main() -> None:
    """Run the module."""
    run(PLUGIN)


if __name__ == "__main__":
    main()
