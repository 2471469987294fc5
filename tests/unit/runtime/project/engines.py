# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engines for plans of projects: an empty one, and what a project makes of one."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.nothing import NoEngine
from ansible_collections.slipway.docker.plugins.module_utils.runtime.project.graph import Graph
from ansible_collections.slipway.docker.plugins.module_utils.runtime.project.planning import graph, observe
from ansible_collections.slipway.docker.plugins.module_utils.runtime.project.resource import PROJECT
from cases import complete

IMAGE = {"Id": "sha256:" + "1" * 64, "RepoTags": [], "RepoDigests": [], "Os": "linux", "Architecture": "amd64"}


class Empty(NoEngine):
    """An engine without objects, except for an image of every name that does not contain ``missing``."""

    def call(self, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        """GET."""
        if path.startswith("/images/") and "missing" not in path:
            return IMAGE
        return super().call(method, path, *args, **kwargs)


def planned(client: Any, **options: Any) -> tuple[Graph, Any]:
    """The plan of a project, and the engine as it will be."""
    return planned_with(client, completed(**options))


def completed(**options: Any) -> dict[str, Any]:
    """The parameters of a project with these options."""
    return complete(PROJECT, {"name": "shop", **options})


def planned_with(client: Any, params: dict[str, Any]) -> tuple[Graph, Any]:
    """The plan of a project with these parameters, and the engine as it will be."""
    snapshot = observe(client, params)
    return graph(params, snapshot), snapshot.engine
