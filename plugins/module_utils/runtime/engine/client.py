# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine API: version negotiation, requests, and errors for statuses."""

from __future__ import annotations

import json
import re
import socket
from typing import Any, Dict, Mapping, Tuple, Type
from urllib.parse import quote, urlencode

from ..errors import (
    BadRequest,
    ConflictError,
    EngineError,
    Forbidden,
    InputError,
    NotFound,
    ServerError,
    SlipwayError,
    TlsError,
    TransportError,
    Unauthorized,
    VersionError,
)
from ..state.canonical import version_tuple
from ..transport.http import Body, Connection, Response
from .shape import DEPTH, NOTHING, fault, too_deep

# The newest API version that this code has been tested with, and the oldest supported (Docker 20.10).
NEWEST = "1.51"
OLDEST = "1.41"
SHORT = 12  # digits of a short id, as the docker command shows it
VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")

_HALF = re.compile("[\ud800-\udfff]")  # half of a surrogate pair
DONE = (200, 201)  # statuses of success with an answer
SILENT, UPGRADED = 204, 101
ERROR_LIMIT = 1024**2  # bytes read of an error answer
SAID_LIMIT = 4000  # characters of the Engine's message in an error

ERRORS: Mapping[int, Type[EngineError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: ConflictError,
}


def segment(text: str) -> str:
    """A name as one segment of a URL path."""
    return quote(text, safe="")


class Client:
    """A client for one engine, over one keep-alive connection.

    ``version`` is the API version in use, or the one that the user chose. Engines of API 1.41 and newer send theirs in
    the header ``API-Version`` of each answer. So if the first request is a GET, it is sent without a version, and
    repeated only if the engine is newer than NEWEST; any other first request is preceded by GET /_ping. ``podman`` says
    whether the last answer came from Podman, which speaks the API of Docker 20.10 without its limits. Raises InputError
    for a malformed version.
    """

    def __init__(self, connection: Connection, version: str = "auto") -> None:
        self.connection = connection
        self._version = "" if version == "auto" else _asked(version)
        self.podman = False

    @property
    def where(self) -> str:
        """The address of the engine."""
        return self.connection.where

    def close(self) -> None:
        """Close the connection and its resources; a later request reconnects."""
        self.connection.close()

    @property
    def version(self) -> str:
        """The API version in use. Raises VersionError, and TransportError if no engine answers."""
        if not self._version:
            self._version = self._negotiate()
        return self._version

    def speaks(self, version: str) -> bool:
        """Whether the API version in use is at least this one."""
        return version_tuple(self.version) >= version_tuple(version)

    def _negotiate(self) -> str:
        response = self.connection.request("GET", "/_ping")
        offered = self._offered(response, "GET /_ping")
        if response.status != 200:
            raise self._error(response)
        response.read()
        return min(offered, NEWEST, key=version_tuple)

    def _offered(self, response: Response, asked: str) -> str:
        """The API version in an answer. Raises SlipwayError if it is missing or too old."""
        offered = response.headers.get("api-version", "")
        if not VERSION.fullmatch(offered):
            if response.status >= 400 and response.status != 404:
                raise self._error(response)
            response.read()
            raise self._no_engine("%s returned status %d and no API version" % (asked, response.status))
        if version_tuple(offered) < version_tuple(OLDEST):
            raise VersionError(
                "The engine has API %s, but at least %s (Docker 20.10) is required" % (offered, OLDEST),
                "Upgrade the engine.",
            )
        return offered

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        raw: Body = None,
        timeout: float | None = None,
        also: Tuple[int, ...] = (),
    ) -> Response:
        """Send a request to ``/vVERSION/path`` and return the answer, with its body unread.

        ``query`` omits None, sends booleans as 1 and 0 and compound values as JSON; ``body`` is sent as JSON, ``raw``
        unchanged. ``timeout`` is the longest silence in seconds, for calls that are known to be slow. Raises
        EngineError (a subclass by status), and TransportError for a status not in DONE or ``also``.
        """
        first = not self._version and method == "GET"
        target = path if first else "/v%s%s" % (self.version, path)
        spelled = {key: _spell(value) for key, value in (query or {}).items() if value is not None}
        if spelled:
            target += "?" + urlencode(spelled, errors="surrogateescape")  # like paths
        sent: Dict[str, str] = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = "application/json"
            raw = json.dumps(body).encode("utf-8")
        response = self.connection.request(method, target, sent, raw, timeout)
        self.podman = "libpod-api-version" in response.headers
        if first:
            offered = self._offered(response, "GET " + path)
            self._version = min(offered, NEWEST, key=version_tuple)
            if offered != self._version:
                response.read()
                return self.request(method, path, query, body, headers, raw, timeout, also)
        if response.status >= 400:
            raise self._error(response)
        if response.status not in DONE + also:
            response.close()
            place = response.headers.get("location")
            more = ", a redirect to %s" % place[:SAID_LIMIT] if place else ""
            raise self._odd(method, path, "status %d%s" % (response.status, more))
        return response

    def upgraded(
        self, path: str, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> Tuple[socket.socket, bytes]:
        """POST a request that upgrades the connection: returns the socket, and the bytes that arrived with the answer.

        The caller owns the socket. Raises SlipwayError if a proxy does not support the upgrade.
        """
        headers = {"Connection": "Upgrade", "Upgrade": "tcp"}
        response = self.request("POST", path, query, body, headers, also=(UPGRADED,))
        if response.status != UPGRADED:
            response.close()
            raise SlipwayError("a proxy before the engine does not support upgraded connections")
        return response.upgraded()

    def beside(self) -> Client:
        """A second client for the same engine, for use while this connection is busy."""
        return Client(self.connection.beside(), self.version)

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        also: Tuple[int, ...] = (),
        *,
        expect: Any,
    ) -> Any:
        """Send a request and return the decoded JSON of the answer, or None if it has no body.

        ``expect`` is its shape (see ``shape``), except for statuses in ``also``, which have no body. Raises as
        ``request`` does, and TransportError for any other answer.
        """
        also = (*also, SILENT) if expect is NOTHING else also
        response = self.request(method, path, query, body, headers, None, timeout, also)
        return None if response.status in also else self.decoded(response, method, path, expect)

    def get(self, path: str, *, expect: Any, **query: Any) -> Any:
        """GET, decoded and of this shape."""
        return self.call("GET", path, query, expect=expect)

    def decoded(self, response: Response, method: str, path: str, expect: Any) -> Any:
        """The JSON of an answer to this call, or None if it has no body. Raises TransportError for another shape."""
        data = response.read()
        try:
            found = json.loads(data) if data.strip() else None
        except (ValueError, RecursionError):
            raise self._no_engine("%s %s did not return JSON" % (method, path.partition("?")[0]))
        wrong = fault(expect, found)
        if not wrong and data.count(b"[") + data.count(b"{") > DEPTH and too_deep(found):
            wrong = "the answer is nested more than %d levels deep" % DEPTH
        if not wrong and b"\\ud" in data.lower() and _HALF.search(json.dumps(found, ensure_ascii=False)):
            wrong = "a string in it is not Unicode"
        if wrong:
            raise self._odd(method, path, wrong)
        return found

    def _error(self, response: Response) -> SlipwayError:
        data = response.read(ERROR_LIMIT).decode("utf-8", "replace").strip()
        try:
            said = str(json.loads(data)["message"])
        except (ValueError, KeyError, TypeError, RecursionError):
            if response.status == 404 and data:
                return self._no_engine("it returned status 404 without an engine's message")
            said = "status %d, %s" % (response.status, data[:300] or "without a message")
        said = " ".join(said[:SAID_LIMIT].split())  # the engine puts each of several causes on its own line
        if "HTTP request to an HTTPS server" in said:
            return TlsError(
                "The engine requires TLS",
                (
                    "Set validate_certs (or tls, which verifies nothing), and the client certificate if the "
                    "engine requires one."
                ),
            )
        if "client version" in said and "is too" in said:
            return VersionError(
                "The engine refuses the API version: %s" % said,
                "Remove api_version (auto), or set it to one that the engine supports.",
                status=response.status,
                said=said,
            )
        kind = ERRORS.get(response.status, ServerError if response.status >= 500 else EngineError)
        return kind("The engine said: %s" % said, status=response.status, said=said)

    def _odd(self, method: str, path: str, why: str) -> TransportError:
        return TransportError(
            "Unexpected answer from %s to %s %s: %s" % (self.connection.where, method, path.partition("?")[0], why),
            "Check that docker_host is the address of an engine, and that no proxy answers instead.",
        )

    def _no_engine(self, why: str) -> TransportError:
        return TransportError(
            "The server at %s is not an engine (%s)" % (self.connection.where, why), "Check docker_host."
        )


def _asked(version: str) -> str:
    wanted = version.strip().lower()
    wanted = wanted[1:] if wanted.startswith("v") else wanted
    if not VERSION.fullmatch(wanted):
        raise InputError(
            "api_version: %r is not a version of the Engine API" % version, "Use a version such as 1.41, or auto."
        )
    if version_tuple(wanted) < version_tuple(OLDEST):
        raise InputError(
            "api_version: %s is older than %s, the oldest supported version" % (wanted, OLDEST),
            "Remove api_version to use the newest version that both support.",
        )
    return wanted


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, str) else json.dumps(value)
