# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that .dockerignore excludes."""

from __future__ import annotations

import posixpath
import re

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.ignore import Ignore
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("lines", "out", "stays"),
    [
        ("", "", "a .dockerignore"),
        ("# all\n\n  \n", "", "a"),
        ("a", "a a/b a/b/c", "ab b/a"),
        ("/a/", "a a/b", "b/a"),
        ("./a/../b", "b b/c", "a"),
        ("*", "a a/b .hidden", ""),
        ("x+y(z).c", "x+y(z).c", "xxyz.c"),
        ("*.log", "x.log .log", "a/x.log x.log2"),
        ("*/*.log", "a/x.log", "x.log a/b/x.log"),
        ("**/*.log", "x.log a/x.log a/b/x.log", "x.logs"),
        ("**/node_modules", "node_modules node_modules/a/b a/node_modules/c", "node_modules2"),
        ("a/**", "a/b a/b/c", "a b"),
        ("a/**/z", "a/z a/b/z a/b/c/z a/z/y", "z a/b"),
        ("**", "a a/b", ""),
        ("**.pyc", "x.pyc .pyc a/x.pyc a/b/x.pyc x.pyc/y", "x.pyc2"),
        ("**foo/bar", "foo/bar xfoo/bar a/xfoo/bar a/foo/bar/b", "foo/x/bar"),
        ("**.py?", ".pyc a/.pyc", "x.pyc a/x.pyc"),
        ("***.log", "x.log .log a/x.log a/b/x.log", "x.logs"),
        ("a***b", "ab axb a/xb ax/yb", "ab2"),
        ("a\x0cb", "", "a b"),
        ("?.txt", "a.txt", "ab.txt .txt a/b.txt"),
        ("[ab].txt", "a.txt b.txt", "c.txt"),
        ("[^ab].txt", "c.txt", "a.txt"),
        ("[a-c]?", "a1 c2", "d1 a"),
        (r"\*", "*", "a"),
        ("a+b(c).d", "a+b(c).d", "aab(c).d a+b(c)xd"),
        ("a\n!a/b", "a a/c", "a/b a/b/c"),
        ("*\n!a/b\na/b/c", "a x a/b/c", "a/b a/b/d"),
        ("!a\na", "a", "b"),
        ("*.md\n!README*.md\nREADME-secret.md", "x.md README-secret.md", "README.md README-1.md"),
        ("*\n! a", "b", "a"),
        ("\ufeffa", "a", "b"),
        ("a\r\nb", "a b", "c"),
        ("..a", "..a", "a"),
        # A pattern that cannot match a directory says nothing about its content.
        ("build/*\n!build", "build/x build/x/y", "build"),
        ("build/*\n!build/*", "", "build/x build/x/y"),
        ("build\n!build", "", "build build/x"),
        ("build/*\n!build\nbuild", "build build/x", "a"),
        ("a/b\n!a\n", "a/b a/b/c", "a a/c"),
        # With the syntax of Go's regular expressions.
        ("[[:alpha:]]", "a Z", "1 : [ ab"),
        ("x[[:digit:][:upper:]_-]y", "x1y xAy x_y x-y", "xay xy x:y"),
        ("[^[:alpha:]]", "1 _", "a Z"),
        ("[[:punct:]]", "! ~ [ ] ^ `", "a 1"),
        (r"\d\d", "12", "d 1d dd"),
        (r"a\wb", "axb a_b a1b", "a-b awwb"),
        (r"[\]a]", "] a", "b"),
        (r"a\.b", "a.b", "axb"),
    ],
)
def test_excluded_files(lines, out, stays):
    """By Docker's rules: the last matching line decides."""
    ignore = Ignore(lines)
    assert [path for path in out.split() if not ignore.excludes(path)] == []
    assert [path for path in stays.split() if ignore.excludes(path)] == []


@pytest.mark.parametrize(
    ("lines", "directory", "answer"),
    [
        ("a", "a", False),
        ("a\n!b", "a", False),
        ("a\n!a/b", "a", True),
        ("a\n!a/b/c", "a/b", True),
        ("a\n!a/b/c", "a/x", False),
        ("a\n!a/*/c", "a/x", True),
        ("a\n!**/c", "a/x", True),
        ("a\n!*.md", "a", True),
        ("a\n!b/*", "a", False),
        ("a\n!ab", "a", False),
    ],
)
def test_excluded_directories_are_searched_only_for_exceptions(lines, directory, answer):
    """An exception with a wildcard may be anywhere; others only below their path."""
    assert Ignore(lines).may_readmit(directory) is answer


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("a\n!", "line 2: '!' must be followed by a pattern"),
        ("[a", "line 1: '.a' is"),
        ("a\\", "line 1"),
        ("[[:no:]]", "line 1"),
        (r"a\pb", "line 1"),
    ],
)
def test_invalid_lines_are_errors(lines, why):
    """With the file and the line."""
    with pytest.raises(InputError, match=why):
        Ignore(lines, "/x/.dockerignore")


@pytest.mark.parametrize(
    "line",
    [
        "**/" * 200 + "z",
        "*a" * 40 + "*z",
        "**/a*" * 20 + "z",
        "a**" * 40 + "z",
        "**a" * 40 + "**/z",
        "***/" * 50 + "**z",
    ],
)
def test_many_wildcards_are_matched_in_polynomial_time(line):
    """Otherwise this test would not end."""
    ignore = Ignore(line)
    assert not ignore.excludes("a" * 250 + "/" + "/".join(["a"] * 1000) + "/y")


@given(
    st.lists(st.sampled_from(["a", "b", "/", "*", "**", "**/", "?", "[ab]", "[^a]"]), min_size=1, max_size=7).map(
        "".join
    ),
    st.lists(st.sampled_from(["a", "b", "ab", ".x"]), min_size=1, max_size=4).map("/".join),
)
def test_patterns_match_like_the_regular_expressions_of_docker(line, path):
    """For patterns with few wildcards."""
    words = posixpath.normpath(line).lstrip("/") or "."
    expression, rest = "", words
    if re.fullmatch(r"\*\*[^/*?[][^*?[]*", words):  # then Docker compares only the end
        expression, rest = ".*", words[2:]
    while rest:
        if rest.startswith("**"):
            rest = rest[3:] if rest.startswith("**/") else rest[2:]
            expression += "(?:.*/)?" if rest else ".*"
        elif rest.startswith("["):
            end = rest.index("]") + 1
            expression, rest = expression + rest[:end], rest[end:]
        else:
            expression += {"*": "[^/]*", "?": "[^/]"}.get(rest[0], re.escape(rest[0]))
            rest = rest[1:]
    parts = path.split("/")
    expected = any(re.fullmatch(expression, "/".join(parts[: end + 1])) for end in range(len(parts)))
    assert Ignore(line).excludes(path) is expected


@given(st.text(max_size=20), st.text(max_size=10))
def test_any_lines_are_parsed(lines, path):
    """The result is a list of rules, or an error with the invalid line."""
    try:
        Ignore(lines).excludes(path)
    except InputError as error:
        assert "line" in str(error)
