# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of container_exec, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
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
