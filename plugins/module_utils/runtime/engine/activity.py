# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Output, resource use and processes of containers (Engine API 1.41)."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ..errors import ConflictError, EngineError
from .client import Client, segment
from .shape import maybe
from .streams import STDERR, STDOUT, frames

OUTPUT_LIMIT = 1024 * 1024  # bytes kept of each stream; the oldest output is dropped
_TABLE = {"Titles": [str], "Processes": maybe([[str]])}


def logs(client: Client, name: str, tty: bool, query: Mapping[str, Any]) -> Dict[str, Any]:
    """GET /containers/{name}/logs: ``stdout`` and ``stderr``, and whether they were ``truncated``.

    With a TTY, all output is on stdout. Raises EngineError if the log driver does not support reading.
    """
    try:
        asked = {"stdout": True, "stderr": True, **query}
        response = client.request("GET", "/containers/%s/logs" % segment(name), asked)
    except EngineError as error:
        if "does not support reading" in error.said:
            error.cause = "logs: the output of the container cannot be read (%s)" % error.said
            error.fix = "Remove logs, or use another log driver for the container."
        raise
    kept = {STDOUT: bytearray(), STDERR: bytearray()}
    truncated = False
    for stream, piece in frames(response.chunks(), tty):
        kept[stream] += piece
        if len(kept[stream]) > OUTPUT_LIMIT:
            truncated = True
            del kept[stream][:-OUTPUT_LIMIT]
    out, err = (kept[stream].decode("utf-8", "replace") for stream in (STDOUT, STDERR))
    return {"stdout": out, "stderr": err, "truncated": truncated}


def stats(client: Client, name: str) -> Dict[str, Any]:
    """GET /containers/{name}/stats: a single sample."""
    query = {"stream": False, "one-shot": True}
    found: Dict[str, Any] = client.call("GET", "/containers/%s/stats" % segment(name), query, expect=dict)
    return found


def processes(client: Client, name: str, ps_args: str | None) -> List[Dict[str, str]]:
    """GET /containers/{name}/top: a dict per process, keyed by the column titles of ``ps`` on the Engine's host.

    Empty if the container is not running. Raises EngineError if ``ps`` rejects its arguments.
    """
    try:
        found = client.get("/containers/%s/top" % segment(name), expect=_TABLE, ps_args=ps_args)
    except ConflictError:
        return []
    except EngineError as error:
        if "executable file not found" in error.said:
            error.fix = "Install ps on the engine's host (usually the package procps)."
        elif ps_args is not None:
            error.fix = "Check ps_args; the output of ps must have the column PID."
        raise
    return [dict(zip(found["Titles"], process)) for process in found.get("Processes") or ()]
