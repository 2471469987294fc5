# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine with a remote API, and the machine that controls it."""

from __future__ import annotations

ASK = """
import http.client, ssl, sys
address, *certificate = sys.argv[1:]
context = ssl.create_default_context(cafile="/root/driver/ca.pem")
if certificate:
    context.load_cert_chain(*certificate)
asked = http.client.HTTPSConnection(address, 2376, timeout=30, context=context)
asked.request("GET", "/containers/driven/json")
print(asked.getresponse().read().decode())
"""
CERTIFICATE = "/root/driver/cert.pem /root/driver/key.pem"


def address(host):
    """The address of the engine: on the private network, or this machine if it is the only one."""
    answer = host.run("ip -4 -o addr show | grep -o '10[.]77[.]0[.]'")
    return "10.77.0.11" if answer.rc == 0 else host.check_output("hostname -I").split()[0]


def drives(host):
    """Whether this machine controls the engine."""
    return host.backend.get_hostname() != "n1"


def serves(host):
    """Whether this machine has the engine."""
    return host.backend.get_hostname() != "n2"


def test_the_engine_is_controlled_with_a_certificate(host):
    """Also after its own certificate has been renewed."""
    if drives(host):
        shown = host.check_output("python3 -c %s %s " + CERTIFICATE, ASK, address(host))
        assert '"Running":true' in shown


def test_access_without_a_certificate_is_denied(host):
    """By TLS, before any request."""
    if drives(host):
        answer = host.run("python3 -c %s %s", ASK, address(host))
        assert answer.rc != 0
        assert "Running" not in answer.stdout
        assert "alert" in answer.stderr.lower() or "reset" in answer.stderr.lower()


def test_only_root_can_read_keys(host):
    """As audit tools require. All users can read certificates."""
    if serves(host):
        for name in ("ca", "server", "client-driver"):
            assert host.file("/etc/docker/remote-api/%s.key" % name).mode == 0o400
            assert host.file("/etc/docker/remote-api/%s.crt" % name).mode == 0o444


def test_no_unit_has_failed(host):
    """And the engine is enabled."""
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""
