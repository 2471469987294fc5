# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of plugin, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
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
