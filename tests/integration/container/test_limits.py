# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits that must be changed together: from each set of values to each other one, verified with the docker command."""

from __future__ import annotations

from itertools import permutations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError, StepError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.table import TABLE
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.field import dig
from harness.image import BASE

from .in_process import converge, converge_twice

TASK = {"name": "web", "image": BASE, "command": "sleep 1000", "stop_timeout": 0}
# The sets of values that a task may declare, by group. A missing limit is removed.
GROUPS = {
    "memory": (
        {"memory": "64m", "memory_swap": "unlimited"},
        {"memory": "128m"},
        {"memory": "128m", "memory_swap": "128m"},
        {"memory": "32m", "memory_swap": "48m", "memory_reservation": "16m"},
        {"memory": "256m", "memory_reservation": "96m"},
    ),
    "processors": (
        {"cpus": 0.5},
        {"cpu_quota": 50000},
        {"cpu_period": 50000, "cpu_quota": 25000},
        {"cpu_period": 20000},
        {"cpu_shares": 512, "cpu_quota": 20000},
    ),
    "restarts": (
        {"restart_policy": "on-failure", "restart_retries": 3},
        {"restart_policy": "on-failure"},
        {"restart_policy": "always"},
        {"restart_policy": "no"},
        {"auto_remove": True},
    ),
}
PAIRS = [
    pytest.param(one, other, id="%s to %s" % (one, other))
    for sets in GROUPS.values()
    for one, other in permutations(sets, 2)
]


@pytest.fixture
def web(shared_engine):
    """The engine; the container ``web`` is gone afterwards."""
    yield shared_engine
    shared_engine.clean()


def limits(engine):
    """All limits as the docker command shows them; zero for none."""
    shown = engine.inspect("container", "web")
    names = {name for sets in GROUPS.values() for values in sets for name in values}
    return {name: dig(shown, TABLE.field(name).api) or 0 for name in names}


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_limits_are_changed_together(one, other, web):
    """A changed container has the same limits as a new one."""
    task = {**TASK, "state": "present"}
    converge(web, **task, **other)
    made = limits(web)
    web.docker("rm", "web")
    converge(web, **task, **one)
    if "auto_remove" not in one:
        web.docker("start", "web")
    converge_twice(web, **task, **other)
    shown = limits(web)
    for name in shown:
        assert shown[name] in (made[name], "no" if not made[name] else made[name]), name


@pytest.mark.parametrize(
    ("made", "options", "expected"),
    [
        ("--memory 64m --memory-swap -1", {"memory": "128m"}, {"Memory": 128, "MemorySwap": -1}),
        ("--memory 64m", {"memory": "128m"}, {"Memory": 128, "MemorySwap": 256}),
        ("--memory 64m --memory-swap 64m", {"memory": "128m"}, {"Memory": 128, "MemorySwap": 128}),
        ("--memory 64m --memory-swap 96m", {"memory": "32m"}, {"Memory": 32, "MemorySwap": 64}),
        ("--memory 64m --memory-swap 96m", {"memory_swap": "128m"}, {"Memory": 64, "MemorySwap": 128}),
        ("--memory 64m --memory-swap 96m", {"memory_swap": "unlimited"}, {"Memory": 64, "MemorySwap": -1}),
        ("--memory 64m --memory-reservation 48m", {"memory": "32m"}, {"Memory": 32}),
    ],
)
def test_limits_that_others_have_set(made, options, expected, web):
    """They are updated together with dependent limits."""
    web.docker("run", "--detach", "--name", "web", *made.split(), BASE, "sleep", "1000")
    before = web.inspect("container", "web")["Id"]
    converge_twice(web, name="web", **options)
    shown = web.inspect("container", "web")
    assert shown["Id"] == before
    assert {key: shown["HostConfig"][key] for key in expected} == {
        key: value * 1024**2 if value > 0 else value for key, value in expected.items()
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"memory_swap": "64m"},
            "memory_swap is the limit of memory and swap together, so it cannot be less than memory",
        ),
        (
            {"memory": "0", "memory_swap": "64m"},
            "memory_swap is the limit of memory and swap together, so memory is required",
        ),
    ],
)
def test_a_limit_that_contradicts_an_existing_one_is_rejected(options, message, web):
    """With one sentence, before anything changes."""
    web.docker("create", "--name", "web", "--memory", "128m", BASE)
    for check in (True, False):
        with pytest.raises(SlipwayError, match=message):
            converge(web, check, name="web", state="present", **options)


def test_limits_are_rolled_back_together(web):
    """If a later step fails. A limit that did not exist before cannot be removed, and the error says so."""
    web.docker("run", "--detach", "--name", "web", "--memory", "64m", "--memory-swap", "-1", BASE, "sleep", "1000")
    before = limits(web)
    web.docker("network", "create", "--subnet", "203.0.113.0/24", "site")
    other = {"name": "site", "ipv4_address": "203.0.113.1"}  # the gateway's
    fails = {"name": "web", "networks": [{"name": "bridge"}, other], "state": "present"}
    for options, stays in (
        ({"memory": "128m"}, ""),
        ({"memory": "128m", "memory_swap": "192m", "cpu_shares": 9}, "cpu_shares"),
    ):
        with pytest.raises(StepError) as caught:
            converge(web, **fails, **options)
        details = caught.value.details
        assert details["rolled_back"] is not bool(stays)
        assert stays in str(details["not_undone"])
        assert {**limits(web), "cpu_shares": 0} == before
    assert "the Engine cannot remove cpu_shares from an existing container" in str(caught.value)
