#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module project."""

from __future__ import annotations

DOCUMENTATION = r"""
module: project
short_description: Manage the networks, volumes, images and containers of a host in one task
version_added: 0.1.0
description:
  - Brings networks, volumes, images and containers to the declared state, in one task, in the order that follows from
    what uses what. What does not depend on each other is converged in parallel.
  - Each entry is converged as by the module of its noun. A resource that fails is rolled back, what comes after it is
    not begun, and everything else is finished.
  - Everything is planned before anything changes, each resource against the effects of those before it. For example, a
    container that uses the network namespace of another one is replaced in the same run as the latter.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.project
  - slipway.docker.connection
  - slipway.docker.attributes
"""

EXAMPLES = r"""
- name: Run a web application
  slipway.docker.project:
    name: shop
    networks:
      - backend
    volumes:
      - data
    containers:
      db:
        image: registry.example.com/postgres:16
        networks: [{name: backend}]
        volumes: [data:/var/lib/postgresql/data]
        healthcheck:
          test: [CMD, pg_isready]
          interval: 2s
      migrate:
        image: registry.example.com/shop:2.4
        command: [shop, migrate]
        networks: [{name: backend}]
        depends_on: {db: healthy}
      web:
        image: registry.example.com/shop:2.4
        networks: [{name: backend}]
        depends_on: {migrate: completed}
        scale: 3

- name: Show what would be done, and keep the digest of the plan
  slipway.docker.project: "{{ shop }}"
  check_mode: true
  register: shop_plan

- name: Execute exactly this plan
  slipway.docker.project: "{{ shop | combine({'plan_digest': shop_plan.plan_digest}) }}"

- name: Remove the project, with its volumes
  slipway.docker.project:
    name: shop
    state: absent
    prune: [containers, networks, volumes]
"""

RETURN = r"""
plan:
  description: The resources that change, in an order in which they can be converged one by one.
  returned: success
  type: list
  elements: dict
  contains:
    resource:
      description: The noun and the name.
      type: str
      sample: container web
    after:
      description: The resources of the plan that must be done before.
      type: list
      elements: str
    steps:
      description: The steps, each with C(action), C(object) and C(reason).
      type: list
      elements: dict
plan_digest:
  description: The digest of RV(plan), for the option O(plan_digest) of a later run.
  returned: success
  type: str
resources:
  description: What became of each resource.
  returned: after an execution
  type: list
  elements: dict
  contains:
    resource:
      description: The noun and the name.
      type: str
      sample: container web
    result:
      description: V(done), V(unchanged), V(failed) or V(not begun).
      type: str
    changed:
      description: Whether the resource has changed.
      type: bool
timeline:
  description:
    - The executed steps in the order in which they ended, with C(resource), C(step), C(result), and with C(began) and
      C(seconds), both in seconds, the former since the start of the execution.
  returned: after an execution
  type: list
  elements: dict
actions:
  description: The steps that were executed, or would be in check mode, each with its reason.
  returned: success
  type: list
  elements: str
  sample: ["create network backend: it does not exist"]
failures:
  description:
    - The resources that failed, each with C(resource), C(msg) and the values that its module returns on a failure, such
      as C(failed_step), C(container_output) and C(health_output). If there is only one, they are also values of the
      result itself.
  returned: failure of a step
  type: list
  elements: dict
rolled_back:
  description: Whether all resources that failed are as they were before the task.
  returned: failure of a step
  type: bool
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.entries import run_with_entries
from ansible_collections.slipway.docker.plugins.module_utils.runtime.project.resource import PROJECT


def main() -> None:
    """Run the module."""
    run_with_entries(PROJECT)


if __name__ == "__main__":
    main()
