#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module registry."""

from __future__ import annotations

DOCUMENTATION = r"""
module: registry
short_description: Trust a registry and log in to it
version_added: 0.1.0
description:
  - Makes a host trust the certificate of a registry and stores credentials for it, or removes both.
  - Each run asks the engine to log in. If the engine cannot reach or does not trust the registry, or the password is
    wrong, the task fails and nothing is written.
author:
  - The slipway.docker authors (@slipway)
extends_documentation_fragment:
  - slipway.docker.registry
  - slipway.docker.connection
  - slipway.docker.attributes
"""

EXAMPLES = r"""
- name: Trust a private registry and log in
  slipway.docker.registry:
    registry: registry.example.com:5000
    registry_ca: "{{ lookup('ansible.builtin.file', 'ca.pem') }}"
    username: deploy
    password: "{{ vault_registry_password }}"

- name: Log in to Docker Hub as another user of the host
  slipway.docker.registry:
    username: example
    password: "{{ vault_hub_token }}"
  become: true
  become_user: builder

- name: Trust the old and the new CA, before the registry changes its certificate
  slipway.docker.registry:
    registry: registry.example.com:5000
    registry_ca: |
      {{ lookup('ansible.builtin.file', 'old-ca.pem') }}
      {{ lookup('ansible.builtin.file', 'new-ca.pem') }}

- name: Set the client certificate for a registry that requires one
  slipway.docker.registry:
    registry: vault.example.com
    registry_client_certificate: "{{ lookup('ansible.builtin.file', 'client.pem') }}"
    registry_client_key: "{{ vault_client_key }}"

- name: Pull images of a registry from a local mirror
  slipway.docker.registry:
    registry: registry.example.com:5000
    mirrors:
      - url: https://mirror.example.com:5000
        ca_path: /etc/docker/certs.d/mirror.example.com:5000/ca.crt

- name: Make Podman trust a registry and log in to it
  slipway.docker.registry:
    docker_host: unix:///run/podman/podman.sock
    registry: registry.example.com:5000
    registry_ca: "{{ lookup('ansible.builtin.file', 'ca.pem') }}"
    username: deploy
    password: "{{ vault_registry_password }}"
    certs_dir: /etc/containers/certs.d
    config_path: /root/.config/containers/auth.json

- name: Remove the certificates and credentials of a registry
  slipway.docker.registry:
    registry: registry.example.com:5000
    state: absent
"""

RETURN = r"""
registry:
  description: What is stored for the registry on the host.
  returned: success
  type: dict
  contains:
    name:
      description: The registry, as in image names.
      type: str
      returned: success
      sample: registry.example.com:5000
    ca_path:
      description: The file with the CA certificate, or V(null) if there is none.
      type: str
      returned: success
      sample: /etc/docker/certs.d/registry.example.com:5000/ca.crt
    client_certificate_path:
      description: The file with the client certificate, or V(null) if there is none.
      type: str
      returned: success
      sample: /etc/docker/certs.d/registry.example.com:5000/client.cert
    hosts_path:
      description: The file with the mirrors, or V(null) if there is none.
      type: str
      returned: success
      sample: /etc/docker/certs.d/registry.example.com:5000/hosts.toml
    config_path:
      description: The configuration file of the Docker CLI.
      type: str
      returned: success
      sample: /root/.docker/config.json
    helper:
      description: The credential helper that stores the credentials, or V(null) if the configuration file does.
      type: str
      returned: success
      sample: pass
    username:
      description: The user whose credentials are stored, or V(null) if there are none.
      type: str
      returned: success
      sample: deploy
actions:
  description: The steps that were executed, or would be in check mode, each with its reason.
  returned: success
  type: list
  elements: str
  sample: ["trust registry registry.example.com:5000: there is no CA for it"]
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
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.registry import REGISTRY


def main() -> None:
    """Run the module."""
    run(REGISTRY)


if __name__ == "__main__":
    main()
