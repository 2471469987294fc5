# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress of a task, as lines on the terminal while the task runs."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Sequence, Tuple

BEGAN, DONE, FAILED = "began", "done", "failed"

FIRST = 1.0  # seconds until the file is read for the first time, so that short tasks cost nothing
LONGEST = 4.0  # the longest pause between two reads, even if reading takes long
SHARE = 10  # pauses are at least this many times as long as the read before
ATTEMPTS = 3  # failed reads in a row, after which no more are tried
LASTS = 4.0  # seconds after which a step that is under way is shown again
WIDTH = 500  # characters of a line

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Line(NamedTuple):
    """A line to show."""

    text: str
    failed: bool = False


class Lines:
    """Turns the events of a progress file into lines. It does no I/O.

    A step that ends between two reads has one line. One that is still under way has a line when it begins, one at
    least every five seconds, and one when it ends.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._began: Dict[
            Tuple[str, str], float
        ] = {}  # steps that are under way, and when they began, on the target's clock
        self._said: Dict[Tuple[str, str], float] = {}  # when they were last shown
        self._ended = 0
        self._start = float("inf")  # of that clock, on ours
        self.read = 0  # events

    def add(self, text: str, now: float) -> List[Line]:
        """The lines for further text of the file, and for steps that last."""
        found = []
        for event in _events(text):
            self.read += 1
            if not event["step"]:
                continue
            key = (event["resource"], event["step"])
            self._start = min(self._start, now - event["at"])
            if event["result"] == BEGAN:
                self._began[key] = event["at"]
                continue
            self._began.pop(key, None)
            self._said.pop(key, None)
            self._ended += 1
            found.append(self._end(event))
        for key in self._began:
            if key not in self._said:
                self._said[key] = now
                found.append(self._line("%s: started" % _title(*key)))
        return found + self._lasting(now)

    def rest(self, timeline: Any) -> List[Line]:
        """The lines for steps of the result's timeline that were not read from the file."""
        steps = [_event(entry) for entry in timeline] if isinstance(timeline, list) else []
        return [self._end(event) for event in steps[self._ended :] if event]

    def _lasting(self, now: float) -> List[Line]:
        if not any(now - said >= LASTS for said in self._said.values()):
            return []
        self._said = dict.fromkeys(self._said, now)
        steps = ["%s (%.0f s)" % (_title(*key), now - self._start - began) for key, began in self._began.items()]
        return [self._line("still running: " + ", ".join(steps))]

    def _end(self, event: Mapping[str, Any]) -> Line:
        failed = event["result"] == FAILED
        how = "failed after" if failed else "done in"
        return self._line("%s: %s %.1f s" % (_title(event["resource"], event["step"]), how, event["seconds"]), failed)

    def _line(self, text: str, failed: bool = False) -> Line:
        whole = _UNPRINTABLE.sub("?", "%s: %s" % (self._title, text))
        return Line(whole if len(whole) <= WIDTH else whole[: WIDTH - 3] + "...", failed)


class Watch:
    """Reads a progress file in a thread, and shows its lines.

    ``read(number)`` returns the text of the file after that number of lines, and raises any Exception if that fails,
    which nobody notices.
    """

    def __init__(
        self, lines: Lines, read: Callable[[int], str], show: Callable[[Sequence[Line]], None], pause: float
    ) -> None:
        self._lines, self._read, self._show, self._pause = lines, read, show, pause
        self._over = threading.Event()
        self._showing = threading.Lock()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Show no more lines, even if a read is still under way."""
        self._over.set()
        self._thread.join(FIRST)
        with self._showing:
            pass

    def _watch(self) -> None:
        pause, failed = FIRST, 0
        while failed < ATTEMPTS and not self._over.wait(pause):
            began = time.monotonic()
            try:
                text, failed = self._read(self._lines.read), 0
            except Exception:
                text, failed = "", failed + 1
            now = time.monotonic()
            with self._showing:
                if not self._over.is_set():
                    self._show(self._lines.add(text, now))
            pause = min(max(self._pause, SHARE * (now - began)), LONGEST)


def _events(text: str) -> List[Dict[str, Any]]:
    """The events in the text. A last line that is not complete yet, and what a login shell has printed, are ignored."""
    found = []
    for line in text.splitlines(keepends=True):
        start = line.find("{")
        if start < 0 or not line.endswith("\n"):
            continue
        try:
            event = _event(json.loads(line[start:]))
        except ValueError:
            continue
        if event:
            found.append(event)
    return found


def _event(value: Any) -> Dict[str, Any]:
    """The event with values of the right types; empty if it is none."""
    if not isinstance(value, Mapping) or not all(name in value for name in ("resource", "step", "result")):
        return {}
    texts = {name: str(value[name]) for name in ("resource", "step", "result")}
    return {**texts, **{name: _number(value.get(name)) for name in ("at", "seconds")}}


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _title(resource: str, step: str) -> str:
    """A step without its reason, with the resource unless the step names it."""
    action = step.partition(": ")[0]
    return action if action.endswith(" " + resource) else "%s: %s" % (resource, action)
