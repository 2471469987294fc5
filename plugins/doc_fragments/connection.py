# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options that every engine module has."""

from __future__ import annotations


class ModuleDocFragment:
    """Where the engine is and how to talk to it."""

    DOCUMENTATION = r"""
options:
  docker_host:
    description:
      - Where the engine listens, on the host that runs the module or as seen from it.
      - V(unix:///path) or V(/path) is a socket.
      - V(tcp://host:port) is TCP, with TLS if O(tls) or O(validate_certs) asks for it. Without a port it is 2375, and
        2376 with TLS. An IPv6 address stands in brackets. A path comes before every path of the API.
        V(https://host:port) is always TLS, V(http://host:port) never; without a port they mean 443 and 80.
      - V(ssh://user@host:port) runs the C(ssh) command, which takes keys and settings from its agent and its
        configuration and never asks for anything. On the other side it runs C(docker system dial-stdio), or where
        there is no C(docker) command, a relay by C(python3) or C(socat).
        V(ssh://user@host/path) names the engine's socket on the other side.
      - If neither this nor O(cli_context) is given, the first of these counts that is set, E(DOCKER_HOST),
        E(DOCKER_CONTEXT), C(currentContext) in the file C(config.json) of the docker command, and
        V(unix:///var/run/docker.sock).
      - Mutually exclusive with O(cli_context).
    type: str
    aliases: [docker_url]
  cli_context:
    description:
      - The name of a context of the docker command (C(docker context ls)) of the user that the task runs as.
        The context says where the engine is and brings its certificates, so the options for TLS may not be given.
      - Contexts are read from E(DOCKER_CONFIG), or from C(~/.docker).
      - V(default) is what E(DOCKER_HOST) says, or V(unix:///var/run/docker.sock).
    type: str
  api_version:
    description:
      - The version of the Engine API to use, such as V(1.41), or V(auto) for the newest that both sides know.
      - If it is not given, the environment variable E(DOCKER_API_VERSION) counts.
    type: str
    default: auto
    aliases: [docker_api_version]
  timeout:
    description:
      - The longest silence of the engine in seconds; a pull that makes progress may take as long as it needs.
      - If it is not given, the environment variable E(DOCKER_TIMEOUT) counts.
    type: int
    default: 60
  tls:
    description:
      - Encrypt the connection, without checking who the other side is. O(validate_certs) does both and wins over it.
      - If it is not given, the environment variable E(DOCKER_TLS) counts, unless it is empty.
    type: bool
  validate_certs:
    description:
      - Encrypt the connection, and check the certificate of the engine.
      - If it is not given, the environment variable E(DOCKER_TLS_VERIFY) counts, unless it is empty.
    type: bool
    aliases: [tls_verify]
  ca_path:
    description:
      - The file (PEM) with the certificates of the authorities that may have signed the engine's.
      - If it is not given, C(ca.pem) in E(DOCKER_CERT_PATH) counts, and if that is not set either, C(ca.pem) in
        E(DOCKER_CONFIG) or C(~/.docker), and if there is none, the authorities that the system trusts.
    type: path
    aliases: [ca_cert, tls_ca_cert, cacert_path]
  client_cert:
    description:
      - The file (PEM) with the certificate to show to the engine.
      - If neither it nor O(client_key) is given, C(cert.pem) counts, in the same places as for O(ca_path).
    type: path
    aliases: [tls_client_cert, cert_path]
  client_key:
    description:
      - The file (PEM, without a passphrase) with the key of O(client_cert). It may be left out if that file holds it.
      - If neither it nor O(client_cert) is given, C(key.pem) counts, in the same places as for O(ca_path).
    type: path
    aliases: [tls_client_key, key_path]
  tls_hostname:
    description:
      - The name that the certificate of the engine must be for, if it is not that in O(docker_host).
      - If it is not given, the environment variable E(DOCKER_TLS_HOSTNAME) counts.
    type: str
  use_ssh_client:
    description: Accepted from playbooks that were written for community.docker. The C(ssh) command is always used.
    type: bool
  debug:
    description:
      - Accepted from playbooks that were written for community.docker.
        The plan that it would show is in RV(ignore:actions) of every result.
    type: bool
    default: false
requirements:
  - Docker Engine 20.10 or newer (API 1.41)
  - Python 3.8 or newer on the host that runs the module, and nothing else
"""
