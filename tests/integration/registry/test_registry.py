# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trust in a registry and logins, on the machine of a real engine; verified with the docker command and the files.

The registry listens on an address other than loopback, because engines do not verify certificates of the latter.
"""

from __future__ import annotations

import json

import pytest
from harness.certificates import Authority
from harness.driver import failed, succeeded
from harness.image import BASE

HELPER = """#!/bin/sh
# Keeps the credentials for one registry in a file, as docker-credential-* do.
case $1 in
store) cat >%(file)s;;
erase) rm -f %(file)s;;
get) if [ -f %(file)s ]; then cat %(file)s; else echo "credentials not found in native keychain"; exit 1; fi;;
esac
"""


def test_trust_and_login(module, host, registry, params, name):
    """From nothing to a push with the docker command, and back."""
    assert not host.push(registry, name)
    made = module.scenario("registry", lambda result: host.auths()[registry.host], **params)
    assert made["actions"] == [
        "trust registry %s: there is no CA for it" % registry.host,
        "log in to registry %s: no credentials for it are stored" % registry.host,
    ]
    assert made["registry"]["username"] == registry.username
    assert registry.password not in json.dumps(made)
    assert (host.mode(host.trusted), host.mode(host.trusted.parent)) == (0o644, 0o755)
    assert (host.mode(host.config), host.mode(host.config.parent)) == (0o600, 0o700)
    assert host.push(registry, name)

    left = module.scenario("registry", registry=registry.host, state="absent")
    assert left["actions"] == [
        "distrust registry %s: its CA exists, and state is absent" % registry.host,
        "log out of registry %s: credentials are stored, and state is absent" % registry.host,
    ]
    assert not host.trusted.parent.exists()
    assert host.auths() == {}
    assert not host.push(registry, name)


def test_check_mode_writes_nothing(module, host, params):
    """And predicts both."""
    predicted = succeeded(module("registry", check=True, **params))
    assert len(predicted["actions"]) == 2
    assert not host.trusted.exists()
    assert not host.config.exists()


@pytest.mark.parametrize("trusted", [False, True])
def test_a_wrong_password_changes_nothing(module, host, registry, params, trusted):
    """Neither trust nor stored credentials. If the registry is already trusted, check mode fails, too."""
    wrong = {**params, "password": "wrong"}
    if trusted:
        succeeded(module("registry", **params))
    before = host.config.read_text() if trusted else None
    message = failed(module("registry", **wrong))
    assert "The registry %s rejects the user or the password" % registry.host in message
    assert "wrong" not in message
    assert host.trusted.exists() is trusted
    assert (host.config.read_text() if trusted else None) == before
    assert not trusted or "rejects the user or the password" in failed(module("registry", check=True, **wrong))


def test_another_ca_is_replaced_and_a_wrong_one_is_rolled_back(module, host, registry, params, lab):
    """The engine must reach the registry with it."""
    stranger = Authority(lab.root / "stranger").certificate.read_text()
    succeeded(module("registry", **params))
    message = failed(module("registry", **{**params, "registry_ca": stranger}))
    assert "does not trust the certificate of the registry %s" % registry.host in message
    assert "The steps before it have been rolled back" in message
    assert host.trusted.read_text() == registry.authority.read_text()
    host.trusted.write_text(stranger)
    module.scenario("registry", **params)
    assert host.trusted.read_text() == registry.authority.read_text()
    host.trusted.chmod(0o600)
    module.scenario("registry", **params)
    assert host.mode(host.trusted) == 0o644


def test_a_ca_from_a_file(module, host, registry, params, tmp_path):
    """On the target. In check mode it may not exist yet."""
    path = tmp_path / "ca.pem"
    from_file = {**params, "registry_ca_path": str(path)}
    del from_file["registry_ca"]
    assert len(succeeded(module("registry", check=True, **from_file))["actions"]) == 2
    assert "There is no file %s" % path in failed(module("registry", **from_file))
    assert not host.trusted.exists()
    path.write_text(registry.authority.read_text())
    module.scenario("registry", **from_file)
    module.scenario("registry", changed=False, **params)


def test_other_entries_of_the_file_are_kept(module, host, registry, params):
    """Other registries, other keys and a symbolic link; its mode is corrected."""
    real = host.config.parent / "real.json"
    real.parent.mkdir()
    others = {"psFormat": "table", "auths": {"other.example": {"auth": "YTpi"}}, "HttpHeaders": {"X": "y"}}
    real.write_text(json.dumps(others))
    real.chmod(0o644)
    host.config.symlink_to(real.name)
    module.scenario("registry", **params)
    written = json.loads(real.read_text())
    assert written["auths"].pop(registry.host)
    assert written == others
    assert host.config.is_symlink()
    assert host.mode(real) == 0o600
    real.chmod(0o640)
    assert module.scenario("registry", **params)["diff"]["after"]["config_mode"] == "0600"
    module.scenario("registry", registry=registry.host, state="absent")
    assert json.loads(real.read_text()) == others


@pytest.mark.parametrize("key", ["credsStore", "credHelpers"])
def test_a_credential_helper_stores_the_password(module, host, registry, params, tmp_path, key, name):
    """If one is configured. The file does not contain it."""
    kept = tmp_path / "kept.json"
    helper = tmp_path / "docker-credential-slipway"
    helper.write_text(HELPER % {"file": kept})
    helper.chmod(0o755)
    module.environ["PATH"] = "%s:/usr/bin:/bin:/usr/sbin:/sbin" % tmp_path
    host.config.parent.mkdir()
    host.config.write_text(json.dumps({key: "slipway" if key == "credsStore" else {registry.host: "slipway"}}))
    made = module.scenario("registry", **params)
    assert made["registry"]["helper"] == "slipway"
    assert json.loads(kept.read_text())["Secret"] == registry.password
    assert host.auths() == {registry.host: {}}
    assert "auth" not in host.auths()[registry.host]
    source = {"name": BASE, "source": "local", "repository": "%s/%s" % (registry.host, name), "push": True}
    assert succeeded(module("image", **source))["changed"]
    module.scenario("registry", registry=registry.host, state="absent")
    assert not kept.exists()
    assert host.auths() == {}
    helper.unlink()
    assert "Cannot run the credential helper docker-credential-slipway" in failed(module("registry", **params))


def test_without_credentials_only_the_connection_is_checked(module, host, registry, params):
    """This requires trust and a running registry."""
    trust = {"registry": registry.host, "registry_ca": params["registry_ca"]}
    assert "does not trust" in failed(module("registry", registry=registry.host))
    module.scenario("registry", **trust)
    module.scenario("registry", registry=registry.host, changed=False)
    assert not host.config.exists()
    for check in (True, False):
        message = failed(module("registry", check=check, registry="%s:1" % registry.address))
        assert "No server listens at the registry %s:1" % registry.address in message


def test_reauthorize(module, host, registry, params):
    """Credentials are written in each run."""
    succeeded(module("registry", **params))
    again = module.scenario("registry", stable=False, reauthorize=True, **params)
    assert again["actions"] == ["log in to registry %s: reauthorize is set" % registry.host]


def test_a_host_without_an_engine(module, host, params):
    """Check mode predicts the changes. A run fails and changes nothing."""
    nowhere = {**params, "docker_host": "unix:///nonexistent/docker.sock"}
    assert len(succeeded(module("registry", check=True, **nowhere))["actions"]) == 2
    login = {key: value for key, value in nowhere.items() if key != "registry_ca"}
    assert len(succeeded(module("registry", check=True, **login))["actions"]) == 1
    assert "There is no engine" in failed(module("registry", **nowhere))
    assert not host.trusted.exists()
    assert not host.config.exists()


def test_invalid_files_are_errors(module, host, params, tmp_path):
    """With one sentence each, and nothing is left."""
    host.config.parent.mkdir()
    host.config.write_text("{ nonsense")
    assert "%s is not a configuration file of the Docker CLI" % host.config in failed(module("registry", **params))
    host.config.unlink()
    (tmp_path / "file").write_text("")
    message = failed(module("registry", certs_dir=str(tmp_path / "file"), **params))
    assert "Not a directory" in message
    message = failed(module("registry", config_path=str(tmp_path / "file" / "config.json"), **params))
    assert "Not a directory" in message
    assert not host.trusted.exists()
