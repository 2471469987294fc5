# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress files become lines."""

from __future__ import annotations

import json
import threading

import pytest
from ansible_collections.slipway.docker.plugins.plugin_utils import progress
from ansible_collections.slipway.docker.plugins.plugin_utils.progress import WIDTH, Lines, Watch

TITLE = "project shop (host1): "


def event(step, result, at, seconds=0.0, resource="container web"):
    """A line of a progress file."""
    return json.dumps({"resource": resource, "step": step, "result": result, "at": at, "seconds": seconds}) + "\n"


@pytest.fixture
def lines():
    """The lines of a project, without its title."""
    return Lines("project shop (host1)")


def texts(found):
    """The texts of lines without the title."""
    assert all(line.text.startswith(TITLE) for line in found)
    return [line.text.removeprefix(TITLE) for line in found]


def test_a_step_that_ends_between_two_reads_has_one_line(lines):
    """Without its reason, and a whole resource has none."""
    text = event("", "began", 0.0) + event("create container web: it does not exist", "began", 0.0)
    text += event("create container web: it does not exist", "done", 0.25, 0.25) + event("", "done", 0.3, 0.3)
    assert texts(lines.add(text, 1.0)) == ["create container web: done in 0.2 s"]
    assert lines.read == 4


def test_a_step_that_lasts_is_shown_again(lines):
    """At least every five seconds if the file is read every second, all steps in one line."""
    text = event("pull image a: x", "began", 0.0, resource="image a") + event("start container web: x", "began", 0.9)
    found = lines.add(text, 1.0)
    assert texts(found) == ["pull image a: started", "start container web: started"]
    shown = {second: texts(lines.add("", float(second))) for second in range(2, 11)}
    assert {second: words for second, words in shown.items() if words} == {
        5: ["still running: pull image a (5 s), start container web (4 s)"],
        9: ["still running: pull image a (9 s), start container web (8 s)"],
    }
    found = lines.add(event("pull image a: x", "failed", 11.1, 11.1, resource="image a"), 11.2)
    assert (texts(found), found[0].failed) == (["pull image a: failed after 11.1 s"], True)


def test_the_resource_is_named_if_the_step_does_not(lines):
    """A container is connected to a network."""
    found = lines.add(event("connect network backend: declared", "done", 1.0, 1.0), 1.0)
    assert texts(found) == ["container web: connect network backend: done in 1.0 s"]


def test_text_that_is_no_event_is_ignored(lines):
    """What login shells print, a line that is still being written, and line ends of terminals."""
    whole = event("start container web: x", "done", 1.0, 1.0)
    noise = 'Welcome!\n{"a": 1}\n[1]\n{broken}\n\r\n'
    found = lines.add(noise + "$ " + whole.replace("\n", "\r\n") + whole[:20], 1.0)
    assert texts(found) == ["start container web: done in 1.0 s"]
    assert lines.read == 1


def test_values_of_the_target_are_shown_safely(lines):
    """Without control characters, and not at any length."""
    odd = {"resource": ["x"], "step": "start \x1b[2J\u2028", "result": 5, "at": "soon", "seconds": None}
    assert texts(lines.add(json.dumps(odd) + "\n", 1.0)) == ["['x']: start ?[2J?: done in 0.0 s"]
    found = lines.add(event("start %s: x" % ("y" * 2 * WIDTH), "done", 1.0), 1.0)
    assert len(found[0].text) == WIDTH


def test_what_was_not_read_comes_from_the_timeline(lines):
    """It has the order of the file."""
    lines.add(event("create container web: x", "began", 0.0) + event("create container web: x", "done", 0.1), 1.0)
    timeline = [
        {"resource": "container web", "step": step + " container web: x", "result": result, "seconds": 0.5}
        for step, result in (("create", "done"), ("start", "failed"))
    ]
    assert texts(lines.rest(timeline)) == ["start container web: failed after 0.5 s"]
    assert [lines.rest(value) for value in (None, {}, [3], "x")] == [[], [], [], []]


class Reader:
    """Stands for the function that reads a file."""

    def __init__(self, *answers):
        self.answers, self.numbers, self.used = list(answers), [], threading.Event()

    def __call__(self, number):
        """The next answer; an exception is raised."""
        self.numbers.append(number)
        answer = self.answers.pop(0)
        if not self.answers:
            self.used.set()
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def quick(monkeypatch):
    """Reads without pauses."""
    monkeypatch.setattr(progress, "FIRST", 0.0)
    monkeypatch.setattr(progress, "LONGEST", 0.0)


def test_the_file_is_read_until_the_task_ends(lines, quick):
    """From the first line that has not been read. A failed read is tried again."""
    done = event("start container web: x", "done", 1.0)
    read = Reader("", done, OSError("x"), OSError("x"), done + done, *[OSError("x")] * progress.ATTEMPTS)
    shown = []
    watch = Watch(lines, read, shown.extend, 0.0)
    assert read.used.wait(60)
    watch.close()
    assert len(shown) == 3
    assert read.numbers == [0, 0, 1, 1, 1, 3, 3, 3]


def test_a_late_read_shows_nothing(lines, quick):
    """The task has ended, and its other lines have been shown."""
    reading, end = threading.Event(), threading.Event()
    shown = []

    def read(number):
        reading.set()
        end.wait(60)
        return event("start container web: x", "done", 1.0)

    watch = Watch(lines, read, shown.extend, 0.0)
    assert reading.wait(60)
    watch.close()
    end.set()
    watch._thread.join(60)
    assert shown == []
