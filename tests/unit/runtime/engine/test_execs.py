# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands in containers, where the connection does not play along."""

from __future__ import annotations

import socket
from unittest.mock import Mock

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import execs
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.containers import Ref
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.streams import output
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    ConnectionBroken,
    InputError,
    SlipwayError,
    Timeout,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_exec import CONTAINER_EXEC
from cases import complete
from scripted import Call, Engine, container, refused

WEB = Ref("c0ffee", "web")
STATE = "GET /exec/1/json"


def started(near):
    """The calls that start a command, whose output comes from a socket."""
    return [Call("POST /containers/c0ffee/exec", {"Id": "1"}), Call("POST /exec/1/start", near)]


def test_input_that_has_no_end_starts_nothing():
    """Not even an empty one."""
    with (
        Engine(half_closes=False) as client,
        pytest.raises(InputError, match="stdin cannot be sent over TLS, where end of input cannot be signalled"),
    ):
        execs.run(client, WEB, {"Cmd": ["cat"]}, b"", 0)


def test_a_container_that_is_removed():
    """Takes the exit code of the command with it."""
    near, far = socket.socketpair()
    far.close()
    with (
        Engine(*started(near), refused(STATE, 404, "no such exec")) as client,
        pytest.raises(SlipwayError, match="the container web was removed before the command exited"),
    ):
        execs.run(client, WEB, {"Cmd": ["sleep", "9"]}, None, 0)


ENDED_MEANWHILE = b"OCI runtime exec failed: exec failed: cannot exec in a stopped container: unknown\r\n"
OTHERWISE = b"OCI runtime exec failed: exec failed: unable to start container process: read init-p: EOF: unknown\r\n"
NO_PROGRAM = b'OCI runtime exec failed: exec: "x": executable file not found in $PATH: unknown\r\n'


@pytest.mark.parametrize(
    ("said", "runs", "rc"),
    [
        (ENDED_MEANWHILE, None, None),
        (OTHERWISE, False, None),
        (OTHERWISE, True, 126),
        (NO_PROGRAM, True, 126),
        (b"mine", None, 126),
    ],
)
def test_a_container_that_ends_at_the_start_of_a_command(said, runs, rc):
    """Is an error; the exit code is the command's own only where there was a command.

    The container is looked at (``runs``) only where the output leaves it open.
    """
    near, far = socket.socketpair()
    far.send(b"\1\0\0\0" + len(said).to_bytes(4, "big") + said)
    far.close()
    calls = [*started(near), Call(STATE, {"Running": False, "ExitCode": 126})]
    if runs is not None:
        calls.append(Call("GET /containers/c0ffee/json", container(Running=runs)))
    with Engine(*calls) as client:
        if rc is None:
            with pytest.raises(SlipwayError, match="the container web exited before the command was started"):
                execs.run(client, WEB, {"Cmd": ["x"]}, None, 0)
        else:
            assert execs.run(client, WEB, {"Cmd": ["x"]}, None, 0)["rc"] == rc


@pytest.mark.parametrize("tty", [False, True])
@pytest.mark.parametrize("talks", [False, True])
def test_a_command_that_takes_too_long(tty, talks):
    """Also one whose output has ended: with a TTY that is so at the end of what it is told."""
    near, far = socket.socketpair()
    calls = started(near)
    if not talks:
        far.close()
        calls.append(Call(STATE, {"Running": True, "ExitCode": None}, again=True))
    with Engine(*calls) as client, pytest.raises(Timeout, match="the command did not exit within 0.2 s"):
        execs.run(client, WEB, {"Cmd": ["sleep", "9"], "Tty": tty}, b"a", 0.2)


@pytest.mark.parametrize("state", [{"Running": True}, {"Running": False}, {"Running": False, "ExitCode": None}])
def test_an_exit_code_that_is_not_known_yet(state):
    """Output may end before the command does."""
    near, far = socket.socketpair()
    far.close()
    with Engine(*started(near), Call(STATE, state), Call(STATE, {"Running": False, "ExitCode": 3})) as client:
        assert execs.run(client, WEB, {"Cmd": ["x"]}, None, 0)["rc"] == 3


def test_an_exit_code_is_no_failure():
    """As documented; Ansible takes it for one unless it is told."""
    told = CONTAINER_EXEC.outcome({}, [{"exec_id": "1", "rc": 3, "stdout": "", "stderr": ""}])
    assert told["failed"] is False
    assert told["rc"] == 3


def test_output_without_end():
    """Is not kept without end."""
    endless = (b"\1\0\0\0\0\x10\0\0" + b"x" * 2**20 for _piece in range(200))
    with pytest.raises(SlipwayError, match="it wrote more than 64 MiB"):
        output(endless)


def test_a_connection_that_breaks():
    """Is an error of ours. An end that still has something to read resets the connection."""
    near, far = socket.socketpair()
    near.send(b"unread")
    far.close()
    with (
        Engine(*started(near)) as client,
        pytest.raises(ConnectionBroken, match="the connection was closed before the command exited"),
    ):
        execs.run(client, WEB, {"Cmd": ["sleep", "9"]}, None, 0)
    assert near.fileno() == -1


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
