# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the requests to GlusterFS servers, with answers as recorded from version 10.3 in Debian 12."""

from __future__ import annotations

import importlib.util
import socket
import struct
import sys
import threading
from pathlib import Path
from typing import Callable, Iterator

import pytest

FILE = Path(__file__).parents[4] / "roles" / "storage" / "files" / "gluster.py"
SPEC = importlib.util.spec_from_file_location("storage_gluster", FILE)
assert SPEC and SPEC.loader
gluster = importlib.util.module_from_spec(SPEC)
sys.modules["storage_gluster"] = gluster
SPEC.loader.exec_module(gluster)

ACCEPTED = struct.pack(">6I", 1, 1, 0, 0, 0, 0)
VOLUME = """volume gv0-client-0
    type protocol/client
    option remote-subvolume /bricks/%s
    option remote-host 127.0.0.1
end-volume
"""
Answers = Callable[[int, bytes], bytes]


def volume_file(*bricks: str) -> bytes:
    """The answer for a volume with these bricks."""
    text = "".join(VOLUME % brick for brick in bricks).encode()
    return ACCEPTED + struct.pack(">ii", len(text), 0) + gluster.opaque(text) + gluster.opaque(b"")


def no_volume_file(code: int) -> bytes:
    """The answer for a volume that does not exist."""
    return ACCEPTED + struct.pack(">ii", -1, code) + gluster.opaque(b"") + gluster.opaque(b"")


def port(number: int) -> bytes:
    """The answer with the port of a brick; 0 if it is not running."""
    return ACCEPTED + struct.pack(">iiii", 0 if number else -1, 0, 0, number)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Answers], int]]:
    """Start a server that sends each answer in two fragments. The result is its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    number: int = listener.getsockname()[1]
    monkeypatch.setattr(gluster, "PORT", number)
    monkeypatch.setattr(gluster, "TLS", Path("/nonexistent"))

    def run(answers: Answers) -> None:
        while True:
            try:
                client = listener.accept()[0]
            except OSError:
                return
            with client:
                head = client.recv(4, socket.MSG_WAITALL)
                if len(head) < 4:  # the client only checked the port
                    continue
                request = client.recv(struct.unpack(">I", head)[0] & 0x7FFFFFFF, socket.MSG_WAITALL)
                answer = answers(struct.unpack(">I", request[12:16])[0], request[40:])
                for mark, part in ((0, answer[:7]), (1 << 31, answer[7:])):
                    client.sendall(struct.pack(">I", mark | len(part)) + part if answer else b"")

    def start(answers: Answers) -> int:
        threading.Thread(target=run, args=(answers,), daemon=True).start()
        return number

    yield start
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def test_a_volume_with_a_running_brick_can_be_mounted(serve: Callable[[Answers], int]) -> None:
    asked = []

    def answers(program: int, arguments: bytes) -> bytes:
        asked.append((program, arguments))
        return volume_file("a", "b") if program == 14398633 else port(0 if b"/bricks/a" in arguments else number)

    number = serve(answers)
    assert gluster.reason("127.0.0.1:/gv0/below", "defaults", 5) == ""
    assert [program for program, _arguments in asked] == [14398633, 34123456, 34123456]
    assert asked[0][1].startswith(b"\0\0\0\0\0\0\0\x03gv0\0")
    assert asked[2][1] == b"\0\0\0\x09/bricks/b\0\0\0"


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (no_volume_file(2), b"", "127.0.0.1: the volume gv0 does not exist"),
        (no_volume_file(0), b"", "127.0.0.1: the volume gv0 does not exist"),
        (no_volume_file(13), b"", "127.0.0.1: Permission denied"),
        (volume_file("a"), port(0), "check that it is started (127.0.0.1: the brick /bricks/a is not running"),
        (volume_file("a"), port(1), "port 1 of a brick cannot be reached: Connection refused"),
        (b"", b"", "the server closed the connection"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", "is not GlusterFS"),
        (struct.pack(">8I", 1, 1, 1, 0, 0, 0, 0, 0), b"", "does not allow this host"),
    ],
)
def test_the_reason_why_a_volume_cannot_be_mounted(
    serve: Callable[[Answers], int], first: bytes, second: bytes, says: str
) -> None:
    serve(lambda program, _arguments: first if program == 14398633 else second)
    assert says in gluster.reason("127.0.0.1:gv0", "defaults", 5)


def test_backup_servers_are_used(serve: Callable[[Answers], int]) -> None:
    number = serve(lambda program, _arguments: volume_file("a") if program == 14398633 else port(number))
    assert gluster.reason("127.0.0.2:/gv0", "ro,backup-volfile-servers=127.0.0.3:127.0.0.1,acl", 5) == ""
    assert gluster.reason("127.0.0.2:/gv0", "backupvolfile-server=127.0.0.1", 5) == ""
    found = gluster.reason("127.0.0.2:/gv0", "defaults", 5)
    assert found == "127.0.0.2: port %d cannot be reached: Connection refused" % number


def test_a_silent_server_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.MonkeyPatch.context() as patch:
        patch.setattr(gluster, "PORT", silent.getsockname()[1])
        assert "no answer within 1 s" in gluster.reason("127.0.0.1:/gv0", "defaults", 1)


def test_an_unknown_host_name_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "the host name cannot be resolved: " in gluster.reason("a..b:/gv0", "defaults", 1)

    def unknown(*_words: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert gluster.reason("a:/gv0", "defaults", 1) == "a: the host name cannot be resolved: Name or service not known"


def test_tls_servers_and_snapshots_are_not_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gluster, "TLS", tmp_path / "none")
    assert gluster.reason("127.0.0.2:/snaps/monday/gv0", "defaults", 1) == ""
    assert gluster.reason("127.0.0.2:/gv0", "defaults", 1) != ""
    monkeypatch.setattr(gluster, "TLS", tmp_path)
    assert gluster.reason("127.0.0.2:/gv0", "defaults", 1) == ""
