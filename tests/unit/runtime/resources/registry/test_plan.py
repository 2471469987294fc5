# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of registry."""

from __future__ import annotations

import dataclasses
import json

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import execute
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.credentials import Credentials
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.hostfiles import Found
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.mirrors import hosts_toml
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.registry import (
    CA,
    CLIENT_CERTIFICATE,
    CLIENT_KEY,
    MIRRORS,
    REGISTRY,
    Kept,
    Snapshot,
    _store,
    observe,
)
from cases import complete, hold, load

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n"
DIRECTORY = "/etc/docker/certs.d/r.example:5000/"


def kept(field, noun, name, mode, file):
    """A file from data: the existing content, the mode if it differs, and the wanted content."""
    file = file or {}
    found = Found(file["found"].encode(), int(file.get("mode", mode), 8)) if "found" in file else None
    wanted = file.get("wanted")
    declared = file.get("declared", wanted is not None)
    return Kept(
        field, noun, DIRECTORY + name, int(mode, 8), found, declared, None if wanted is None else wanted.encode()
    )


def snapshot(ca=None, key=None, certificate=None, mirrors=None, config_mode=None, settings=None, login=None, helper=""):
    """A snapshot from data."""
    return Snapshot(
        registry="r.example:5000",
        trust=(
            kept(CA, "CA", "ca.crt", "0644", ca),
            kept(CLIENT_KEY, "client key", "client.key", "0600", key),
            kept(CLIENT_CERTIFICATE, "client certificate", "client.cert", "0644", certificate),
        ),
        mirrors=kept(MIRRORS, "list of mirrors", "hosts.toml", "0644", mirrors),
        config_path="/root/.docker/config.json",
        config=Found(b"", int(config_mode, 8)) if config_mode else None,
        settings=settings or {},
        helper=helper,
        kept=Credentials(*login) if login else None,
    )


@pytest.mark.parametrize("case", load(__file__))
def test_plan(case):
    """Cases from the YAML file."""
    hold(case, REGISTRY, snapshot)


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"registry": "a b"}, "is not the address of a registry"),
        ({"registry_ca": "nonsense"}, "this is not a certificate in PEM format"),
        (
            {"registry_ca": CERTIFICATE + "-----BEGIN PRIVATE KEY-----"},
            "this contains a private key",
        ),
        (
            {"registry_client_key": "nonsense", "registry_client_certificate": CERTIFICATE},
            "registry_client_key: this is not a key in PEM format",
        ),
        (
            {
                "registry_client_key": KEY.replace("PRIVATE", "ENCRYPTED PRIVATE"),
                "registry_client_certificate": CERTIFICATE,
            },
            "passphrase",
        ),
        (
            {"registry_client_key": KEY, "registry_client_certificate": KEY},
            "registry_client_certificate: this contains a private key, which all users of the host could read",
        ),
        ({"mirrors": [{"url": "mirror.example"}]}, "is not the address of a mirror"),
        ({"mirrors": [{"url": "https://mirror.example/path"}]}, "is not the address of a mirror"),
        ({"username": "a:b", "password": "c"}, "username: a colon is not allowed"),
    ],
)
def test_invalid_options_are_rejected(params, why, tmp_path):
    """Before the Engine is queried, and without showing the values."""
    paths = {"certs_dir": str(tmp_path), "config_path": str(tmp_path / "config.json")}
    with pytest.raises(InputError, match=why) as caught:
        observe(None, complete(REGISTRY, {**paths, **params}))
    assert "nonsense" not in str(caught.value)


def test_the_text_of_hosts_toml():
    """With the registry's own certificates, because the engine does not look for them if this file exists."""
    mirrors = [
        {"url": "https://mirror.example:5000/", "capabilities": None, "ca_path": "/m.crt"},
        {"url": "http://other.example", "capabilities": ["pull"], "ca_path": None},
    ]
    assert hosts_toml("r.example:5000", mirrors, ["/ca.crt"], [("/c.cert", "/c.key")]).decode() == (
        'server = "https://r.example:5000"\n'
        'ca = ["/ca.crt"]\n'
        'client = [["/c.cert", "/c.key"]]\n'
        "\n"
        '[host."https://mirror.example:5000"]\n'
        '  capabilities = ["pull", "resolve"]\n'
        '  ca = "/m.crt"\n'
        "\n"
        '[host."http://other.example"]\n'
        '  capabilities = ["pull"]\n'
    )


def test_the_text_of_hosts_toml_for_docker_hub():
    """The host of its registry differs from that in image names."""
    assert hosts_toml("docker.io", [], [], []) == b'server = "https://registry-1.docker.io"\n'


def test_a_login_keeps_concurrent_changes_to_the_file(tmp_path):
    """Other logins and other keys. Only this user can read the file."""
    path = tmp_path / "config.json"
    path.write_text('{"auths": {}}')
    seen = Snapshot("r.example", (), None, str(path), None, {"auths": {}}, "", None)
    path.write_text('{"auths": {"other.example": {"auth": "YTpi"}}, "detachKeys": "ctrl-x"}')
    _store(None, seen, Credentials("me", "secret"))
    found = json.loads(path.read_text())
    assert found["detachKeys"] == "ctrl-x"
    assert sorted(found["auths"]) == ["other.example", "r.example"]
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(path.read_text().replace("ctrl-x", "ctrl-y"))
    _store(None, dataclasses.replace(seen, settings=found), None)
    assert json.loads(path.read_text()) == {"auths": {"other.example": {"auth": "YTpi"}}, "detachKeys": "ctrl-y"}


def test_leftovers_of_a_killed_run_are_removed(tmp_path):
    """Even without another change."""
    left = tmp_path / ".slipway-1a2b3c4d"
    kept = Kept(MIRRORS, "list of mirrors", str(tmp_path / "hosts.toml"), 0o644)
    seen = Snapshot("r.example", (), kept, str(tmp_path / "config.json"), None, {}, "", None, (str(left),))
    for state in ("present", "absent"):
        left.write_text("x")
        made = REGISTRY.plan(complete(REGISTRY, {"registry": "r.example", "state": state}), seen)
        assert made.actions() == ["remove file %s: a killed run has left it" % left]
        execute(made, None)
        assert not left.exists()
