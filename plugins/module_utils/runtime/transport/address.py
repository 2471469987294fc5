# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of engines: parsing only."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import InputError

DEFAULT_SOCKET = "/var/run/docker.sock"
PLAIN_PORT, TLS_PORT = 2375, 2376

_FIX = "Use an address such as unix:///var/run/docker.sock, tcp://HOST:2376 or ssh://USER@HOST."
_REFUSED = {
    "npipe": "npipe:// is for Windows, and engines on Windows are not supported",
    "fd": "fd:// is a socket that systemd passes to a daemon, and clients cannot use it",
}


class Address(NamedTuple):
    """A parsed ``docker_host``.

    ``scheme`` is unix, tcp or ssh. ``path`` is that of the socket (for ssh: on the remote host, empty for its default),
    and for tcp a prefix of all API paths. ``secure`` says whether the address requires TLS (https) or excludes it
    (http); tcp allows both. ``port`` 0 is the default port.
    """

    scheme: str
    path: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    secure: bool | None = None

    def __str__(self) -> str:
        if self.scheme == "unix":
            return "unix://" + self.path
        user = self.user + "@" if self.user else ""
        return "%s://%s%s%s" % (self.scheme, user, self.netloc(), self.path)

    def netloc(self) -> str:
        """``host:port`` as in a URL, without a port if none is set."""
        host = "[%s]" % self.host if ":" in self.host else self.host
        return "%s:%d" % (host, self.port) if self.port else host


def parse(docker_host: str, origin: str = "docker_host") -> Address:
    """Parse an address in any form that Docker accepts, or a socket's path.

    ``origin`` names its source in messages. Raises InputError.
    """
    text = docker_host.strip()
    if not text or not text.isprintable() or " " in text:
        shown = "...@" * ("@" in text) + docker_host.rpartition("@")[2]
        raise InputError("%s: %r is not an address" % (origin, shown), _FIX)
    if text.startswith("/"):
        return Address("unix", path=text)
    if "://" not in text and _has_port(text):
        text = "tcp://" + text  # like the docker command
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if scheme == "unix" and separator:
        return Address("unix", path="/" + rest.lstrip("/") if rest else DEFAULT_SOCKET)
    if not separator or scheme not in ("tcp", "http", "https", "ssh"):
        problem = _REFUSED.get(scheme, "%r is not an address of an engine" % docker_host)
        raise InputError("%s: %s" % (origin, problem), _FIX)
    netloc, slash, path = rest.partition("/")
    user, at, place = netloc.rpartition("@")
    host, port = _host_and_port(place)
    problem = _contradiction(scheme, user if at else None, host, port, rest)
    if problem:
        # A password here must not end up in a log.
        shown = "%s://%s%s" % (scheme, "...@" if at else "", rest[len(user + at) :])
        raise InputError("%s: %s: %s" % (origin, shown, problem), _FIX)
    return Address(
        "ssh" if scheme == "ssh" else "tcp",
        path=(slash + path).rstrip("/"),
        host=host or "localhost",
        port=int(port) if port else {"http": 80, "https": 443}.get(scheme, 0),
        user=user,
        secure={"http": False, "https": True}.get(scheme),
    )


def _host_and_port(place: str) -> tuple[str, str]:
    if place.startswith("["):
        host, bracket, tail = place[1:].partition("]")
        return (host, tail[1:]) if bracket and tail[:1] in ("", ":") else (place, "")
    host, _colon, port = place.partition(":")
    return host, port


def _contradiction(scheme: str, user: str | None, host: str, port: str, rest: str) -> str:
    """What is wrong with the combination of an address's parts, or empty."""
    if "?" in rest or "#" in rest:
        return "an engine's address has no query and no fragment"
    if scheme != "ssh" and user is not None:
        return "only ssh:// can have a user"
    if user is not None and ":" in user:
        return "a password cannot be used, because ssh gets a key from its agent or its configuration"
    if scheme == "ssh" and not host or user == "":
        return "ssh:// needs a host, and a user where there is an @"
    if host.startswith("-") or (user or "").startswith("-"):
        return "hosts and users cannot begin with a dash"
    if port.count(":") or "[" in host or "]" in host:
        return "an IPv6 address must be in brackets, such as tcp://[::1]:2376"
    if port and not (port.isdigit() and port.isascii() and len(port) < 6 and 0 < int(port) < 65536):
        return "%r is not a port (1 to 65535)" % port[:20]
    return ""


def _has_port(text: str) -> bool:
    _host, colon, port = text.partition("/")[0].rpartition(":")
    return bool(colon) and port.isdigit()
