# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parsing WWW-Authenticate."""

from __future__ import annotations

import re

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.challenge import Challenge, choose, parse
from hypothesis import given
from hypothesis import strategies as st

SCOPE = "repository:a/b:pull,push"
HUB = 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"'


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", []),
        ('Basic realm="a, b"', [("basic", {"realm": "a, b"})]),
        ("Basic", [("basic", {})]),
        (r'Basic realm="a \"b\" \\ c"', [("basic", {"realm": 'a "b" \\ c'})]),
        (HUB, [("bearer", {"realm": "https://auth.docker.io/token", "service": "registry.docker.io", "scope": SCOPE})]),
        ('BASIC Realm=x, bearer realm="y"', [("basic", {"realm": "x"}), ("bearer", {"realm": "y"})]),
        ('Bearer realm = "https://r/t" , error=bad', [("bearer", {"realm": "https://r/t", "error": "bad"})]),
        ("====", []),
    ],
)
def test_challenges_are_parsed(header, found):
    """As registries send them, and malformed ones."""
    assert [(challenge.scheme, dict(challenge.parameters)) for challenge in parse(header)] == found


def test_token_authentication_is_preferred():
    """Basic authentication would send the password with each request."""
    basic, bearer = Challenge("basic", {}), Challenge("bearer", {})
    assert choose([basic, bearer]) is bearer
    assert choose([Challenge("negotiate", {}), basic]) is basic
    assert choose([Challenge("negotiate", {})]) is None


@given(st.text())
def test_any_header_is_parsed_without_an_error(text):
    """And in limited time."""
    for challenge in parse(text):
        assert challenge.scheme


@given(st.dictionaries(st.from_regex("[a-z]{1,8}", fullmatch=True), st.text(max_size=20), min_size=1))
def test_quoted_values_are_parsed(parameters):
    """With any characters."""
    quoted = ",".join('%s="%s"' % (name, re.sub(r'(["\\])', r"\\\1", text)) for name, text in parameters.items())
    (challenge,) = parse("Bearer " + quoted)
    assert challenge.parameters == parameters
