# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication challenges of registries in WWW-Authenticate (RFC 9110, section 11). No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, List, Mapping

LIMIT = 16 << 10  # characters; a longer header is ignored
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SCHEME = re.compile(r"[\s,]*(%s)(?:\s+|$)" % _TOKEN)
_PARAMETER = re.compile(r"[\s,]*(%s)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|(%s))" % (_TOKEN, _TOKEN))


@dataclass(frozen=True)
class Challenge:
    """An authentication scheme, ``basic`` or ``bearer``, with its parameters (``realm``, ``service``, ``scope``)."""

    scheme: str
    parameters: Mapping[str, str]


def parse(header: str) -> List[Challenge]:
    """The challenges in a header, in its order; malformed ones are skipped."""
    found: List[Challenge] = []
    rest = header if len(header) <= LIMIT else ""
    while rest:
        scheme = _SCHEME.match(rest)
        if not scheme:
            break
        rest = rest[scheme.end() :]
        parameters: Dict[str, str] = {}
        while True:
            parameter = _PARAMETER.match(rest)
            if not parameter:
                break
            name, quoted, plain = parameter.groups()
            parameters[name.lower()] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain
            rest = rest[parameter.end() :]
        found.append(Challenge(scheme.group(1).lower(), parameters))
    return found


def choose(challenges: List[Challenge]) -> Challenge | None:
    """The challenge to answer: bearer is preferred, as it does not send the password itself."""
    for scheme in ("bearer", "basic"):
        for challenge in challenges:
            if challenge.scheme == scheme:
                return challenge
    return None
