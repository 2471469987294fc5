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
    type: str
    aliases: [ca]
  registry_ca_path:
    description: A file on the target with what O(registry_ca) would hold.
    type: path
  certs_dir:
    description: The directory where the engine looks for certificates, by registry.
    type: path
    default: /etc/docker/certs.d
  config_path:
    description:
      - The configuration of the docker command.
      - If it is not given, C($DOCKER_CONFIG/config.json) counts, then C(~/.docker/config.json) of the user that the
        task runs as, also where C(HOME) is still that of the user who called sudo.
    type: path
    aliases: [dockercfg_path]
  state:
    description:
      - V(present) makes sure of trust and credentials, as far as they are declared.
      - V(absent) takes both away, without asking the engine.
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
