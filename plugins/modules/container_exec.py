#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module container_exec."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container_exec
short_description: Run a command in a running container
version_added: 0.1.0
description:
  - Runs a command in a running container, and returns its output and its exit code.
  - An exit code other than zero does not fail the task; use C(failed_when). If the container does not have the program,
    the exit code is V(126) or V(127), and RV(stdout) has the engine's message.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.container_exec
  - slipway.docker.connection
  - slipway.docker.attributes
"""

EXAMPLES = r"""
- name: Reload a web server
  slipway.docker.container_exec:
    container: web
    argv: [nginx, -s, reload]

- name: Load a dump into a database
  slipway.docker.container_exec:
    container: database
    command: psql --quiet --set ON_ERROR_STOP=1 site
    user: postgres
    stdin: "{{ lookup('ansible.builtin.file', 'site.sql') }}"
    command_timeout: 600
  register: load
  failed_when: load is failed or load.rc | default(0) != 0
"""

RETURN = r"""
rc:
  description: The exit code of the command.
  returned: success with O(detach=false), except in check mode
  type: int
  sample: 0
stdout:
  description: The standard output of the command.
  returned: success with O(detach=false), except in check mode
  type: str
  sample: done
stderr:
  description: The standard error output of the command.
  returned: success with O(detach=false), except in check mode
  type: str
  sample: ""
exec_id:
  description: The Engine's ID of this execution.
  returned: success, except in check mode
  type: str
  sample: 5ad8bc9d0e1b1f3a
actions:
  description: The step that was executed, or would be in check mode, with its reason.
  returned: success
  type: list
  elements: str
  sample: ["run command nginx: in the container web"]
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
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_exec import CONTAINER_EXEC


def main() -> None:
    """Run the module."""
    run(CONTAINER_EXEC)


if __name__ == "__main__":
    main()
