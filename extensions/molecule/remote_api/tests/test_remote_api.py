# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine on the network, and the machine that drives it."""

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
    """Where the engine is: on the private network, or here if this machine is alone."""
    answer = host.run("ip -4 -o addr show | grep -o '10[.]77[.]0[.]'")
    return "10.77.0.11" if answer.rc == 0 else host.check_output("hostname -I").split()[0]


def drives(host):
    """Whether this machine is the last one, or alone."""
    return host.backend.get_hostname() != "n1"


def serves(host):
    """Whether this machine has the engine."""
    return host.backend.get_hostname() != "n2"


def test_the_engine_is_driven_with_a_certificate(host):
    """Also after the engine's own has been renewed."""
    if drives(host):
        shown = host.check_output("python3 -c %s %s " + CERTIFICATE, ASK, address(host))
        assert '"Running":true' in shown


def test_it_is_closed_without(host):
    """By TLS, before anybody can ask for anything."""
    if drives(host):
        answer = host.run("python3 -c %s %s", ASK, address(host))
        assert answer.rc != 0
        assert "Running" not in answer.stdout
        assert "alert" in answer.stderr.lower() or "reset" in answer.stderr.lower()


def test_keys_are_for_root_alone(host):
    """As auditors want it, certificates can be read by all."""
    if serves(host):
        for name in ("ca", "server", "client-driver"):
            assert host.file("/etc/docker/remote-api/%s.key" % name).mode == 0o400
            assert host.file("/etc/docker/remote-api/%s.crt" % name).mode == 0o444


def test_nothing_failed(host):
    """No unit, and the engine comes back at boot."""
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""
