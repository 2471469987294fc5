# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress of a run: the timeline in the result, and lines in a file while the run lasts."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Dict, List

from ..converge import BEGAN
from ..errors import HostError, hide_userinfo
from .execution import Event


class Progress:
    """Collects events, and writes each as a line of JSON to a file, if there is one.

    A file that cannot be written is no reason to fail: the timeline has the same.
    """

    def __init__(self, path: str | None) -> None:
        self._events: List[Event] = []
        self._writing = threading.Lock()
        self._path = path
        self._file = _create(path) if path else -1

    def __call__(self, event: Event) -> None:
        """Add an event, from any thread."""
        line = {**_shown(event), "result": event.what, "at": round(event.at, 3), "words": hide_userinfo(event.words)}
        with self._writing:  # the file has the order of the timeline
            self._events.append(event)
            if self._file >= 0:
                with suppress(OSError):
                    os.write(self._file, json.dumps(line).encode("utf-8") + b"\n")

    def close(self) -> None:
        """Remove the file."""
        if self._path and self._file >= 0:
            os.close(self._file)
            with suppress(OSError):
                Path(self._path).unlink()

    def timeline(self) -> List[Dict[str, Any]]:
        """The steps in the order of their ends, with seconds since the start."""
        return [
            {**_shown(event), "result": event.what, "began": round(event.at - event.seconds, 3)}
            for event in self._events
            if event.step and event.what != BEGAN
        ]


def _shown(event: Event) -> Dict[str, Any]:
    step = hide_userinfo(event.step)
    return {"resource": str(event.key), "step": step, "seconds": round(event.seconds, 3)}


def _create(path: str) -> int:
    """A descriptor of the new file, or -1. Raises HostError if the file exists: it may be somebody else's."""
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise HostError("progress_file: %s cannot be created: %s" % (path, error.strerror), "Choose a new file.")
    except OSError:
        return -1
