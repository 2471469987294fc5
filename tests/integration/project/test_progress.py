# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a project are shown while the task runs: with each way to run it that has a live output."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import ansible_mitogen
import pytest
from harness.controller import GATE, gated, open_gate, play, running, shown, watch
from harness.driver import PYTHON
from harness.lab import run
from harness.playbook import command, run_playbook

TITLE = "project shop (localhost): "
SHARED = "-o ControlMaster=auto -o ControlPersist=2s"  # a connection that ends soon after the test
NOBODY = {"become": True, "become_user": "nobody", "become_method": "su", "become_flags": "-s /bin/sh"}
STRATEGIES = Path(ansible_mitogen.__file__).parent / "plugins" / "strategy"
STEPS = [
    "create volume gate: done in N s",
    "create container shop-init: done in N s",
    "run container shop-init: started",
    "run container shop-init: done in N s",
    "create container shop-web: done in N s",
    "start container shop-web: done in N s",
]


def steps(lines):
    """The steps among these lines; those that had a line when they began may or may not have had one."""
    found = [line.partition("): ")[2] for line in lines if line.startswith("project ")]
    return [text for text in found if not text.endswith(": started") or "run container" in text]


@pytest.mark.parametrize("more", [[], ["-vvv"]])
def test_steps_are_shown_while_the_task_runs(engine, tmp_path, more):
    """With the connection local. The result comes last."""
    lines = watch(engine, tmp_path, play(gated()), *more)
    assert steps(lines) == STEPS
    assert lines[-1].startswith("changed: [localhost]")
    assert all(line.startswith(TITLE) for line in lines[:-1])


@pytest.fixture
def everybody(engine):
    """The engine, which each user of this machine may use."""
    socket_file = Path(engine.socket)
    modes = {path: path.stat().st_mode & 0o777 for path in (socket_file, *list(socket_file.parents)[:2])}
    for path, mode in modes.items():
        path.chmod(mode | (0o666 if path == socket_file else 0o755))
    yield engine
    for path, mode in modes.items():
        path.chmod(mode)


@pytest.mark.parametrize("pipelining", ["false", "true"])
def test_with_become(everybody, tmp_path, pipelining):
    """The file belongs to another user, who is not root."""
    lines = watch(everybody, tmp_path, play(gated(), **NOBODY), environ={"ANSIBLE_PIPELINING": pipelining})
    assert steps(lines) == STEPS


def test_lines_name_their_hosts(engine, tmp_path):
    """With the strategy free, each host has its own pace."""
    projects = {host: gated(host) for host in ("one", "two")}
    options = {name: "{{ projects[inventory_hostname].%s }}" % name for name in projects["one"]}
    plays = play(options, "one:two", strategy="free", vars={"projects": projects})
    engine.docker("volume", "create", GATE)  # one for both
    with running(engine, tmp_path, command(tmp_path, plays, "-i", "one,two,")) as output:
        output.until(*("project %s (%s): run container %s-init: started" % (host, host, host) for host in projects))
        open_gate(engine, "one")
        lines = shown(output.rest())
    for host in projects:
        title = "project %s (%s): " % (host, host)
        own = steps([line for line in lines if line.startswith(title)])
        assert own == [text.replace("shop", host) for text in STEPS[1:]]


def test_a_single_task(engine, tmp_path):
    """``ansible -m``, without a playbook."""
    argv = ["ansible", "localhost", "-i", "localhost,", "-c", "local", "-e", "ansible_python_interpreter=" + PYTHON]
    argv += ["-m", "slipway.docker.project", "-a", json.dumps(gated())]
    with running(engine, tmp_path, argv) as output:
        output.until(TITLE + "run container shop-init: started")
        open_gate(engine)
        assert steps(shown(output.rest())) == STEPS


def test_events_of_ansible_runner(engine, tmp_path):
    """Each line is the output of an event, before that of the result."""
    (tmp_path / "project").mkdir()
    (tmp_path / "inventory").mkdir()
    (tmp_path / "env").mkdir()
    (tmp_path / "inventory" / "hosts").write_text(
        "localhost ansible_connection=local ansible_python_interpreter=%s\n" % PYTHON
    )
    (tmp_path / "project" / "site.json").write_text(json.dumps(play(gated())))
    argv = [sys.executable, "-m", "ansible_runner", "run", str(tmp_path), "-p", "site.json", "-i", "one"]
    with running(engine, tmp_path, argv, {"ANSIBLE_NOCOLOR": "", "ANSIBLE_FORCE_COLOR": "0"}) as output:
        output.until("run container shop-init: started")
        open_gate(engine)
        output.rest()
    files = (tmp_path / "artifacts" / "one" / "job_events").glob("[0-9]*.json")
    events = sorted((json.loads(file.read_text()) for file in files), key=lambda event: event["counter"])
    texts = {event["counter"]: event["stdout"] for event in events if TITLE in event["stdout"]}
    plain = [text[text.index(TITLE) :].partition("\x1b")[0] for text in texts.values()]
    assert steps(shown(plain)) == STEPS
    assert max(texts) < min(event["counter"] for event in events if event["event"] == "runner_on_ok")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The variables of a host with an ssh server, on this machine."""
    root = tmp_path_factory.mktemp("ssh")
    Path("/run/sshd").mkdir(exist_ok=True)  # where sshd expects it
    for key in ("host", "user"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", root / key)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (root / "known").write_text("[127.0.0.1]:%d %s" % (port, (root / "host.pub").read_text()))
    settings = {"HostKey": root / "host", "AuthorizedKeysFile": root / "user.pub", "StrictModes": "no"}
    settings.update(
        PidFile="none", ListenAddress="127.0.0.1", AuthenticationMethods="publickey", Subsystem="sftp internal-sftp"
    )
    (root / "config").write_text("".join("%s %s\n" % pair for pair in settings.items()))
    argv = ["setpriv", "--pdeathsig", "TERM", "/usr/sbin/sshd", "-D", "-e", "-f", str(root / "config"), "-p", str(port)]
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr
    while b"listening" not in process.stderr.readline():
        assert process.poll() is None, "sshd does not start"
    yield {
        "ansible_host": "127.0.0.1",
        "ansible_port": port,
        "ansible_connection": "ssh",
        "ansible_ssh_private_key_file": str(root / "user"),
        "ansible_ssh_common_args": "-F none -o UserKnownHostsFile=%s" % (root / "known"),
    }
    process.terminate()
    process.wait()
    process.stderr.close()


@pytest.mark.parametrize("pipelining", ["false", "true"])
@pytest.mark.parametrize("arguments", [SHARED, "-o ControlMaster=no"])
def test_with_ssh(engine, tmp_path, server, pipelining, arguments):
    """With and without pipelining and a shared connection."""
    plays = play({**gated(), "docker_host": engine.host}, vars=server)
    environ = {"ANSIBLE_PIPELINING": pipelining, "ANSIBLE_SSH_ARGS": arguments}
    assert steps(watch(engine, tmp_path, plays, environ=environ)) == STEPS


def test_with_ssh_and_become(everybody, tmp_path, server):
    """The file belongs to another user, and each command has to become that user."""
    plays = play({**gated(), "docker_host": everybody.host}, vars=server, **NOBODY)
    assert steps(watch(everybody, tmp_path, plays, environ={"ANSIBLE_SSH_ARGS": SHARED})) == STEPS


def test_mitogen_shows_the_steps_afterwards(engine, tmp_path):
    """If the verbosity asks for it: its connections cannot run two commands at once."""
    plays = play({**gated(), "containers": {"shop-web": {}}}, strategy="mitogen_linear")
    for arguments, lines in (
        (["-v"], ["create volume gate", "create container shop-web", "start container shop-web"]),
        ([], []),
    ):
        engine.clean()
        with running(
            engine, tmp_path, command(tmp_path, plays, *arguments), {"ANSIBLE_STRATEGY_PLUGINS": str(STRATEGIES)}
        ) as output:
            found = shown(output.rest())
        assert steps(found) == ["%s: done in N s" % line for line in lines], "\n".join(output.lines)
        assert found[-1].startswith("changed: ")


def test_a_play_turns_it_off(engine, tmp_path):
    """With the defaults of the module. Those of the action group apply, too."""
    options = {name: value for name, value in gated().items() if name == "volumes"}
    defaults = {"slipway.docker.project": {"progress": False}, "group/slipway.docker.docker": {"timeout": 50}}
    plays = play({"name": "shop", **options}, module_defaults=defaults)
    changed, _failed, printed = run_playbook(engine, tmp_path, plays, "-vvv")
    assert changed
    assert shown(printed.splitlines())[0].startswith("changed: ")
    assert '"timeout": 50' in printed


def test_an_asynchronous_task(engine, tmp_path):
    """Nobody waits for it."""
    plays = play({"name": "shop", "volumes": [GATE]})
    plays[0]["tasks"][0].update({"async": 60, "poll": 1})
    changed, _failed, printed = run_playbook(engine, tmp_path, plays)
    assert changed
    assert "project shop" not in printed
    assert GATE in engine.names("volume")


def test_the_file_of_a_killed_module_is_removed(engine, tmp_path):
    """And what it has done is shown."""
    with running(engine, tmp_path, command(tmp_path, play(gated()))) as output:
        output.until("run container shop-init: started")
        process, path = _writer(engine)
        assert path.stat().st_mode & 0o777 == 0o600
        os.kill(process, signal.SIGKILL)
        lines = shown(output.rest())
    assert lines[-1].startswith("fatal: [localhost]: FAILED!")
    assert not path.exists()


def _writer(engine):
    """The module that runs against this engine, and its progress file."""
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        process = link.parents[1]
        try:
            path, flags = link.readlink(), (process / "fdinfo" / link.name).read_text().split("flags:")[1].split()[0]
            environ = (process / "environ").read_bytes()
        except OSError:
            continue
        if path.name.startswith("slipway-project-") and flags.endswith("1") and engine.host.encode() in environ:
            return int(process.name), path
    raise AssertionError("no process writes a progress file")
