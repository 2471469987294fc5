# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of a task reaches the system log, nor does a secret reach the result: read off a log's own socket."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest
from harness.payload import payload, with_arguments

SECRET = "canary-4711"
NOWHERE = {"docker_host": "tcp://me:%s@127.0.0.1:1" % SECRET}
THERE = {"docker_host": "unix:///nonexistent/docker.sock"}
AWAY = {"timeout": 1}
# For each module, arguments with which it gets as far as it can without anything to talk to. A second set has an option
# that Ansible refuses, and one that does not exist.
TASKS = [
    ("container", {**THERE, "name": "a", "image": "b", "env": {"A": SECRET}, "command": "true"}),
    ("container", {**THERE, "name": "a", "env": {"A": SECRET}, "restart_retries": "many"}),
    ("container", {**THERE, "name": "a", "environment": {"A": SECRET}}),
    ("container_copy", {**THERE, "container": "a", "container_path": "/x", "content": SECRET}),
    ("container_exec", {**THERE, "container": "a", "argv": ["b"], "stdin": SECRET, "env": {"A": SECRET}}),
    ("container_exec", {**THERE, "container": "a", "argv": ["b"], "stdin": SECRET, "detach": "perhaps"}),
    ("container_info", {**NOWHERE, "name": "a"}),
    ("image", {**THERE, "name": "a", "source": "build", "build": {"path": "/", "args": {"A": SECRET}}}),
    ("image", {**THERE, "name": "a", "build": {"path": "/", "args": {"A": SECRET}, "rm": "perhaps"}}),
    ("image_info", {**NOWHERE, "name": ["a"]}),
    ("network", {**NOWHERE, "name": "a"}),
    ("network_info", {**NOWHERE, "name": "a"}),
    ("plugin", {**THERE, "plugin_name": "a", "plugin_options": {"A": SECRET}}),
    ("registry", {**THERE, "registry": "r.example", "username": "me", "password": SECRET}),
    ("registry_image", {**AWAY, "name": "127.0.0.1:1/a", "source": {"name": "127.0.0.1:1/b"}, "password": SECRET}),
    ("registry_image", {**AWAY, "name": "127.0.0.1:1/a", "source": "b", "password": SECRET}),
    ("registry_info", {**AWAY, "name": "127.0.0.1:1/a", "username": "me", "password": SECRET}),
    ("volume", {**NOWHERE, "volume_name": "a"}),
    ("volume_info", {**NOWHERE, "name": "a"}),
    ("volume", {"volume_name": "a", "docker_host": "ftp://me:%s@h" % SECRET}),
    ("volume", {"volume_name": "a", "docker_host": "me:%s@h" % SECRET}),
    ("volume", {"volume_name": "a", "docker_host": "tcp://me:x %s@h" % SECRET}),
]
# A /dev of its own, in which the log is our socket.
OWN_DEV = """
set -e
mkdir -p "$0/dev"
mount -t tmpfs none "$0/dev"
for name in null zero urandom random; do touch "$0/dev/$name"; mount --bind "/dev/$name" "$0/dev/$name"; done
touch "$0/dev/log"
mount --bind "$0/log" "$0/dev/log"
mount --move "$0/dev" /dev
exec "$@"
"""
# The library of systemd, on a host that runs it.
SYSTEMD = {
    "__init__": "",
    "daemon": "booted = lambda: True\n",
    "journal": """
import os, socket
def send(*words, **fields):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.sendto(repr((words, fields)).encode(), "/dev/log")
sendv = send
""",
}


class Log:
    """A system log that belongs to the programs that are run with it."""

    def __init__(self, place):
        self.place = place
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(place / "log"))
        self.socket.setblocking(False)
        (place / "systemd").mkdir()
        for name, text in SYSTEMD.items():
            (place / "systemd" / (name + ".py")).write_text(text)

    def run(self, program, journal=False, python=sys.executable):
        """Run a program of Python from its standard input; returns what it wrote."""
        return subprocess.run(
            ["unshare", "--mount", "sh", "-c", OWN_DEV, str(self.place), python, "-"],
            input=program,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
            | ({"PYTHONPATH": str(self.place)} if journal else {}),
        )

    def lines(self):
        """What was logged."""
        found = []
        while True:
            try:
                found.append(self.socket.recv(65536).decode())
            except BlockingIOError:
                return found


@pytest.fixture
def log(tmp_path):
    """A log of one test."""
    found = Log(tmp_path)
    yield found
    found.socket.close()


@pytest.mark.parametrize("journal", [False, True], ids=["syslog", "journal"])
def test_the_log_is_read(log, journal):
    """So that its silence means something: a module of Ansible's own is in it."""
    arguments = {"ANSIBLE_MODULE_ARGS": {"data": "pong", "_ansible_no_log": False}}
    done = log.run(with_arguments(payload("ansible.builtin.ping"), json.dumps(arguments)), journal)
    assert json.loads(done.stdout)["ping"] == "pong", done.stdout + done.stderr
    assert any("Invoked with data=pong" in line for line in log.lines())


@pytest.mark.parametrize("check", [False, True], ids=["run-syslog", "check-journal"])
@pytest.mark.parametrize(("name", "arguments"), TASKS, ids=["%s-%d" % (task[0], at) for at, task in enumerate(TASKS)])
def test_a_task_tells_no_secret(log, name, arguments, check):
    """Whatever the verbosity: not to the logs, and not in its result, its invocation and its warnings."""
    sent = {**arguments, "_ansible_check_mode": check, "_ansible_diff": True, "_ansible_verbosity": 4}
    sent |= {"_ansible_no_log": False, "_ansible_debug": True, "_ansible_inject_invocation": True}
    program = with_arguments(payload("slipway.docker." + name), json.dumps({"ANSIBLE_MODULE_ARGS": sent}))
    done = log.run(program, journal=check)
    assert done.stdout, done.stderr
    assert "invocation" in json.loads(done.stdout)
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert log.lines() == []
