# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of a task reaches the system log, nor does a secret reach the result: read off a log's own socket.

With the ansible-core of this environment; ``bin/test log`` has all supported ones, for which it makes environments.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from harness.payload import payloads, with_arguments

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "plugins" / "modules"
# The Python of each environment, by the version of its ansible-core; that of the tests has no version here.
CORES = {"": sys.executable}
if os.environ.get("SLIPWAY_CORES"):
    CORES |= {place.parents[1].name: str(place) for place in sorted((ROOT / ".cache" / "core").glob("*/bin/python"))}
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

    def run(self, program, python, journal=False):
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


@pytest.fixture(params=CORES, ids=["core-%s" % version if version else "core" for version in CORES])
def core(request):
    """The Python of an environment with a version of ansible-core, which is the target too."""
    return CORES[request.param]


def program(name, core, arguments):
    """What Ansible sends to a target for a task. All modules are built at once, for the price of one start of it."""
    names = sorted({"ansible.builtin.ping"} | {"slipway.docker." + noun for noun, _arguments in TASKS})
    sent = json.dumps({"ANSIBLE_MODULE_ARGS": arguments})
    return with_arguments(payloads(*names, python=core)[name], sent)


def test_every_module_is_tried():
    """All that run on a target: role_options is an action, of which nothing is sent."""
    names = {path.stem for path in MODULES.glob("*.py")} - {"role_options"}
    assert {name for name, _arguments in TASKS} == names


@pytest.mark.parametrize("journal", [False, True], ids=["syslog", "journal"])
def test_the_log_is_read(log, core, journal):
    """So that its silence means something: a module of Ansible's own is in it."""
    arguments = {"data": "pong", "_ansible_no_log": False}
    done = log.run(program("ansible.builtin.ping", core, arguments), core, journal)
    assert json.loads(done.stdout)["ping"] == "pong", done.stdout + done.stderr
    assert any("Invoked with data=pong" in line for line in log.lines())


@pytest.mark.parametrize(("check", "verbosity"), [(False, 0), (True, 4)], ids=["run-syslog", "check-journal"])
@pytest.mark.parametrize(("name", "arguments"), TASKS, ids=["%s-%d" % (task[0], at) for at, task in enumerate(TASKS)])
def test_a_task_tells_no_secret(log, core, name, arguments, check, verbosity):
    """Whatever the verbosity: not to the logs, and not in its result, its invocation and its warnings."""
    sent = {**arguments, "_ansible_check_mode": check, "_ansible_diff": True, "_ansible_verbosity": verbosity}
    sent |= {"_ansible_no_log": False, "_ansible_debug": True, "_ansible_inject_invocation": True}
    done = log.run(program("slipway.docker." + name, core, sent), core, journal=check)
    assert done.stdout, done.stderr
    assert "invocation" in json.loads(done.stdout)
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert log.lines() == []
