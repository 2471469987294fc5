# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that talk to an engine."""

from __future__ import annotations

from . import imports  # noqa: F401  # pylint: disable=unused-import  # all further imports use it

# isort: split
from ..runtime.engine.nothing import NoEngine
from ..runtime.state.resource import Resource
from .options import client_for, connection_spec
from .task import Backend, perform

ENGINE = Backend(connection_spec, client_for, NoEngine)


def run(resource: Resource) -> None:
    """Run the module of a resource in an engine."""
    perform(resource, ENGINE)
