# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers that do not start: what is rolled back, and what the error says about the current state."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import StepError
from harness.driver import wait_for
from harness.image import BASE

from .in_process import converge, converge_twice

TASK = {"name": "web", "image": BASE, "command": "sleep 1000", "stop_timeout": 0}
SICK = {"healthcheck": {"test": "echo sick; false", "interval": "100ms", "retries": 1}}
ADVICE = "For a container that does its work and exits, set detach: false."


@pytest.fixture
def web(engine):
    """Whether the container ``web`` is running, and its ID; None if it does not exist."""

    def web():
        if "web" not in engine.names("container"):
            return None
        shown = engine.inspect("container", "web")
        return shown["Id"], shown["State"]["Running"]

    return web


def refused(engine, **task):
    """The error of a task, which has one line."""
    with pytest.raises(StepError) as caught:
        converge(engine, **task)
    assert "slipway-new" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("command", "cause"),
    [
        (["sh", "-c", "echo no such table; exit 3"], 'exit code 3 right after its start: "no such table".'),
        (["sh", "-c", "echo bye"], 'exit code 0 right after its start: "bye". ' + ADVICE),
    ],
)
def test_a_successor_that_exits_at_once_fails(command, cause, engine, web):
    """With any exit code, unless the task waits for its end."""
    converge(engine, **TASK)
    before = web()
    error = refused(engine, **{**TASK, "command": command})
    assert str(error).startswith("Waiting failed for the new container web: it exited with " + cause)
    assert str(error).endswith("The steps before it have been rolled back. The container web is now running.")
    assert error.details["rolled_back"] is True
    assert error.details["container"]["Id"] == before[0]
    assert web() == before
    if "exit" not in command[-1]:
        done = converge(engine, **{**TASK, "command": command, "detach": False})
        assert done["status"] == 0


@pytest.mark.parametrize("code", [0, 3])
def test_a_new_container_that_exits_at_once_is_removed(code, engine, web):
    """It is not in the state started."""
    task = {**TASK, "command": ["sh", "-c", "echo bye; exit %d" % code]}
    error = refused(engine, **task)
    assert 'Could not start container web: it exited with exit code %d right after its start: "bye"' % code in str(
        error
    )
    assert (ADVICE in str(error)) is (code == 0)
    assert error.details["rolled_back"] is True
    assert "bye" in error.details["container_output"]
    assert web() is None


@pytest.mark.parametrize(
    "options", [{"detach": False}, {"auto_remove": True}, {"restart_policy": "always"}, {"state": "present"}]
)
def test_a_new_container_that_may_exit_at_once(options, engine):
    """Because the task waits for it, or the Engine restarts or removes it."""
    assert converge(engine, **{**TASK, "command": ["sh", "-c", "exit 0"], **options})["changed"]


def test_a_container_that_exited_with_0_may_do_so_again(engine):
    """So may its successor, but not with another exit code."""
    work = {**TASK, "command": "true"}
    converge(engine, **work, detach=False)
    assert converge(engine, **work)["changed"]
    assert converge(engine, **work, user="1")["changed"]
    assert "exit code 1 right" in str(refused(engine, **{**work, "command": "false"}))


def test_a_started_container_that_exits_at_once_is_kept(engine, web):
    """The message describes its state."""
    engine.docker("create", "--name", "web", BASE, "sh", "-c", "echo bye; exit 3")
    before = web()
    error = refused(engine, name="web")
    assert "it exited with exit code 3 right after its start" in str(error)
    assert str(error).endswith("The container web is now not running; its last exit code was 3.")
    assert error.details["container"]["State"]["ExitCode"] == 3
    assert web() == before


def test_a_start_is_undone_if_the_container_is_unhealthy(engine, web):
    """For the state healthy."""
    converge(engine, **TASK, **SICK, state="present")
    before = web()
    error = refused(engine, name="web", state="healthy", stop_timeout=0)
    assert "Waiting failed for container web: it is unhealthy" in str(error)
    assert "The steps before it have been rolled back. The container web is now not running" in str(error)
    assert error.details["rolled_back"] is True
    assert "sick" in error.details["health_output"]
    assert error.details["container"]["Name"] == "/web"
    assert web() == before


@pytest.mark.parametrize(
    ("options", "rolled_back", "cause"),
    [({}, True, "it is unhealthy"), ({"restart": True}, False, "it is unhealthy")],
)
def test_a_container_that_was_already_running_keeps_running(options, rolled_back, cause, engine, web):
    """The message says so."""
    converge(engine, **TASK, **SICK)
    before = web()
    error = refused(engine, name="web", state="healthy", stop_timeout=0, **options)
    assert cause in str(error)
    assert str(error).endswith("The container web is now running, and its health is unhealthy.")
    assert error.details["rolled_back"] is rolled_back
    assert error.details["container"]["State"]["Health"]["Status"] == "unhealthy"
    assert web() == before


@pytest.mark.parametrize("options", [{}, {"force_kill": True}])
def test_a_restarted_container_that_exits_at_once_fails_the_task(options, engine, web, tmp_path):
    """The message says that this cannot be rolled back. A container that the Engine restarts is no failure."""
    script = "test ! -e /data/again || exit 3; touch /data/again; exec sleep 1000"
    task = {**TASK, "command": ["sh", "-c", script], "volumes": ["%s:/data" % tmp_path]}
    converge(engine, **task)
    error = refused(engine, name="web", restart=True, stop_timeout=0, **options)
    assert "Waiting failed for container web: it exited with exit code 3 right after its start" in str(error)
    assert "These steps cannot be rolled back" in str(error)
    # The container is started once more after a kill, and may not have exited again yet.
    endings = ["not running; its last exit code was 3."] + (["running."] if options else [])
    assert str(error).partition("The container web is now ")[2] in endings
    assert error.details["rolled_back"] is False
    wait_for(lambda: web()[1] is False)
    (tmp_path / "again").unlink()
    converge(engine, **task, restart_policy="always")
    assert converge(engine, name="web", restart=True, stop_timeout=0, **options)["changed"]


def test_a_failed_change_returns_the_current_container(engine, web):
    """Also for an update in place."""
    converge(engine, **TASK)
    error = refused(engine, **TASK, memory="64m", networks=[{"name": "bridge"}, {"name": "no-such-network"}])
    assert str(error).endswith("The container web is now running.")
    converge_twice(engine, **TASK)
