# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP against scripted sockets: what is sent, what an answer means, and when a connection may be used again."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from itertools import pairwise

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    ConnectionBroken,
    PermissionDenied,
    Timeout,
    TlsError,
    TransportError,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.http import CHUNK, Connection
from hypothesis import given
from hypothesis import strategies as st

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
HANG = b""  # as a step of a server: read the request, and say nothing


def read_request(sock):
    """One request off a socket: its head and its decoded body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(CHUNK)
        if not more:
            return None
        data += more
    head, _end, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:])
    if fields.get("transfer-encoding") == "chunked":
        while not body.endswith(b"0\r\n\r\n"):
            body += sock.recv(CHUNK)
    while len(body) < int(fields.get("content-length", 0)):
        body += sock.recv(CHUNK)
    return lines[0], fields, body


class Server:
    """Each dial gets the next conversation: answers to its requests in turn, and then the end."""

    def __init__(self, *conversations, keep=True):
        self.conversations = list(conversations)
        self.requests = []
        self.dialled = 0
        self.keep = keep

    def dial(self, timeout):
        """What Connection calls."""
        ours, theirs = socket.socketpair()
        steps = self.conversations[self.dialled]
        self.dialled += 1
        threading.Thread(target=self._talk, args=(theirs, steps), daemon=True).start()
        return ours

    def _talk(self, sock, steps):
        with sock, suppress(OSError):  # the client may leave before all is said
            if callable(steps):
                steps(sock)
                return
            for step in steps:
                self.requests.append(read_request(sock))
                sock.sendall(step)
            if self.keep:
                sock.recv(1)


def answered(*packets, method="GET", end=True, timeout=2.0):
    """The response to one request from a server that sends exactly these packets, one for each read."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for packet in packets:
        if packet:
            theirs.send(packet)
    if end:
        theirs.shutdown(socket.SHUT_WR)
    connection = Connection(lambda limit: ours, "there", timeout=timeout)
    response = connection.request(method, "/")
    response.keep_alive = theirs  # else it is closed too early
    return response


def split(data, cuts):
    """Bytes cut at these places."""
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def test_a_request_as_it_is_sent():
    """Request line, fields, and a body of known length."""
    server = Server([OK, OK])
    connection = Connection(server.dial, host="h:1", base="/base")
    assert connection.request("POST", "/a?b=c", {"X-Auth": "z"}, b"body").read() == b"ok"
    assert connection.request("GET", "/d").read() == b"ok"
    assert server.requests == [
        ("POST /base/a?b=c HTTP/1.1", {"host": "h:1", "x-auth": "z", "content-length": "4"}, b"body"),
        ("GET /base/d HTTP/1.1", {"host": "h:1"}, b""),
    ]


def test_a_post_without_a_body_says_so():
    """Some servers wait for it otherwise."""
    server = Server([EMPTY])
    Connection(server.dial).request("POST", "/")
    assert server.requests[0][1]["content-length"] == "0"


def test_a_streamed_body_is_chunked():
    """Empty pieces are left out: they would end it."""
    server = Server([OK])
    Connection(server.dial).request("PUT", "/", body=iter([b"ab", b"", b"c" * 17])).read()
    assert server.requests[0][2] == b"2\r\nab\r\n11\r\n" + b"c" * 17 + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    "target, headers", [("/a b", {}), ("/a\r\nX: y", {}), ("/", {"X": "a\r\nY: b"}), ("/", {"X": "a\nb"}), ("", {})]
)
def test_nothing_slips_into_a_head(target, headers):
    """Nobody writes a second request into a name."""
    server = Server()
    with pytest.raises(TransportError, match="may not hold"):
        Connection(server.dial).request("GET", target, headers)
    assert server.dialled == 0


@pytest.mark.parametrize(
    "raw, body",
    [
        (b"HTTP/1.1 200 OK\r\ncontent-LENGTH:3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200\nContent-Length: 3\n\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\r\n\r\nabc", b"abc"),
        (b"HTTP/1.0 200 OK\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2;x=y\r\nab\r\n01\r\nc\r\n0\r\nT: x\r\n\r\n", b"abc"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 X\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
    ],
)
def test_answers_cut_at_every_byte(raw, body):
    """All the ways to say the same, in whatever packets they arrive."""
    for cut in range(len(raw)):
        assert answered(*split(raw, [cut])).read() == body
    assert answered(*[bytes([byte]) for byte in raw]).read() == body


@given(
    st.lists(st.tuples(st.binary(min_size=1, max_size=40), st.sampled_from([b"", b";a=b", b' ; q="1;2"'])), max_size=6),
    st.lists(st.integers(0, 400), max_size=12),
    st.booleans(),
)
def test_chunks_survive_any_cut(chunks, cuts, upper):
    """What was put into chunks comes out, wherever the packets end."""
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for data, extension in chunks:
        size = b"%X" if upper else b"%04x"
        raw += size % len(data) + extension + b"\r\n" + data + b"\r\n"
    raw += b"0\r\n\r\n"
    assert answered(*split(raw, cuts)).read() == b"".join(data for data, _extension in chunks)


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=5))
def test_anything_at_all_is_an_answer_or_an_error_of_ours(raw, cuts):
    """No other exception, and no hang."""
    for prefix in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"):
        try:
            answered(*split(prefix + raw, cuts)).read()
        except TransportError:
            pass


@pytest.mark.parametrize(
    "raw, reason",
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "there does not answer like an engine: it answered 'SSH-2.0-OpenSSH_9.2'"),
        (b"\x00\xff\r\n", r"it answered '\\x00\\xff'"),
        (b"HTTP/2 200\r\n\r\n", "it answered 'HTTP/2 200'"),
        (b"HTTP/1.1 20 OK\r\n\r\n", "it answered 'HTTP/1.1 20 OK'"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "a body with the length '-1'"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\n", "a body with the length '3, 4'"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n", "a body with the length"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "a body with the encoding 'gzip, chunked'"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "a chunk with the size '-1'"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n", "a chunk with the size '0x1'"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1_0\r\n", "a chunk with the size '1_0'"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", "a chunk with the size ''"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "a chunk that is longer than its size"),
    ],
)
def test_what_is_not_http(raw, reason):
    """It is refused at once, with a look at it."""
    with pytest.raises(TransportError, match=reason):
        answered(raw).read()


@pytest.mark.parametrize("line", [b"X: y\r\n", b"x", b" folded\r\n"])
def test_a_head_without_end(line):
    """It does not fill the memory."""
    with pytest.raises(TransportError, match="the headers of its answer are too long"):
        Connection(Server([b"HTTP/1.1 200 OK\r\n" + line * 300000]).dial).request("GET", "/")


def test_a_tls_alert_is_recognised():
    """A TLS server that is addressed without TLS, and does not answer in HTTP as an engine would."""
    with pytest.raises(TlsError, match="there requires TLS. Set validate_certs"):
        answered(b"\x15\x03\x01\x00\x02\x02\x46")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 OK\r\nContent-Len",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    ],
)
def test_an_answer_that_ends_early_is_broken(raw):
    """Nobody takes half an answer for a whole one."""
    with pytest.raises(ConnectionBroken, match="the connection was closed before the answer was complete"):
        answered(raw).read()


def test_a_head_has_no_body():
    """Whatever its fields say."""
    assert answered(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", method="HEAD", end=False).read() == b""


def test_a_connection_is_kept():
    """One dial, many requests; an answer without a body need not be read."""
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
    nothing = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
    old = b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n"
    server = Server([OK, chunked, EMPTY, nothing, old, OK])
    connection = Connection(server.dial)
    assert connection.request("GET", "/").read() == b"ok"
    assert connection.request("GET", "/").read() == b"a"
    connection.request("DELETE", "/")
    connection.request("POST", "/")
    connection.request("GET", "/")
    assert connection.request("HEAD", "/").read() == b""
    assert server.dialled == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nConnection: Foo, Close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\noksurplus",
    ],
)
def test_a_connection_that_will_end_is_not_used_again(answer):
    """Not even if the server has not closed it yet: the next request might be lost."""
    server = Server([answer, OK], [OK])
    connection = Connection(server.dial)
    connection.request("GET", "/").read()
    assert connection.request("POST", "/").read() == b"ok"
    assert server.dialled == 2


@pytest.mark.parametrize("reads", [0, 1])
def test_leftovers_of_an_abandoned_answer_are_never_read(reads):
    """An answer that nobody read to its end costs its connection."""
    trap = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
    server = Server([trap, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrap"], [OK])
    connection = Connection(server.dial)
    abandoned = connection.request("GET", "/")
    for _read in range(reads):
        assert next(abandoned.chunks()) == b"a"
    assert connection.request("POST", "/").read() == b"ok"
    assert server.dialled == 2
    with pytest.raises(ConnectionBroken):
        abandoned.read()


def test_closing_an_old_answer_leaves_the_next_one_alone():
    """Whether it was read or not."""
    server = Server([OK, OK], [OK])
    connection = Connection(server.dial)
    first = connection.request("GET", "/")
    first.read()
    second = connection.request("GET", "/")
    first.close()
    assert second.read() == b"ok"
    third = connection.request("GET", "/")
    third.close()


def test_closing_an_answer_drops_its_connection():
    """The rest of a followed log would come for ever."""
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
    server = Server([endless], [OK])
    connection = Connection(server.dial)
    connection.request("GET", "/").close()
    assert connection.request("GET", "/").read() == b"ok"
    assert server.dialled == 2


def test_an_idle_connection_that_was_closed_is_dialled_anew():
    """Also for a request that must not be sent twice: it was not sent at all."""
    server = Server([OK], [OK], keep=False)
    connection = Connection(server.dial)
    connection.request("GET", "/").read()
    time.sleep(0.1)
    assert connection.request("POST", "/", body=b"x").read() == b"ok"


def breaks_on_the_second_request():
    """A server that closes a kept connection instead of answering."""
    return Server([OK, HANG], [OK], keep=False)


def test_a_get_on_a_connection_that_breaks_is_sent_again():
    """A server may close an idle connection at the very moment the request is sent."""
    server = breaks_on_the_second_request()
    connection = Connection(server.dial)
    connection.request("GET", "/").read()
    assert connection.request("GET", "/").read() == b"ok"
    assert server.dialled == 2


def test_a_post_on_a_connection_that_breaks_is_not_sent_again():
    """It may have been carried out."""
    server = breaks_on_the_second_request()
    connection = Connection(server.dial)
    connection.request("GET", "/").read()
    with pytest.raises(ConnectionBroken):
        connection.request("POST", "/")
    assert connection.request("POST", "/").read() == b"ok"
    assert len(server.requests) == 3


def test_a_first_request_is_sent_once():
    """A connection that breaks at once is no idle one."""
    server = Server([HANG], [OK], keep=False)
    with pytest.raises(ConnectionBroken):
        Connection(server.dial).request("GET", "/")
    assert server.dialled == 1


def endless_body():
    """More than any buffer holds."""
    for _piece in range(1000):
        yield b"x" * CHUNK


@pytest.mark.parametrize("body", [endless_body, lambda: b"x" * CHUNK * 1000])
def test_an_early_answer_to_an_upload_is_heard(body):
    """The server says no, and hangs up, before it has read the whole body."""

    def refuse(sock):
        sock.recv(10)
        sock.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!")

    server = Server(refuse, [OK])
    connection = Connection(server.dial)
    response = connection.request("PUT", "/", body=body())
    assert (response.status, response.read()) == (413, b"no!")
    assert connection.request("GET", "/").read() == b"ok", "the broken connection is not used again"


def test_an_early_answer_from_a_server_that_stops_reading_is_heard():
    """It keeps the connection open, but reads no more."""

    def refuse(sock):
        sock.recv(10)
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nno!")
        time.sleep(2)

    response = Connection(Server(refuse).dial, timeout=0.3).request("PUT", "/", body=endless_body())
    assert (response.status, response.read()) == (400, b"no!")


def test_an_upload_that_breaks_without_an_answer():
    """There is nothing to hear."""
    with pytest.raises(ConnectionBroken, match="Talking to there failed"):
        Connection(Server(lambda sock: sock.recv(10)).dial, "there").request("PUT", "/", body=endless_body())


def test_a_body_that_fails_to_be_made_costs_the_connection():
    """The other side waits for the rest of a chunked body; its own error comes through."""

    def failing():
        yield b"a"
        raise FileNotFoundError("gone")

    server = Server([OK, OK], [OK])
    connection = Connection(server.dial)
    connection.request("GET", "/").read()
    with pytest.raises(FileNotFoundError):
        connection.request("PUT", "/", body=failing())
    assert connection.request("GET", "/").read() == b"ok"
    assert server.dialled == 2


@pytest.mark.parametrize("raw", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no"])
def test_silence_has_a_limit(raw):
    """In the head as in the body; the message names the place, the time and the option."""
    with pytest.raises(Timeout, match="No data from there for 0.2 s: nothing arrived.*increase timeout"):
        answered(raw, end=False, timeout=0.2).read()


def test_a_server_that_never_reads_has_a_limit():
    """A body that nobody takes."""
    with pytest.raises(Timeout, match="it stopped reading the request"):
        Connection(Server(lambda sock: time.sleep(2)).dial, timeout=0.2).request("PUT", "/", body=endless_body())


def test_the_limit_is_for_silence_and_not_for_the_whole():
    """A long pull with progress goes on."""

    def slow(sock):
        read_request(sock)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n")
        for byte in b"abcdef":
            time.sleep(0.1)
            sock.sendall(bytes([byte]))

    assert Connection(Server(slow).dial, timeout=0.4).request("GET", "/").read() == b"abcdef"


def test_a_request_may_have_its_own_limit():
    """Stopping a container takes as long as the container is given; the next request has the usual limit again."""

    def slow(sock):
        read_request(sock)
        time.sleep(0.4)
        sock.sendall(EMPTY)
        read_request(sock)
        time.sleep(2)

    connection = Connection(Server(slow, [HANG]).dial, timeout=0.2)
    assert connection.request("POST", "/", timeout=5).status == 204
    with pytest.raises(Timeout):
        connection.request("POST", "/")


def test_an_upgrade_hands_over_the_socket_and_what_came_with_the_head():
    """Nothing of it leaks into the next request."""

    def hijack(sock):
        read_request(sock)
        sock.sendall(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly")
        sock.sendall(b"echo " + sock.recv(100))

    server = Server(hijack, [OK])
    connection = Connection(server.dial)
    response = connection.request("POST", "/", {"Connection": "Upgrade", "Upgrade": "tcp"})
    raw, early = response.upgraded()
    with raw:
        assert (response.status, early) == (101, b"early")
        assert connection.request("GET", "/").read() == b"ok"
        raw.sendall(b"hello")
        assert raw.recv(100) == b"echo hello"


class _Knowing(socket.socket):
    """A socket that knows why it broke, as that of ssh does."""

    def explain(self, error):
        """The other side's last words."""
        return PermissionDenied("the key was refused")


def test_a_socket_may_explain_itself():
    """Its reason is the error."""
    ours, theirs = socket.socketpair()
    theirs.close()
    with pytest.raises(PermissionDenied, match="the key was refused"):
        Connection(lambda limit: _Knowing(fileno=ours.detach())).request("GET", "/")
