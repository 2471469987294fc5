# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers without end, and those that come a few bytes at a time."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import Timeout, TransportError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.http import Connection


class Server:
    """Sends a head and then one piece after the other, as long as somebody listens."""

    def __init__(self, head, piece, pause):
        self.head, self.piece, self.pause = head, piece, pause

    def dial(self, timeout):
        """What Connection calls."""
        ours, theirs = socket.socketpair()
        threading.Thread(target=self._talk, args=(theirs,), daemon=True).start()
        return ours

    def _talk(self, sock):
        with sock, suppress(OSError):
            sock.recv(65536)
            sock.sendall(self.head)
            while True:
                sock.sendall(self.piece)
                time.sleep(self.pause)


def trickle(head, piece=b"x"):
    """A few bytes at a time."""
    return Server(head, piece, 0.02)


def flood(head, piece):
    """Without a pause."""
    return Server(head, piece, 0)


@pytest.mark.parametrize(
    ("server", "times"),
    [
        (trickle(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"), 2),
        (trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"), 10),
        (trickle(b"HTTP/1.1 200 OK\r\n\r\n"), 10),
        (trickle(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), 10),
        (trickle(b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\nff;"), 10),
    ],
)
def test_an_answer_that_trickles_ends_in_time(server, times):
    """Although no silence is longer than the limit."""
    connection, began = Connection(server.dial, "there", timeout=0.1), time.monotonic()
    with pytest.raises(Timeout, match="The answer of there was not complete within %g s" % (0.1 * times)):
        connection.request("GET", "/").read()
    assert 0.1 * times * 0.9 < time.monotonic() - began < 0.1 * times + 2


def test_a_stream_may_trickle():
    """A pull is over when it is over."""
    chunks = Connection(trickle(b"HTTP/1.1 200 OK\r\n\r\n").dial, timeout=0.1).request("POST", "/").chunks()
    began = time.monotonic()
    while time.monotonic() - began < 1.2:
        assert next(chunks).strip(b"x") == b""


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536), "an answer of more than 67108864 bytes"),
        (flood(b"", b"x" * 65536), "the headers of its answer are too long"),
        (flood(b"HTTP/1.1 200 OK\r\n", b"a:\r\n" * 1000), "the headers of its answer are too long"),
        (flood(b"HTTP/1.1 200 OK\r\n", b" a\r\n" * 1000), "the headers of its answer are too long"),
        (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "it sends only provisional answers"),
        (
            flood(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"f" * 65536),
            "the headers of its answer are too long",
        ),
        (flood(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", b"x"), "a body with the length"),
        (
            flood(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + b"y" * 5000 + b"\r\n\r\n", b"x"),
            "a body with the encoding",
        ),
    ],
)
def test_an_answer_without_end(server, said):
    """Is given up, with a sentence that is no longer than people read."""
    with pytest.raises(TransportError, match=said) as told:
        Connection(server.dial, "there", timeout=5).request("GET", "/").read()
    assert len(str(told.value)) < 300
