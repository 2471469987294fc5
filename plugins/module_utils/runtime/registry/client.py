# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The distribution API of one registry: requests and authentication; ``repository`` builds on it."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List, Mapping, Set, Tuple

from ..errors import ConnectionBroken, ContentError, EngineRefused, TransportError
from ..values.reference import HUB
from .access import Access, is_loopback
from .challenge import choose, parse
from .document import decode, fields, items, text
from .http import HEADER_LIMIT, TRIES, Answer, Http, NotTls, origin, resolved, shown
from .refusals import refusal
from .token import Authorizer, Scopes

# The host of Docker Hub's registry API.
HUB_HOST = "registry-1.docker.io"
PAGE_LIMIT = 16 << 20
MOST_PAGES = 10000
MOST_BYTES = 256 << 20  # of all pages of a list together
MOST_REPEATED = 10  # consecutive pages without a new entry
_NAME = re.compile("[A-Za-z0-9]+(?:[/._-]+[A-Za-z0-9]+)*")
_NEXT = re.compile(r"<([^>]*)>\s*;[^,]*\brel=\"?next\"?")


class Registry:
    """A client for one registry, ``HOST[:PORT]``."""

    def __init__(self, host: str, access: Access, http: Http | None = None) -> None:
        self.host = host
        self.timeout = access.timeout
        self._address = HUB_HOST if host == HUB else host
        self.http = http or Http(self._address, access.trust(host), access.timeout)
        self._authorizer = Authorizer(self.http, host, lambda: access.credentials(host))
        self._scheme = "" if is_loopback(host) else "https"
        self.auth = ""  # the authentication, once known: basic, bearer, or empty

    def close(self) -> None:
        """Close all connections."""
        self.http.close()

    @property
    def base(self) -> str:
        """The base URL. As with the engine, a registry on this machine may be without TLS."""
        if not self._scheme:
            try:
                self.http.send("GET", "https://%s/v2/" % self._address, tries=1).close()
                self._scheme = "https"
            except (NotTls, ConnectionBroken):
                self._scheme = "http"
        return "%s://%s" % (self._scheme, self._address)

    def ping(self) -> Dict[str, str]:
        """GET /v2/: URL, API version and authentication. Raises TransportError if it is no registry, RegistryDenied."""
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
        """Send a request, to a path or to a URL from the registry, and return the answer, its body unread.

        ``scopes`` are the required permissions, ``doing`` is for error messages. Raises RegistryError for an error
        status.
        """
        url = resolved(self.base, path)
        ours = origin(url) == origin(self.base)
        sent = dict(headers or {})
        authorization = self._authorizer.header(scopes) if ours else ""
        answer = self._send(method, url, sent, authorization, body, tries)
        for _round in range(2):  # anonymously, or with an expired token; then with a new one
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
        if answer.status >= 300:  # remaining redirects are not to be followed
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

    def pages(self, path: str, scopes: Scopes, doing: str, key: str) -> Iterator[List[Any]]:
        """The list named ``key`` in the JSON of an answer and of its next pages (header Link).

        Raises ContentError for malformed answers and endless lists.
        """
        seen: Set[str] = set()
        url, read, repeated = resolved(self.base, path), 0, 0
        before: List[Any] = []
        while url:
            if url in seen:
                raise self._no_list(doing, "returns to an earlier page")
            if len(seen) == MOST_PAGES or read > MOST_BYTES or repeated == MOST_REPEATED:
                raise self._no_list(doing, "does not end")
            seen.add(url)
            answer = self.request("GET", url, scopes, doing)
            header = answer.headers.get("Link", "")
            link = _NEXT.search(header) if len(header) <= HEADER_LIMIT else None
            url = resolved(answer.url, link.group(1)) if link else ""
            if url and origin(url) != origin(self.base):
                raise TransportError("%s continues at %s, which is not the registry" % (path, shown(url)))
            data = answer.read(PAGE_LIMIT)
            read += len(data)
            try:
                tree = decode(data)
                page = items(fields(tree).get(key))
                if tree is None:
                    raise ValueError("an object is missing")
            except ValueError as error:
                raise ContentError(
                    "Cannot %s: the answer of %s is not such a list (%s)" % (doing, self.host, error),
                    "Check that it is a registry.",
                )
            repeated = repeated + 1 if page == before or not page else 0
            before = page
            yield page

    def _no_list(self, doing: str, why: str) -> ContentError:
        return ContentError("Cannot %s: the list of %s %s" % (doing, self.host, why), "Check that it is a registry.")

    def names(self, path: str, scopes: Scopes, doing: str, key: str) -> Iterator[str]:
        """The names in such a list. Raises ContentError."""
        for page in self.pages(path, scopes, doing, key):
            for name in page:
                try:
                    if not _NAME.fullmatch(text(name).strip("_.-")) or ".." in name:
                        raise ValueError("%r is not a name" % name[:100])
                except ValueError as error:
                    raise self._no_list(doing, "has entries that are not names (%s)" % error)
                yield name

    def catalog(self, page_size: int) -> Iterator[str]:
        """GET /v2/_catalog: the names of all repositories."""
        path, doing = "/v2/_catalog?n=%d" % page_size, "list repositories"
        return self.names(path, ("registry:catalog:*",), doing, "repositories")


class Registries:
    """A task's clients: one for each registry and way of access."""

    def __init__(self) -> None:
        self._open: Dict[Tuple[str, Access], Registry] = {}

    def at(self, host: str, access: Access) -> Registry:
        """The client for a registry."""
        if (host, access) not in self._open:
            self._open[host, access] = Registry(host, access)
        return self._open[host, access]

    def close(self) -> None:
        """Close all of them."""
        for registry in self._open.values():
            registry.close()
