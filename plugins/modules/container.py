#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module container."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container
short_description: Create, update, replace and remove containers
version_added: 0.1.0
description:
  - Creates a container as declared, updates or replaces an existing one that differs, and starts, pauses, stops or
    removes it.
  - Options that the task does not set are not compared.
  - If a step of a replacement fails, the old container runs as before.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.container
  - slipway.docker.container.process
  - slipway.docker.container.limits
  - slipway.docker.container.rights
  - slipway.docker.container.files
  - slipway.docker.container.networking
  - slipway.docker.connection
  - slipway.docker.attributes
"""

EXAMPLES = r"""
- name: Run a web server
  slipway.docker.container:
    name: web
    image: registry.example.com:5000/web:1.4
    restart_policy: unless-stopped
    published_ports:
      - "8080:80"
    networks:
      - name: site
        aliases: [www]
    volumes:
      - pages:/srv
    env:
      WORKERS: "4"
    healthcheck:
      test: wget -q -O /dev/null http://localhost/
      interval: 10s
    state: healthy

- name: Stop a container, whatever its settings
  slipway.docker.container:
    name: web
    state: stopped

- name: Pause a container
  slipway.docker.container:
    name: web
    paused: true

- name: Run a database migration and remove its container
  slipway.docker.container:
    name: migration
    image: registry.example.com:5000/web:1.4
    command: manage migrate
    networks:
      - name: site
    detach: false
    cleanup: true
  register: migration

- name: Show the output of the migration
  ansible.builtin.debug:
    msg: "{{ migration.container.Output | default('not run in check mode') }}"

- name: Keep labels that were added by other tools
  slipway.docker.container:
    name: web
    image: registry.example.com:5000/web:1.4
    labels:
      team: blue
    comparisons:
      labels: allow_more_present

- name: Remove a container and its anonymous volumes
  slipway.docker.container:
    name: web
    state: absent
    keep_volumes: false
"""

RETURN = r"""
container:
  description:
    - The container as the Engine reports it, or an empty dictionary if it does not exist. In check mode, the state
      before the task.
    - The values of environment variables and secrets in driver options, such as passwords in mount options, are hidden.
      M(slipway.docker.container_info) shows them.
    - With O(detach=false), C(Output) has the output of both streams, at most its last 8 MiB. For a container that was
      already running, or was restarted, it is read from the container's log, if the log can be read.
  returned: success; with O(detach=false), when it has exited; failure of a step, if the container exists
  type: dict
  sample:
    Id: 52aa0a1ea9bbd9e2bd8ec5a8a7cba1e1ddba96e3e05ddf4f3c0f2a3a6f3c8f17
    Name: /web
    State:
      Status: running
status:
  description: The exit code of the container.
  returned: with O(detach=false), when it has exited
  type: int
  sample: 0
stdout:
  description: The standard output of the container. If it has a terminal, this is all output.
  returned: with O(output_logs=true) and O(detach=false), when it has exited
  type: str
  sample: "12 tables changed"
stderr:
  description: The standard error output of the container.
  returned: with O(output_logs=true) and O(detach=false), when it has exited
  type: str
  sample: ""
actions:
  description: The steps that were executed, or would be in check mode, each with its reason.
  returned: success
  type: list
  elements: str
  sample:
    - "create container web: it does not exist"
    - "start container web: state is started"
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
  description:
    - Whether everything is as it was before the task. After a failed replacement, the old container has its name, and
      is running if it was running before. A pulled image stays.
    - If V(false), the message describes the state of the host.
  returned: failure of a step
  type: bool
  sample: true
container_output:
  description:
    - The last lines of output of a container that failed to start, was not healthy, exited with an error, or was
      removed because a later step failed.
    - Empty if the Engine has already removed the container (O(auto_remove=true)).
  returned: failure of a start, a wait, or a step after a container was created; exit code other than zero
  type: str
  sample: "cannot read /etc/web.conf"
health_output:
  description: The output of the health check of that container.
  returned: failure of a wait, or of a step after a container was created
  type: str
  sample: "connection refused"
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.resource import CONTAINER


def main() -> None:
    """Run the module."""
    run(CONTAINER)


if __name__ == "__main__":
    main()
