# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of the runtime:

SlipwayError
├── InputError                 an option is invalid; nothing was called
├── BlockedError               the host differs, and the task does not allow the change
├── StepError                  a step of a plan failed; says what was rolled back
├── Fault                      an unexpected exception: a bug of this collection
├── IrreversibleError          the old object is gone; says what exists instead
├── HostError                  a file or a program of the host cannot be used
├── TransportError             there was no usable answer
│   ├── EngineMissing          nothing exists at the address (no such socket)
│   ├── EngineRefused          nothing listens at the address
│   ├── PermissionDenied       this user cannot use the socket
│   ├── TlsError               a certificate is not trusted
│   ├── Timeout                no data for longer than the timeout
│   └── ConnectionBroken       the connection was closed within an answer
├── ContentError               data does not match its digest or format
├── RegistryError              a registry answered with an error
│   ├── RegistryMissing        404
│   ├── RegistryDenied         401, 403
│   └── RegistryUnsupported    405, or its code UNSUPPORTED
└── EngineError                the Engine answered with an error
    ├── BadRequest             400
    ├── Unauthorized           401
    ├── Forbidden              403
    ├── NotFound               404
    ├── ConflictError          409
    ├── ServerError            500 and above
    ├── StreamError            an error inside a stream that began with 200
    └── VersionError           the API version is not supported by both sides
"""

from __future__ import annotations

import re
from typing import Any

# What comes before the last @: in a URL, and in an address or the name of an image a user and a password. A port, the
# digest of an image (NAME:TAG@sha256:...) and the user of ssh:// are no secrets.
_USERINFO = re.compile(
    r"""(^\w[\w+.-]*://)[^/]*@|(?<=://)[^\s/?#]*@|(?<=://)[^\s/?#:]*:(?!\d*(?:[/?#\s]|$))\S*@|"""
    r"""[^\s/:@'"(=]+:(?!//|\d+/)\S*@(?!sha\d+:)"""
)


# The end of a name whose value is a secret, as in options of drivers and of mount; and such a value in a text, with an
# equals sign, or as JSON and Python write it.
_SECRET = r"(?:(?<![a-z])pass|password2?|passwd|passphrase|secret|token|(?:secret|api|access|private)[-_.]?key)"
_SECRET_NAME = re.compile(_SECRET + "$", re.IGNORECASE)
_PAIR = re.compile(
    r"""(%s=)(?:(?!: )[^,"'\n])+|(%s(["']): )(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""" % (_SECRET, _SECRET),
    re.IGNORECASE,
)

_HERE = "slipway/docker/plugins/module_utils/"


def hide_userinfo(text: str) -> str:
    """A text in which ``...`` stands for the users and passwords that its URLs and addresses have.

    It also stands for values of keys that are secrets, such as ``password=`` in mount options or a ``"token":``.
    """
    text = _PAIR.sub(lambda found: found.group(1) + "..." if found.group(1) else found.group(2) + '"..."', text)
    return _USERINFO.sub(_hidden, text) if "@" in text else text


def is_secret_name(name: str) -> bool:
    """Whether the value of an entry of this name is a secret, as far as its name tells."""
    return bool(_SECRET_NAME.search(name))


def _hidden(found: re.Match[str]) -> str:
    scheme = found.group(1) or ""
    before, user = found.string[: found.start()] + scheme, found.group()[len(scheme) :]
    return scheme + (user if before.lower().endswith("ssh://") and ":" not in user else "...@")


class SlipwayError(Exception):
    """An error with a cause and, where one is known, what to do about it.

    ``details`` are further values for the task's result (JSON types only). As text, no URL in it shows a password.
    """

    def __init__(self, cause: str, fix: str = "", **details: Any) -> None:
        super().__init__(cause)
        self.cause = cause.rstrip(". ")
        self.fix = fix
        self.details = details

    def __str__(self) -> str:
        return hide_userinfo("%s. %s" % (self.cause, self.fix) if self.fix else "%s." % self.cause)


class InputError(SlipwayError):
    """An option is invalid; nothing was called."""


class BlockedError(SlipwayError):
    """The host differs from the task, and the task does not allow the change."""


class StepError(SlipwayError):
    """A step of a plan failed; ``details`` hold ``failed_step``, ``rolled_back`` and ``actions``."""


class Fault(SlipwayError):
    """An unexpected exception: a bug of this collection."""


def foreseen(error: Exception) -> SlipwayError:
    """The error as a SlipwayError. For an unexpected one, it names the type and the location, but no values."""
    if isinstance(error, SlipwayError):
        return error
    if isinstance(error, MemoryError):
        return HostError("This host has too little memory for the task", "Free some.")
    place, trace = "an unknown place", error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        if _HERE in code.co_filename:  # and not below, in what Python brings
            where = code.co_filename.rpartition(_HERE)[2]
            place = "%s, line %d, in %s" % (where, trace.tb_lineno, code.co_name)
        trace = trace.tb_next
    said = ": %s" % error.strerror if isinstance(error, OSError) and error.strerror else ""
    return Fault(
        "This is a bug in slipway.docker: %s at %s%s" % (type(error).__name__, place, said),
        "Please report it with this message, which contains no values of the task.",
    )


class IrreversibleError(SlipwayError):
    """Raised by an undo step whose object is gone. It ends the rollback: earlier steps are kept, too."""


class HostError(SlipwayError):
    """A file or a program on the host cannot be used."""


class TransportError(SlipwayError):
    """There was no usable answer."""


class EngineMissing(TransportError):
    """Nothing exists at the address; ``misled`` if it is no usual one, and an engine is at one that is."""

    misled = False


class EngineRefused(TransportError):
    """Something should listen at the address but does not."""


class PermissionDenied(TransportError):
    """The socket is there, this user may not use it."""


class TlsError(TransportError):
    """One side does not trust the other."""


class Timeout(TransportError):
    """Silence for longer than the limit of one read."""


class ConnectionBroken(TransportError):
    """The connection ended in the middle of an answer."""


class ContentError(SlipwayError):
    """Bytes are not what their digest or their format says."""


class RegistryError(SlipwayError):
    """A registry answered, and it said no. ``status`` is the HTTP status, ``code`` the registry's own, if any."""

    def __init__(self, cause: str, fix: str = "", status: int = 0, code: str = "") -> None:
        super().__init__(cause, fix)
        self.status = status
        self.code = code


class RegistryMissing(RegistryError):
    """404"""


class RegistryDenied(RegistryError):
    """401, 403"""


class RegistryUnsupported(RegistryError):
    """405, or the code UNSUPPORTED."""


class EngineError(SlipwayError):
    """The Engine answered, and it said no. ``status`` is the HTTP status, ``said`` the Engine's own words."""

    def __init__(self, cause: str, fix: str = "", status: int = 0, said: str = "", **details: Any) -> None:
        super().__init__(cause, fix, **details)
        self.status = status
        self.said = said or cause


class BadRequest(EngineError):
    """400"""


class Unauthorized(EngineError):
    """401"""


class Forbidden(EngineError):
    """403"""


class NotFound(EngineError):
    """404"""


class ConflictError(EngineError):
    """409"""


class ServerError(EngineError):
    """500 and above"""


class StreamError(EngineError):
    """An error inside a stream that began with status 200."""


class VersionError(EngineError):
    """The API version is not one that both sides speak."""
