# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the check whether a port is free."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

LISTENER = Path(__file__).parents[4] / "roles" / "ports" / "files" / "listener.py"
HERE = os.path.realpath("/proc/self/exe")


def seen(address: str, port: int, *command: str) -> str:
    """The output for a service with this command."""
    argv = [sys.executable, str(LISTENER), address, str(port), *(command or ["/usr/bin/docker-registry"])]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("listens", "wanted", "taken"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "0.0.0.0", True),
        ("0.0.0.0", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("::1", "::1", True),
        ("::1", "127.0.0.1", False),
    ],
)
def test_a_program_that_uses_the_port_is_named(listens: str, wanted: str, taken: bool) -> None:
    with socket.socket(socket.AF_INET6 if ":" in listens else socket.AF_INET) as server:
        server.bind((listens, 0))
        server.listen()
        port = server.getsockname()[1]
        assert seen(wanted, port) == ("%s (process %d)" % (HERE, os.getpid()) if taken else "")
        assert seen(wanted, port, HERE) == ""
        assert seen(wanted, port, "/bin/registry:" + HERE) == ""


def test_a_connection_does_not_occupy_a_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        peer, _address = server.accept()
        with client, peer:
            assert seen("127.0.0.1", client.getsockname()[1]) == ""


def test_a_free_port_results_in_no_output() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert seen("127.0.0.1", port) == ""


def test_processes_of_the_same_program_are_distinguished_by_arguments() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        own = Path("/proc/self/cmdline").read_text().split("\0")[1]
        assert seen("127.0.0.1", port, HERE, own) == ""
        assert seen("127.0.0.1", port, HERE, "/etc/another/config.yml") == "%s (process %d)" % (HERE, os.getpid())
