# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engines and registries with token authentication, and pull-through mirrors."""

from __future__ import annotations

import base64
import json

import pytest
from harness import oci
from harness.driver import failed, succeeded
from harness.image import BASE


@pytest.fixture
def tokens(token_registry, engine):
    """A registry with token authentication, trusted by the engine."""
    engine.trust(token_registry.host, token_registry.authority)
    return token_registry.host


def test_a_login_with_tokens(tokens, token_server, scenario, module, tmp_path):
    """The token server checks the password. A wrong one is not stored."""
    config = tmp_path / "config.json"
    params = {"registry": tokens, "config_path": str(config), "username": "owner"}
    message = failed(module("registry", **params, password="a canary"))
    assert "canary" not in message
    assert not config.exists()
    made = scenario("registry", **params, password=token_server.users["owner"])
    assert made["actions"] == ["log in to registry %s: no credentials for it are stored" % tokens]
    assert tokens in json.loads(config.read_text())["auths"]


@pytest.mark.usefixtures("classic_store")
@pytest.mark.parametrize("kept", ["password", "identity token"])
def test_images_are_pushed_and_pulled_with_tokens(tokens, token_server, engine, scenario, name, tmp_path, kept):
    """With a password, and with an identity token from docker login."""
    secret = {"auth": base64.b64encode(("owner:" + token_server.users["owner"]).encode()).decode()}
    if kept != "password":
        secret = {"auth": base64.b64encode(b"owner:").decode(), "identitytoken": "an-identity-token"}
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"auths": {tokens: secret}}))
    token_server.asked.clear()
    remote = "%s/team/%s:1" % (tokens, name)
    pushed = scenario("image", name=BASE, source="local", repository=remote, push=True, config_path=str(config))
    assert pushed["actions"][-1] == "push image %s: the registry does not have it" % remote
    engine.docker("image", "rm", remote)
    pulled = scenario("image", name=remote, config_path=str(config))
    assert pulled["image"]["Id"] == engine.inspect("image", BASE)["Id"]
    scenario("image", changed=False, name=remote, pull={"policy": "always"}, config_path=str(config))
    engine.docker("image", "rm", remote)
    methods = {entry["method"] for entry in token_server.asked if entry["user"] == "owner"}
    assert methods == ({"GET"} if kept == "password" else {"POST"})


@pytest.mark.usefixtures("classic_store")
def test_a_user_without_permission_to_push(tokens, token_server, engine, module, name):
    """The task fails with that reason."""
    remote = "%s/team/%s:1" % (tokens, name)
    user = {"username": "reader", "password": token_server.users["reader"]}
    message = failed(module("image", name=BASE, source="local", repository=remote, push=True, **user))
    assert tokens in message
    assert "denied" in message.lower() or "may not" in message
    engine.docker("image", "rm", remote)


def test_an_image_is_pulled_through_a_mirror(mirror, engine, scenario, module, name):
    """Once, by the name of the mirror. Pushes are rejected."""
    engine.trust(mirror.through.host, mirror.through.authority)
    made = oci.image(name)
    oci.push(mirror.origin, "team/" + name, made, "1")
    remote = "%s/team/%s" % (mirror.through.host, name)
    pulled = scenario("image", name=remote + ":1")
    assert pulled["actions"] == ["pull image %s:1: it does not exist" % remote]
    assert pulled["image"]["Config"]["Labels"] == {"word": name}
    scenario("image", changed=False, name=remote + ":1", pull={"policy": "always"})
    # The mirror has this image, so there is nothing to push.
    assert not succeeded(module("image", name=remote + ":1", push=True))["changed"]
    message = failed(module("image", name=remote + ":1", source="local", repository=remote + ":2", push=True))
    assert "The registry of %s:2 does not accept this: it may be a pull-through mirror" % remote in message
    assert "Push to the registry that it mirrors." in message
    engine.docker("image", "rm", remote + ":1", remote + ":2")
