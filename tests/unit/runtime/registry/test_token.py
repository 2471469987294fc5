# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for tokens: their content, their destination, and what is never sent."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import RegistryDenied, TransportError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.challenge import Challenge
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.credentials import Credentials
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.token import (
    Authorizer,
    _covered,
    basic,
    by_get,
    by_post,
    lifetime,
)

PULL = ("repository:team/app:pull",)
# Challenges and credentials of registries with tokens.
STYLES = {
    "hub": ("https://auth.docker.io/token", "registry.docker.io", Credentials("me", "dckr_pat_x")),
    "harbor": ("https://harbor.example/service/token", "harbor-registry", Credentials("robot$team+ci", "s+/=")),
    "gitlab": ("https://gitlab.example/jwt/auth", "container_registry", Credentials("gitlab-ci-token", "job")),
    "google": ("https://gcr.io/v2/token", "gcr.io", Credentials("_json_key", '{\n  "private_key": "a: b"\n}')),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_token_is_requested_with_basic_authentication(style):
    """The password is in a header, never in the URL."""
    realm, service, credentials = STYLES[style]
    call = by_get(Challenge("bearer", {"realm": realm, "service": service}), PULL, credentials)
    assert call.method == "GET"
    assert call.url.startswith(realm + "?")
    assert parse_qs(urlsplit(call.url).query) == {
        "service": [service],
        "scope": list(PULL),
        "account": [credentials.username],
    }
    shown = base64.b64decode(call.headers["Authorization"].removeprefix("Basic ")).decode()
    assert shown == credentials.username + ":" + credentials.password
    assert credentials.password not in repr(call)


def test_amazon_uses_basic_authentication():
    """With the user AWS."""
    assert basic(Credentials("AWS", "a:token")) == "Basic " + base64.b64encode(b"AWS:a:token").decode()


def test_a_token_for_several_scopes_without_a_user():
    """A mount needs two scopes. A realm may have its own query."""
    call = by_get(Challenge("bearer", {"realm": "https://r/t?a=b"}), ("x:y:pull", "x:z:pull"), None)
    assert call.url == "https://r/t?a=b&scope=x%3Ay%3Apull&scope=x%3Az%3Apull"
    assert not call.headers


def test_an_identity_token_is_posted():
    """As OAuth 2 defines it. A password is posted if the server does not support GET."""
    challenge = Challenge("bearer", {"realm": "https://r/t", "service": "s"})
    call = by_post(challenge, PULL, Credentials(identity_token="secret"))
    assert (call.method, call.url) == ("POST", "https://r/t")
    form = parse_qs(call.body.decode())
    assert form["grant_type"] == ["refresh_token"]
    assert form["refresh_token"] == ["secret"]
    assert form["scope"] == list(PULL)
    form = parse_qs(by_post(challenge, PULL, Credentials("me", "p&=")).body.decode())
    assert (form["grant_type"], form["username"], form["password"]) == (["password"], ["me"], ["p&="])


@pytest.mark.parametrize(
    ("answer", "seconds"), [({}, 50), ({"expires_in": 300}, 290), ({"expires_in": 5}, 50), ({"expires_in": "x"}, 50)]
)
def test_tokens_are_renewed_before_they_expire(answer, seconds):
    """Without an expiry they are used for a minute."""
    assert lifetime(answer) == seconds


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ("repository:a/b:pull", True),
        ("repository:a/b:push,pull", True),
        ("repository:a/b:delete", False),
        ("repository:a:pull", False),
        ("registry:catalog:*", False),
    ],
)
def test_additional_scopes_of_a_challenge_are_added(scope, covered):
    """Actions may be in any order."""
    assert _covered(scope, ("repository:a/b:pull,push",)) is covered


class Reply:
    """An answer of a token server."""

    def __init__(self, status, body):
        self.status, self.body, self.headers, self.url = status, body, {}, "https://r/t"

    def read(self, limit):
        """The body."""
        return self.body

    def close(self):
        """Nothing to do."""


class Server:
    """Replaces the HTTP client: takes requests and returns replies."""

    def __init__(self, *replies):
        self.replies, self.calls = list(replies), []

    def send(self, method, url, headers=None, body=None, tries=5):
        """The next reply."""
        self.calls.append((method, url.partition("?")[0]))
        return self.replies.pop(0)


def token(text):
    """A reply with a token."""
    return Reply(200, json.dumps({"access_token": text, "expires_in": 300}).encode())


def authorizer(server, credentials=None, realm="https://r/t", **parameters):
    """An authorizer that has received a challenge."""
    made = Authorizer(server, "r.example", lambda: credentials)
    made.learn(Challenge("bearer", {"realm": realm, **parameters}), PULL)
    return made


def test_tokens_are_cached_until_they_are_rejected():
    """By scope."""
    server = Server(token("one"), token("two"), token("three"))
    made = authorizer(server)
    assert made.header(PULL) == made.header(PULL) == "Bearer one"
    assert made.header(("other",)) == "Bearer two"
    made.learn(Challenge("bearer", {"realm": "https://r/t"}), PULL)
    assert made.header(PULL) == "Bearer three"
    assert made.header(("other",)) == "Bearer two"


def test_the_password_is_posted_if_get_is_not_supported():
    """The token server answers GET with 404."""
    server = Server(Reply(404, b""), token("one"))
    assert authorizer(server, Credentials("me", "secret")).header(PULL) == "Bearer one"
    assert [method for method, _url in server.calls] == ["GET", "POST"]


def test_credentials_are_not_sent_unencrypted():
    """Nor to an invalid URL. Requests without credentials and local ones are allowed."""
    for realm in ("http://r.example/t", "ftp://r.example/t", "nonsense", ""):
        with pytest.raises(TransportError):
            authorizer(Server(), Credentials("me", "secret"), realm).header(PULL)
    assert authorizer(Server(token("one")), None, "http://r.example/t").header(PULL)
    assert authorizer(Server(token("one")), Credentials("me", "secret"), "http://127.0.0.1:5001/t").header(PULL)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"nonsense"])
def test_an_answer_without_a_token_is_an_error(body):
    """The message names the server, without its query."""
    with pytest.raises(TransportError, match=r"The token server https://r/t did not return a token"):
        authorizer(Server(Reply(200, body))).header(PULL)


def test_a_denied_token_is_an_error_with_a_remedy():
    """With the registry's own message, without secrets."""
    body = b'{"errors": [{"code": "UNAUTHORIZED", "message": "incorrect username or password"}]}'
    with pytest.raises(RegistryDenied) as caught:
        authorizer(Server(Reply(401, body)), Credentials("me", "canary")).header(PULL)
    assert "incorrect username or password. Check username and password" in str(caught.value)
    assert "canary" not in str(caught.value)
    basic_only = Authorizer(Server(), "r.example", lambda: None)
    basic_only.learn(Challenge("basic", {}), PULL)
    with pytest.raises(
        RegistryDenied, match="requires a login, but there are no credentials in the task or on the host"
    ):
        basic_only.header(PULL)
