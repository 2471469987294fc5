# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options of engine modules."""

from __future__ import annotations


class ModuleDocFragment:
    """The address of the engine, and TLS."""

    DOCUMENTATION = r"""
options:
  docker_host:
    description:
      - The address of the engine, as seen from the host that runs the module.
      - V(unix:///path) or V(/path) is a socket.
      - V(tcp://host:port) is TCP, with TLS if O(tls) or O(validate_certs) is V(true). The default port is 2375, or 2376
        with TLS. Write an IPv6 address in brackets. A path in the address is the prefix of all API paths.
      - V(https://host:port) always uses TLS, V(http://host:port) never does. The default ports are 443 and 80.
      - V(ssh://user@host:port) uses the C(ssh) command with its agent and its configuration, and never prompts. It runs
        C(docker system dial-stdio) on the remote host or, if that has no C(docker) command, a relay with C(python3) or
        C(socat). V(ssh://user@host/path) sets the path of the socket on the remote host.
      - If neither O(docker_host) nor O(cli_context) is set, the address comes from E(DOCKER_HOST), E(DOCKER_CONTEXT) or
        C(currentContext) in the Docker CLI's C(config.json), in this order. If none of them is set, it is
        V(unix:///var/run/docker.sock).
      - Mutually exclusive with O(cli_context).
    type: str
    aliases: [docker_url]
  cli_context:
    description:
      - The Docker CLI context (C(docker context ls)) of the user that the task runs as. It sets the address of the
        engine and the certificates, so the TLS options cannot be used with it.
      - Contexts are read from the directory in E(DOCKER_CONFIG). If it is not set, they are read from C(~/.docker).
      - V(default) means the address in E(DOCKER_HOST). If it is not set, it means V(unix:///var/run/docker.sock).
    type: str
  api_version:
    description:
      - The version of the Engine API, such as V(1.41). V(auto) means the newest that both the module and the engine
        support.
      - If not set, the environment variable E(DOCKER_API_VERSION) is used.
    type: str
    default: auto
    aliases: [docker_api_version]
  timeout:
    description:
      - How many seconds to wait for data from the engine. This is not a limit for the whole task, so a pull that makes
        progress can take longer.
      - If not set, the environment variable E(DOCKER_TIMEOUT) is used.
    type: int
    default: 60
  tls:
    description:
      - Whether to encrypt the connection, without verifying the engine's certificate. O(validate_certs) takes
        precedence.
      - If not set, the environment variable E(DOCKER_TLS) is used. Any value other than an empty one means V(true).
    type: bool
  validate_certs:
    description:
      - Whether to encrypt the connection and verify the engine's certificate.
      - If not set, the environment variable E(DOCKER_TLS_VERIFY) is used. Any value other than an empty one means
        V(true).
    type: bool
    aliases: [tls_verify]
  ca_path:
    description:
      - The file with the CA certificates (PEM) that verify the engine's certificate.
      - If not set, C(ca.pem) in the directory E(DOCKER_CERT_PATH) is used. If that is not set either, C(ca.pem) in
        E(DOCKER_CONFIG) or C(~/.docker) is used if it exists, and otherwise the CA certificates of the system.
    type: path
    aliases: [ca_cert, tls_ca_cert, cacert_path]
  client_cert:
    description:
      - The file with the client certificate (PEM).
      - If neither O(client_cert) nor O(client_key) is set, C(cert.pem) in the same directories as for O(ca_path) is
        used.
    type: path
    aliases: [tls_client_cert, cert_path]
  client_key:
    description:
      - The file with the key (PEM) of O(client_cert), without a passphrase. Not needed if O(client_cert) includes it.
      - If neither O(client_cert) nor O(client_key) is set, C(key.pem) in the same directories as for O(ca_path) is
        used.
    type: path
    aliases: [tls_client_key, key_path]
  tls_hostname:
    description:
      - The name to expect in the engine's certificate. The default is the host in O(docker_host).
      - If not set, the environment variable E(DOCKER_TLS_HOSTNAME) is used.
    type: str
  use_ssh_client:
    description: Accepted for compatibility with community.docker. The C(ssh) command is always used.
    type: bool
  debug:
    description:
      - Accepted for compatibility with community.docker. RV(ignore:actions) of each result has the executed steps.
    type: bool
    default: false
requirements:
  - Docker Engine 20.10 or newer (API 1.41)
  - Python 3.8 or newer on the host that runs the module; no other Python libraries
"""
