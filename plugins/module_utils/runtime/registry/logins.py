# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storing and removing credentials where ``credentials`` finds them."""

from __future__ import annotations

import base64
import json
from typing import Any, Dict, Mapping

from .credentials import TOKEN_USER, Credentials, means, run_helper, server


def with_login(config: Mapping[str, Any], registry: str, credentials: Credentials | None) -> Dict[str, Any]:
    """The configuration with these credentials for a registry; None: an empty entry, as for those in a helper."""
    entry: Dict[str, str] = {}
    if credentials:
        both = "%s:%s" % (credentials.username, "" if credentials.identity_token else credentials.password)
        entry["auth"] = base64.b64encode(both.encode("utf-8")).decode("ascii")
        if credentials.identity_token:
            entry["identitytoken"] = credentials.identity_token
    changed = without_login(config, registry)
    changed["auths"] = {**(changed.get("auths") or {}), server(registry): entry}
    return changed


def without_login(config: Mapping[str, Any], registry: str) -> Dict[str, Any]:
    """The configuration without credentials for a registry, otherwise unchanged."""
    changed = dict(config)
    if changed.get("auths"):
        changed["auths"] = {key: entry for key, entry in changed["auths"].items() if not means(key, registry)}
    return changed


def dump(config: Mapping[str, Any]) -> bytes:
    """The configuration in the format of the docker command."""
    return json.dumps(config, indent="\t", ensure_ascii=False).encode("utf-8")


def tell_helper(helper: str, registry: str, credentials: Credentials | None) -> None:
    """Store credentials for a registry in a helper, or with None erase them. Raises HostError."""
    if credentials is None:
        run_helper(helper, "erase", server(registry))
        return
    token = credentials.identity_token
    message = {"ServerURL": server(registry), "Username": TOKEN_USER if token else credentials.username}
    run_helper(helper, "store", json.dumps({**message, "Secret": token or credentials.password}))
