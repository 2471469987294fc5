# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converges projects without starting a process for each."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import converge
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.project.resource import PROJECT
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.dial import connect
from cases import complete

from .image import BASE

SERVICE = {"image": BASE, "command": ["sleep", "1000"], "stop_timeout": 0, "log_options": {"max-size": "1m"}}


class Projects:
    """Converges a project on an engine. ``warnings`` are those of the last run."""

    def __init__(self, host: str, name: str) -> None:
        self.host = host
        self.name = name
        self.warnings: list[str] = []

    def __call__(self, check: bool = False, **options: Any) -> Any:
        """Converge, or plan with ``check``; returns the Outcome. Raises SlipwayError.

        Containers are SERVICE unless they say otherwise.
        """
        defaults = {**options.pop("defaults", {})}
        defaults["containers"] = {**SERVICE, **defaults.get("containers", {})}
        task = complete(PROJECT, {"name": self.name, "defaults": defaults, **options})
        client = Client(connect(parse(self.host), 60))
        self.warnings = []
        try:
            return converge(PROJECT, task, client, check, warn=self.warnings.append)
        finally:
            client.close()

    def scenario(self, **options: Any) -> Any:
        """Check mode, run and run again: check mode predicts the plan of the run, and the second run has none."""
        planned = self(check=True, **options)
        done = self(**options)
        assert planned.plan.data() == done.plan.data()
        assert planned.plan.lines() == done.plan.lines()
        again = self(**options)
        assert not again.changed, again.plan.lines()
        assert not again.plan.steps
        return done

    def plan(self, **options: Any) -> list[str]:
        """The lines of the plan."""
        return list(self(check=True, **options).plan.lines())
