# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections through a real ssh server in the engine's network, with generated keys."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from harness.driver import failed, run_module, succeeded
from harness.lab import run

# One server for each set of programs that the remote host may have.
PORTS = {"docker": 2201, "python3": 2202, "socat": 2203, "nothing": 2204}
SERVER = """
HostKey {root}/host_key
AuthorizedKeysFile {root}/authorized_keys
AuthenticationMethods publickey
PidFile none
StrictModes no
"""
CLIENT = """
Host *
  IdentityFile {root}/user_key
  IdentitiesOnly yes
  UserKnownHostsFile {root}/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
"""


class Host:
    """The machine of an engine with ssh servers. With ``environ``, a module's ssh uses the generated keys."""

    def __init__(self, engine, root):
        self.engine, self.root = engine, root
        Path("/run/sshd").mkdir(exist_ok=True)  # where sshd expects it
        for key in ("host_key", "user_key", "other_key"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", root / key)
        shutil.copy(root / "user_key.pub", root / "authorized_keys")
        public = (root / "host_key.pub").read_text()
        known = ["[%s]:%d %s" % (engine.address, port, public) for port in PORTS.values()]
        (root / "known_hosts").write_text("".join(known))
        self.client("")
        self.environ = {"PATH": "%s/bin:/usr/bin:/bin" % root}
        self.servers = [self._serve(having, port) for having, port in PORTS.items()]

    def client(self, settings):
        """Create an ssh command with additional settings."""
        (self.root / "config").write_text(settings + CLIENT.format(root=self.root))
        (self.root / "bin").mkdir(exist_ok=True)
        command = self.root / "bin" / "ssh"
        command.write_text('#!/bin/sh\nexec /usr/bin/ssh -F %s/config "$@"\n' % self.root)
        command.chmod(0o755)

    def _serve(self, having, port):
        programs = self.root / ("having-" + having)
        programs.mkdir()
        for program in {"sh", having} - {"nothing"}:
            found = shutil.which(program, path="/usr/bin:/bin:/usr/local/bin")
            if found:
                (programs / program).symlink_to(found)
        config = self.root / ("sshd-" + having)
        config.write_text(
            SERVER.format(root=self.root)
            + "SetEnv PATH=%s HOME=%s DOCKER_HOST=%s\n" % (programs, programs, self.engine.host)
        )
        words = ["setpriv", "--pdeathsig", "TERM", *self.engine.enter()]
        words += ["/usr/sbin/sshd", "-D", "-e", "-f", str(config), "-p", str(port)]
        server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 20
        while b"listening" not in server.stderr.readline():
            assert server.poll() is None and time.monotonic() < deadline, "sshd does not start"
        return server

    def close(self):
        """Stop the servers."""
        for server in self.servers:
            server.terminate()
            server.wait()
            server.stderr.close()

    def address(self, having="docker", user="root", path=None):
        """The docker_host for the server whose host has these programs."""
        return "ssh://%s@%s:%d%s" % (user, self.engine.address, PORTS[having], path or self.engine.socket)

    def module(self, module="volume_info", **params):
        """Run a module through ssh."""
        return run_module(module, {"docker_host": self.address(), "name": "xy", **params}, environ=self.environ)

    def refusal(self, **params):
        """The error of a module that cannot connect to the engine."""
        return failed(self.module(**params))


@pytest.fixture(scope="module")
def host(shared_engine, tmp_path_factory):
    """The machine of the shared engine with ssh servers."""
    there = Host(shared_engine, tmp_path_factory.mktemp("ssh"))
    yield there
    there.close()


def ssh_processes(host):
    """The ssh processes that a module has left running."""
    return run("pgrep", "-f", "ssh -F %s/config" % host.root, check=False)


@pytest.mark.parametrize("having", ["docker", "python3", "socat"])
def test_the_engine_is_reached_with_the_programs_of_the_remote_host(host, engine, having):
    """Its docker command, or a relay. No process is left running."""
    result = succeeded(host.module("volume", docker_host=host.address(having), name="by-ssh"))
    assert result["changed"]
    assert engine.names("volume") == ["by-ssh"]
    assert not succeeded(host.module("volume", docker_host=host.address(having), name="by-ssh"))["changed"]
    assert ssh_processes(host) == ""


def test_an_address_without_a_path(host):
    """The remote docker command selects the engine, here by its DOCKER_HOST."""
    succeeded(host.module(docker_host=host.address(path="/")))


def test_an_alias_of_the_ssh_configuration(host, engine):
    """With its name, user and port, and in its spelling."""
    host.client("Host MyEngine\n HostName %s\n Port %d\n User root\n" % (engine.address, PORTS["docker"]))
    succeeded(host.module(docker_host="ssh://MyEngine" + engine.socket))
    host.client("")


def test_a_large_answer(host, engine):
    """Larger than all buffers."""
    labels = {"big": "x" * 3_000_000}
    engine.api("POST", "/volumes/create", {"Name": "big", "Labels": labels})
    for having in ("docker", "python3"):
        result = succeeded(host.module(docker_host=host.address(having), name="big"))
        assert result["volume"]["Labels"] == labels


def test_a_remote_host_without_a_program_for_the_connection(host):
    """The error says what to install."""
    message = host.refusal(docker_host=host.address("nothing"))
    assert "there is neither docker nor python3 nor socat on the other host. Install the Docker CLI there" in message


@pytest.mark.parametrize("having", ["docker", "python3", "socat"])
def test_a_missing_remote_engine(host, having):
    """The socket does not exist. Check mode assumes that an earlier task installs the engine."""
    where = host.address(having, path="/nowhere.sock")
    message = host.refusal(docker_host=where)
    assert "The engine at %s cannot be reached through ssh: " % where in message
    assert message.endswith("Install and start the engine there, or set the path of its socket: ssh://HOST/PATH.")
    foreseen = succeeded(run_module("volume", {"docker_host": where, "name": "xy"}, check=True, environ=host.environ))
    assert foreseen["changed"]


@pytest.mark.parametrize("having", ["docker", "python3", "socat"])
def test_a_stopped_remote_engine(host, having, tmp_path):
    """Its socket still exists."""
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(tmp_path / "stale.sock"))
    message = host.refusal(docker_host=host.address(having, path="%s/stale.sock" % tmp_path))
    assert message.endswith("Start the engine there.")


def test_a_rejected_key(host):
    """No password is requested, and the error says where to add a key."""
    usual = (host.root / "authorized_keys").read_text()
    shutil.copy(host.root / "other_key.pub", host.root / "authorized_keys")
    message = host.refusal()
    (host.root / "authorized_keys").write_text(usual)
    assert (
        "Permission denied (publickey). Give the user that the task runs as a key that the host accepts, "
        "in an agent or ~/.ssh/config. ssh cannot prompt"
    ) in message


def test_an_unknown_host_key(host):
    """It is not accepted silently."""
    host.client("Host *\n UserKnownHostsFile /dev/null\n")
    message = host.refusal()
    host.client("")
    assert (
        "Host key verification failed. Check the host key, and add it to the known_hosts file of the user "
        "that the task runs as"
    ) in message


def test_a_missing_ssh_server(host):
    """A refused connection, and an unknown host name."""
    message = host.refusal(docker_host="ssh://root@%s:9" % host.engine.address)
    assert "Connection refused. Start the ssh server there, or correct docker_host." in message
    message = host.refusal(docker_host="ssh://engine.invalid")
    assert "Could not resolve hostname engine.invalid" in message


def test_a_silent_remote_engine(host, tmp_path):
    """After the timeout, ssh is ended."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "silent.sock"))
        silent.listen()
        where = host.address("python3", path="%s/silent.sock" % tmp_path)
        began = time.monotonic()
        message = host.refusal(docker_host=where, timeout=2)
    assert time.monotonic() - began < 12
    assert "No data from %s for 2 s" % where in message
    assert ssh_processes(host) == ""


def test_a_missing_ssh_command(host, tmp_path):
    """The error says what to install."""
    (tmp_path / "python3").symlink_to("/usr/bin/python3")
    result = run_module(
        "volume_info",
        {"docker_host": host.address(), "name": "xy"},
        environ={"PATH": str(tmp_path)},
        python="/usr/bin/python3",
    )
    assert "The ssh command cannot be run (No such file or directory). Install openssh-client." in failed(result)
