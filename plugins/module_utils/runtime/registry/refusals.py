# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a registry's status and code to an error that says what to do."""

from __future__ import annotations

import time
from typing import Any, Tuple

from ..errors import ContentError, RegistryDenied, RegistryError, RegistryMissing, RegistryUnsupported, TransportError
from .document import decode
from .http import LONGEST_PAUSE, retry_after

LIMIT = 64 << 10

_LOG_IN = "Set username and password, or log in with slipway.docker.registry."
_FIXES = {
    "NAME_UNKNOWN": "There is no such repository, or this account may not see it: check its name.",
    "MANIFEST_UNKNOWN": "There is no such tag or digest: check its name.",
    "BLOB_UNKNOWN": "A part of the image is missing there: push it again.",
    "MANIFEST_BLOB_UNKNOWN": "A part of the image is missing there: its garbage was collected while it served.",
    "NAME_INVALID": "Check the name of the repository.",
    "TOOMANYREQUESTS": "Wait, log in (accounts have a higher limit), or use a mirror.",
}


def refusal(answer: Any, doing: str, where: str, secret: bool) -> RegistryError:
    """The error for an answer of 300 and above to ``doing``; ``secret`` says whether credentials were shown."""
    status = answer.status
    if status < 400:
        return RegistryError(
            "Cannot %s: %s says (%d), a redirect that a registry does not give" % (doing, where, status),
            "Check the address: something in between answers, such as a page to log in to a network.",
            status,
        )
    code, said = _read(answer)
    if not code:
        code = {401: "UNAUTHORIZED", 403: "DENIED", 405: "UNSUPPORTED", 429: "TOOMANYREQUESTS"}.get(status, "")
    cause = "Cannot %s: %s says %s" % (doing, where, " ".join(filter(None, (code, "(%d)" % status))))
    if said:
        cause += ": " + said
    if status == 401 or code == "UNAUTHORIZED":
        fix = "Check username and password, and what this account may do." if secret else _LOG_IN
        return RegistryDenied(cause, fix, status, code)
    if status == 403 or code == "DENIED":
        fix = "This account may not do that: have it granted, or use another one." if secret else _LOG_IN
        return RegistryDenied(cause, fix, status, code)
    if status == 405 or code == "UNSUPPORTED":
        return RegistryUnsupported(cause, "It is read-only or a mirror, or deletion is off there.", status, code)
    if status == 429:
        return RegistryError(cause, _busy(answer), status, code)
    if status >= 500:
        return RegistryError(cause, "It is in trouble: look at its log, or try again later.", status, code)
    kind = RegistryMissing if status == 404 else RegistryError
    return kind(cause, _FIXES.get(code, ""), status, code)


def _busy(answer: Any) -> str:
    asked = retry_after(answer.headers.get("Retry-After", ""), time.time())
    if asked > LONGEST_PAUSE:
        return "It asks to wait for %d seconds. Log in (accounts have a higher limit), or use a mirror." % asked
    return _FIXES["TOOMANYREQUESTS"]


def _read(answer: Any) -> Tuple[str, str]:
    """The registry's own code and words, as far as it has any."""
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
