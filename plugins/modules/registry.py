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
  - Has a host trust the certificate of a registry and keep credentials for it, or neither any more.
  - The engine is asked to log in each time. A registry that it cannot reach or does not trust, and a wrong password,
    fail the task, and nothing is written then.
  - Credentials are kept where the docker command keeps them, in C(config.json) or with the credential helper that is
    configured there (C(credsStore), C(credHelpers)). Everything else in that file stays as it is.
author:
  - The slipway.docker authors (@slipway)
options:
  registry:
    description:
      - The registry, C(HOST[:PORT]), as it is written in the names of images. A URL is taken too.
    type: str
    default: docker.io
    aliases: [registry_url, url]
  username:
    description:
      - The user to log in as. Without one, the registry only has to be reached and trusted.
    type: str
  password:
    description: The password, or access token, of O(username).
    type: str
  reauthorize:
    description: Write the credentials although the same ones are kept already.
    type: bool
    default: false
    aliases: [reauth]
  registry_ca:
    description:
      - The certificate (PEM) of the authority that signed the registry's, to be kept in O(certs_dir). The engine
        trusts it at once.
      - There may be several certificates one after the other, and all of them are trusted. So a registry can change its
        authority while hosts trust both.
    type: str
    aliases: [ca]
  registry_ca_path:
    description: A file on the target with what O(registry_ca) would hold.
    type: path
  registry_client_certificate:
    description:
      - The certificate (PEM) that the engine shows to a registry that wants one, to be kept in O(certs_dir). Those of
        authorities in between may follow it.
    type: str
  registry_client_key:
    description: The key (PEM) of O(registry_client_certificate), without a passphrase. Only root can read its file.
    type: str
  mirrors:
    description:
      - Where the engine looks for images of the registry first, in this order. They are kept in C(hosts.toml) in
        O(certs_dir), and count at once. An empty list removes that file.
      - Engines since 28.0 with containerd's image store read it, for any registry. Others do not, and go to the
        registry itself as ever. To have mirrors of Docker Hub with these, set C(registry-mirrors) of the engine.
    type: list
    elements: dict
    suboptions:
      url:
        description: The mirror, C(https://HOST[:PORT]).
        type: str
        required: true
      capabilities:
        description:
          - What the mirror is trusted to do. V(resolve) is to say which image a tag is. Both if it is not given.
        type: list
        elements: str
        choices: [pull, resolve]
      ca_path:
        description:
          - A file on the target with the certificate (PEM) of the authority that signed the mirror's. If the mirror is
            trusted as a registry, it is C(ca.crt) in its directory in O(certs_dir).
        type: path
  certs_dir:
    description:
      - The directory where the engine looks for certificates, by registry. Podman looks in C(/etc/containers/certs.d)
        as well as in the default.
    type: path
    default: /etc/docker/certs.d
  config_path:
    description:
      - The configuration of the docker command.
      - Podman, Skopeo and Buildah read a file of this form too, C(~/.config/containers/auth.json).
      - If it is not given, C($DOCKER_CONFIG/config.json) counts, then C(~/.docker/config.json) of the user that the
        task runs as, also where C(HOME) is still that of the user who called sudo.
    type: path
    aliases: [dockercfg_path]
  state:
    description:
      - V(present) makes sure of trust and credentials, as far as they are declared.
      - V(absent) takes all of it away, without asking the engine.
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
      - The engine logs in, as outside of check mode, unless it needs a certificate first that is not there yet.
  diff_mode:
    support: full
    details: Passwords are not shown.
  idempotent:
    support: partial
    details: With O(reauthorize=true) credentials are written each time.
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

- name: Trust the new authority too, before the registry changes its certificate
  slipway.docker.registry:
    registry: registry.example.com:5000
    registry_ca: |
      {{ lookup('ansible.builtin.file', 'old-ca.pem') }}
      {{ lookup('ansible.builtin.file', 'new-ca.pem') }}

- name: Show a certificate to a registry that wants one
  slipway.docker.registry:
    registry: vault.example.com
    registry_client_certificate: "{{ lookup('ansible.builtin.file', 'client.pem') }}"
    registry_client_key: "{{ vault_client_key }}"

- name: Look for its images in the local network first
  slipway.docker.registry:
    registry: registry.example.com:5000
    mirrors:
      - url: https://mirror.example.com:5000
        ca_path: /etc/docker/certs.d/mirror.example.com:5000/ca.crt

- name: Have Podman trust and log in, which the engine at Podman's socket tries
  slipway.docker.registry:
    docker_host: unix:///run/podman/podman.sock
    registry: registry.example.com:5000
    registry_ca: "{{ lookup('ansible.builtin.file', 'ca.pem') }}"
    username: deploy
    password: "{{ vault_registry_password }}"
    certs_dir: /etc/containers/certs.d
    config_path: /root/.config/containers/auth.json

- name: Have nothing to do with it any more
  slipway.docker.registry:
    registry: registry.example.com:5000
    state: absent
"""

RETURN = r"""
registry:
  description: What the host knows about the registry.
  returned: success
  type: dict
  contains:
    name:
      description: The registry, as in the names of images.
      type: str
      returned: success
      sample: registry.example.com:5000
    ca_path:
      description: The file with the certificate that the engine trusts, V(null) if there is none.
      type: str
      returned: success
      sample: /etc/docker/certs.d/registry.example.com:5000/ca.crt
    client_certificate_path:
      description: The file with the certificate that the engine shows, V(null) if there is none.
      type: str
      returned: success
      sample: /etc/docker/certs.d/registry.example.com:5000/client.cert
    hosts_path:
      description: The file with the mirrors, V(null) if there is none.
      type: str
      returned: success
      sample: /etc/docker/certs.d/registry.example.com:5000/hosts.toml
    config_path:
      description: The configuration of the docker command.
      type: str
      returned: success
      sample: /root/.docker/config.json
    helper:
      description: The credential helper that keeps the credentials, V(null) if the file itself does.
      type: str
      returned: success
      sample: pass
    username:
      description: The user whose credentials are kept, V(null) if none are.
      type: str
      returned: success
      sample: deploy
actions:
  description: What was done, or in check mode would be, one line a step, with its reason.
  returned: success
  type: list
  elements: str
  sample: ["trust registry registry.example.com:5000: there is no CA for it"]
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.registry import REGISTRY


def main() -> None:
    """Run the module."""
    run(REGISTRY)


if __name__ == "__main__":
    main()
