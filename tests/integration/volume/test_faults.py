# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recreation of a volume is cut off or killed before and after each call. The next run completes it."""

from __future__ import annotations

import itertools
import re

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume.resource import VOLUME
from cases import complete
from harness.converging import converge, converge_and_die
from harness.proxy import Fault, Proxy

TITLE = "Faults of the recreation of a volume"
ID = re.compile("[0-9a-f]{64}")
NAME = "vol"
# Settings that the task does not declare and must not lose.
KEPT = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
FAULTS = list(itertools.product(("once", "for good", "kill"), ("before", "after")))


def params(generation, **more):
    """The task. Each generation requires that the volume is recreated."""
    return complete(
        VOLUME, {"name": NAME, "labels": {"generation": str(generation)}, "recreate": "options-changed", **more}
    )


def verify(engine, *generations):
    """Check that the volume has the options of one of these generations, and nothing is left over."""
    assert engine.names("volume") == [NAME]
    shown = engine.inspect("volume", NAME)
    assert shown["Options"] == KEPT
    assert shown["Labels"] in [{"generation": str(generation)} for generation in generations]
    assert engine.names("network") == ["bridge", "host", "none"]


@pytest.mark.parametrize(("how", "when"), FAULTS)
def test_a_fault_at_every_call(how, when, engine, tmp_path, report_table):
    """The next run, with the same task or the previous one, succeeds. After a rollback the volume is as before."""
    options = [word for item in KEPT.items() for word in ("--opt", "%s=%s" % item)]
    engine.docker("volume", "create", "--label", "generation=0", *options, NAME)
    generation = tried = 0
    for number in itertools.count(1):
        with Proxy(engine.socket, tmp_path / "proxy.sock", Fault(number, when, how)) as proxy:
            run = converge_and_die if how == "kill" else converge
            result = run(VOLUME, "unix://" + proxy.socket, params(generation + 1))
        if not proxy.struck:
            break
        tried += 1
        if result.get("rolled_back"):
            verify(engine, generation)
        elif not result:
            verify(engine, generation + 1)
        there = NAME in engine.names("volume")
        generation += number % 2
        assert converge(VOLUME, engine.host, params(generation)) == {}, (number, proxy.calls)
        verify(engine, generation)
        report_table(
            TITLE,
            fault="%s, %s" % (how, when),
            call="%02d %s" % (number, ID.sub("ID", proxy.calls[number - 1])),
            left="the volume" if there else "a note",
        )
    assert result == {}, result
    verify(engine, generation + 1)
    assert tried > 7


@pytest.mark.parametrize(("how", "when"), FAULTS)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_creation_and_a_removal(state, how, when, engine, tmp_path):
    """The next run completes it."""
    task = params(1, state=state)
    for number in itertools.count(1):
        if state == "absent":
            engine.docker("volume", "create", NAME)
        with Proxy(engine.socket, tmp_path / "proxy.sock", Fault(number, when, how)) as proxy:
            run = converge_and_die if how == "kill" else converge
            result = run(VOLUME, "unix://" + proxy.socket, task)
        if not proxy.struck:
            break
        assert converge(VOLUME, engine.host, task) == {}, (number, proxy.calls)
        assert engine.names("volume") == ([NAME] if state == "present" else [])
        engine.clean()
    assert result == {}, result
    assert number > 3
