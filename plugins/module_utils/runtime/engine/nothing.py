# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for an engine that is not installed yet, for check mode on a bare host: every object is missing."""

from __future__ import annotations

from typing import Any

from ..errors import EngineMissing, NotFound
from .client import NEWEST


class NoEngine:
    """Behaves like a client of an engine without objects: lists are empty, nothing is found, no change is possible."""

    version = NEWEST
    where = ""
    podman = False

    def call(
        self,
        method: str,
        path: str,
        query: Any = None,
        body: Any = None,
        headers: Any = None,
        timeout: Any = None,
        also: Any = (),
        *,
        expect: Any,
    ) -> Any:
        """Raises NotFound for a look-up of one object, and EngineMissing for anything else."""
        if path == "/auth":
            return {}  # a look-up, although it is a POST; the future engine is assumed to reach the registry
        if method != "GET":
            raise EngineMissing("There is no engine yet")
        if path == "/volumes":
            return {"Volumes": [], "Warnings": []}
        if path == "/info" or path.startswith("/distribution/"):
            return {}  # the future engine is assumed to find what it needs in registries
        if path in ("/networks", "/plugins/privileges") or path.endswith("/json") and path.count("/") == 2:
            return []
        raise NotFound("There is no engine yet", status=404)

    def get(self, path: str, *, expect: Any, **query: Any) -> Any:
        """GET, decoded."""
        return self.call("GET", path, query, expect=expect)

    def speaks(self, version: str) -> bool:
        """The future engine is assumed to support every version."""
        return True
