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
options:
  plugin_name:
    description:
      - The plugin in its registry, as C([HOST[:PORT]/]PATH[:TAG][@DIGEST]). The default tag is V(latest).
      - If the plugin with this O(alias) has another tag or digest, it is upgraded or downgraded.
    type: str
    required: true
    aliases: [name]
  alias:
    description:
      - The name of the plugin on the host, which volumes and networks use as their driver.
      - The default is O(plugin_name) with its tag.
    type: str
  plugin_options:
    description:
      - Settings of the plugin, by name. Settings that are not listed are kept.
      - A name is that of an environment variable, C(args), C(NAME.source) for a mount, or C(NAME.path) for a device.
      - The values are hidden in diffs and results.
    type: dict
  privileges:
    description:
      - The privileges that the plugin may get. If it requires more, the task fails before the plugin is downloaded.
      - If not set, it gets all privileges that it requires.
    type: list
    elements: dict
    suboptions:
      name:
        description: The privilege, such as V(network), V(mount), V(device), V(capabilities) or V(allow-all-devices).
        type: str
        required: true
      value:
        description: The allowed values, such as V(host) for V(network).
        type: list
        elements: str
  enable_timeout:
    description: How many seconds the Engine waits for the plugin when it is enabled. V(0) means the Engine's own limit.
    type: int
    default: 0
  force_remove:
    description: Whether to remove a plugin that is in use, with O(state=absent).
    type: bool
    default: false
  state:
    description:
      - V(present) installs the plugin. An installed plugin stays enabled or disabled.
      - V(enable) and V(disable) also enable or disable it.
      - V(absent) disables and removes it.
    type: str
    choices: [absent, present, enable, disable]
    default: present
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
    details: The registry is asked for the privileges that the plugin requires; nothing is downloaded.
  diff_mode:
    support: full
  idempotent:
    support: full
notes:
  - Legacy plugins, which are programs with a socket in C(/run/docker/plugins), are not managed by the Engine and not
    supported.
seealso:
  - module: slipway.docker.volume
  - module: slipway.docker.registry
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
