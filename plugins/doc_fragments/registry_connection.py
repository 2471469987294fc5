# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options of the modules that talk to registries themselves."""

from __future__ import annotations


class ModuleDocFragment:
    """How to get in to a registry, and whom to trust."""

    DOCUMENTATION = r"""
options:
  username:
    description:
      - The user to show to the registry. Google's registries know V(_json_key), Amazon's V(AWS).
      - If it is not given, what the docker command keeps counts, in O(config_path) or with the credential helper that
        is configured there, such as what M(slipway.docker.registry) has kept. Without that, the registry is asked as
        nobody.
    type: str
  password:
    description: The password, access token or key of O(username).
    type: str
  ca_path:
    description:
      - The file (PEM) with the certificates of the authorities that may have signed the registry's, besides those that
        the system trusts.
      - If it is not given, C(ca.crt) in the directory of the registry below O(certs_dir) counts, if it is there.
    type: path
    aliases: [ca_cert, tls_ca_cert, cacert_path]
  client_cert:
    description:
      - The file (PEM) with the certificate to show to the registry.
      - If it is not given, C(client.cert) and C(client.key) in the directory of the registry below O(certs_dir) count,
        if they are there.
    type: path
    aliases: [tls_client_cert, cert_path]
  client_key:
    description:
      - The file (PEM, without a passphrase) with the key of O(client_cert). It may be left out if that file holds it.
    type: path
    aliases: [tls_client_key, key_path]
  validate_certs:
    description:
      - Check the certificate of the registry.
      - If it is not given, it is checked, except that of a registry on the machine itself (C(localhost), or an address
        that begins with 127) for which there is no O(ca_path). Such a registry may also do without TLS. It is the same
        for the engine.
    type: bool
    aliases: [tls_verify]
  certs_dir:
    description: The directory where the engine looks for certificates, by registry.
    type: path
    default: /etc/docker/certs.d
  config_path:
    description:
      - The configuration of the docker command.
      - If it is not given, C($DOCKER_CONFIG/config.json) counts, then C(~/.docker/config.json) of the user that the
        task runs as.
    type: path
    aliases: [dockercfg_path]
  timeout:
    description:
      - The longest silence of the registry in seconds; a copy that makes progress may take as long as it needs.
    type: int
    default: 60
requirements:
  - Python 3.8 or newer with the library C(requests) on the host where the task runs; it needs no engine, so that is
    usually C(delegate_to=localhost)
attributes:
  action_group:
    description: Use C(group/slipway.docker.registries) in C(module_defaults) to set options of these modules at once.
    support: full
    membership:
      - slipway.docker.registries
"""
