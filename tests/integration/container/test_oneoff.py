# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers that do their work and exit while the task waits (detach false)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import attach
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.dial import connect
from harness.driver import failed, promised, run_module, succeeded
from harness.image import BASE

WORK = ["sh", "-c", "echo out; sleep 0.2; echo err >&2; sleep 0.2; echo end"]
FAILURE = ["sh", "-c", "echo first; sleep 0.5; echo the disk is on fire >&2; exit 3"]
GONE = ({"cleanup": True}, {"auto_remove": True}, {"auto_remove": True, "cleanup": True})


@pytest.fixture
def job(module):
    """Runs a container ``job`` to its end."""
    return lambda **params: module(
        "container", **{"name": "job", "image": BASE, "command": WORK, "detach": False, "stop_timeout": 0, **params}
    )


@pytest.mark.parametrize("log_driver", ["json-file", "local", "none"])
@pytest.mark.parametrize("besides", [{}, *GONE], ids=lambda besides: "+".join(besides) or "stays")
def test_a_run(log_driver, besides, job, engine):
    """Check mode, a run, and another run; with output and exit code, regardless of auto_remove and log driver."""
    options = {"log_driver": log_driver, **besides}
    for _time in range(2):
        foretold, done = succeeded(job(check=True, **options)), succeeded(job(**options))
        assert promised(foretold) == promised(done)
        assert done["changed"]
        assert (done["status"], done["container"]["Output"]) == (0, "out\nerr\nend\n")
        assert done["container"]["Config"]["Cmd"] == WORK
        assert engine.names("container") == ([] if besides else ["job"])
    if not besides:
        assert engine.inspect("container", "job")["State"]["ExitCode"] == 0


def test_output_logs(job):
    """The streams are returned separately; with a terminal there is only one."""
    done = succeeded(job(output_logs=True))
    assert (done["stdout"], done["stderr"]) == ("out\nend\n", "err\n")
    assert "stdout" not in succeeded(job())
    terminal = succeeded(job(output_logs=True, tty=True))
    assert terminal["stdout"] == terminal["container"]["Output"] == "out\r\nerr\r\nend\r\n"
    assert "no effect without detach: false" in str(succeeded(job(output_logs=True, detach=True))["warnings"])


@pytest.mark.parametrize("besides", [{}, *GONE], ids=lambda besides: "+".join(besides) or "stays")
def test_a_failed_run(besides, job, engine):
    """The task fails with the exit code and the last lines. The container is kept, unless cleanup is set."""
    result = job(command=FAILURE, **besides)
    assert result["failed"]
    assert result["msg"] == (
        'The container job exited with exit code 3: "the disk is on fire". Look at container_output.'
    )
    assert (result["status"], result["changed"]) == (3, True)
    assert result["container_output"] == result["container"]["Output"] == "first\nthe disk is on fire\n"
    assert engine.names("container") == ([] if besides else ["job"])
    if not besides:
        assert engine.inspect("container", "job")["State"]["ExitCode"] == 3
        assert job()["status"] == 0


def test_a_container_that_cannot_start_is_removed(job, engine):
    """Its program does not exist."""
    assert "executable file not found" in failed(job(command="nothing-like-this"))
    assert engine.names("container") == []
    succeeded(job())
    before = engine.inspect("container", "job")["Id"]
    assert "executable file not found" in failed(job(command="nothing-like-this"))
    assert (engine.names("container"), engine.inspect("container", "job")["Id"]) == (["job"], before)


def test_anonymous_volumes_of_a_removed_container(job, engine):
    """They are kept or removed, as keep_volumes says."""
    succeeded(job(cleanup=True, volumes=["/data"]))
    assert len(engine.names("volume")) == 1
    succeeded(job(cleanup=True, volumes=["/data"], keep_volumes=False))
    assert len(engine.names("volume")) == 1


@pytest.mark.parametrize("besides", [{}, *GONE], ids=lambda besides: "+".join(besides) or "stays")
def test_a_run_with_other_options_replaces_the_last_one(besides, job, engine):
    """With the same name."""
    succeeded(job())
    before = engine.inspect("container", "job")["Id"]
    done = succeeded(job(user="65534", **besides))
    assert (done["status"], done["container"]["Output"], done["container"]["Name"]) == (0, "out\nerr\nend\n", "/job")
    assert engine.names("container") == ([] if besides else ["job"])
    if not besides:
        assert engine.inspect("container", "job")["Id"] != before
        assert engine.inspect("container", "job")["Config"]["User"] == "65534"


def test_a_running_container_is_waited_for(job, module, engine):
    """Without a change. It is replaced if the task requests it."""
    script = "echo begun; until test -e /go; do sleep 0.1; done; echo done; exit 4"
    identity = engine.docker("run", "--detach", "--name", "job", "--stop-timeout", "0", BASE, "sh", "-c", script)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(module, "container", name="job", detach=False)
        attached = quote('{"event": ["attach"], "container": ["%s"]}' % identity)
        deadline = time.monotonic() + 60
        while not engine.api("GET", "/events?since=0&until=%d&filters=%s" % (time.time() + 1, attached)):
            assert time.monotonic() < deadline
        engine.docker("exec", "job", "touch", "/go")
        result = running.result()
    assert (result["failed"], result["changed"], result["status"]) == (True, False, 4)
    assert result["container"]["Output"] == "begun\ndone\n"
    anew = module("container", name="job", detach=False)
    assert (anew["changed"], anew["status"], anew["container"]["Output"]) == (True, 4, "begun\ndone\n")


def test_a_run_is_repeated(module, engine):
    """A running container is stopped first."""
    script = "test -e /a || { touch /a; sleep 1000; }"
    engine.docker("run", "--detach", "--name", "job", "--stop-timeout", "0", BASE, "sh", "-c", script)
    engine.docker("exec", "job", "sh", "-c", "until test -e /a; do sleep 0.1; done")
    began = engine.inspect("container", "job")["State"]["StartedAt"]
    result = succeeded(module("container", name="job", detach=False, restart=True))
    assert [action.split(":")[0] for action in result["actions"]] == ["stop container job", "run container job"]
    assert result["status"] == 0
    assert engine.inspect("container", "job")["State"]["StartedAt"] != began


def test_several_attempts(job):
    """With the restart policy on-failure, the last attempt counts, and the output includes all of them."""
    script = "echo try; echo x >> /tries; test $(wc -l < /tries) -ge 3"
    policy = {"restart_policy": "on-failure", "restart_retries": 5}
    done = succeeded(job(command=["sh", "-c", script], **policy))
    assert (done["status"], done["container"]["Output"]) == (0, "try\n" * 3)
    result = job(command=["sh", "-c", "echo try; exit 5"], restart_policy="on-failure", restart_retries=2)
    assert (result["failed"], result["status"], result["container"]["Output"]) == (True, 5, "try\n" * 3)


def test_a_long_silence_is_not_the_end(engine, monkeypatch):
    """Longer than the timeout of the connection and the interval of checks."""
    monkeypatch.setattr(attach, "LOOK", 0.3)
    engine.docker("create", "--name", "job", BASE, "sh", "-c", "sleep 9; echo end; exit 7")
    ended = attach.run(Client(connect(parse(engine.host), 3)), "job")
    assert (ended.code, ended.output.text()) == (7, "end\n")


def test_long_output_is_truncated(job):
    """The end is kept, with a warning. With one stream, because an engine does not order two."""
    script = ["sh", "-c", "yes 0123456789abcde | head -c 9437184; echo; echo the end"]
    done = succeeded(job(command=script))
    assert 7 * 1024**2 < len(done["container"]["Output"]) <= 8 * 1024**2
    assert "the end\n" in done["container"]["Output"][-100:]
    assert "more than 8 MiB" in str(done["warnings"])


def test_over_tls(tls_engine, authority):
    """Output and exit code are the same."""
    mine = authority.issue("job")
    options = {
        "docker_host": "tcp://" + tls_engine.address,
        "validate_certs": True,
        "ca_path": str(mine / "ca.pem"),
        "client_cert": str(mine / "cert.pem"),
        "client_key": str(mine / "key.pem"),
        "detach": False,
        "auto_remove": True,
    }
    result = succeeded(run_module("container", {**options, "name": "job", "image": BASE, "command": "seq 100000"}))
    assert result["status"] == 0
    assert len(result["container"]["Output"].split()) == 100000
    assert tls_engine.names("container") == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"state": "healthy"}, "but state: healthy waits for its health"),
        ({"paused": True}, "a paused container does not exit"),
        ({"restart_policy": "always"}, "restart_policy: always restarts it each time"),
        (
            {"detach": True, "auto_remove": True, "restart_policy": "always"},
            "auto_remove cannot be used with restart_policy:",
        ),
    ],
)
def test_contradictory_options_are_rejected(options, message, job, engine):
    """With one sentence, and nothing is created."""
    assert message in failed(job(**options))
    assert engine.names("container") == []
