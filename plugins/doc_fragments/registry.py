# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of registry, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
options:
  registry:
    description: The registry, as C(HOST[:PORT]), as in image names. A URL is also accepted.
    type: str
    default: docker.io
    aliases: [registry_url, url]
  username:
    description:
      - The user to log in as. If not set, the task only checks that the engine can reach the registry and trusts it.
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
      - Several certificates may follow each other, and all are trusted. So hosts can trust both the old and the new CA
        while a registry changes its certificate.
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
      - V(absent) removes all certificates and credentials of the registry, without asking the engine.
    type: str
    choices: [absent, present]
    default: present
attributes:
  check_mode:
    support: full
    details:
      - The engine logs in, unless it needs a certificate that has not been stored yet.
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
