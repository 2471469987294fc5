# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers to challenges: the password itself (Basic), or a token from a token server (Bearer).

Docker Hub, Harbor, GitLab and Google issue tokens for a user (Google: ``_json_key`` with the JSON key), ECR uses Basic
with the user AWS; an identity token, as stored by ``docker login``, is exchanged by POST (OAuth 2).
"""

from __future__ import annotations

import base64
import re
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Mapping, Tuple
from urllib.parse import urlencode, urlsplit

from ..errors import RegistryDenied, RegistryError, TransportError
from .access import is_loopback
from .challenge import Challenge
from .credentials import Credentials
from .document import decode, fields
from .http import Answer, Http, resolved, shown
from .refusals import refusal

CLIENT_ID = "slipway.docker"
LEAST_LIFE = 60  # default lifetime of a token in seconds
EARLY = 10  # seconds before its end when a token counts as expired
LIMIT = 1 << 20
_TOKEN = re.compile("[!-~]+")  # characters that a header can hold

Scopes = Tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """A request to a token server."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


def basic(credentials: Credentials) -> str:
    """The Authorization header for a user and a password."""
    both = "%s:%s" % (credentials.username, credentials.password)
    return "Basic " + base64.b64encode(both.encode("utf-8")).decode("ascii")


def by_get(challenge: Challenge, scopes: Scopes, credentials: Credentials | None) -> Call:
    """Request a token for a user, or an anonymous one."""
    query = [("service", challenge.parameters["service"])] if challenge.parameters.get("service") else []
    query += [("scope", scope) for scope in scopes]
    headers: Dict[str, str] = {}
    if credentials:
        query.append(("account", credentials.username))
        headers["Authorization"] = basic(credentials)
    realm = challenge.parameters["realm"]
    return Call("GET", realm + ("&" if "?" in realm else "?") + urlencode(query), headers)


def by_post(challenge: Challenge, scopes: Scopes, credentials: Credentials) -> Call:
    """Exchange an identity token, or a password, for a token."""
    form = {"client_id": CLIENT_ID, "service": challenge.parameters.get("service", ""), "scope": " ".join(scopes)}
    if credentials.identity_token:
        form.update(grant_type="refresh_token", refresh_token=credentials.identity_token)
    else:
        form.update(grant_type="password", username=credentials.username, password=credentials.password)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Call("POST", challenge.parameters["realm"], headers, urlencode(form).encode("ascii"))


def lifetime(answer: Mapping[str, Any]) -> float:
    """The lifetime of a token in seconds."""
    try:
        seconds = float(answer.get("expires_in") or LEAST_LIFE)
        return (seconds if seconds > LEAST_LIFE else LEAST_LIFE) - EARLY
    except (TypeError, ValueError, OverflowError):
        return LEAST_LIFE - EARLY


class Authorizer:
    """Authentication for one registry, and its tokens."""

    def __init__(self, http: Http, host: str, credentials: Callable[[], Credentials | None]) -> None:
        self._http = http
        self._host = host
        self._find = credentials
        self._asked = False
        self._credentials: Credentials | None = None
        self._challenge: Challenge | None = None
        self._tokens: Dict[Scopes, Tuple[str, float]] = {}

    @property
    def has_credentials(self) -> bool:
        """Whether there are credentials for the registry."""
        return self._credentials is not None

    def header(self, scopes: Scopes) -> str:
        """The Authorization header for these scopes; empty before any challenge."""
        if self._challenge is None:
            return ""
        if self._challenge.scheme == "basic":
            return basic(self._known(required=True))
        token, until = self._tokens.get(scopes, ("", 0.0))
        if not token or time.monotonic() > until:
            token, until = self._token(self._challenge, scopes)
            self._tokens[scopes] = token, until
        return "Bearer " + token

    def learn(self, challenge: Challenge, scopes: Scopes) -> None:
        """Store the challenge to answer, and drop the token that was rejected."""
        self._challenge = challenge
        self._tokens.pop(scopes, None)

    def _known(self, required: bool = False) -> Any:
        if not self._asked:
            self._credentials, self._asked = self._find(), True
        if required and (self._credentials is None or not self._credentials.username):
            raise RegistryDenied(
                "%s requires a login, but there are no credentials in the task or on the host" % self._host,
                "Set username and password, or log in with slipway.docker.registry.",
                401,
                "UNAUTHORIZED",
            )
        return self._credentials

    def _token(self, challenge: Challenge, scopes: Scopes) -> Tuple[str, float]:
        credentials = self._known()
        realm = challenge.parameters.get("realm", "")
        self._check_realm(realm, bool(credentials))
        # The registry may ask for more than we expected.
        wanted = scopes + tuple(
            scope for scope in challenge.parameters.get("scope", "").split(" ") if scope and not _covered(scope, scopes)
        )
        if credentials and credentials.identity_token:
            answer = self._send(by_post(challenge, wanted, credentials))
        else:
            answer = self._send(by_get(challenge, wanted, credentials))
            if credentials and answer.status in (404, 405):
                answer = self._send(by_post(challenge, wanted, credentials))
        return self._read(answer, realm, bool(credentials))

    def _send(self, call: Call) -> Answer:
        return self._http.send(call.method, call.url, call.headers, call.body)

    def _check_realm(self, realm: str, secret: bool) -> None:
        try:
            parts = urlsplit(resolved(realm, realm))
        except TransportError:
            raise TransportError(
                "%s names a token server that is not a URL" % self._host, "Check that it is a registry."
            )
        if secret and parts.scheme == "http" and not is_loopback(parts.netloc.rpartition("@")[2]):
            raise TransportError(
                "%s requests credentials for %s, which does not use TLS" % (self._host, shown(realm)),
                "Use TLS for its token server. Credentials are not sent unencrypted.",
            )

    def _read(self, answer: Answer, realm: str, secret: bool) -> Tuple[str, float]:
        if answer.status >= 300:
            error: RegistryError = refusal(answer, "get a token for %s" % self._host, shown(realm), secret)
            raise error
        try:
            said = fields(decode(answer.read(LIMIT)))
            token = said.get("token") or said["access_token"]
            if not isinstance(token, str) or not _TOKEN.fullmatch(token):
                raise ValueError("no token")
        except (ValueError, KeyError):
            raise TransportError("The token server %s did not return a token" % shown(realm), "Look at its log.")
        return token, time.monotonic() + lifetime(said)


def _covered(scope: str, scopes: Scopes) -> bool:
    """Whether the other scopes include everything in this one: ``TYPE:NAME:ACTION,ACTION``."""
    name, _colon, actions = scope.rpartition(":")
    same = [other.rpartition(":")[2] for other in scopes if other.rpartition(":")[0] == name]
    have = {action for part in same for action in part.split(",")}
    return set(actions.split(",")) <= have
