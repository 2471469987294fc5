# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else's container, whose id begins like the name that a task means, is never looked at and never changed."""

from __future__ import annotations

import pytest
from harness.driver import failed, succeeded
from harness.image import BASE

SLEEP = (BASE, "sleep", "10000")
SERVICE = {"image": BASE, "command": "sleep 10000", "stop_timeout": 0}


class Foreign:
    """A running container of somebody else; ``part`` is how its id begins, which is no name of anything."""

    def __init__(self, engine, digits=4):
        self.engine = engine
        self.id = engine.docker("run", "--detach", "--name", "foreign", "--stop-timeout", "0", *SLEEP)
        self.part = self.id[:digits]

    def verify(self):
        """It is as it was."""
        shown = self.engine.inspect("container", self.id)
        assert (shown["Name"], shown["State"]["Running"]) == ("/foreign", True)
        assert list(shown["NetworkSettings"]["Networks"]) == ["bridge"]
        assert not shown["ExecIDs"]


@pytest.fixture
def foreign(engine):
    """A container of somebody else, which every test leaves as it was."""
    there = Foreign(engine)
    yield there
    there.verify()


def test_a_container_is_not_removed(foreign, scenario):
    """There is none of that name."""
    scenario("container", changed=False, name=foreign.part, state="absent")


def test_a_container_of_the_name_is_made_replaced_and_removed(foreign, engine, scenario):
    """The other one stays beside it, also where it would be found once the old one is gone."""
    scenario("container", name=foreign.part, **SERVICE)
    assert engine.names("container") == sorted(["foreign", foreign.part])
    scenario("container", name=foreign.part, **SERVICE, env={"A": "1"})
    scenario("container", name=foreign.part, state="absent")
    assert engine.names("container") == ["foreign"]


def test_one_of_many_is_replaced(engine, module):
    """Ids begin with c0 or the like soon enough."""
    there = [engine.docker("create", *SLEEP) for _number in range(6)]
    name = there[0][:2]
    succeeded(module("container", name=name, **SERVICE))
    again = succeeded(module("container", name=name, **SERVICE, env={"A": "1"}))
    assert again["container"]["Name"] == "/" + name
    assert set(there) < {entry["Id"] for entry in engine.api("GET", "/containers/json?all=1")}


def test_it_is_not_shown(foreign, module):
    """By container_info."""
    assert not succeeded(module("container_info", name=foreign.part))["exists"]
    for name in ("foreign", foreign.id, foreign.id[:12]):
        assert succeeded(module("container_info", name=name))["container"]["Id"] == foreign.id
    for name in (foreign.id[:11], foreign.id[:13], foreign.id[:63], foreign.id.upper()[:12] + "Z"):
        assert not succeeded(module("container_info", name=name))["exists"]


def test_no_command_is_run_in_it(foreign, module):
    """By container_exec."""
    missing = "there is no container %s" % foreign.part
    assert missing in failed(module("container_exec", container=foreign.part, command="touch /seen"))
    predicted = succeeded(module("container_exec", check=True, container=foreign.part, command="true"))
    assert missing.capitalize() in str(predicted["warnings"])


def test_no_file_is_copied_into_it_or_out_of_it(foreign, engine, module, tmp_path):
    """By container_copy."""
    options = {"container": foreign.part, "container_path": "/seen"}
    assert "there is no container %s" % foreign.part in failed(module("container_copy", content="x", **options))
    copied = module("container_copy", **{**options, "container_path": "/etc/passwd"}, dest=str(tmp_path / "passwd"))
    assert "there is no container %s" % foreign.part in failed(copied)
    assert not (tmp_path / "passwd").exists()
    assert engine.docker("exec", "foreign", "ls", "/").split().count("seen") == 0


def test_a_beginning_of_several_ids_is_no_name(engine, module):
    """The engine calls it ambiguous, and fails."""
    first = engine.docker("create", *SLEEP)
    while not any(
        entry["Id"][0] == first[0] and entry["Id"] != first for entry in engine.api("GET", "/containers/json?all=1")
    ):
        engine.docker("create", *SLEEP)
    assert "ambiguous" not in str(module("container_info", name=first[:12]))
    shown = module("container", name=first[0] + "", state="absent")
    assert not shown["changed"]
