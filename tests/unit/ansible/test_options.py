# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection options of engines: the address and TLS, from options and environment, and contradictions."""

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
    """The TLS settings for these options, with an empty home directory."""
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
def test_tls_options(params, expected):
    """TLS is used only if requested, and verification implies it."""
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
def test_environment_variables(environ, expected):
    """An empty variable counts as unset, as in Docker."""
    assert trust(environ) == expected


def test_options_override_the_environment(certs):
    """Each separately, except for a certificate and its key, which come from the same place."""
    environ = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(certs)}
    ca, cert, key = (str(certs / name) for name in FILES)
    assert trust(environ) == Trust(ca=ca, cert=cert, key=key)
    assert trust(environ, validate_certs=False) is None
    assert trust(environ, ca_path="a") == Trust(ca="a", cert=cert, key=key)
    assert trust(environ, client_cert="c") == Trust(ca=ca, cert="c")
    assert trust(environ, client_key="k") == Trust(ca=ca, key="k")
    assert trust(environ, validate_certs=False, tls=True) == Trust(verify=False, cert=cert, key=key)


def test_certificates_in_the_directory_of_the_docker_command(certs):
    """Used if DOCKER_CERT_PATH is not set, with the files that exist."""
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
def test_contradictory_options_are_rejected(params, environ, message):
    """So that nobody takes an unencrypted connection for a safe one."""
    with pytest.raises(InputError, match=message):
        trust(environ, **params)


def test_tls_variables_do_not_apply_to_a_unix_socket():
    """DOCKER_TLS_VERIFY may be meant for DOCKER_HOST, while a task uses the local socket."""
    assert trust({"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"}, docker_host="/s") is None


def test_creating_a_client_does_not_connect(monkeypatch):
    """No call is made."""
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    client = client_for({**NONE, "docker_host": "tcp://192.0.2.1", "timeout": 5, "api_version": "1.43"})
    assert (client.version, client.connection.where, client.connection.timeout) == ("1.43", "tcp://192.0.2.1", 5)
    with pytest.raises(InputError, match="timeout: -1 is out of range"):
        client_for({**NONE, "timeout": -1})


def test_environment_variables_of_other_options(monkeypatch):
    """An empty variable counts as unset here, too."""
    fallback, variables = connection_spec()["timeout"]["fallback"]
    monkeypatch.setenv("DOCKER_TIMEOUT", "7")
    assert fallback(*variables) == "7"
    monkeypatch.setenv("DOCKER_TIMEOUT", "")
    with pytest.raises(Exception, match="^$") as caught:
        fallback(*variables)
    assert type(caught.value).__name__ == "AnsibleFallbackNotFound"


def test_documented_types_defaults_and_aliases_match_the_options():
    """For each connection option."""
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    for option in documented.values():
        assert option.pop("description")
    spec = connection_spec()
    for option in spec.values():
        option.pop("fallback", None)
    assert documented == spec
