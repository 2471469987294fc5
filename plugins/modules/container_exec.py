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
  - Runs a command in a container that runs, and returns what it wrote and its exit code.
  - An exit code other than zero does not fail the task; use C(failed_when) for that. A program that the container does
    not have gives V(126) or V(127), with the engine's words in RV(stdout).
author:
  - The slipway.docker authors (@slipway)
options:
  container:
    description: The name or id of the container.
    type: str
    required: true
  argv:
    description: The command as a list of its words. Either this or O(command) is needed.
    type: list
    elements: str
  command:
    description: The command as a string, which is split into words as a shell would, and given to no shell.
    type: str
  chdir:
    description: The directory in the container that the command starts in.
    type: str
  command_timeout:
    description:
      - How many seconds the command may take; zero or less for any time.
      - The engine cannot end a command, so one that takes too long fails the task and may still run.
    type: float
    default: 0.0
  detach:
    description: Start the command and do not wait for its end.
    type: bool
    default: false
  env:
    description: Environment variables of the command. Their values are never shown.
    type: dict
  privileged:
    description: Give the command nearly all rights of the host.
    type: bool
  stdin:
    description:
      - What the command gets on its standard input. It is never shown.
      - Not with O(detach=true), and not with an engine that is reached over TLS.
    type: str
  stdin_add_newline:
    description: Add a line break to O(stdin).
    type: bool
    default: true
  strip_empty_ends:
    description: Take line breaks off the ends of RV(stdout) and RV(stderr).
    type: bool
    default: true
  tty:
    description: Give the command a terminal. All that it writes is in RV(stdout) then.
    type: bool
  user:
    description: The user, and the group after a colon, by name or number.
    type: str
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
    details: The command is not run, and predicted to change something.
  diff_mode:
    support: none
    details: Nobody knows what a command changes.
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

- name: Feed a dump to a database
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
  returned: success, and O(detach=false), not in check mode
  type: int
  sample: 0
stdout:
  description: What the command wrote to its standard output.
  returned: success, and O(detach=false), not in check mode
  type: str
  sample: done
stderr:
  description: What the command wrote to its standard error.
  returned: success, and O(detach=false), not in check mode
  type: str
  sample: ""
exec_id:
  description: The engine's id of the run.
  returned: success, not in check mode
  type: str
  sample: 5ad8bc9d0e1b1f3a
actions:
  description: What was done, or would be done, and why.
  returned: success
  type: list
  elements: str
  sample: ["run command nginx: in the container web"]
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_exec import CONTAINER_EXEC


def main() -> None:
    """Run the module."""
    run(CONTAINER_EXEC)


if __name__ == "__main__":
    main()
