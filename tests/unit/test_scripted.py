# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripted engine fails a test whose calls differ from its script, and shows the difference."""

from __future__ import annotations

from contextlib import suppress

import pytest
from scripted import Call, Engine

INFO = Call("GET /info", {})


def test_calls_of_the_script_are_answered():
    """In its order. A call with ``again`` is answered until another call is made."""
    again = Call('GET /images/json?all=1&filters={"label": ["a b"]}', [], again=True)
    with Engine(INFO, again, Call("POST /auth", body={"a": 1}), Call("POST /auth", body=None)) as client:
        client.get("/info", expect=dict)
        for _time in range(3):
            client.get("/images/json", expect=list, all=True, filters={"label": ["a b"]})
        client.call("POST", "/auth", body={"a": 1}, expect=None)
        client.call("POST", "/auth", expect=None)


@pytest.mark.parametrize(
    ("script", "call", "words"),
    [
        ([], {"method": "GET", "path": "/info"}, "An unexpected call:\n  GET /info\n  Expected:\n  The calls so far:"),
        ([INFO], {"method": "HEAD", "path": "/info"}, "HEAD /info\n  Expected:\n  GET /info"),
        ([INFO], {"method": "GET", "path": "/info", "query": {"a": 1}}, "GET /info\\?a=1\n  Expected:\n  GET /info"),
        ([INFO, INFO], {"method": "GET", "path": "/info"}, "These calls were not made:\n  GET /info"),
        (
            [INFO._replace(body=None)],
            {"method": "GET", "path": "/info", "body": 5},
            "was sent:\n  5\n  Expected:\n  None",
        ),
        ([INFO._replace(body=5)], {"method": "GET", "path": "/info"}, "was sent:\n  None\n  Expected:\n  5"),
    ],
)
def test_other_calls_fail_the_test(script, call, words):
    """Another method, path, query or body, one call too many, or too few."""
    with pytest.raises(AssertionError, match=words), Engine(*script) as client:
        client.call(**call, expect=dict)


def test_a_caught_failure_fails_the_test():
    """If the tested code catches all exceptions."""
    with pytest.raises(AssertionError, match="An unexpected call"), Engine() as client, suppress(Exception):
        client.get("/info", expect=dict)


def test_a_call_without_the_version_fails_the_test():
    """As if no version had been negotiated."""
    with pytest.raises(AssertionError, match=r"GET \(no version\) /info"), Engine(INFO) as client:
        client.connection.request("GET", "/info")
