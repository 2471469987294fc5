# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials sent to the Engine (1.41): the header X-Registry-Auth, and POST /auth."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Dict, Mapping

from ..errors import EngineError
from .client import SILENT, Client
from .refusals import explained
from .shape import maybe

_ANSWER = {"Status": str, "IdentityToken": maybe(str)}
Auth = Mapping[str, Any]  # the Engine's AuthConfig: username, password, identitytoken, serveraddress


def auth_header(auth: Auth | None) -> Dict[str, str]:
    """The header X-Registry-Auth: base64url of the JSON. The Engine requires it for a push even if it is empty."""
    return {"X-Registry-Auth": base64.urlsafe_b64encode(json.dumps(auth or {}).encode("utf-8")).decode("ascii")}


def login(client: Client, auth: Auth) -> str:
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
