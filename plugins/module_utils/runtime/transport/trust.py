# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to trust an engine, and to be trusted by it: data only, so that importing it costs nothing."""

from __future__ import annotations

from typing import NamedTuple


class Trust(NamedTuple):
    """What TLS needs to know. Files are PEM; an empty ``ca`` means the authorities of the system.

    ``name`` is what the server's certificate must be for, where that is not the host that is dialled.
    """

    verify: bool = True
    ca: str = ""
    cert: str = ""
    key: str = ""
    name: str = ""
