# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Information about a real registry whose content was pushed with plain HTTP."""

from __future__ import annotations

import base64
import json
import sys
from urllib.parse import unquote_plus

import pytest
from harness import oci
from harness.driver import PYTHON, Remote, failed, run_module, succeeded
from harness.faults import Fault
from harness.registry import Registry
from harness.tokens import STYLES

HELPER = """#!/bin/sh
read -r host
echo "$1 $host" >>%s
echo '%s'
"""
PLATFORMS = ("linux/amd64", "linux/arm64", "linux/arm/v7")


@pytest.fixture
def look(remote, registry):
    """Runs registry_info against the registry."""
    return lambda **params: remote("registry_info", **{"registry": registry.host, **params})


def test_the_api_of_a_registry(look, registry):
    """And its type of authentication."""
    seen = succeeded(look())
    assert not seen["changed"]
    assert seen["registry"] == {
        "name": registry.host,
        "url": "https://" + registry.host,
        "api_version": "registry/2.0",
        "auth": "basic",
    }
    assert seen["repositories"] == []


def test_repositories_tags_and_manifests_are_found(look, registry, name):
    """By name and by pattern, over all pages."""
    many = oci.index({platform: oci.image(name, platform) for platform in PLATFORMS})
    one = oci.image(name + " one", created="2026-03-04T05:06:07Z", kind="docker")
    oci.push(registry, name + "/multi", many, "v1", "v2", "latest")
    oci.push(registry, name + "/single", one, "v1")

    found = succeeded(look(repositories=[name + "/*"], page_size=1))["repositories"]
    assert found == [{"name": name + "/multi"}, {"name": name + "/single"}]

    found = succeeded(look(repositories=[name + "/multi"], tags=["v*"], page_size=1))["repositories"]
    assert found == [{"name": name + "/multi", "tags": [{"name": "v1"}, {"name": "v2"}]}]

    multi, single = succeeded(look(repositories=[name + "/*"], tags=["v1"], manifests=True))["repositories"]
    (tag,) = multi["tags"]
    assert tag["digest"] == many.digest
    assert tag["media_type"] == many.media_type
    assert tag["created"] == "2026-01-02T03:04:05Z"
    assert [part["platform"] for part in tag["platforms"]] == list(PLATFORMS)
    assert [part["digest"] for part in tag["platforms"]] == [child.digest for child in many.children]
    assert tag["size"] == sum(len(data) for child in many.children for data in child.blobs.values())
    (tag,) = single["tags"]
    assert tag["digest"] == one.digest
    assert tag["platforms"] == [
        {
            "platform": "linux/amd64",
            "digest": one.digest,
            "size": sum(map(len, one.blobs.values())),
            "created": "2026-03-04T05:06:07Z",
            "missing": False,
        }
    ]


def test_missing_parts_of_an_index_are_reported(look, registry, name):
    """They cannot be pulled."""
    many = oci.index({platform: oci.image(name, platform) for platform in PLATFORMS})
    oci.push(registry, name, many, "v1")
    assert registry.call("DELETE", "/v2/%s/manifests/%s" % (name, many.children[1].digest))[0] == 202
    ((tag,),) = [
        found["tags"] for found in succeeded(look(repositories=[name], tags=["*"], manifests=True))["repositories"]
    ]
    assert [part["missing"] for part in tag["platforms"]] == [False, True, False]


def test_referrers_are_found(look, registry, name):
    """By their fallback tag, because registry 2 has no API for them."""
    made, signature = oci.image(name), oci.image(name + " signature")
    oci.push(registry, name, made, "v1")
    oci.push(registry, name, oci.index({"linux/amd64": signature}), made.digest.replace(":", "-"))
    (found,) = succeeded(look(repositories=[name], tags=["v1"], manifests=True, referrers=True))["repositories"]
    assert [entry["digest"] for entry in found["tags"][0]["referrers"]] == [signature.digest]


def test_a_missing_repository_has_no_tags(look, name):
    """And neither has an empty one."""
    assert succeeded(look(repositories=[name], tags=["*"]))["repositories"] == [{"name": name, "tags": []}]


def test_a_pull_through_mirror_is_read(mirror, authority, name):
    """It fetches images on demand, and its tags are those of the origin."""
    made = oci.image(name)
    oci.push(mirror.origin, name, made, "v1")
    look = Remote(ca_path=str(authority.certificate), registry=mirror.through.host)
    seen = succeeded(look("registry_info", repositories=[name], tags=["*"], manifests=True))
    assert seen["registry"]["auth"] == ""
    assert [tag["digest"] for tag in seen["repositories"][0]["tags"]] == [made.digest]


def test_tokens_are_requested(token_registry, token_server, authority, name):
    """From the server that the registry names, whose certificate has the same CA."""
    look = Remote(ca_path=str(authority.certificate), registry=token_registry.host)
    owner = {"username": "owner", "password": token_server.users["owner"]}
    seen = succeeded(look("registry_info", repositories=["*"], **owner))
    assert seen["registry"]["auth"] == "bearer"
    assert ["registry:catalog:*"] in [entry["form"].get("scope") for entry in token_server.asked]
    reader = {"username": "reader", "password": token_server.users["reader"]}
    assert "UNAUTHORIZED" in failed(look("registry_info", repositories=["*"], **reader))
    assert succeeded(look("registry_info", repositories=[name], tags=["*"], **reader))["repositories"][0]["tags"] == []
    urls = [unquote_plus(entry["url"]) for entry in token_server.asked]
    assert not [url for url in urls if any(password in url for password in token_server.users.values())]


def test_an_identity_token_is_exchanged(token_registry, token_server, authority, tmp_path):
    """By POST, as stored by docker login."""
    config = tmp_path / "config.json"
    entry = {"auth": base64.b64encode(b"owner:").decode(), "identitytoken": "an-identity-token"}
    config.write_text(json.dumps({"auths": {token_registry.host: entry}}))
    look = Remote(ca_path=str(authority.certificate), registry=token_registry.host, config_path=str(config))
    succeeded(look("registry_info", repositories=["*"]))
    assert ("POST", "owner") in [(entry["method"], entry["user"]) for entry in token_server.asked]


def owner_at(token_server, tmp_path, host, kept):
    """The options of the owner: the password, or a stored identity token."""
    if kept == "password":
        return {"username": "owner", "password": token_server.users["owner"]}
    entry = {"auth": base64.b64encode(b"owner:").decode(), "identitytoken": "an-identity-token"}
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"auths": {host: entry}}))
    return {"config_path": str(config)}


@pytest.mark.parametrize("kept", ["password", "identity token"])
@pytest.mark.parametrize("style", STYLES)
def test_token_servers_of_each_style(token_registry, token_server, authority, tmp_path, monkeypatch, style, kept):
    """Docker Hub returns two names for the token, and OAuth 2 servers do not support GET."""
    monkeypatch.setattr(token_server, "style", style)
    monkeypatch.setattr(token_server, "asked", [])
    look = Remote(ca_path=str(authority.certificate), registry=token_registry.host)
    look.options.update(owner_at(token_server, tmp_path, token_registry.host, kept))
    succeeded(look("registry_info", repositories=["*"]))
    last = token_server.asked[-1]
    posted = kept != "password" or style == "oauth"
    assert (last["method"], last["user"]) == ("POST" if posted else "GET", "owner")
    if posted:
        assert last["form"]["grant_type"] == ["password" if kept == "password" else "refresh_token"]
    assert "password=" not in last["url"]


def test_an_endless_token_server_is_an_error(token_registry, token_server, authority, monkeypatch):
    """With its name."""
    monkeypatch.setattr(token_server, "style", "endless")
    look = Remote(ca_path=str(authority.certificate), registry=token_registry.host)
    message = failed(look("registry_info", username="owner", password=token_server.users["owner"]))
    assert message.startswith(token_server.realm + " answers with more than 1048576 bytes")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"path": "/manifests/", "body": b" " * (5 << 20)}, "answers with more than 4194304 bytes"),
        ({"path": "/tags/list", "body": b" " * (17 << 20)}, "answers with more than 16777216 bytes"),
        (
            {"path": "/tags/list", "body": b"{}", "headers": {"Link": '</v2/x/tags/list>; rel="next"'}, "times": 9},
            "returns to an earlier page",
        ),
    ],
    ids=["manifest", "tags", "circle"],
)
def test_an_endless_registry_is_an_error(proxy, registry, name, fault, why):
    """With one sentence each, and limited memory."""
    oci.push(registry, name, oci.image(name), "v1")
    proxy.faults = [Fault("GET", status=200, **fault)]
    look = Remote(registry=proxy.host, username=registry.username, password=registry.password)
    assert why in failed(look("registry_info", repositories=[name], tags=["*"], manifests=True))
    proxy.faults = []
    succeeded(look("registry_info", repositories=[name], tags=["*"], manifests=True))


@pytest.mark.parametrize("key", ["credsStore", "credHelpers"])
def test_a_credential_helper_is_used(registry, tmp_path, key):
    """If config.json names one. The file has no password."""
    helper = tmp_path / "docker-credential-slipway"
    said = {"ServerURL": registry.host, "Username": registry.username, "Secret": registry.password}
    helper.write_text(HELPER % (tmp_path / "asked", json.dumps(said)))
    helper.chmod(0o755)
    config = tmp_path / "config.json"
    config.write_text(json.dumps({key: "slipway" if key == "credsStore" else {registry.host: "slipway"}}))
    params = {"registry": registry.host, "ca_path": str(registry.authority), "config_path": str(config)}
    environ = {"PATH": "%s:/usr/bin:/bin" % tmp_path}
    seen = run_module("registry_info", params, python=sys.executable, environ=environ)
    assert succeeded(seen)["registry"]["auth"] == "basic"
    assert set((tmp_path / "asked").read_text().split()) == {"get", registry.host}
    assert registry.password not in json.dumps(seen)
    helper.unlink()
    message = failed(run_module("registry_info", params, python=sys.executable, environ=environ))
    assert "Cannot run the credential helper docker-credential-slipway" in message


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"password": "a canary"}, "Check username and password"),
        (
            {"username": None, "password": None},
            "requires a login, but there are no credentials in the task or on the host. Set username and password",
        ),
        ({"ca_path": None}, "is not trusted. Set ca_path to the CA certificate that signed it"),
        ({"registry": "198.18.255.254:1", "timeout": 1}, "198.18.255.254:1"),
        ({"registry": "127.0.0.1:1"}, "cannot be reached"),
        ({"registry": "no-such-host.invalid"}, "its name cannot be resolved"),
        ({"username": "a:b"}, "username: a colon is not allowed"),
        ({"password": None}, "must be set together"),
        ({"client_key": "/nonexistent"}, "client_key is set without client_cert"),
        ({"ca_path": "/nonexistent"}, "cannot be read"),
        ({"validate_certs": False}, "ca_path: this has no effect with validate_certs: false"),
        ({"timeout": 0}, "timeout: 0 is out of range"),
        ({"timeout": 10**30}, "is out of range"),
        ({"repositories": ["A"]}, "is not a repository name"),
        ({"manifests": True}, "no effect without tags"),
        ({"page_size": 0, "repositories": ["*"]}, "is not a page size"),
    ],
)
def test_errors_are_one_sentence(look, params, why):
    """With the cause and a remedy, and without a secret."""
    message = failed(look(config_path="/nonexistent", **params))
    assert why in message
    assert "canary" not in message


def test_certificates_of_the_engine_are_used(look, registry, authority, tmp_path):
    """Those in its directory for the registry, unless the task disables this."""
    place = tmp_path / registry.host
    place.mkdir()
    (place / "ca.crt").write_bytes(authority.certificate.read_bytes())
    succeeded(look(ca_path=None, certs_dir=str(tmp_path)))
    succeeded(look(ca_path=None, validate_certs=False))


def test_stored_credentials_are_used(look, registry, tmp_path):
    """If the task names no user."""
    both = "%s:%s" % (registry.username, registry.password)
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"auths": {registry.host: {"auth": base64.b64encode(both.encode()).decode()}}}))
    succeeded(look(username=None, password=None, config_path=str(config)))


def test_a_client_certificate_is_used(lab, authority, tmp_path):
    """That of the task, or that in the engine's directory. Without one, the registry closes the connection."""
    certified = Registry(lab, authority, "certified", certified=True)
    look = Remote(registry=certified.host, ca_path=str(authority.certificate))
    look.options.update(username=certified.username, password=certified.password)
    own = certified.certificate
    pair = {"client_cert": str(own / "cert.pem"), "client_key": str(own / "key.pem")}
    assert "requires a client certificate that it trusts" in failed(look("registry_info", certs_dir=str(tmp_path)))
    succeeded(look("registry_info", **pair))
    wrong = {**pair, "client_key": str(authority.root / "ca-key.pem")}
    assert (
        "cannot be used. Both must be files in PEM format and belong together, and the key must have no passphrase"
    ) in failed(look("registry_info", **wrong))
    place = tmp_path / certified.host
    place.mkdir()
    for name, file in (("client.cert", "cert.pem"), ("client.key", "key.pem")):
        (place / name).write_bytes((own / file).read_bytes())
    succeeded(look("registry_info", certs_dir=str(tmp_path)))


def test_local_registries_are_queried_without_tls_and_proxy(proxy, registry):
    """As in the engine."""
    params = {"registry": proxy.host, "username": registry.username, "password": registry.password}
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:1")
    seen = succeeded(run_module("registry_info", params, python=sys.executable, environ=nowhere))
    assert seen["registry"]["url"] == "http://" + proxy.host
    params.update(registry=registry.host, ca_path=str(registry.authority))
    message = failed(run_module("registry_info", params, python=sys.executable, environ=nowhere))
    assert "The proxy for %s does not allow the request" % registry.host in message


def test_missing_requests_are_an_error(registry, tmp_path):
    """Without a traceback. Importing it is made to fail, because it may be installed here."""
    (tmp_path / "requests.py").write_text("raise ImportError\n")
    environ = {"PYTHONPATH": str(tmp_path)}
    message = failed(run_module("registry_info", {"registry": registry.host}, python=PYTHON, environ=environ))
    assert "The Python library requests is required on the host that runs the module" in message
    assert (
        "Install it there (on Debian, the package python3-requests), or run the task where it is "
        "installed, usually with delegate_to: localhost"
    ) in message
