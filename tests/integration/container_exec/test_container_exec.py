# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running commands in real containers."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness.driver import failed, run_module, succeeded
from harness.image import BASE


@pytest.fixture
def execute(engine, module):
    """Runs a command in the container ``web``."""
    engine.docker("run", "--detach", "--name", "web", "--env", "OF=container", BASE, "sleep", "1000")
    return lambda **params: module("container_exec", **{"container": "web", **params})


@pytest.mark.parametrize(
    ("params", "rc", "stdout", "stderr"),
    [
        ({"argv": ["echo", "two  words", "$OF"]}, 0, "two  words $OF", ""),
        ({"command": "sh -c 'echo out; echo err >&2; exit 3'"}, 3, "out", "err"),
        ({"command": "sh -c 'echo $A-$B-$OF'", "env": {"A": 1, "B": "true"}}, 0, "1-true-container", ""),
        ({"command": "pwd", "chdir": "/bin"}, 0, "/bin", ""),
        ({"command": "sh -c 'echo $(id -u):$(id -g)'", "user": "7:8"}, 0, "7:8", ""),
        ({"command": "printf 'a\\n\\n'", "strip_empty_ends": False}, 0, "a\n\n", ""),
        ({"command": "cat", "stdin": "words"}, 0, "words", ""),
        ({"command": "cat", "stdin": "words", "stdin_add_newline": False, "strip_empty_ends": False}, 0, "words", ""),
        ({"command": "sh -c 'test -t 1 && echo terminal; echo also >&2'", "tty": True}, 0, "terminal\r\nalso", ""),
        ({"command": "true", "stdin": "nobody reads this " * 100000}, 0, "", ""),
        ({"command": "sh -c 'printf \\\\377'"}, 0, "\ufffd", ""),
    ],
)
def test_a_command(params, rc, stdout, stderr, execute):
    """Its output and its exit code, which does not fail the task."""
    result = succeeded(execute(**params))
    assert (result["rc"], result["stdout"], result["stderr"]) == (rc, stdout, stderr)
    assert result["changed"]
    assert result["exec_id"]


def test_large_input_and_output_at_the_same_time(execute):
    """Larger than any buffer."""
    text = "".join("%d\n" % number for number in range(700000))
    assert succeeded(execute(command="cat", stdin=text, stdin_add_newline=False))["stdout"] == text.rstrip("\n")


def test_privileged(execute, engine):
    """The command has all capabilities or few, or the kernel does not allow it."""
    few = succeeded(execute(command="grep CapEff /proc/self/status"))["stdout"].split()[1]
    many = succeeded(execute(command="grep CapEff /proc/self/status", privileged=True))
    if many["rc"]:
        with pytest.raises(AssertionError, match="docker exec --privileged"):
            engine.docker("exec", "--privileged", "web", "true")
        assert "unable to apply caps" in many["stdout"]
    else:
        assert int(few, 16) < int(many["stdout"].split()[1], 16)


def test_a_missing_program(execute):
    """The exit code is that of a shell."""
    result = succeeded(execute(argv=["nothing-like-this"]))
    assert result["rc"] in (126, 127)
    assert "nothing-like-this" in result["stdout"]


def test_detach(execute, engine):
    """The task does not wait for the end."""
    wait = "until test -e /go; do sleep 0.1; done; touch /done"
    result = succeeded(execute(argv=["sh", "-c", wait], detach=True))
    assert result["exec_id"]
    assert "stdout" not in result
    engine.docker("exec", "web", "touch", "/go")
    deadline = time.monotonic() + 20
    while "done" not in engine.docker("exec", "web", "ls", "/"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "stdin and command_timeout cannot be used with detach: true" in failed(
        execute(command="cat", stdin="a", detach=True)
    )


def test_command_timeout(execute):
    """The task fails."""
    result = execute(command="sleep 1000", command_timeout=1)
    assert "Could not run command sleep: the command did not exit within 1 s" in failed(result)
    assert "may still run" in result["msg"]


def test_check_mode_runs_nothing(execute, engine):
    """And predicts a change."""
    foretold = succeeded(execute(command="touch /trace", check=True))
    assert foretold["changed"]
    assert "stdout" not in foretold
    assert "trace" not in engine.docker("exec", "web", "ls", "/")
    assert foretold["actions"] == succeeded(execute(command="touch /trace"))["actions"]
    assert "trace" in engine.docker("exec", "web", "ls", "/")
    absent = succeeded(execute(command="true", container="absent", check=True))
    assert "There is no container absent" in str(absent["warnings"])


def test_secrets_are_not_shown(execute):
    """Neither variables nor input."""
    assert "canary" not in str(execute(command="true", env={"A": "canary-a"}, stdin="canary-b"))


@pytest.mark.parametrize(
    ("prepare", "params", "message"),
    [
        ((), {"container": "absent"}, "there is no container absent. Create and start it first"),
        (("stop", "--time", "0", "web"), {}, "the container web is not running. Start it first"),
        (("pause", "web"), {}, "the container web is paused. Unpause it first"),
        ((), {"user": "nobody-like-this"}, "nobody-like-this"),
        ((), {"command": "  "}, "command: there is no program to run in '  '"),
        ((), {"argv": []}, "argv: there is no program to run in []"),
        ((), {"argv": ["", "x"]}, "argv: there is no program to run in ['', 'x']"),
        ((), {"argv": ["echo", "a\0b"]}, "argv: it has a NUL character"),
        ((), {"env": {"A": "canary\0"}}, "env: it has a NUL character"),
        ((), {"chdir": "tmp"}, "chdir: 'tmp' is not an absolute path. Use a path that begins with a slash."),
        ((), {"command": "echo 'a"}, "command: No closing quotation"),
    ],
)
def test_invalid_commands_are_rejected(prepare, params, message, execute, engine):
    """With one sentence."""
    if prepare:
        engine.docker(*prepare)
    usual = {} if "argv" in params else {"command": "true"}
    result = execute(**{**usual, **params})
    assert message in (failed(result) if result["failed"] else result["stdout"])


def test_input_may_contain_any_byte(execute):
    """Also NUL."""
    assert execute(command="od -An -tx1", stdin="a\0b", stdin_add_newline=False)["stdout"].split() == ["61", "00", "62"]


def test_a_terminal_has_no_end_of_input(execute):
    """A program that reads to the end waits until command_timeout."""
    message = failed(execute(command="cat", stdin="a", tty=True, command_timeout=2))
    assert "2 s" in message, message


def test_a_restarting_container(engine, module):
    """The task fails with the reason."""
    engine.docker("run", "--detach", "--name", "loop", "--restart", "always", BASE, "false")
    deadline = time.monotonic() + 60
    # The engine waits longer before each restart, after six restarts for as many seconds.
    while (loop := engine.inspect("container", "loop"))["RestartCount"] < 6 or not loop["State"]["Restarting"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    result = module("container_exec", container="loop", command="true")
    # On a busy machine the container may start at this moment, and exit before the command is run in it.
    between = "has exited and is about to be restarted", "exited before the command was started"
    assert any("the container loop " + words in failed(result) for words in between)


def test_a_container_that_stops_during_the_command(execute, engine):
    """The exit code is returned, unless the container was removed before."""
    with ThreadPoolExecutor() as pool:
        running = pool.submit(execute, command="sleep 2000")
        deadline = time.monotonic() + 60
        while "sleep 2000" not in engine.docker("top", "web"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        engine.docker("rm", "--force", "web")
        result = running.result()
        assert result["rc"] == 137 or "the container web was removed before the command exited" in failed(result)


def test_over_tls(tls_engine, authority):
    """Output is the same. Input is rejected, because its end cannot be signalled."""
    mine = authority.issue("exec")
    tls_engine.docker("run", "--detach", "--name", "web", BASE, "sleep", "1000")
    options = {
        "docker_host": "tcp://" + tls_engine.address,
        "validate_certs": True,
        "ca_path": str(mine / "ca.pem"),
        "client_cert": str(mine / "cert.pem"),
        "client_key": str(mine / "key.pem"),
        "container": "web",
    }
    result = succeeded(run_module("container_exec", {**options, "command": "seq 100000"}))
    assert len(result["stdout"].split()) == 100000
    refused = run_module("container_exec", {**options, "command": "cat", "stdin": "a"})
    assert "stdin cannot be sent over TLS, where end of input cannot be signalled" in failed(refused)
    tls_engine.clean()
