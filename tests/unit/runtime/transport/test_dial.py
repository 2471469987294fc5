# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ssh command is told to do, and what the rest of dialling comes to without a network."""

from __future__ import annotations

import shlex
import socket
import subprocess
import threading

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    ConnectionBroken,
    EngineMissing,
    TransportError,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport import ssh
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.dial import connect
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.trust import Trust


def remote(words):
    """The command that the other host's shell is given."""
    shell, dash_c, script = shlex.split(words[-1].replace("exec ", "", 1))
    assert (shell, dash_c) == ("sh", "-c")
    return script


def test_the_words_of_ssh():
    """User and port only where they are given, and the host never taken for an option."""
    words = ssh.command("h", 22, "me", "", 60)
    assert words[-3:-1] == ["--", "h"]
    assert "BatchMode=yes" in words
    assert "ConnectTimeout=60" in words
    assert words[words.index("-l") + 1] == "me"
    assert words[words.index("-p") + 1] == "22"
    bare = ssh.command("h", 0, "", "", 0.5)
    assert "ConnectTimeout=1" in bare
    assert "-l" not in bare
    assert "-p" not in bare


def test_the_docker_command_is_left_to_choose_its_engine():
    """Unless the address names a socket; the other ways need one."""
    assert "exec docker system dial-stdio;" in remote(ssh.command("h", 0, "", "", 60))
    assert "UNIX-CONNECT:/var/run/docker.sock;" in remote(ssh.command("h", 0, "", "", 60))
    named = remote(ssh.command("h", 0, "", "/it's here", 60))
    assert "docker --host %s system dial-stdio;" % shlex.quote("unix:///it's here") in named
    assert "UNIX-CONNECT:%s;" % shlex.quote("/it's here") in named


def test_the_relay_by_python(tmp_path):
    """Both ways, also after one side has said all it had to say."""
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()

        def answer():
            peer, _address = server.accept()
            with peer:
                heard = b""
                while data := peer.recv(1 << 16):
                    heard += data
                peer.sendall(heard[::-1])

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        sent = bytes(range(256)) * 4000
        done = subprocess.run(
            ["python3", "-c", ssh._RELAY, path], input=sent, capture_output=True, timeout=60, check=True
        )
        thread.join(60)
    assert done.stdout == sent[::-1]


def fake_ssh(monkeypatch, tmp_path, script):
    """An ssh command that does something else."""
    command = tmp_path / "ssh"
    command.write_text("#!/bin/sh\n" + script)
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


def test_what_ssh_said_last_is_the_reason(monkeypatch, tmp_path):
    """Not what a host greets with."""
    fake_ssh(monkeypatch, tmp_path, "echo Welcome >&2; echo 'the cable is cut.' >&2; echo >&2; exit 255")
    with pytest.raises(TransportError) as caught:
        connect(parse("ssh://me@h:22/s"), 5).request("GET", "/")
    assert str(caught.value) == (
        "The engine at ssh://me@h:22/s cannot be reached through ssh: the cable is cut. Run it by "
        "hand: ssh me@h:22 docker version."
    )


def test_ssh_that_says_nothing(monkeypatch, tmp_path):
    """There is a sentence all the same."""
    fake_ssh(monkeypatch, tmp_path, "exit 1")
    with pytest.raises(ConnectionBroken, match="The connection to ssh://h was closed, and ssh gave no reason"):
        connect(parse("ssh://h"), 5).request("GET", "/")


def test_ssh_is_ended_and_reaped(monkeypatch, tmp_path):
    """Also one that does not want to."""
    fake_ssh(monkeypatch, tmp_path, "exec sleep 60")
    link = ssh.dial("h", 0, "", "", "ssh://h", 5)
    assert link.process.poll() is None
    link.close()
    assert link.process.returncode is not None
    link.close()
    monkeypatch.setattr(ssh, "_PATIENCE", 0.2)
    fake_ssh(monkeypatch, tmp_path, "trap '' TERM; echo ready; while :; do sleep 1; done")
    link = ssh.dial("h", 0, "", "", "ssh://h", 5)
    assert link.recv(5) == b"ready"
    link.close()
    assert link.process.returncode == -9


def test_addresses_lead_to_connections():
    """Host and path of the address are those of each request."""
    connection = connect(parse("https://h:9/base"), 5, Trust())
    assert (connection.where, connection._host, connection._base) == ("tcp://h:9/base", "h:9", "/base")
    assert connect(parse("tcp://h"))._host == "h:2375"
    assert connect(parse("tcp://[::1]"), 5, Trust())._host == "[::1]:2376"
    with pytest.raises(EngineMissing):
        connect(parse("/nowhere/s")).request("GET", "/")


def test_a_path_that_is_too_long():
    """The kernel's limit is 107 bytes."""
    with pytest.raises(TransportError, match="Could not connect to unix:///xxx.*AF_UNIX path too long"):
        connect(parse("/" + "x" * 200)).request("GET", "/")
