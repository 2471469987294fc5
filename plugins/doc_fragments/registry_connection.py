# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options of the modules for registries."""

from __future__ import annotations


class ModuleDocFragment:
    """Credentials and certificates."""

    DOCUMENTATION = r"""
options:
  username:
    description:
      - The user to log in to the registry as. For Google's registries, use V(_json_key); for Amazon's, V(AWS).
      - If not set, the credentials in the Docker CLI's configuration (O(config_path)) or its credential helper are
        used. M(slipway.docker.registry) stores them there. If there are none, access is anonymous.
    type: str
  password:
    description: The password, access token or key of O(username).
    type: str
  ca_path:
    description:
      - The file with CA certificates (PEM) that verify the registry's certificate, in addition to those of the system.
      - If not set, C(ca.crt) in the registry's directory in O(certs_dir) is used if it exists.
    type: path
    aliases: [ca_cert, tls_ca_cert, cacert_path]
  client_cert:
    description:
      - The file with the client certificate (PEM).
      - If not set, C(client.cert) and C(client.key) in the registry's directory in O(certs_dir) are used if they exist.
    type: path
    aliases: [tls_client_cert, cert_path]
  client_key:
    description:
      - The file with the key (PEM) of O(client_cert), without a passphrase. Not needed if O(client_cert) includes it.
    type: path
    aliases: [tls_client_key, key_path]
  validate_certs:
    description:
      - Whether to verify the registry's certificate.
      - If not set, it is verified, except for a registry on the host itself (C(localhost), or an address in
        C(127.0.0.0/8)) without O(ca_path). Such a registry may also use HTTP. The engine does the same.
    type: bool
    aliases: [tls_verify]
  certs_dir:
    description: The directory in which the engine looks for certificates, with a subdirectory per registry.
    type: path
    default: /etc/docker/certs.d
  config_path:
    description:
      - The configuration file of the Docker CLI.
      - The default is C($DOCKER_CONFIG/config.json), or C(~/.docker/config.json) of the user that the task runs as.
    type: path
    aliases: [dockercfg_path]
  timeout:
    description:
      - How many seconds to wait for data from the registry. This is not a limit for the whole task, so a copy that
        makes progress can take longer.
    type: int
    default: 60
requirements:
  - Python 3.8 or newer and the library C(requests) on the host that runs the module. It needs no engine, so use
    C(delegate_to=localhost)
attributes:
  action_group:
    description: Use C(group/slipway.docker.registries) in C(module_defaults) to set options for these modules at once.
    support: full
    membership:
      - slipway.docker.registries
"""
