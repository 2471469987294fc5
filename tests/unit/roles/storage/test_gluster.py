# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role storage asks servers of GlusterFS; how real ones answer was seen in bookworm's 10.3."""

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
    """The answer with a volume of these bricks."""
    text = "".join(VOLUME % brick for brick in bricks).encode()
    return ACCEPTED + struct.pack(">ii", len(text), 0) + gluster.opaque(text) + gluster.opaque(b"")


def no_volume_file(code: int) -> bytes:
    """The answer that there is none."""
    return ACCEPTED + struct.pack(">ii", -1, code) + gluster.opaque(b"") + gluster.opaque(b"")


def port(number: int) -> bytes:
    """The answer at which port a brick is, or that it is at none."""
    return ACCEPTED + struct.pack(">iiii", 0 if number else -1, 0, 0, number)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Answers], int]]:
    """Have a server give these answers, in two fragments each; its port."""
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
                if len(head) < 4:  # it wanted only to know whether somebody listens
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


def test_a_volume_that_can_be_mounted_has_a_brick_that_listens(serve: Callable[[Answers], int]) -> None:
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
        (no_volume_file(2), b"", "127.0.0.1: it has no volume gv0"),
        (no_volume_file(0), b"", "127.0.0.1: it has no volume gv0"),
        (no_volume_file(13), b"", "127.0.0.1: Permission denied"),
        (volume_file("a"), port(0), "is it started? 127.0.0.1: the brick /bricks/a does not run there"),
        (volume_file("a"), port(1), "port 1 of a brick cannot be reached: Connection refused"),
        (b"", b"", "it ends the connection"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", "no server of GlusterFS"),
        (struct.pack(">8I", 1, 1, 1, 0, 0, 0, 0, 0), b"", "lets this host not in"),
    ],
)
def test_what_cannot_be_mounted_is_said(
    serve: Callable[[Answers], int], first: bytes, second: bytes, says: str
) -> None:
    serve(lambda program, _arguments: first if program == 14398633 else second)
    assert says in gluster.reason("127.0.0.1:gv0", "defaults", 5)


def test_another_server_will_do(serve: Callable[[Answers], int]) -> None:
    number = serve(lambda program, _arguments: volume_file("a") if program == 14398633 else port(number))
    assert gluster.reason("127.0.0.2:/gv0", "ro,backup-volfile-servers=127.0.0.3:127.0.0.1,acl", 5) == ""
    assert gluster.reason("127.0.0.2:/gv0", "backupvolfile-server=127.0.0.1", 5) == ""
    found = gluster.reason("127.0.0.2:/gv0", "defaults", 5)
    assert found == "127.0.0.2: port %d cannot be reached: Connection refused" % number


def test_a_server_that_says_nothing_is_not_waited_for_longer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.MonkeyPatch.context() as patch:
        patch.setattr(gluster, "PORT", silent.getsockname()[1])
        assert "no answer within 1 s" in gluster.reason("127.0.0.1:/gv0", "defaults", 1)


def test_a_name_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "its name cannot be resolved: " in gluster.reason("a..b:/gv0", "defaults", 1)

    def unknown(*_words: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert gluster.reason("a:/gv0", "defaults", 1) == "a: its name cannot be resolved: Name or service not known"


def test_certificates_and_snapshots_are_left_to_the_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gluster, "TLS", tmp_path / "none")
    assert gluster.reason("127.0.0.2:/snaps/monday/gv0", "defaults", 1) == ""
    assert gluster.reason("127.0.0.2:/gv0", "defaults", 1) != ""
    monkeypatch.setattr(gluster, "TLS", tmp_path)
    assert gluster.reason("127.0.0.2:/gv0", "defaults", 1) == ""
