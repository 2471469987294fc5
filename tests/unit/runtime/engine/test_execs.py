# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands in containers, where the connection does not play along."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import execs
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.containers import Ref
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    ConnectionBroken,
    InputError,
    NotFound,
    SlipwayError,
)

WEB = Ref("c0ffee", "web")


class Engine:
    """Stands for a client: the other end of the hijacked connection is ``far``."""

    def __init__(self, half_closes=True):
        self.connection = SimpleNamespace(half_closes=half_closes)
        self.near, self.far = socket.socketpair()
        self.calls = []

    def call(self, method, path, **_words):
        """Makes the command."""
        self.calls.append(path)
        return {"Id": "1"}

    def upgraded(self, path, **_words):
        """Starts it."""
        self.calls.append(path)
        return self.near, b""


def test_input_that_has_no_end_starts_nothing():
    """Not even an empty one."""
    engine = Engine(half_closes=False)
    with pytest.raises(InputError, match="stdin cannot be sent over TLS"):
        execs.run(engine, WEB, {"Cmd": ["cat"]}, b"", 0)
    assert engine.calls == []


def test_a_container_that_is_removed():
    """Takes the exit code of the command with it."""
    engine = Engine()
    engine.far.close()
    engine.get = Mock(side_effect=NotFound("no such exec", status=404))
    with pytest.raises(SlipwayError, match="the container web was removed before the command ended"):
        execs.run(engine, WEB, {"Cmd": ["sleep", "9"]}, None, 0)


def test_a_connection_that_breaks():
    """Is an error of ours. An end that still has something to read resets the connection."""
    engine = Engine()
    engine.near.send(b"unread")
    engine.far.close()
    with pytest.raises(ConnectionBroken, match="the connection ended before the command did"):
        execs.run(engine, WEB, {"Cmd": ["sleep", "9"]}, None, 0)
    assert engine.near.fileno() == -1
