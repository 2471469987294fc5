# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No message shows a password from a URL."""

from __future__ import annotations

import re

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime import errors
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    InputError,
    SlipwayError,
    hide_userinfo,
)


def drawn(error):
    """An error and its subclasses as the tree in the file's docstring, in the order of definition."""
    yield error.__name__
    children = [child for child in error.__subclasses__() if child.__module__ == error.__module__]
    for child in children:
        first, other = ("└── ", "    ") if child is children[-1] else ("├── ", "│   ")
        name, *below = drawn(child)
        yield first + name
        yield from (other + line for line in below)


def test_the_tree_in_the_docstring_has_all_errors():
    """At their positions."""
    _title, tree = errors.__doc__.split("\n\n")
    assert re.findall(r"^\W*\w+", tree, re.MULTILINE) == list(drawn(SlipwayError))


@pytest.mark.parametrize(
    "text, shown",
    [
        ("ftp://u:PW@h", "ftp://...@h"),
        ("https://TOKEN@h/x", "https://...@h/x"),
        ("https://u:PW@[::1]:5000/v2/", "https://...@[::1]:5000/v2/"),
        ("https://u:P@W@h/x", "https://...@h/x"),
        ("https://u:P/W@h/x", "https://...@h/x"),
        ("https://u:P?W#@h/x", "https://...@h/x"),
        ("HTTPS://u:PW@h", "HTTPS://...@h"),
        ("ssh://u:PW@h", "ssh://...@h"),
        ("u:PW@h/x:1", "...@h/x:1"),
        ("u:P/W@h/x", "...@h/x"),
        ("registry: u:PW@h is not a name", "registry: ...@h is not a name"),
        ("registry: 'https://u:PW@h' is not a name", "registry: 'https://...@h' is not a name"),
        ("from https://u:PW@a to https://b:PW@c/d", "from https://...@a to https://...@c/d"),
        ("u:PW@h/x@sha256:0123", "...@h/x@sha256:0123"),
    ],
)
def test_users_and_passwords_are_hidden(text, shown):
    """In URLs, addresses and image names, also several in a text."""
    assert hide_userinfo(text) == shown
    assert str(InputError(text, text)) == "%s. %s" % (shown, shown)


@pytest.mark.parametrize(
    "text, shown",
    [
        ("username=u,password=P W,vers=3.0", "username=u,password=...,vers=3.0"),
        ("data: addr=h,pass=PW: connection refused", "data: addr=h,pass=...: connection refused"),
        ('{"o": "username=u,password=PW", "type": "cifs"}', '{"o": "username=u,password=...", "type": "cifs"}'),
        ('{"splunk-token": "PW", "splunk-url": "h"}', '{"splunk-token": "...", "splunk-url": "h"}'),
        ("{'secret_key': 'PW'}", "{'secret_key': \"...\"}"),
        ("name=admin,secret=AQ==,x=y", "name=admin,secret=...,x=y"),
        ("TOKEN=PW", "TOKEN=..."),
    ],
)
def test_secrets_by_key_are_hidden(text, shown):
    """In mount options, and in values that messages show."""
    assert hide_userinfo(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "password: it is empty. Give one.",
        "credentials=/root/smb,secretfile=/etc/ceph/key,bypass=1",
        '{"token_file": "/x", "passive": "y"}',
    ],
)
def test_similar_words_are_not_hidden(text):
    """Paths of files, names of options, and longer words."""
    assert hide_userinfo(text) == text


def test_a_password_in_a_single_url_may_contain_spaces():
    """In a sentence, a space ends the URL."""
    assert hide_userinfo("https://u:P W@h/x") == "https://...@h/x"


@pytest.mark.parametrize(
    "text",
    [
        "ssh://root@h",
        "",
        "@",
        "nobody@example.com",
        "ssh://root@h:22/run/docker.sock",
        "git@example.com:a/b",
        "https://h:5000/a@b",
        "unix:///run/a@b",
        "h:5000/x@sha256:0123",
        "h:5000/x:1@sha256:0123",
        "x:1@sha256:0123",
        "docker@sha256:0123: not found",
        "Could not pull image x:1@sha256:0123: no. Write it like NAME:TAG",
    ],
)
def test_texts_without_passwords_are_unchanged(text):
    """Ports, tags and digests, users of ssh, and other texts with an @."""
    assert hide_userinfo(text) == text
