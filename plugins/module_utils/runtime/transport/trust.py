# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS settings, without imports that cost time."""

from __future__ import annotations

from typing import NamedTuple


class Trust(NamedTuple):
    """TLS settings. Files are PEM; an empty ``ca`` means the system's authorities.

    ``name`` is the expected name in the server's certificate, if that is not the host.
    """

    verify: bool = True
    ca: str = ""
    cert: str = ""
    key: str = ""
    name: str = ""
