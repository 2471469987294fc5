# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 over one keep-alive socket (RFC 9112); knows nothing about Docker.

The standard library's http.client costs a task 40 ms of imports, mostly for parsing mail headers; engines use only a
small part of HTTP.
"""

from __future__ import annotations

import select
import socket
import time
from contextlib import contextmanager
from typing import Callable, Dict, Iterable, Iterator, Mapping, NoReturn, Tuple, Union

from ..errors import ConnectionBroken, Timeout, TlsError, TransportError

Body = Union[bytes, Iterable[bytes], None]
# Opens a socket within this many seconds. The socket may offer ``explain(error)``, which returns the real cause of
# a broken socket (error None: it was closed) as a TransportError, or None if it does not know.
Dial = Callable[[float], socket.socket]

CHUNK = 64 * 1024
HEAD_LIMIT = 256 * 1024
FIELD_LIMIT = 1000  # header lines
INTERIM_LIMIT = 10  # informational answers (1xx) before the final one
ANSWER_LIMIT = 64 * 1024**2  # bytes of an answer that is read at once
# Time limit for a head, and for an answer that is read at once, as a multiple of the read timeout.
HEAD_PATIENCE, ANSWER_PATIENCE = 2, 10
DIGITS = 18  # of a length in bytes
_HEX = frozenset(b"0123456789abcdefABCDEF")


class Response:
    """An answer: ``status``, ``headers`` (lower-case names), and a body that is read as it arrives.

    Reading raises Timeout after a silence of the connection's read timeout, ConnectionBroken if the body ends early. An
    answer that is not read to its end costs its connection: the next request reconnects.
    """

    def __init__(self, wire: _Wire, status: int, headers: Mapping[str, str], chunks: Iterator[bytes]) -> None:
        self.status = status
        self.headers = headers
        self._wire = wire
        self._turn = wire.turn
        self._chunks = chunks

    def chunks(self) -> Iterator[bytes]:
        """The body in chunks as they arrive."""
        return self._chunks

    def read(self, limit: int = ANSWER_LIMIT) -> bytes:
        """The rest of the body.

        Raises TransportError above ``limit`` bytes, and Timeout after ANSWER_PATIENCE times the read timeout, even if
        data keeps arriving.
        """
        taken = bytearray()
        with self._wire.within(ANSWER_PATIENCE):
            for piece in self._chunks:
                taken += piece
                if len(taken) > limit:
                    self._wire.nonsense("an answer of more than %d bytes" % limit)
        return bytes(taken)

    def close(self) -> None:
        """Drop the rest of the body."""
        if self._wire.turn == self._turn and not self._wire.idle:
            self._wire.close()

    def upgraded(self) -> Tuple[socket.socket, bytes]:
        """The raw socket of an upgraded connection (status 101), and what arrived with the head.

        The caller owns the socket from here; the next request reconnects.
        """
        return self._wire.surrender()


class Connection:
    """A connection, opened on first use and kept open between requests.

    ``where`` names the server in messages, ``host`` is the Host header, ``base`` prefixes every target. ``timeout`` is
    the longest silence in seconds, not a limit for a whole request. ``half_closes`` says whether its socket can signal
    the end of its input while the server is still sending, which a TLS socket of Python cannot.
    """

    def __init__(
        self,
        dial: Dial,
        where: str = "the other side",
        host: str = "docker",
        base: str = "",
        timeout: float = 60,
        half_closes: bool = True,
    ) -> None:
        self._dial = dial
        self._host = host
        self._base = base
        self.where = where
        self.timeout = timeout
        self.half_closes = half_closes
        self._wire: _Wire | None = None

    def request(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: Body = None,
        timeout: float | None = None,
    ) -> Response:
        """Send a request and return the answer once its head has arrived.

        An iterable body is sent chunked. ``timeout`` overrides the longest silence for this request. Raises
        TransportError and its subclasses.
        """
        head = self._head(method, self._base + target, headers or {}, body)
        silence = timeout or self.timeout
        if self._wire is not None and self._wire.reusable():
            try:
                return self._wire.exchange(head, body, method, silence)
            except ConnectionBroken:
                # A server may close an idle connection just as we write to it.
                if method not in ("GET", "HEAD"):
                    raise
        self.close()
        self._wire = _Wire(self._dial(self.timeout), self.where)
        return self._wire.exchange(head, body, method, silence)

    def beside(self) -> Connection:
        """Another connection to the same server, not opened yet."""
        return Connection(self._dial, self.where, self._host, self._base, self.timeout, self.half_closes)

    def close(self) -> None:
        """Close the connection."""
        if self._wire is not None:
            self._wire.close()
        self._wire = None

    def _head(self, method: str, target: str, headers: Mapping[str, str], body: Body) -> bytes:
        fields = {"Host": self._host, **headers}
        if isinstance(body, bytes) or (body is None and method in ("POST", "PUT")):
            fields["Content-Length"] = str(len(body or b""))
        elif body is not None:
            fields["Transfer-Encoding"] = "chunked"
        lines = ["%s %s HTTP/1.1" % (method, target)] + ["%s: %s" % item for item in fields.items()]
        for line in lines:
            if not line.replace("\t", " ").isprintable():
                raise TransportError("A line of a request's head may not hold such characters: %r" % line)
        if len(lines[0].split()) != 3:
            raise TransportError("A request's target may not hold a space: %r" % target)
        return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n"


class _Wire:
    """A socket and the data received from it.

    ``turn`` counts requests, and ``idle`` says that none is in progress, as the next one requires.
    """

    def __init__(self, sock: socket.socket, where: str) -> None:
        self.turn = 0
        self.idle = True
        self._socket = sock
        self._where = where
        self._buffer = bytearray()
        self._silence = 0.0
        self._patience = 0.0  # seconds that reading the current answer may take; zero for a stream, which has no limit
        self._until = 0.0  # the end of that time

    def reusable(self) -> bool:
        """Whether the next request may use it: a socket that is readable while idle was closed by the server."""
        if not self.idle or self._buffer:
            return False
        return not self._readable()

    def close(self) -> None:
        """Close the socket; an answer that is still being read breaks."""
        self.idle = False
        self._socket.close()

    def surrender(self) -> Tuple[socket.socket, bytes]:
        """Hand over the socket, and the data received from it."""
        self.idle = False
        taken = self._socket
        self._socket = socket.socket()  # a closed stand-in, so that reading an old answer fails
        self._socket.close()
        return taken, bytes(self._buffer)

    def exchange(self, head: bytes, body: Body, method: str, silence: float) -> Response:
        """Send a request and read the head of its answer. The socket is closed on any failure."""
        self.turn += 1
        self.idle = False
        self._silence = silence
        try:
            self._socket.settimeout(silence)
            complete = self._send(head, body)
            with self.within(HEAD_PATIENCE):
                version, status, headers = self._final()
            kept = complete and status != 101 and _keeps(version, headers)
            bodyless = method == "HEAD" or status in (101, 204, 304)
            length = 0 if bodyless else self._length(headers)
        except BaseException:
            self.close()
            raise
        if length == 0:
            if status != 101:
                self._finish(kept)
            return Response(self, status, headers, iter(()))
        return Response(self, status, headers, self._body(length, kept))

    def _send(self, head: bytes, body: Body) -> bool:
        """Send a request; returns whether all of it was sent.

        If not, the server may have answered (and closed) before it read the whole body, so the answer is still read.
        """
        for piece in _pieces(head, body):
            try:
                view = memoryview(piece)
                while view:
                    # Unlike sendall, each send has the full timeout.
                    view = view[self._socket.send(view[:CHUNK]) :]
            except socket.timeout:
                if not self._readable():
                    self._silent("it stopped reading the request")
                return False
            except OSError as error:
                if not self._readable():
                    self._broken("the connection was closed while the request was sent", error)
                return False
        return True

    def _readable(self) -> bool:
        pending = getattr(self._socket, "pending", None)
        if pending and pending():
            return True
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    @contextmanager
    def within(self, times: int) -> Iterator[None]:
        """Limit the total time of reading within the block to ``times`` the read timeout. Raises Timeout."""
        self._patience = times * self._silence
        self._until = time.monotonic() + self._patience
        try:
            yield
        finally:
            self._patience = 0.0

    def _receive(self) -> bytes:
        if self._patience:
            left = self._until - time.monotonic()
            if left <= 0:
                self._slow()
            self._settimeout(min(self._silence, left))
        else:
            self._settimeout(self._silence)
        try:
            return self._socket.recv(CHUNK)
        except socket.timeout:
            if self._patience and time.monotonic() >= self._until:
                self._slow()
            self._silent("nothing arrived")
        except OSError as error:
            self._broken("the connection was closed while the answer was read", error)

    def _settimeout(self, seconds: float) -> None:
        try:
            self._socket.settimeout(seconds)
        except OSError as error:
            self._broken("the connection was closed while the answer was read", error)

    def _slow(self) -> NoReturn:
        self.close()
        raise Timeout(
            "The answer of %s was not complete within %g s" % (self._where, self._patience),
            "Check that it is a working engine. If the connection is only slow, increase timeout.",
        )

    def _silent(self, what: str) -> NoReturn:
        self.close()
        raise Timeout(
            "No data from %s for %g s: %s" % (self._where, self._silence, what),
            "Check that it is a working engine. If it is only slow, increase timeout.",
        )

    def _broken(self, what: str, error: OSError | None = None) -> NoReturn:
        explain = getattr(self._socket, "explain", None)
        known = explain(error) if explain and self._socket.fileno() >= 0 else None
        self.close()
        if known:
            raise known
        reason = " (%s)" % (error.strerror or error) if error else ""
        raise ConnectionBroken("Talking to %s failed: %s%s" % (self._where, what, reason), "Look at its log.")

    def nonsense(self, what: str) -> NoReturn:
        """Close after an answer that no engine would send. Raises TransportError."""
        self.close()
        raise TransportError("%s does not answer like an engine: %s" % (self._where, what), "Check docker_host.")

    def _fill(self) -> None:
        data = self._receive()
        if data:
            self._buffer += data
        elif self._buffer[:2] == b"\x15\x03":  # a TLS alert: the server took our plain text for a handshake
            self.close()
            raise TlsError(
                "%s requires TLS" % self._where, "Set validate_certs (or tls), and the certificates that it requires."
            )
        else:
            self._broken("the connection was closed before the answer was complete")

    def _line(self, limit: int = HEAD_LIMIT) -> bytes:
        while True:
            end = self._buffer.find(b"\n")
            if end > limit or end < 0 and len(self._buffer) > limit:
                self.nonsense("the headers of its answer are too long")
            if end >= 0:
                line = bytes(self._buffer[:end])
                del self._buffer[: end + 1]
                return line.rstrip(b"\r")
            self._fill()

    def _final(self) -> Tuple[bytes, int, Dict[str, str]]:
        """The head of the final answer."""
        for _interim in range(INTERIM_LIMIT):
            version, status, headers = self._answer()
            if not 100 <= status < 200 or status == 101:
                return version, status, headers
        self.nonsense("it sends only provisional answers")

    def _answer(self) -> Tuple[bytes, int, Dict[str, str]]:
        """Read one head: version, status and fields (RFC 9112, 4 and 5)."""
        line = self._line()
        words = line.split(None, 2)
        if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit() or len(words[1]) != 3:
            self.nonsense("it answered '%s'" % line[:80].decode("latin-1").encode("unicode_escape").decode())
        return words[0], int(words[1]), self._fields()

    def _fields(self) -> Dict[str, str]:
        fields: Dict[str, str] = {}
        name, left = "", HEAD_LIMIT
        for _line in range(FIELD_LIMIT):
            raw = self._line(left)
            left -= len(raw) + 1
            if not raw:
                return fields
            line = raw.decode("latin-1")
            if line[0] in " \t":  # the obsolete line folding of fields
                if name:
                    fields[name] += " " + line.strip()
                continue
            name, _colon, value = line.partition(":")
            name, value = name.strip().lower(), value.strip()
            fields[name] = "%s, %s" % (fields[name], value) if name in fields else value
        self.nonsense("the headers of its answer are too long")

    def _length(self, headers: Mapping[str, str]) -> int | str:
        """The body's length (RFC 9112, 6.3): in bytes, ``chunked``, or ``until closed``."""
        codings = _tokens(headers.get("transfer-encoding", ""))
        if codings == ["chunked"]:
            return "chunked"
        if codings:
            self.nonsense("a body with the encoding %r" % headers["transfer-encoding"][:80])
        if "content-length" not in headers:
            return "until closed"
        lengths = set(_tokens(headers["content-length"]))
        length = lengths.pop() if len(lengths) == 1 else ""
        if not (length.isascii() and length.isdigit() and len(length) <= DIGITS):
            self.nonsense("a body with the length %r" % headers["content-length"][:DIGITS])
        return int(length)

    def _finish(self, kept: bool) -> None:
        if kept:
            self.idle = True
        else:
            self.close()

    def _body(self, length: int | str, kept: bool) -> Iterator[bytes]:
        if isinstance(length, int):
            yield from self._exactly(length)
        elif length == "chunked":
            yield from self._chunked()
        else:
            yield from self._until_closed()
            kept = False
        self._finish(kept)

    def _exactly(self, length: int) -> Iterator[bytes]:
        while length:
            if not self._buffer:
                self._fill()
            piece = bytes(self._buffer[:length])
            del self._buffer[:length]
            length -= len(piece)
            yield piece

    def _chunked(self) -> Iterator[bytes]:
        while True:
            size = self._line().partition(b";")[0].strip()
            if not size or len(size) > 16 or not _HEX.issuperset(size):
                self.nonsense("a chunk with the size %r" % size[:20].decode("latin-1"))
            length = int(size, 16)
            if not length:
                self._fields()  # trailers are ignored
                return
            yield from self._exactly(length)
            if self._line():
                self.nonsense("a chunk that is longer than its size")

    def _until_closed(self) -> Iterator[bytes]:
        piece = bytes(self._buffer)
        self._buffer.clear()
        while True:
            if piece:
                yield piece
            piece = self._receive()
            if not piece:
                return


def _pieces(head: bytes, body: Body) -> Iterator[bytes]:
    if body is None or isinstance(body, bytes):
        yield head + (body or b"")
        return
    yield head
    for piece in body:
        if piece:
            yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def _tokens(value: str) -> list[str]:
    return [token.strip().lower() for token in value.split(",") if token.strip()]


def _keeps(version: bytes, headers: Mapping[str, str]) -> bool:
    """Whether the server keeps the connection open (RFC 9112, 9.3)."""
    wishes = _tokens(headers.get("connection", ""))
    if version == b"HTTP/1.0":
        return "keep-alive" in wishes
    return "close" not in wishes
