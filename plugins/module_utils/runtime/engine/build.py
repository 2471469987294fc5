# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building an image: POST /build (Engine API 1.41), until it ends."""

from __future__ import annotations

import base64
import json
import re
from collections import deque
from dataclasses import dataclass
from typing import Any, Deque, Iterable, List, Mapping, Sequence, Tuple
from urllib.parse import urlencode

from ..errors import EngineError, StreamError
from .buildkit import LONGEST, TRACE, Progress
from .client import Client
from .refusals import explained
from .registries import Auth
from .streams import progress

ADDRESS = re.compile('(?:https://([^/"]+)/v2/|reference "([^/"]+)/)')
LAST_LINES = 4  # log lines in the message of a failed build
COLOUR = re.compile("\x1b\\[[0-9;]*m")  # the classic builder's prefix for output on standard error
SILENCE = 3600.0  # seconds of silence allowed for an instruction, such as a compilation
LOG_LIMIT = 2000  # log lines kept, the last ones
# BuildKit lines that add nothing to the error, which does not name a base image.
REPEATED = re.compile(r"#\d+ (ERROR: |\[(?!internal\] load metadata for )|CACHED$)")


@dataclass(frozen=True)
class Built:
    """The result of a build: the image's id, and the log."""

    image: str
    log: str


def build(
    client: Client,
    name: str,
    query: Sequence[Tuple[str, str]],
    context: Iterable[bytes],
    auths: Mapping[str, Auth] | None = None,
    silence: float | None = None,
) -> Built:
    """Build an image with this name from a context (a tar archive in pieces).

    ``query`` holds the parameters of the call, some of which may be repeated; ``auths`` the credentials for base images
    by registry (classic builder only); ``silence`` is the longest allowed silence in seconds. Raises EngineError with
    the cause and the last output of the failed instruction in its message, and the log in its details.
    """
    headers = {"Content-Type": "application/x-tar"}
    if auths:
        headers["X-Registry-Config"] = base64.urlsafe_b64encode(json.dumps(auths).encode("utf-8")).decode("ascii")
    log: Deque[str] = deque(maxlen=LOG_LIMIT)
    try:
        target = "/build?" + urlencode([("t", name), *query])
        response = client.request("POST", target, headers=headers, raw=context, timeout=silence or SILENCE)
        image = _follow(progress(response), log)
    except StreamError as error:
        raise _failed(error, name, list(log))
    except EngineError as error:
        raise explained(error, name)
    return Built(image, "\n".join(log))


def _follow(progress: Iterable[Mapping[str, Any]], log: Deque[str]) -> str:
    """Append log lines as they arrive; returns the image's id."""
    buildkit, open_line, image = Progress(), "", ""
    try:
        for message in progress:
            aux = message.get("aux")
            if message.get("id") == TRACE and isinstance(aux, str):
                log.extend(buildkit.lines(aux))
            elif isinstance(aux, dict):
                image = str(aux.get("ID") or image)
            *whole, open_line = (open_line + COLOUR.sub("", str(message.get("stream") or ""))).split("\n")
            open_line = open_line[-LONGEST:]
            log.extend(line[-LONGEST:] for line in whole if line)
    finally:
        log.extend(buildkit.rest())
    return image


def _failed(error: StreamError, name: str, lines: List[str]) -> EngineError:
    # The error is about a base image, which BuildKit calls by an address.
    where = ADDRESS.search(error.said)
    told = explained(error, name, where.group(1) or where.group(2) if where else "")
    said = [line.strip() for line in lines if line.strip() and not REPEATED.match(line.strip())]
    cause = told.cause if told is not error else "The build failed: %s" % " ".join(error.said.split())
    if said:
        cause += " (the log ends: %s)" % " | ".join(said[-LAST_LINES:])
    # Ansible derives stdout_lines from stdout, and would show the log twice.
    log = {"stdout": "\n".join(lines), "stdout_lines": []}
    return StreamError(cause, told.fix, status=error.status, said=error.said, **log)
