# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals to containers: /containers/{id}/kill (Engine API 1.41)."""

from __future__ import annotations

from ..errors import ConflictError, NotFound
from .client import Client, segment
from .shape import NOTHING


def send(client: Client, container: str, signal: str) -> None:
    """POST /containers/{id}/kill: send a signal and do not wait; does nothing if the container is not running."""
    try:
        client.call("POST", "/containers/%s/kill" % segment(container), {"signal": signal}, expect=NOTHING)
    except (ConflictError, NotFound):
        pass
