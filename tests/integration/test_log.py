# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks write nothing to the system log and no secret to their results; verified with a private log socket.

With the ansible-core of this environment. ``bin/test log`` creates environments with all supported versions.
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
# The Python of each environment, by the version of its ansible-core; empty for the environment of the tests.
CORES = {"": sys.executable}
if os.environ.get("SLIPWAY_CORES"):
    CORES |= {place.parents[1].name: str(place) for place in sorted((ROOT / ".cache" / "core").glob("*/bin/python"))}
SECRET = "canary-4711"
NOWHERE = {"docker_host": "tcp://me:%s@127.0.0.1:1" % SECRET}
THERE = {"docker_host": "unix:///nonexistent/docker.sock"}
AWAY = {"timeout": 1}
# Arguments for each module, with which it gets as far as possible without an engine or a registry. Others have an
# option that Ansible rejects, or that does not exist.
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
    ("project", {**THERE, "name": "a", "containers": [{"name": "bb", "image": "b", "env": {"A": SECRET}}]}),
    ("project", {**THERE, "name": "a", "containers": {"bb": {"environment": {"A": SECRET}, "init": "perhaps"}}}),
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
# A private /dev, in which the log is our socket.
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
# The library of systemd, on a host with systemd.
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
    """A system log for the programs that are run with it."""

    def __init__(self, place):
        self.place = place
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(place / "log"))
        self.socket.setblocking(False)
        (place / "systemd").mkdir()
        for name, text in SYSTEMD.items():
            (place / "systemd" / (name + ".py")).write_text(text)

    def run(self, program, python, journal=False):
        """Run a Python program from standard input. Returns its output."""
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
        """The logged lines."""
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
    """The Python of an environment with a version of ansible-core; it is also the target."""
    return CORES[request.param]


def program(name, core, arguments):
    """The program that Ansible sends for a task. All are built at once, with one start of Ansible."""
    names = sorted({"ansible.builtin.ping"} | {"slipway.docker." + noun for noun, _arguments in TASKS})
    sent = json.dumps({"ANSIBLE_MODULE_ARGS": arguments})
    return with_arguments(payloads(*names, python=core)[name], sent)


def test_each_module_is_tested():
    """All that run on a target. The action role_options is never sent."""
    names = {path.stem for path in MODULES.glob("*.py")} - {"role_options"}
    assert {name for name, _arguments in TASKS} == names


@pytest.mark.parametrize("journal", [False, True], ids=["syslog", "journal"])
def test_the_log_is_captured(log, core, journal):
    """It contains an entry of one of Ansible's own modules."""
    arguments = {"data": "pong", "_ansible_no_log": False}
    done = log.run(program("ansible.builtin.ping", core, arguments), core, journal)
    assert json.loads(done.stdout)["ping"] == "pong", done.stdout + done.stderr
    assert any("Invoked with data=pong" in line for line in log.lines())


@pytest.mark.parametrize(("check", "verbosity"), [(False, 0), (True, 4)], ids=["run-syslog", "check-journal"])
@pytest.mark.parametrize(("name", "arguments"), TASKS, ids=["%s-%d" % (task[0], at) for at, task in enumerate(TASKS)])
def test_tasks_reveal_no_secrets(log, core, name, arguments, check, verbosity):
    """With any verbosity: neither in logs nor in results, invocations and warnings."""
    sent = {**arguments, "_ansible_check_mode": check, "_ansible_diff": True, "_ansible_verbosity": verbosity}
    sent |= {"_ansible_no_log": False, "_ansible_debug": True, "_ansible_inject_invocation": True}
    done = log.run(program("slipway.docker." + name, core, sent), core, journal=check)
    assert done.stdout, done.stderr
    assert "invocation" in json.loads(done.stdout)
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert log.lines() == []
