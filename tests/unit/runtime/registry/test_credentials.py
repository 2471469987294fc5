# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials in the files of the docker command."""

from __future__ import annotations

import base64
import json
import os
import pwd
from pathlib import Path

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import HostError, InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.credentials import (
    HUB_SERVER,
    Credentials,
    default_config_path,
    find,
    helper_for,
    load,
    parse_config,
    registry_name,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.logins import (
    dump,
    tell_helper,
    with_login,
    without_login,
)
from hypothesis import given
from hypothesis import strategies as st

HELPER = """#!/bin/sh
# Keeps one registry's credentials in a file, as docker-credential-* do.
file=%s
case $1 in
store) cat > $file;;
erase) read server; rm -f $file;;
get) read server
  case $server in broken*) echo nonsense; exit 0;; locked*) echo "the vault is locked"; exit 1;; esac
  if [ -f $file ]; then cat $file; else echo "credentials not found in native keychain"; exit 1; fi;;
esac
"""


def encoded(both):
    """Base64 of USER:PASSWORD."""
    return base64.b64encode(both.encode()).decode()


@pytest.fixture
def helper(tmp_path, monkeypatch):
    """A credential helper "test" in PATH. Returns its file."""
    program = tmp_path / "docker-credential-test"
    program.write_text(HELPER % (tmp_path / "kept"))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", "%s:%s" % (tmp_path, os.defpath))
    return tmp_path / "kept"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("r.example:5000", "r.example:5000"),
        ("https://r.example:5000/v2/", "r.example:5000"),
        ("r.example/team", "r.example"),
        (HUB_SERVER, "docker.io"),
        ("registry-1.docker.io", "docker.io"),
        ("docker.io", "docker.io"),
    ],
)
def test_names_of_registries(text, name):
    """Given as a host or a URL."""
    assert registry_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://",
        "a b",
        "user@host",
        "/x",
        "..",
        ".",
        "ftp://h",
        "h:0",
        "h:65536",
        "h:" + "9" * 5000,
        "a." * 150 + "b",
    ],
)
def test_invalid_registries_are_rejected(text):
    """With the value."""
    with pytest.raises(InputError, match="is not the address of a registry"):
        registry_name(text)


@pytest.mark.parametrize(
    ("key", "registry"),
    [
        ("r.example:5000", "r.example:5000"),
        ("https://r.example:5000/v1/", "r.example:5000"),
        (HUB_SERVER, "docker.io"),
        ("docker.io", "docker.io"),
    ],
)
def test_credentials_are_found_under_older_spellings(key, registry):
    """With a scheme or a path."""
    config = {"auths": {"other": {"auth": encoded("a:b")}, key: {"auth": encoded("me:pass:word")}}}
    assert find(config, registry) == Credentials("me", "pass:word")
    assert find(without_login(config, registry), registry) is None
    assert find(without_login(config, registry), "other") == Credentials("a", "b")


def test_credentials_in_other_forms():
    """Identity tokens, separate user and password, and entries without credentials."""
    config = {
        "auths": {
            "token": {"auth": encoded("me:"), "identitytoken": "abc"},
            "apart": {"username": "me", "password": "secret"},
            "empty": {},
            "odd": None,
            "broken": {"auth": "%%%"},
        }
    }
    assert find(config, "token") == Credentials("me", "", "abc")
    assert find(config, "apart") == Credentials("me", "secret")
    assert find(config, "empty") is None
    assert find(config, "odd") is None
    with pytest.raises(HostError, match="in the Docker CLI's config.json are not base64"):
        find(config, "broken")


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


@given(texts.filter(lambda name: ":" not in name), texts, st.sampled_from(["docker.io", "r.example:5000"]))
def test_stored_credentials_are_found(username, password, registry):
    """And nothing else in the file changes."""
    before = {"psFormat": "x", "auths": {"other": {"auth": "YTpi"}}, "HttpHeaders": {"a": "b"}}
    after = with_login(before, registry, Credentials(username, password))
    read = parse_config(dump(after), "config.json")
    assert find(read, registry) == Credentials(username, password)
    assert without_login(read, registry) == before


def test_an_identity_token_replaces_the_password():
    """The password is not stored."""
    config = with_login({}, "r.example", Credentials("me", "secret", "token"))
    assert config == {"auths": {"r.example": {"auth": encoded("me:"), "identitytoken": "token"}}}
    assert find(config, "r.example").auth("r.example")["password"] == ""


def test_credentials_for_the_engine():
    """Docker Hub has its old name there."""
    assert Credentials("me", "secret").auth("docker.io") == {
        "serveraddress": HUB_SERVER,
        "username": "me",
        "password": "secret",
    }


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"auths": []}', b"\xff"])
def test_malformed_files_are_errors(data):
    """With the path in the message."""
    with pytest.raises(HostError, match="/x/config.json"):
        parse_config(data, "/x/config.json")


def test_empty_and_missing_files_have_no_credentials(tmp_path):
    """They are not errors."""
    assert load(str(tmp_path / "config.json")) == {}
    assert parse_config(b" \n", "x") == {}


def test_helpers_are_selected_like_the_docker_command_does():
    """First the one of the registry, then the common one."""
    config = {"credsStore": "all", "credHelpers": {"r.example": "one"}}
    assert helper_for(config, "r.example") == "one"
    assert helper_for(config, "docker.io") == "all"
    assert helper_for({}, "docker.io") == ""


def test_a_helper_stores_finds_and_erases_credentials(helper):
    """The file only contains an empty entry."""
    config = {"credsStore": "test"}
    assert find(config, "r.example") is None
    tell_helper("test", "r.example", Credentials("me", "se cret"))
    assert json.loads(helper.read_text()) == {"ServerURL": "r.example", "Username": "me", "Secret": "se cret"}
    assert find(config, "r.example") == Credentials("me", "se cret")
    assert with_login(config, "r.example", None) == {"credsStore": "test", "auths": {"r.example": {}}}
    tell_helper("test", "r.example", Credentials("me", "secret", "token"))
    assert find(config, "r.example") == Credentials(identity_token="token")
    tell_helper("test", "r.example", None)
    assert find(config, "r.example") is None


def test_failures_of_helpers_are_errors(helper):
    """Each with one sentence."""
    with pytest.raises(HostError, match="Cannot run the credential helper docker-credential-none .No such file"):
        find({"credsStore": "none"}, "r.example")
    with pytest.raises(HostError, match="could not get credentials: the vault is locked"):
        find({"credsStore": "test"}, "locked.example")
    with pytest.raises(HostError, match="does not answer like a credential helper"):
        find({"credsStore": "test"}, "broken.example")


def test_the_path_of_the_configuration(tmp_path, monkeypatch):
    """From DOCKER_CONFIG, HOME if it belongs to the user, or the user database."""
    monkeypatch.setenv("DOCKER_CONFIG", "/x")
    assert default_config_path() == "/x/config.json"
    monkeypatch.delenv("DOCKER_CONFIG")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_config_path() == str(tmp_path / ".docker" / "config.json")
    mine = Path(pwd.getpwuid(os.geteuid()).pw_dir, ".docker", "config.json")
    for home in ("/nonexistent", ""):
        monkeypatch.setenv("HOME", home)
        assert default_config_path() == str(mine)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    assert default_config_path() != str(tmp_path / ".docker" / "config.json")
