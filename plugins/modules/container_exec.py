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
options:
  container:
    description: The name or ID of the container.
    type: str
    required: true
  argv:
    description: The command as a list of words. Exactly one of O(argv) and O(command) is required.
    type: list
    elements: str
  command:
    description: The command as a string. It is split into words like in a shell, but no shell runs it.
    type: str
  chdir:
    description: The working directory of the command, an absolute path in the container.
    type: str
  command_timeout:
    description:
      - How many seconds the command may take. Zero or less means no limit.
      - The Engine cannot stop a command. One that takes longer fails the task, and may still run.
    type: float
    default: 0.0
  detach:
    description: Whether to return without waiting for the command to exit.
    type: bool
    default: false
  env:
    description: Environment variables of the command, by name. Their values are never shown.
    type: dict
  privileged:
    description: Whether to give the command almost all privileges of the host.
    type: bool
  stdin:
    description:
      - The standard input of the command. It is never shown.
      - Cannot be used with O(detach=true), or with an engine that is reached over TLS.
    type: str
  stdin_add_newline:
    description: Whether to add a line break to O(stdin).
    type: bool
    default: true
  strip_empty_ends:
    description: Whether to remove line breaks from the end of RV(stdout) and RV(stderr).
    type: bool
    default: true
  tty:
    description:
      - Whether to allocate a terminal. RV(stdout) then has all output.
      - A terminal has no end of input. With O(stdin), a command that reads to the end, such as C(cat), waits forever
        unless O(command_timeout) ends it.
    type: bool
  user:
    description: The user to run as, by name or ID, optionally followed by a colon and the group.
    type: str
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
    details: The command is not run, and a change is reported.
  diff_mode:
    support: none
    details: The changes of a command are not known.
  idempotent:
    support: none
    details: Each run runs the command.
seealso:
  - module: slipway.docker.container
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
