# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine that follows a script: the expected calls, in order, with their answers.

    with Engine(
        Call("DELETE /containers/web?v=0&force=0"),
        refused("GET /containers/web/json", 404, "No such container: web"),
    ) as client:
        lifecycle.remove(client, "web")

``client`` is the real client with a scripted connection (``client.connection`` is the engine). A call that is not the
next one of the script fails the test, and so does a call of the script that was not made.
"""

from __future__ import annotations

import json
import socket
from types import TracebackType
from typing import Any, Iterable, Mapping, NamedTuple
from unittest.mock import ANY
from urllib.parse import unquote_plus

from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client

VERSION = "1.41"


class Call(NamedTuple):
    """An expected call.

    ``line`` has method, path (with its escapes) and query (without): ``GET /images/json?filters={"label": ["a b"]}``.
    ``answer`` is JSON; bytes, or a tuple of bytes for an answer that arrives in pieces; None for no body; a socket for
    an upgraded connection; an exception to raise; or a function that returns one of these. ``status`` 0 means the
    usual one. ``body`` is the expected body: JSON, bytes, or None for no body. A call with ``again`` may be made any
    number of times, but at least once.
    """

    line: str
    answer: Any = None
    status: int = 0
    headers: Mapping[str, str] = {}
    body: Any = ANY
    again: bool = False


def refused(line: str, status: int, said: str, again: bool = False) -> Call:
    """A call that the Engine answers with an error."""
    return Call(line, {"message": said}, status, again=again)


def hung_up() -> socket.socket:
    """An answer that upgrades the connection, which the Engine then closes at once."""
    near, far = socket.socketpair()
    far.close()
    return near


def container(name: str = "web", number: str = "c0ffee", **state: Any) -> dict[str, Any]:
    """A minimal result of inspect for a container that is running, unless ``state`` has other values."""
    running = {"Status": "running", "Running": True, "ExitCode": 0, "FinishedAt": "0001-01-01T00:00:00Z"}
    return {
        "Id": number,
        "Name": "/" + name,
        "Image": "sha256:1",
        "RestartCount": 0,
        "Config": {"Tty": False},
        "HostConfig": {"NetworkMode": "bridge"},
        "State": {**running, **state},
    }


class Request(NamedTuple):
    """A request that was made. ``body`` is the complete body; None if there was none."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None
    timeout: float | None

    @property
    def line(self) -> str:
        """The line, in the form of a Call."""
        path, mark, query = self.target.partition("?")
        return "%s %s%s%s" % (self.method, path, mark, unquote_plus(query))


class Answer:
    """Has the interface of Response. ``pieces`` is the body."""

    def __init__(
        self,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        pieces: Iterable[bytes] = (),
        upgrade: socket.socket | None = None,
    ) -> None:
        self.status, self.headers = status, headers or {}
        self._pieces, self._upgrade = iter(pieces), upgrade

    def read(self, limit: int = 0) -> bytes:
        """The rest of the body."""
        return b"".join(self._pieces)

    def chunks(self) -> Iterable[bytes]:
        """The rest of the body in pieces."""
        return self._pieces

    def close(self) -> None:
        """Nothing to close."""

    def upgraded(self) -> tuple[socket.socket, bytes]:
        """The socket, and the data that arrived with the answer."""
        assert self._upgrade is not None
        return self._upgrade, self.read()


class Transport:
    """Has the interface of Connection. Records requests and answers; subclasses implement ``answer``."""

    where = "there"

    def __init__(self, half_closes: bool = True) -> None:
        self.half_closes = half_closes
        self.requests: list[Request] = []
        self.answers: list[Answer] = []

    def answer(self, request: Request) -> Answer:
        """The answer to a request."""
        raise NotImplementedError

    def request(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """Record the request and answer it."""
        sent = body if body is None or isinstance(body, bytes) else b"".join(body)
        self.requests.append(Request(method, target, headers or {}, sent, timeout))
        self.answers.append(self.answer(self.requests[-1]))
        return self.answers[-1]

    def beside(self) -> Transport:
        """The same engine: the script has the calls of both connections in their order."""
        return self

    def close(self) -> None:
        """Nothing to close."""


class Engine(Transport):
    """Follows a script. With ``version`` "auto", the lines of the script include the version that a request has."""

    def __init__(self, *calls: Call, version: str = VERSION, half_closes: bool = True) -> None:
        super().__init__(half_closes)
        self.version = version
        self._left = list(calls)
        self._again: Call | None = None
        self._wrong = ""

    def __enter__(self) -> Client:
        return Client(self, self.version)  # type: ignore[arg-type]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._wrong and not isinstance(error, AssertionError):
            raise AssertionError(self._wrong) from error  # the tested code has caught the first one
        if error is None and self._left:
            self._fail("These calls were not made:", *(call.line for call in self._left))

    @property
    def lines(self) -> list[str]:
        """The calls that were made."""
        return [self._line(request) for request in self.requests]

    def _line(self, request: Request) -> str:
        method, _space, target = request.line.partition(" ")
        prefix = "" if self.version == "auto" else "/v%s" % self.version
        return "%s %s" % (
            method,
            target.removeprefix(prefix) if target.startswith(prefix) else "(no version) " + target,
        )

    def answer(self, request: Request) -> Answer:
        """The answer to the next call of the script."""
        call, line = self._again, self.lines[-1]
        if call is None or call.line != line:
            if not self._left or self._left[0].line != line:
                self._fail("An unexpected call:", line, "Expected:", *(call.line for call in self._left[:1]))
            call = self._left.pop(0)
            self._again = call if call.again else None
        self._compare(call, request.body)
        return _answer(call)

    def _compare(self, call: Call, sent: bytes | None) -> None:
        body = sent if sent is None or isinstance(call.body, bytes) or call.body is ANY else json.loads(sent)
        if call.body != body:
            self._fail("%s was sent:" % call.line, repr(body), "Expected:", repr(call.body))

    def _fail(self, *words: str) -> None:
        self._wrong = "\n  ".join([*words, "The calls so far:", *self.lines])
        raise AssertionError(self._wrong)


def _answer(call: Call) -> Answer:
    told, upgrade = call.answer() if callable(call.answer) else call.answer, None
    if isinstance(told, Exception):
        raise told
    pieces: tuple[bytes, ...] = ()
    if isinstance(told, socket.socket):
        upgrade = told
    elif isinstance(told, tuple):
        pieces = told
    elif told is not None:
        pieces = (told if isinstance(told, bytes) else json.dumps(told).encode(),)
    return Answer(call.status or (101 if upgrade else 200 if pieces else 204), call.headers, pieces, upgrade)
