# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which engine a task means, and how TLS is spoken to it: options, environment, contradictions."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.slipway.docker.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.slipway.docker.plugins.module_utils.ansible.options import (
    client_for,
    connection_spec,
    destination,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.trust import Trust

NONE = dict.fromkeys(connection_spec())
TCP = "tcp://h:1"
FILES = ("ca.pem", "cert.pem", "key.pem")


@pytest.fixture
def certs(tmp_path):
    """A directory with the usual files."""
    place = tmp_path / "certs"
    place.mkdir()
    for name in FILES:
        (place / name).write_text("")
    return place


def trust(environ=None, **params):
    """What TLS is told, for a home directory without anything."""
    return destination({**NONE, "docker_host": TCP, **params}, {"HOME": "/nonexistent", **(environ or {})})[1]


@pytest.mark.parametrize(
    "params, expected",
    [
        ({}, None),
        ({"tls": False, "validate_certs": False}, None),
        ({"validate_certs": True}, Trust()),
        ({"tls": True}, Trust(verify=False)),
        ({"tls": True, "validate_certs": True}, Trust()),
        ({"tls": True, "validate_certs": False}, Trust(verify=False)),
        ({"docker_host": "https://h"}, Trust()),
        ({"docker_host": "https://h", "tls": True}, Trust(verify=False)),
        ({"docker_host": "https://h", "validate_certs": False}, Trust(verify=False)),
        ({"docker_host": "http://h"}, None),
        ({"docker_host": "/s"}, None),
        ({"validate_certs": True, "ca_path": "a", "tls_hostname": "n"}, Trust(ca="a", name="n")),
        ({"validate_certs": True, "client_cert": "c", "client_key": "k"}, Trust(cert="c", key="k")),
        ({"tls": True, "ca_path": "a"}, Trust(verify=False)),
    ],
)
def test_options(params, expected):
    """Encryption only when it is asked for; verification wins over mere encryption."""
    assert trust(**params) == expected


@pytest.mark.parametrize(
    "environ, expected",
    [
        ({"DOCKER_TLS_VERIFY": "1"}, Trust()),
        ({"DOCKER_TLS_VERIFY": "yes"}, Trust()),
        ({"DOCKER_TLS_VERIFY": ""}, None),
        ({"DOCKER_TLS_VERIFY": "0"}, None),
        ({"DOCKER_TLS": "1"}, Trust(verify=False)),
        ({"DOCKER_TLS": "1", "DOCKER_TLS_VERIFY": "1"}, Trust()),
        ({"DOCKER_TLS_VERIFY": "1", "DOCKER_TLS_HOSTNAME": "n"}, Trust(name="n")),
        ({"DOCKER_CERT_PATH": "/certs"}, None),
        ({"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"}, Trust(ca="/certs/ca.pem")),
    ],
)
def test_environment(environ, expected):
    """An empty variable counts as unset, as for Docker."""
    assert trust(environ) == expected


def test_options_win_over_the_environment(certs):
    """One by one; a certificate and its key are a pair and come from the same place."""
    environ = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(certs)}
    ca, cert, key = (str(certs / name) for name in FILES)
    assert trust(environ) == Trust(ca=ca, cert=cert, key=key)
    assert trust(environ, validate_certs=False) is None
    assert trust(environ, ca_path="a") == Trust(ca="a", cert=cert, key=key)
    assert trust(environ, client_cert="c") == Trust(ca=ca, cert="c")
    assert trust(environ, client_key="k") == Trust(ca=ca, key="k")
    assert trust(environ, validate_certs=False, tls=True) == Trust(verify=False, cert=cert, key=key)


def test_the_docker_commands_own_directory(certs):
    """It serves where DOCKER_CERT_PATH names no other, with what is there."""
    (certs / "ca.pem").unlink()
    _ca, cert, key = (str(certs / name) for name in FILES)
    environ = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CONFIG": str(certs)}
    assert trust(environ) == Trust(cert=cert, key=key)
    assert trust({**environ, "DOCKER_CERT_PATH": ""}) == Trust(cert=cert, key=key)


@pytest.mark.parametrize(
    "params, environ, message",
    [
        (
            {"docker_host": "/s", "validate_certs": True},
            {},
            "validate_certs: TLS is not used for the connection to unix:///s",
        ),
        ({"docker_host": "ssh://h", "tls": True}, {}, "tls: TLS is not used for the connection to ssh://h"),
        (
            {"docker_host": "http://h"},
            {"DOCKER_TLS_VERIFY": "1"},
            "docker_host: http:// does not use TLS, but TLS is requested",
        ),
        ({"client_key": "k"}, {}, "client_key: this has no effect, because TLS is off"),
        ({"tls_hostname": "n"}, {}, "tls_hostname: this has no effect, because TLS is off"),
        ({}, {"DOCKER_TLS": "perhaps"}, "DOCKER_TLS: 'perhaps' is not a boolean"),
    ],
)
def test_contradictions(params, environ, message):
    """Nobody is left to believe that a connection is safe."""
    with pytest.raises(InputError, match=message):
        trust(environ, **params)


def test_a_socket_does_not_mind_the_environment_of_another_engine():
    """DOCKER_TLS_VERIFY may be set for DOCKER_HOST, while a task names the local socket."""
    assert trust({"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"}, docker_host="/s") is None


def test_a_client_is_not_connected_yet(monkeypatch):
    """Making one calls nothing."""
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    client = client_for({**NONE, "docker_host": "tcp://192.0.2.1", "timeout": 5, "api_version": "1.43"})
    assert (client.version, client.connection.where, client.connection.timeout) == ("1.43", "tcp://192.0.2.1", 5)
    with pytest.raises(InputError, match="timeout: -1 is out of range"):
        client_for({**NONE, "timeout": -1})


def test_the_environment_of_plain_options(monkeypatch):
    """An empty variable counts as unset here too."""
    fallback, variables = connection_spec()["timeout"]["fallback"]
    monkeypatch.setenv("DOCKER_TIMEOUT", "7")
    assert fallback(*variables) == "7"
    monkeypatch.setenv("DOCKER_TIMEOUT", "")
    with pytest.raises(Exception, match="^$") as caught:
        fallback(*variables)
    assert type(caught.value).__name__ == "AnsibleFallbackNotFound"


def test_the_documentation_has_the_facts_of_the_options():
    """Type, default and aliases of each."""
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    for option in documented.values():
        assert option.pop("description")
    spec = connection_spec()
    for option in spec.values():
        option.pop("fallback", None)
    assert documented == spec
