# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps a registry's status and error code to an error with a fix."""

from __future__ import annotations

import time
from typing import Any, Tuple

from ..errors import ContentError, RegistryDenied, RegistryError, RegistryMissing, RegistryUnsupported, TransportError
from .document import decode
from .http import LONGEST_PAUSE, retry_after

LIMIT = 64 << 10

_LOG_IN = "Set username and password, or log in with slipway.docker.registry."
_FIXES = {
    "NAME_UNKNOWN": "The repository does not exist, or this account has no access to it. Check its name.",
    "MANIFEST_UNKNOWN": "The tag or digest does not exist. Check its name.",
    "BLOB_UNKNOWN": "A part of the image is missing in the registry. Push it again.",
    "MANIFEST_BLOB_UNKNOWN": (
        "A part of the image is missing in the registry: garbage collection ran while images were pushed."
    ),
    "NAME_INVALID": "Check the name of the repository.",
    "TOOMANYREQUESTS": "Wait, log in (accounts have a higher limit), or use a mirror.",
}


def refusal(answer: Any, doing: str, where: str, secret: bool) -> RegistryError:
    """The error for a status of 300 and above for ``doing``; ``secret`` says whether credentials were sent."""
    status = answer.status
    if status < 400:
        return RegistryError(
            "Cannot %s: %s answered %d, a redirect that is not part of the registry API" % (doing, where, status),
            "Check the address. A proxy or a network login page may have answered.",
            status,
        )
    code, said = _read(answer)
    if not code:
        code = {401: "UNAUTHORIZED", 403: "DENIED", 405: "UNSUPPORTED", 429: "TOOMANYREQUESTS"}.get(status, "")
    cause = "Cannot %s: %s says %s" % (doing, where, " ".join(filter(None, (code, "(%d)" % status))))
    if said:
        cause += ": " + said
    if status == 401 or code == "UNAUTHORIZED":
        fix = "Check username and password, and the permissions of this account." if secret else _LOG_IN
        return RegistryDenied(cause, fix, status, code)
    if status == 403 or code == "DENIED":
        fix = (
            "This account is not allowed to do that. Change its permissions, or use another account."
            if secret
            else _LOG_IN
        )
        return RegistryDenied(cause, fix, status, code)
    if status == 405 or code == "UNSUPPORTED":
        return RegistryUnsupported(
            cause, "The registry is read-only, is a mirror, or has deletion disabled.", status, code
        )
    if status == 429:
        return RegistryError(cause, _busy(answer), status, code)
    if status >= 500:
        return RegistryError(
            cause, "The registry has an internal error. Look at its log, or try again later.", status, code
        )
    kind = RegistryMissing if status == 404 else RegistryError
    return kind(cause, _FIXES.get(code, ""), status, code)


def _busy(answer: Any) -> str:
    asked = retry_after(answer.headers.get("Retry-After", ""), time.time())
    if asked > LONGEST_PAUSE:
        return "Wait for %d seconds, log in (accounts have a higher limit), or use a mirror." % asked
    return _FIXES["TOOMANYREQUESTS"]


def _read(answer: Any) -> Tuple[str, str]:
    """The registry's error code and message, if any."""
    try:
        said = decode(answer.read(LIMIT))
    except (ValueError, ContentError, TransportError):
        return "", ""
    if not isinstance(said, dict):
        return "", ""
    errors = said.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else said
    message = first.get("message") or first.get("details") or first.get("error_description") or first.get("error") or ""
    return str(first.get("code") or "").upper()[:40], " ".join(str(message).split())[:200]
