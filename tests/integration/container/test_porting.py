# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook for community.docker runs with only the module names replaced, as docs/porting.md promises."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from harness.driver import PYTHON
from harness.payload import COLLECTIONS

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
NAMES = re.compile(r"^\| `community\.docker\.(\w+)` \| `slipway\.docker\.(\w+)`", re.MULTILINE)
RECAP = re.compile(r"ok=(\d+) +changed=(\d+) +unreachable=0 +failed=0")
UNPORTED = "community.docker."


@pytest.fixture
def play(engine, tmp_path):
    """Runs the playbook against the engine. Returns the number of changed tasks, and the output."""
    names = dict(NAMES.findall((ROOT / "docs" / "porting.md").read_text()))
    text = (HERE / "porting.yml").read_text()
    for theirs, ours in sorted(names.items(), reverse=True):
        text = re.sub(r"\bcommunity\.docker\.%s\b" % theirs, "slipway.docker." + ours, text)
    tasks = text.partition("---\n")[2]
    assert UNPORTED not in tasks
    playbook, variables = tmp_path / "site.yml", tmp_path / "agent.env"
    playbook.write_text(tasks)
    variables.write_text("# for the agent\nTOKEN=canary\nMODE=quiet\n")
    extra = {"engine": engine.host, "env_file": variables, "ansible_python_interpreter": PYTHON}

    def play(*arguments):
        command = ["ansible-playbook", "-i", "localhost,", "-c", "local", str(playbook), *arguments]
        command += [word for name, value in extra.items() for word in ("-e", "%s=%s" % (name, value))]
        environ = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_NOCOLOR": "1"}
        environ.update(ANSIBLE_LOCALHOST_WARNING="false", ANSIBLE_HOME=str(tmp_path / "home"))
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
        recap = RECAP.search(done.stdout)
        assert recap and not done.returncode, done.stdout + done.stderr
        assert "canary" not in done.stdout
        return int(recap.group(2)), done.stdout

    return play


@pytest.fixture
def clean_images(engine):
    """Removes the name that the playbook gives to the image."""
    yield
    engine.docker("rmi", "slipway/ported:1")


def test_a_playbook_is_ported_by_renaming_modules(play, engine, clean_images):
    """A second run and check mode change nothing; other values change only what they refer to."""
    assert play()[0] > 10
    containers = {name: engine.inspect("container", name)["Id"] for name in engine.names("container")}
    assert sorted(containers) == ["agent", "data", "db", "web", "worker1", "worker2"]
    assert engine.docker("exec", "worker1", "true") == ""
    steady = ("--skip-tags", "each_time")
    for arguments in ((), ("--check", "--diff")):
        changed, printed = play(*steady, *arguments)
        assert changed == 0, printed
    other = (*steady, "-e", "web_port=8089", "-e", '{"again": true}')
    foretold, done = play(*other, "--check", "--diff"), play(*other, "--diff")
    # The agent shares the network of the web server, whose new ID is unknown until it is created.
    assert (foretold[0], done[0]) == (3, 4), done[1]
    now = {name: engine.inspect("container", name) for name in engine.names("container")}
    assert {name for name in now if now[name]["Id"] != containers[name]} == {"agent", "web"}
    assert now["web"]["HostConfig"]["PortBindings"]["80/tcp"] == [{"HostIp": "", "HostPort": "8089"}]
    assert (now["worker1"]["State"]["Status"], now["worker2"]["State"]["Status"]) == ("paused", "exited")
    changed, printed = play(*other, "--diff")
    assert changed == 0, printed
