# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands in containers, where the connection does not play along."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import execs
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.containers import Ref
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.streams import output
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    ConnectionBroken,
    InputError,
    NotFound,
    SlipwayError,
    Timeout,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_exec import CONTAINER_EXEC
from cases import complete

WEB = Ref("c0ffee", "web")


class Engine:
    """Stands for a client: the other end of the hijacked connection is ``far``."""

    def __init__(self, half_closes=True):
        self.connection = SimpleNamespace(half_closes=half_closes)
        self.near, self.far = socket.socketpair()
        self.calls = []

    def call(self, method, path, **_words):
        """Makes the command."""
        self.calls.append(path)
        return {"Id": "1"}

    def upgraded(self, path, **_words):
        """Starts it."""
        self.calls.append(path)
        return self.near, b""


def test_input_that_has_no_end_starts_nothing():
    """Not even an empty one."""
    engine = Engine(half_closes=False)
    with pytest.raises(InputError, match="stdin cannot be sent over TLS, where end of input cannot be signalled"):
        execs.run(engine, WEB, {"Cmd": ["cat"]}, b"", 0)
    assert engine.calls == []


def test_a_container_that_is_removed():
    """Takes the exit code of the command with it."""
    engine = Engine()
    engine.far.close()
    engine.get = Mock(side_effect=NotFound("no such exec", status=404))
    with pytest.raises(SlipwayError, match="the container web was removed before the command exited"):
        execs.run(engine, WEB, {"Cmd": ["sleep", "9"]}, None, 0)


ENDED_MEANWHILE = b"OCI runtime exec failed: exec failed: cannot exec in a stopped container: unknown\r\n"
OTHERWISE = b"OCI runtime exec failed: exec failed: unable to start container process: read init-p: EOF: unknown\r\n"
NO_PROGRAM = b'OCI runtime exec failed: exec: "x": executable file not found in $PATH: unknown\r\n'


@pytest.mark.parametrize(
    ("said", "runs", "rc"),
    [
        (ENDED_MEANWHILE, True, None),
        (OTHERWISE, False, None),
        (OTHERWISE, True, 126),
        (NO_PROGRAM, True, 126),
        (b"mine", False, 126),
    ],
)
def test_a_container_that_ends_at_the_start_of_a_command(said, runs, rc):
    """Is an error; the exit code is the command's own only where there was a command."""
    engine = Engine()
    engine.far.send(b"\1\0\0\0" + len(said).to_bytes(4, "big") + said)
    engine.far.close()
    answers = {
        "exec": {"Running": False, "ExitCode": 126},
        "containers": {"Id": WEB.id, "Name": "/web", "State": {"Running": runs}},
    }
    engine.get = lambda path, **_words: answers[path.split("/")[1]]
    if rc is None:
        with pytest.raises(SlipwayError, match="the container web exited before the command was started"):
            execs.run(engine, WEB, {"Cmd": ["x"]}, None, 0)
    else:
        assert execs.run(engine, WEB, {"Cmd": ["x"]}, None, 0)["rc"] == rc


@pytest.mark.parametrize("tty", [False, True])
@pytest.mark.parametrize("talks", [False, True])
def test_a_command_that_takes_too_long(tty, talks):
    """Also one whose output has ended: with a TTY that is so at the end of what it is told."""
    engine = Engine()
    if not talks:
        engine.far.close()
    engine.get = Mock(return_value={"Running": True, "ExitCode": None})
    with pytest.raises(Timeout, match="the command did not exit within 0.2 s"):
        execs.run(engine, WEB, {"Cmd": ["sleep", "9"], "Tty": tty}, b"a", 0.2)


def test_an_exit_code_is_no_failure():
    """As documented; Ansible takes it for one unless it is told."""
    told = CONTAINER_EXEC.outcome({}, [{"exec_id": "1", "rc": 3, "stdout": "", "stderr": ""}])
    assert told["failed"] is False
    assert told["rc"] == 3


def test_output_without_end():
    """Is not kept without end."""
    engine = Engine()
    engine.far.close()
    endless = (b"\1\0\0\0\0\x10\0\0" + b"x" * 2**20 for _piece in range(200))
    with pytest.raises(SlipwayError, match="it wrote more than 64 MiB"):
        output(endless)


def test_a_connection_that_breaks():
    """Is an error of ours. An end that still has something to read resets the connection."""
    engine = Engine()
    engine.near.send(b"unread")
    engine.far.close()
    with pytest.raises(ConnectionBroken, match="the connection was closed before the command exited"):
        execs.run(engine, WEB, {"Cmd": ["sleep", "9"]}, None, 0)
    assert engine.near.fileno() == -1


def test_input_with_any_bytes(monkeypatch):
    """Such as Ansible hands on from what a command wrote."""
    run = Mock(return_value={"exec_id": "1", "rc": 0, "stdout": b"", "stderr": b""})
    monkeypatch.setattr(execs, "run", run)
    params = complete(CONTAINER_EXEC, {"container": "web", "argv": ["cat"], "stdin": "caf\udce9"})
    step = CONTAINER_EXEC.plan(params, {"Id": "c0ffee", "Name": "/web", "State": {"Running": True}}).steps[0]
    step.call(None, *step.args)
    assert run.call_args.args[3] == b"caf\xe9\n"


@pytest.mark.parametrize("name", ["", "A=B"])
def test_names_that_no_variable_has(name):
    """The command would get another one than was declared."""
    params = complete(CONTAINER_EXEC, {"container": "web", "argv": ["env"], "env": {name: "secret"}})
    with pytest.raises(InputError, match="env: the name of a variable is empty or contains an equals sign") as caught:
        CONTAINER_EXEC.plan(params, None)
    assert "secret" not in str(caught.value)
