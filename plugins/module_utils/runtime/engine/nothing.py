# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine that is not there yet: what check mode asks on a bare host, where every object is missing."""

from __future__ import annotations

from typing import Any

from ..errors import EngineMissing, NotFound
from .client import NEWEST


class NoEngine:
    """Answers like a client of an engine without objects: lists are empty, nothing is found, nothing can be done."""

    version = NEWEST
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
        """Raises NotFound for one object and EngineMissing for anything that is no look-up."""
        if path == "/auth":
            return {}  # a look-up, although it is a POST; the engine to come is taken to reach the registry
        if method != "GET":
            raise EngineMissing("There is no engine yet")
        if path == "/volumes":
            return {"Volumes": [], "Warnings": []}
        if path == "/info" or path.startswith("/distribution/"):
            return {}  # the engine to come is taken to find in registries what it needs
        if path in ("/networks", "/plugins/privileges") or path.endswith("/json") and path.count("/") == 2:
            return []
        raise NotFound("There is no engine yet", status=404)

    def get(self, path: str, *, expect: Any, **query: Any) -> Any:
        """GET, decoded."""
        return self.call("GET", path, query, expect=expect)

    def speaks(self, version: str) -> bool:
        """The engine to come is taken to know all."""
        return True
