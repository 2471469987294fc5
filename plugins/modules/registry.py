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
options:
  registry:
    description: The registry, as C(HOST[:PORT]), as in image names. A URL is also accepted.
    type: str
    default: docker.io
    aliases: [registry_url, url]
  username:
    description: The user to log in as. If not set, the engine must only be able to reach and trust the registry.
    type: str
  password:
    description: The password or access token of O(username).
    type: str
  reauthorize:
    description: Whether to write the credentials even if the same ones are already stored.
    type: bool
    default: false
    aliases: [reauth]
  registry_ca:
    description:
      - The CA certificate (PEM) of the registry, to store in O(certs_dir). The engine trusts it at once.
      - Several certificates may follow each other, and all are trusted. A registry can thus change its CA while hosts
        trust both.
    type: str
    aliases: [ca]
  registry_ca_path:
    description: A file on the target with the value for O(registry_ca).
    type: path
  registry_client_certificate:
    description:
      - The client certificate (PEM) for a registry that requires one, to store in O(certs_dir). Intermediate
        certificates may follow it.
    type: str
  registry_client_key:
    description:
      - The key (PEM) of O(registry_client_certificate), without a passphrase. Only root can read the stored file.
    type: str
  mirrors:
    description:
      - Mirrors from which the engine pulls images of the registry, in order of preference. They are stored in
        C(hosts.toml) in O(certs_dir) and used at once. An empty list removes this file.
      - Requires Docker Engine 28.0 with the containerd image store. Other engines ignore the file and use the registry
        itself; for mirrors of Docker Hub, set C(registry-mirrors) in their C(daemon.json).
    type: list
    elements: dict
    suboptions:
      url:
        description: The mirror, as C(https://HOST[:PORT]).
        type: str
        required: true
      capabilities:
        description: What the mirror is used for. V(resolve) looks up the digest of a tag. The default is both.
        type: list
        elements: str
        choices: [pull, resolve]
      ca_path:
        description:
          - A file on the target with the CA certificate (PEM) of the mirror. If the host trusts the mirror as a
            registry, use C(ca.crt) in its directory in O(certs_dir).
        type: path
  certs_dir:
    description:
      - The directory in which the engine looks for certificates, with a subdirectory per registry. Podman reads
        C(/etc/containers/certs.d) and this default.
    type: path
    default: /etc/docker/certs.d
  config_path:
    description:
      - The configuration file of the Docker CLI in which credentials are stored.
      - Podman, Skopeo and Buildah use the same format in C(~/.config/containers/auth.json).
      - The default is C($DOCKER_CONFIG/config.json), or C(~/.docker/config.json) of the user that the task runs as,
        even if sudo has not changed C(HOME).
    type: path
    aliases: [dockercfg_path]
  state:
    description:
      - V(present) stores the certificates and credentials that the task sets.
      - V(absent) removes all of them, without asking the engine.
    type: str
    choices: [absent, present]
    default: present
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
    details:
      - The engine logs in, unless it needs a certificate that the task has yet to store.
  diff_mode:
    support: full
    details: Passwords are not shown.
  idempotent:
    support: partial
    details: With O(reauthorize=true), each run writes the credentials.
notes:
  - Credentials are stored as the Docker CLI stores them, in C(config.json) or with the credential helper that it names
    (C(credsStore), C(credHelpers)). Other settings in this file are kept.
seealso:
  - module: slipway.docker.image
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
