# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The distribution API of one registry: who is asked, and how; the rest is in ``repository``."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterator, Mapping, Set, Tuple
from urllib.parse import urljoin

from ..errors import ConnectionBroken, ContentError, EngineRefused, TransportError
from .access import Access, is_loopback
from .challenge import choose, parse
from .http import TRIES, Answer, Http, NotTls, origin, shown
from .reference import HUB
from .refusals import refusal
from .token import Authorizer, Scopes

# Where Docker Hub's registry is.
HUB_HOST = "registry-1.docker.io"
PAGE_LIMIT = 16 << 20
MOST_PAGES = 10000
_NEXT = re.compile(r"<([^>]*)>\s*;[^,]*\brel=\"?next\"?")


class Registry:
    """A conversation with one registry, ``HOST[:PORT]``."""

    def __init__(self, host: str, access: Access, http: Http | None = None) -> None:
        self.host = host
        self._address = HUB_HOST if host == HUB else host
        self.http = http or Http(self._address, access.trust(host), access.timeout)
        self._authorizer = Authorizer(self.http, host, lambda: access.credentials(host))
        self._scheme = "" if is_loopback(host) else "https"
        self.auth = ""  # how it wants to be answered, once it was asked: basic, bearer, or nothing

    def close(self) -> None:
        """Drop all connections."""
        self.http.close()

    @property
    def base(self) -> str:
        """The URL that paths are added to. On the machine itself a registry may do without TLS, as for the engine."""
        if not self._scheme:
            try:
                self.http.send("GET", "https://%s/v2/" % self._address, tries=1).close()
                self._scheme = "https"
            except (NotTls, ConnectionBroken):
                self._scheme = "http"
        return "%s://%s" % (self._scheme, self._address)

    def ping(self) -> Dict[str, str]:
        """GET /v2/: how the registry is spoken to. Raises TransportError if it is none, RegistryDenied."""
        answer = self.request("GET", "/v2/", (), "ask for the API")
        answer.close()
        version = answer.headers.get("Docker-Distribution-Api-Version", "")
        return {"url": self.base, "api_version": version or "registry/2.0", "auth": self.auth}

    def request(
        self,
        method: str,
        path: str,
        scopes: Scopes,
        doing: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        tries: int = TRIES,
    ) -> Answer:
        """Send a request, to a path or to a URL that the registry gave, and return the answer, its body not yet read.

        ``scopes`` are what it needs, ``doing`` is for the error. Raises RegistryError for a status that means no.
        """
        url = urljoin(self.base, path)
        ours = origin(url) == origin(self.base)
        sent = dict(headers or {})
        authorization = self._authorizer.header(scopes) if ours else ""
        answer = self._send(method, url, sent, authorization, body, tries)
        for _round in range(2):  # as nobody, or with a token that is over; then with one that is not
            challenge = choose(parse(answer.headers.get("WWW-Authenticate", "")))
            if answer.status != 401 or not challenge or not ours:
                break
            self._authorizer.learn(challenge, scopes)
            self.auth = challenge.scheme
            renewed = self._authorizer.header(scopes)
            if renewed == authorization:
                break
            answer.close()
            authorization = renewed
            answer = self._send(method, url, sent, authorization, body, tries)
        if answer.status >= 300:  # redirects that may be followed have been
            try:
                raise refusal(answer, doing, self.host, bool(authorization) and self._authorizer.has_credentials)
            finally:
                answer.close()
        return answer

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], authorization: str, body: bytes | None, tries: int
    ) -> Answer:
        sent = {**headers, **({"Authorization": authorization} if authorization else {})}
        try:
            return self.http.send(method, url, sent, body, tries)
        except EngineRefused as error:
            raise TransportError("The registry %s" % error.cause, error.fix)

    def pages(self, path: str, scopes: Scopes, doing: str) -> Iterator[Mapping[str, Any]]:
        """The JSON of an answer and of all that follow it, by the header Link. Raises ContentError."""
        seen: Set[str] = set()
        url = urljoin(self.base, path)
        while url:
            if url in seen or len(seen) == MOST_PAGES:
                why = "comes back to a page that was there already" if url in seen else "has no end"
                raise ContentError(
                    "Cannot %s: the list of %s %s" % (doing, self.host, why), "Check that it is a registry."
                )
            seen.add(url)
            answer = self.request("GET", url, scopes, doing)
            link = _NEXT.search(answer.headers.get("Link", ""))
            following = urljoin(answer.url, link.group(1)) if link else ""
            if following and origin(following) != origin(self.base):
                raise TransportError("%s goes on at %s, which is not the registry" % (path, shown(following)))
            try:
                page = json.loads(answer.read(PAGE_LIMIT))
            except ValueError:
                raise ContentError("Cannot %s: %s gives no JSON" % (doing, self.host), "Check that it is a registry.")
            yield page if isinstance(page, dict) else {}
            url = following

    def catalog(self, page_size: int) -> Iterator[str]:
        """GET /v2/_catalog: the names of all repositories."""
        path, doing = "/v2/_catalog?n=%d" % page_size, "list repositories"
        for page in self.pages(path, ("registry:catalog:*",), doing):
            yield from (str(name) for name in page.get("repositories") or ())


class Registries:
    """The client of a task: conversations with registries, one for each and each way in."""

    def __init__(self) -> None:
        self._open: Dict[Tuple[str, Access], Registry] = {}

    def at(self, host: str, access: Access) -> Registry:
        """The conversation with a registry."""
        if (host, access) not in self._open:
            self._open[host, access] = Registry(host, access)
        return self._open[host, access]

    def close(self) -> None:
        """End all of them."""
        for registry in self._open.values():
            registry.close()
