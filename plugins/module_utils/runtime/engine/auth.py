# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins of the Engine at registries (1.41): POST /auth."""

from __future__ import annotations

import re
from typing import Any, Mapping

from ..errors import EngineError
from .client import SILENT, Client
from .refusals import explained
from .shape import maybe

_ANSWER = {"Status": str, "IdentityToken": maybe(str)}


def login(client: Client, auth: Mapping[str, Any]) -> str:
    """POST /auth: check credentials; returns the identity token, which only some registries issue, or "".

    Raises EngineError with the cause: wrong password, untrusted certificate, registry unreachable.
    """
    try:
        answer = client.call("POST", "/auth", body=dict(auth), also=(SILENT,), expect=_ANSWER)
    except EngineError as error:
        raise explained(error, registry=str(auth.get("serveraddress", "")))
    return str((answer or {}).get("IdentityToken") or "")


def reach(client: Client, registry: str) -> None:
    """POST /auth without credentials: check that the engine can reach and trust a registry, which may require a login.

    Raises EngineError with the cause.
    """
    try:
        client.call("POST", "/auth", body={"serveraddress": registry}, also=(SILENT,), expect=_ANSWER)
    except EngineError as error:
        if not re.search("401|unauthorized|no basic auth|authentication required", error.said, re.IGNORECASE):
            raise explained(error, registry=registry)
