# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module container in the process of the test, for tests with many cases."""

from __future__ import annotations

from contextlib import closing
from types import SimpleNamespace
from typing import Any

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import ENGINE
from ansible_collections.slipway.docker.plugins.module_utils.ansible.task import _converge
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.resource import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.dial import connect
from cases import complete
from harness.driver import promised
from harness.engine import Engine


def converge(engine: Engine, check: bool = False, **task: Any) -> dict[str, Any]:
    """The result of a task, with its warnings under ``warned``. Raises SlipwayError."""
    warned: list[str] = []
    module = SimpleNamespace(params=complete(CONTAINER, task), check_mode=check, _diff=True, warn=warned.append)
    with closing(Client(connect(parse(engine.host), 60))) as client:
        result: dict[str, Any] = _converge(module, CONTAINER, ENGINE, client)
    return {**result, "warned": warned}


def converge_twice(engine: Engine, **task: Any) -> dict[str, Any]:
    """The result of a task, after checking that check mode has predicted it and that a second run changes nothing."""
    foretold, done = converge(engine, check=True, **task), converge(engine, **task)
    assert promised(foretold) == promised(done)
    again = converge(engine, **task)
    assert not again["changed"], again["actions"]
    return done
