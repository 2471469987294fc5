# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to registries, their token servers and storage: retries, redirects, limits, and mapping of errors.

The only place that needs the library requests.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
import warnings
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Iterator, List, Mapping, NoReturn, TypeVar
from urllib.parse import urljoin, urlsplit

try:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import HTTPError
except ImportError:  # reported when the first registry is used
    requests = None  # type: ignore[assignment]
    HTTPError = OSError  # type: ignore[assignment,misc]
    HTTPAdapter = object  # type: ignore[assignment,misc]

from ..errors import (
    ConnectionBroken,
    ContentError,
    EngineRefused,
    HostError,
    InputError,
    SlipwayError,
    Timeout,
    TlsError,
    TransportError,
    hide_userinfo,
)
from ..transport.trust import Trust
from .access import is_loopback

TRIES = 5
FIRST_PAUSE = 0.5  # seconds, doubled for each retry
LONGEST_PAUSE = 60  # seconds; a registry that asks for more is not retried
BUSY = (429, 500, 502, 503, 504)
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 5
BLOCK = 1 << 20
# A whole answer, except blobs, may take this many times the timeout, plus the time for sending the request on a
# slow line. The timeout alone limits only silence: an answer of one byte a second would never time out.
ENOUGH = 4
SLOWEST = 16 << 10  # bytes a second
HEADER_LIMIT = 8 << 10  # of an answer that is parsed
_NOT_TLS = re.compile("WRONG_VERSION_NUMBER|HTTP_REQUEST|UNKNOWN_PROTOCOL|RECORD_LAYER_FAILURE|PACKET_LENGTH_TOO_LONG")

_SECONDS = re.compile("[0-9]{1,9}")
_NO_CONNECTION = re.compile("NewConnectionError|NameResolutionError")


class NotTls(TlsError):
    """The other side does not speak TLS."""


_Result = TypeVar("_Result")


class Answer:
    """An answer with its body unread. ``timeout`` limits reading the whole body at once."""

    def __init__(self, response: Any, url: str, timeout: float = 60.0 * ENOUGH) -> None:
        self._response = response
        self._timeout = timeout
        self.url = url
        self.status = int(response.status_code)
        self.headers: Mapping[str, str] = response.headers

    def read(self, limit: int) -> bytes:
        """The whole body. Raises ContentError above the limit, ConnectionBroken and Timeout."""
        return in_time(self._timeout, shown(self.url), lambda: self._read(limit))

    def _read(self, limit: int) -> bytes:
        data = bytearray()
        for block in self.blocks():
            data += block
            if len(data) > limit:
                self.close()
                raise ContentError(
                    "%s answers with more than %d bytes" % (shown(self.url), limit), "Check that it is a registry."
                )
        return bytes(data)

    def blocks(self) -> Iterator[bytes]:
        """The body in chunks as they arrive. Raises ConnectionBroken and Timeout."""
        try:
            yield from self._response.iter_content(BLOCK)
        except (OSError, ValueError, HTTPError) as error:
            _fail(error, self.url, broken=True)
        finally:
            self.close()

    def close(self) -> None:
        """Release the connection."""
        self._response.close()


class _Adapter(HTTPAdapter):
    """Connections with these certificates."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        """Called by the base class on creation."""
        return super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Called by the base class for a proxied connection."""
        return super().proxy_manager_for(*args, ssl_context=self._context, **kwargs)


class Http:
    """HTTP for one registry, ``HOST[:PORT]``; the client certificate is sent only to that host."""

    def __init__(self, host: str, trust: Trust, timeout: float, pause: Callable[[float], None] = time.sleep) -> None:
        if requests is None:
            raise HostError(
                "The Python library requests is required on the host that runs the module",
                (
                    "Install it there (on Debian, the package python3-requests), or run the task where it is "
                    "installed, usually with delegate_to: localhost."
                ),
            )
        self._own = "https://%s/" % host
        self._trust = trust
        self._timeout = timeout
        self._pause = pause
        # The task turned verification off; urllib3 would warn for each request.
        warnings.filterwarnings("ignore", message="Unverified HTTPS request")
        self._session = requests.Session()
        # Redirects are handled here. The library would resolve them even if told not to follow them.
        self._session.get_redirect_target = _nowhere  # type: ignore[method-assign, assignment]
        # No proxy for this machine, whatever the environment says.
        self._session.trust_env = not is_loopback(host)
        self._session.mount("https://", _Adapter(_context(trust, show_own=False)))
        self._session.mount(self._own, _Adapter(_context(trust, show_own=True)))

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        tries: int = TRIES,
    ) -> Answer:
        """Send a request; retry after a pause if the connection breaks or the server is busy.

        Redirects are followed, but the Authorization header is sent only to its own origin. Raises TransportError.
        """
        sent = {"Accept-Encoding": "identity", "User-Agent": "slipway.docker", **(headers or {})}
        for attempt in range(1, tries + 1):
            pause = FIRST_PAUSE * 2 ** (attempt - 1)
            try:
                answer = self._follow(method, url, sent, body)
            except ConnectionBroken:
                if attempt == tries:
                    raise
            else:
                asked = retry_after(answer.headers.get("Retry-After", ""), time.time())
                if answer.status not in BUSY or attempt == tries or asked > LONGEST_PAUSE:
                    return answer
                answer.close()
                pause = max(pause, asked)
            self._pause(pause)
        raise AssertionError("tries is less than 1")

    def pause(self, attempt: int) -> None:
        """Wait before the next attempt."""
        self._pause(FIRST_PAUSE * 2 ** (attempt - 1))

    def _follow(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        for _hop in range(MOST_REDIRECTS):
            answer = self._once(method, url, headers, body)
            target = answer.headers.get("Location", "")
            if answer.status not in REDIRECTS or method not in ("GET", "HEAD") or not target:
                return answer
            answer.close()
            target = resolved(url, target, "redirects")
            if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
                raise TransportError("%s redirects from TLS to %s" % (shown(url), shown(target)))
            if origin(target) != origin(url):
                headers = {name: value for name, value in headers.items() if name != "Authorization"}
            url = target
        raise TransportError("%s redirects too often" % shown(url))

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        timeout = ENOUGH * self._timeout
        enough = timeout + len(body or b"") / SLOWEST
        return in_time(enough, shown(url), lambda: self._send(method, url, headers, body, timeout))

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, timeout: float) -> Answer:
        try:
            response = self._session.request(
                method,
                url,
                headers=dict(headers),
                data=body,
                stream=True,
                allow_redirects=False,
                timeout=self._timeout,
                verify=self._trust.verify or not url.startswith(self._own),
                auth=_as_it_is,
            )
        except (OSError, ValueError, HTTPError) as error:
            _fail(error, url)
        return Answer(response, url, timeout)


def in_time(seconds: float, where: str, call: Callable[[], _Result]) -> _Result:
    """The result or exception of a call if it ends in time. Otherwise raises Timeout and abandons the call."""
    results: List[_Result] = []
    errors: List[BaseException] = []

    def work() -> None:
        try:
            results.append(call())
        except BaseException as error:
            errors.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise Timeout(
            "%s did not finish its answer within %d seconds" % (where, seconds),
            "Check that it is a registry. If it is only slow, increase timeout.",
        )
    return results[0]


def _as_it_is(request: Any) -> Any:
    """Keeps requests from replacing our Authorization header with credentials from ~/.netrc."""
    return request


def _nowhere(response: Any) -> None:
    return None


def retry_after(text: str, now: float) -> float:
    """The seconds to wait by a Retry-After header, which holds seconds or a date."""
    if _SECONDS.fullmatch(text.strip()):
        return float(text.strip())  # stricter than float(), which accepts more spaces
    try:
        return max(0.0, parsedate_to_datetime(text[:HEADER_LIMIT]).timestamp() - now)
    except (TypeError, ValueError, IndexError, OverflowError, OSError):
        return 0.0


def resolved(url: str, reference: str, verb: str = "names") -> str:
    """A URL from an answer, resolved against the answer's own. Raises TransportError unless it is an HTTP URL."""
    try:
        target = urljoin(url, reference)
        scheme, host, _port = origin(target)
        if scheme in ("http", "https") and host and len(target) <= HEADER_LIMIT:
            return target
    except ValueError:
        pass
    raise TransportError(
        "%s %s %r, which is not an HTTP address" % (shown(url), verb, hide_userinfo(reference.partition("?")[0][:100])),
        "Check that it is a registry.",
    )


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port, which decide who gets an Authorization header. Raises ValueError for a malformed URL."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def shown(url: str) -> str:
    """A URL that is safe to show: query and user may hold secrets."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the address"
    return "%s://%s%s" % (parts.scheme, parts.netloc.rpartition("@")[2], parts.path[:300])


def _context(trust: Trust, show_own: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if show_own and not trust.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if trust.ca:
        try:
            context.load_verify_locations(trust.ca)
        except (OSError, ValueError):
            raise InputError("ca_path: %s contains no certificate" % trust.ca, "It must be a file in PEM format.")
    if show_own and trust.cert:
        try:
            # The password is for an encrypted key; without it OpenSSL would prompt on the terminal.
            context.load_cert_chain(trust.cert, trust.key or None, password=lambda: b"")
        except (ssl.SSLError, ValueError):
            raise InputError(
                "client_cert, client_key: %s cannot be used" % " with ".join(filter(None, (trust.cert, trust.key))),
                "Both must be files in PEM format and belong together, and the key must have no passphrase.",
            )
    return context


def _fail(error: Exception, url: str, broken: bool = False) -> NoReturn:
    """Raise our error for one of requests, without the URL's query, which its messages include."""
    if isinstance(error, SlipwayError):
        raise error
    where, said = shown(url), str(error)
    host = urlsplit(url).netloc.rpartition("@")[2]
    if isinstance(error, requests.exceptions.SSLError):
        raise _tls(host, said)
    if isinstance(error, requests.exceptions.ProxyError):
        raise TransportError("The proxy for %s does not allow the request" % host, "Check HTTPS_PROXY.")
    if isinstance(error, requests.exceptions.Timeout) or "Read timed out" in said:
        raise Timeout(
            "%s does not answer in time" % where, "Check that it is a registry. If it is only slow, increase timeout."
        )
    if _NO_CONNECTION.search(said) and not broken:
        unknown = "NameResolution" in said or "ame or service" in said or "ame resolution" in said
        found = re.search(r"\[Errno -?\d+\] ([^'\")]+)", said)
        why = "its name cannot be resolved" if unknown else found.group(1) if found else "no connection"
        raise EngineRefused("%s cannot be reached (%s)" % (host, why), "Check its address, and that it runs.")
    if isinstance(error, (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        raise ConnectionBroken(
            "The connection to %s was interrupted" % host, "Try again. If this persists, look at its log."
        )
    raise TransportError("Talking to %s failed (%s)" % (host, type(error).__name__))


def _tls(host: str, said: str) -> TlsError:
    if _NOT_TLS.search(said.upper().replace(" ", "_")):
        return NotTls("%s does not use TLS" % host, "Check its port. Only a registry on localhost may do without TLS.")
    if "match" in said and ("hostname" in said or "IP address" in said):
        return TlsError("The certificate of %s is for another name" % host, "Use a name that the certificate is for.")
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return TlsError(
            "The certificate of %s is not trusted" % host,
            "Set ca_path to the CA certificate that signed it, or store that in certs_dir.",
        )
    if "alert" in said.lower() and "certificate" in said.lower():
        return TlsError("%s requires a client certificate that it trusts" % host, "Set client_cert and client_key.")
    return TlsError("The TLS handshake with %s was interrupted" % host, "Check its port and its log.")
