# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table of states: each condition of a container, the task, and the state afterwards."""

from __future__ import annotations

import time

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError
from harness.driver import promised
from harness.image import BASE

from .in_process import converge

CONDITIONS = ("absent", "created", "running", "paused", "exited", "restarting")
SOUND = "sound:1"  # an image that becomes healthy some time after its start

# The results for a container in each condition: its status afterwards, part of an error, or None for a combination
# that is not tested. With "again", the task requests a change in each run, so a second run changes something, too.
ENDS = {
    "state=absent": ("absent", "absent", "absent", "absent", "absent", "absent"),
    "state=present": ("created", "created", "running", "paused", "exited", "restarting"),
    "state=started": ("running", "running", "running", "paused", "running", "restarting"),
    "state=healthy": ("running", "running", "running", "error: is paused", "running", "error: healthy"),
    "state=stopped": ("created", "created", "exited", "exited", "exited", "exited"),
    "paused=true": ("paused", "paused", "paused", "paused", "paused", "error: cannot be paused"),
    "paused=false": ("running", "running", "running", "running", "running", "restarting"),
    "state=healthy paused=true": ("error: state is healthy", *["error: state is healthy"] * 5),
    "state=healthy paused=false": ("running", "running", "running", "running", "running", "error: healthy"),
    "state=stopped paused=false": ("created", "created", "exited", "exited", "exited", "exited"),
    "state=stopped paused=true": ("error: state is stopped", *["error: state is stopped"] * 5),
    "restart=true": ("running", "running", "running again", "running again", "running", "restarting again"),
    "restart=true state=healthy": ("running", "running", "running again", "running again", "running", None),
    "restart=true paused=true": ("paused", "paused", "paused again", "paused again", "paused", None),
    "restart=true force_kill=true": (None, None, "running again", "running again", "running", "restarting again"),
    "restart=true state=present": ("created", "created", "running", "paused", "exited", "restarting"),
    "state=stopped force_kill=true kill_signal=SIGTERM": (None, None, "exited", "exited", "exited", "exited"),
    "state=absent force_kill=true removal_wait_timeout=30": (None, None, "absent", "absent", "absent", "absent"),
}
TABLE = [
    pytest.param(condition, dict(word.split("=") for word in options.split()), end, id="%s, %s" % (condition, options))
    for options, ends in ENDS.items()
    for condition, end in zip(CONDITIONS, ends, strict=True)
    if end
]


@pytest.fixture(scope="module")
def sound(shared_engine):
    """The image of the table."""
    changes = ["HEALTHCHECK --interval=200ms --timeout=9s --retries=99 CMD test -e /ready"]
    changes += ['CMD ["sh", "-c", "sleep 2; touch /ready; exec sleep 1000"]']
    shared_engine.docker("create", "--name", "seed", BASE)
    shared_engine.docker("commit", *(word for change in changes for word in ("--change", change)), "seed", SOUND)
    shared_engine.docker("rm", "seed")
    yield SOUND
    shared_engine.clean()
    shared_engine.docker("rmi", SOUND)


def bring_about(engine, condition):
    """Create a container ``web`` in this condition with the docker command, with many undeclared settings."""
    odd = ["--name", "web", "--stop-timeout", "0", "--env", "A=1", "--volume", "named:/data", "--volume", "/more"]
    odd += ["--network", "site", "--network-alias", "www", "--hostname", "odd", "--memory", "64m"]
    engine.docker("network", "create", "site")
    if condition == "created":
        engine.docker("create", *odd, SOUND)
    elif condition == "restarting":
        # The engine waits longer before each restart, soon long enough for the test.
        engine.docker("run", "--detach", "--restart", "always", *odd, SOUND, "sh", "-c", "exit 3")
        await_shown(engine, lambda shown: shown["RestartCount"] > 5 and shown["State"]["Restarting"])
    elif condition != "absent":
        engine.docker("run", "--detach", *odd, SOUND)
        if condition == "paused":  # before it becomes healthy
            engine.api("POST", "/containers/web/pause")
        elif condition == "exited":
            engine.docker("kill", "web")
        else:
            await_shown(engine, lambda shown: shown["State"]["Health"]["Status"] == "healthy")


def await_shown(engine, holds):
    """Wait until the state of the container is as expected."""
    deadline = time.monotonic() + 60
    while not holds(engine.inspect("container", "web")):
        assert time.monotonic() < deadline, engine.inspect("container", "web")["State"]
        time.sleep(0.1)


def look(engine):
    """The status, the start time, and values that no change of state may affect, as the docker command shows them."""
    if "web" not in engine.names("container"):
        return "absent", "", None
    shown = engine.inspect("container", "web")
    mounts = sorted((mount["Name"], mount["Destination"]) for mount in shown["Mounts"])
    networks = {
        name: "www" in (settings["Aliases"] or ()) for name, settings in shown["NetworkSettings"]["Networks"].items()
    }
    identity = shown["Id"], mounts, networks, shown["Config"]["Env"], shown["HostConfig"]["Memory"]
    return shown["State"]["Status"], shown["State"]["StartedAt"], identity


@pytest.mark.parametrize(("condition", "options", "end"), TABLE)
def test_a_state(condition, options, end, engine, sound):
    """Predicted by check mode, reached by the run, unchanged in a second run, with the same container."""
    bring_about(engine, condition)
    _status, began, identity = look(engine)
    task = {"name": "web", **options}
    if condition == "absent" and options.get("state") != "absent":
        task.update(image=sound, stop_timeout=0)
    kind, _colon, cause = end.partition("error: ")
    if cause:
        with pytest.raises(SlipwayError, match=cause):
            converge(engine, **task)
        assert look(engine)[2] == identity
        return
    end, _space, again = kind.partition(" ")

    def verify(result):
        status, started, now = look(engine)
        # Between two restarts it runs for a moment.
        fine = {"restarting", "running"} if end == "restarting" else {end}
        assert status in fine
        assert result["container"].get("State", {}).get("Status", "absent") in fine
        assert now == identity or end == "absent" or not identity
        if condition in ("running", "paused") and end in ("running", "paused"):
            assert (started != began) is bool(again)

    foretold = converge(engine, check=True, **task)
    _status, still_began, still = look(engine)
    # A restarting container starts again without a task.
    assert still == identity and (still_began == began or condition == "restarting")
    done = converge(engine, **task)
    assert promised(foretold) == promised(done)
    assert done["changed"] is (bool(again) or end != condition)
    verify(done)
    if not (again or "restart" in options and options.get("state") != "present"):
        once_more = converge(engine, **task)
        assert not once_more["changed"], once_more["actions"]
        verify(once_more)
    if end == "absent" and identity:
        assert len(engine.names("volume")) == 2, "volumes are kept"
