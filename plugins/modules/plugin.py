#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module plugin."""

from __future__ import annotations

DOCUMENTATION = r"""
module: plugin
short_description: Install, upgrade, set and remove managed plugins
version_added: 0.1.0
description:
  - Installs a managed plugin of the Engine (for volumes, networks, logging or authorization) from a registry, keeps it
    at the declared version with the declared settings, and enables or disables it.
  - The Engine changes and upgrades only a plugin that is disabled. An enabled one is disabled for that and enabled
    again; the Engine refuses to disable it while something uses it, and then nothing is changed.
  - Plugins that are programs of their own, with a socket in C(/run/docker/plugins), are no managed plugins.
author:
  - The slipway.docker authors (@slipway)
options:
  plugin_name:
    description:
      - The plugin in its registry, C([HOST[:PORT]/]PATH[:TAG][@DIGEST]). The tag is V(latest) where there is neither.
      - Another tag or digest than that of the plugin of this O(alias) upgrades it, or takes it back to an older one.
    type: str
    required: true
    aliases: [name]
  alias:
    description:
      - The name of the plugin on this host, by which volumes and networks name their driver.
      - Without it, that of O(plugin_name) with its tag.
    type: str
  plugin_options:
    description:
      - Settings of the plugin. What is not named here stays as it is.
      - A variable or the arguments by name; of a mount C(NAME.source), of a device C(NAME.path).
      - The values are hidden in diffs and results.
    type: dict
  privileges:
    description:
      - What the plugin may be allowed. A plugin that wants more is refused before it is fetched.
      - Without it, the plugin is allowed what it wants.
    type: list
    elements: dict
    suboptions:
      name:
        description: The kind, such as V(network), V(mount), V(device), V(capabilities) or V(allow-all-devices).
        type: str
        required: true
      value:
        description: The values that are allowed, such as V(host) for V(network).
        type: list
        elements: str
  enable_timeout:
    description: How long the Engine waits for a plugin that is enabled, in seconds; V(0) for its own limit.
    type: int
    default: 0
  force_remove:
    description: With O(state=absent), whether to remove a plugin that something uses.
    type: bool
    default: false
  state:
    description:
      - V(present) installs the plugin; one that is there stays enabled or disabled.
      - V(enable) and V(disable) install it, too.
      - V(absent) removes it, after disabling it.
    type: str
    choices: [absent, present, enable, disable]
    default: present
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
    details: The registry is asked what the plugin wants to be allowed; nothing is downloaded.
  diff_mode:
    support: full
  idempotent:
    support: full
seealso:
  - module: slipway.docker.volume
  - module: slipway.docker.registry
"""

EXAMPLES = r"""
- name: A volume plugin by digest, with no more than what was looked at
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

- name: A volume of that plugin
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
    - The plugin as the Engine shows it, or an empty dictionary where there is none.
    - The values of its variables are hidden.
  returned: success
  type: dict
  sample:
    Name: nfs:latest
    Enabled: true
    PluginReference: registry.example.com:5000/plugins/nfs:1.2
actions:
  description: What was done, or in check mode would be, one line a step, with its reason.
  returned: success
  type: list
  elements: str
  sample: ["install plugin nfs:latest: it does not exist", "enable plugin nfs:latest: state is enable"]
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.plugin import PLUGIN


def main() -> None:
    """Run the module."""
    run(PLUGIN)


if __name__ == "__main__":
    main()
