# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about images: what is asked, and how refusals are told."""

from __future__ import annotations

import base64
import json

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import auth, images, registries
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.refusals import REFUSALS, explained
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import ServerError, StreamError
from scripted import Call, Engine, refused

PULL = "POST /images/create?fromImage=%s"
DISTRIBUTION = "GET /distribution/app:1/json"


def test_a_bare_name_means_latest():
    """Not all tags of the repository, as the Engine would take it."""
    for name, tag in (("r.example:5000/app", "&tag=latest"), ("app:1", ""), ("app@sha256:1", "")):
        with Engine(Call(PULL % name + tag + "&platform=linux/arm64", {"status": "Pulling"})) as client:
            registries.pull(client, name, platform="linux/arm64")
        assert client.connection.requests[0].headers["X-Registry-Auth"] == "e30="


def test_credentials_travel_in_a_header():
    """As base64url of JSON, and in none of the words of an error."""
    auth = {"username": "ü", "password": "?>~"}
    with Engine(Call("POST /images/r.example/app/push?tag=1", {"aux": {"Digest": "sha256:1"}})) as client:
        assert registries.push(client, "r.example/app", "1", auth) == "sha256:1"
    sent = client.connection.requests[0].headers["X-Registry-Auth"]
    assert json.loads(base64.urlsafe_b64decode(sent)) == auth


def test_an_image_for_another_platform_is_a_failure():
    """The Engine only mutters."""
    said = "WARNING: image with reference app was found but does not match the specified platform: wanted linux/arm64"
    with (
        Engine(Call(PULL % "app:1", {"status": said})) as client,
        pytest.raises(StreamError, match="There is no image app:1 for this platform"),
    ):
        registries.pull(client, "app:1")


def test_an_error_inside_the_stream():
    """Is told with what to do."""
    message = "x509: certificate signed by unknown authority"
    progress = {"status": "Pulling"}, {"errorDetail": {"message": message}, "error": message}
    told = tuple(json.dumps(line).encode() + b"\n" for line in progress)
    with (
        Engine(Call(PULL % "r.example/app:1", told)) as client,
        pytest.raises(StreamError, match="does not trust .*module slipway.docker.registry"),
    ):
        registries.pull(client, "r.example/app:1")


def test_what_a_registry_does_not_have():
    """Is no error when one only asks."""
    with Engine(
        refused(DISTRIBUTION, 404, ""),
        refused(DISTRIBUTION, 500, "errors: name unknown: repository name not known to registry"),
        refused(DISTRIBUTION, 500, "dial tcp: connect: connection refused"),
    ) as client:
        assert registries.distribution(client, "app:1") is None
        assert registries.distribution(client, "app:1") is None
        with pytest.raises(ServerError, match="No server listens at the registry of app:1"):
            registries.distribution(client, "app:1")


def test_a_registry_that_wants_credentials_has_been_reached():
    """Without any given, that is all there is to know."""
    with Engine(
        refused("POST /auth", 500, 'Get "https://r.example/v2/": no basic auth credentials'),
        refused("POST /auth", 500, "connect: connection refused"),
    ) as client:
        auth.reach(client, "r.example")
        with pytest.raises(ServerError, match="No server listens at the registry r.example"):
            auth.reach(client, "r.example")


def test_a_login():
    """Gives the identity token, if there is one."""
    me, there = {"username": "me"}, {"serveraddress": "r.example"}
    said = "login attempt to https://r.example/v2/ failed with status: 401 Unauthorized"
    with Engine(
        Call("POST /auth", {"Status": "Login Succeeded", "IdentityToken": "abc"}, body=me),
        Call("POST /auth", body=me),
        refused("POST /auth", 500, said),
    ) as client:
        assert auth.login(client, me) == "abc"
        assert auth.login(client, me) == ""
        with pytest.raises(ServerError, match="The registry r.example rejects the user or the password"):
            auth.login(client, there)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("x509: certificate signed by unknown authority", "does not trust"),
        ("tls: failed to verify certificate: x509: certificate has expired or is not yet valid", "expired"),
        ("x509: certificate is valid for a, not b", "is not valid for its address"),
        (
            "x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs",
            "is not valid for its address",
        ),
        ("remote error: tls: bad certificate", "requires a client certificate, or refuses the one that it received"),
        ("http: server gave HTTP response to HTTPS client", "uses plain HTTP, but the engine requires TLS"),
        ("toomanyrequests: You have reached your pull rate limit.", "too many requests"),
        ("Get https://r/v2/: unauthorized: incorrect username or password", "rejects the user or the password"),
        ("unauthorized: authentication required", "requires a login, or rejects the credentials"),
        (
            "pull access denied for app, repository does not exist or may require 'docker login'",
            "The registry denies access to",
        ),
        ("denied: requested access to the resource is denied", "The registry denies access to"),
        ("no matching manifest for linux/arm64/v8 in the manifest list entries", "for this platform"),
        ("manifest for app:1 not found: manifest unknown: manifest unknown", "The registry has no image app:1"),
        (
            'failed to resolve reference "r.example/app:1": r.example/app:1: not found',
            "The registry has no image app:1",
        ),
        ("dial tcp: lookup r.example on 127.0.0.1:53: no such host", "The engine cannot resolve the host name of"),
        ("dial tcp 10.0.0.1:5000: connect: connection refused", "No server listens at"),
        ("dial tcp 10.0.0.1:5000: connect: no route to host", "cannot reach"),
        ("net/http: request canceled (Client.Timeout exceeded while awaiting headers)", "cannot reach"),
        (
            "missing content: content digest sha256:1: not found Note: You're trying to push",
            "Not all platforms of app:1",
        ),
        ("tag does not exist: app:1", "There is no image app:1 on this host"),
        ("unsupported: The operation is unsupported.", "does not accept this: it may be a pull-through mirror"),
        ("unsupported", "does not accept this: it may be a pull-through mirror"),
        ("error from registry: unsupported unsupported", "does not accept this: it may be a pull-through mirror"),
        (
            "failed to fetch oauth token: Post https://t: tls: x509: certificate signed by unknown authority",
            "The engine does not trust the certificate of the token server of",
        ),
        ("write /var/lib/docker/tmp/x: no space left on device", "no space left for app:1"),
        (
            "failed to read downloaded context: write /var/lib/docker/buildkit/x: no space left on device",
            "There is no space left for app:1 on the engine's disk",
        ),
        (
            "failed to read downloaded context: content digest sha256:1: not found",
            "With the containerd image store, BuildKit does not accept files over the API before Docker 28",
        ),
    ],
)
def test_refusals(said, cause):
    """The cause, the fix, and what the Engine said."""
    told = explained(ServerError("The engine said", said=said, status=500), "app:1")
    assert isinstance(told, ServerError)
    assert cause in told.cause
    assert said.rstrip(".") in str(told)
    assert told.fix
    assert told.status == 500


def test_unknown_words_stay_as_they_are():
    """And every entry of the table is a sentence."""
    error = ServerError("The engine said: boo", said="boo")
    assert explained(error, "app") is error
    for _words, cause, *fixes in REFUSALS:
        assert not cause.endswith(".")
        assert fixes
        assert all(fix.endswith(".") for fix in fixes)


def test_the_containers_of_an_image():
    """Without those of images that were made from it."""
    listed = [{"Id": "a", "ImageID": "sha256:1"}, {"Id": "b", "ImageID": "sha256:2"}]
    with Engine(Call('GET /containers/json?all=1&filters={"ancestor": ["sha256:1"]}', listed)) as client:
        assert [user["Id"] for user in images.users(client, "sha256:1")] == ["a"]


def test_what_a_removal_took_away():
    """Is returned; nothing, if it was gone."""
    gone = [{"Untagged": "app:1"}, {"Deleted": "sha256:1"}]
    with Engine(
        Call("DELETE /images/app:1?force=0&noprune=1", gone),
        refused("DELETE /images/app:1?force=0&noprune=0", 404, "gone"),
    ) as client:
        assert images.remove(client, "app:1", prune=False) == gone
        assert images.remove(client, "app:1") == []


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row[1])
def test_the_module_registry_does_not_send_anybody_to_itself(row):
    """Its advice is about its own options; other modules have none of these."""
    _words, cause, *fixes = row
    assert "module slipway.docker.registry)" not in fixes[-1] or len(fixes) == 1 and "{image}" in cause
    assert "registry_c" not in fixes[0]
