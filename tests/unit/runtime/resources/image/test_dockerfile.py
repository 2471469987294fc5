# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base images of a Dockerfile."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.dockerfile import bases, stages
from hypothesis import given
from hypothesis import strategies as st

STAGES = """\
# syntax=docker/dockerfile:1
ARG version=12 variant
ARG base="debian:${version}${variant:+-$variant}"
FROM --platform=linux/amd64 ${base} AS Build
RUN echo FROM no:1
FROM golang:1.22 AS tools
FROM scratch AS files
COPY --from=tools /a /a
COPY --chown=1:1 --from=registry.example:5000/data:2 /b /b
from build as last
RUN --mount=type=bind,from=files,target=/mnt echo ,from=no:2
"""


@pytest.mark.parametrize(
    ("text", "args", "target", "expected"),
    [
        ("FROM app", {}, "", ["app"]),
        ("\ufefffrom app:1 as x\n", {}, "", ["app:1"]),
        ("FROM scratch\n", {}, "", []),
        ("", {}, "", []),
        ("FROM\n", {}, "", []),
        (STAGES, {}, "", ["debian:12", "golang:1.22", "registry.example:5000/data:2"]),
        (STAGES, {"version": "13", "variant": "slim"}, "build", ["debian:13-slim"]),
        (STAGES, {"base": "other:1"}, "BUILD", ["other:1"]),
        (STAGES, {}, "1", ["golang:1.22"]),
        (STAGES, {}, "files", ["golang:1.22", "registry.example:5000/data:2"]),
        (STAGES, {}, "missing", ["debian:12", "golang:1.22", "registry.example:5000/data:2"]),
        ("ARG tag\nFROM app:$tag", {}, "", []),
        ("ARG tag\nFROM app:${tag:-1}", {}, "", ["app:1"]),
        ("ARG tag=\nFROM app${tag-:1}", {}, "", ["app"]),
        ("FROM a AS b\nARG x=c\nFROM $x", {"x": "d"}, "", []),
        ("# escape=`\nFROM `\n  app:1\n", {}, "", ["app:1"]),
        ("# one\n# escape=`\nFROM \\\n# a remark\n\n  app:1\n", {}, "", ["app:1"]),
        ("FROM a\nRUN <<EOF cat\nFROM b\nEOF\nFROM c\n", {}, "", ["c"]),
        ("FROM a\nRUN <<-'ONE' <<TWO\nFROM b\nONE\nTWO\nCOPY --from=d x y\n", {}, "", ["a", "d"]),
        ("FROM a\nRUN echo $((1 << n))\nCOPY --from=d x y\n", {}, "", ["a", "d"]),
        ("FROM a AS a\nFROM a\n", {}, "", ["a"]),
        ("ARG\tb=c\nFROM\ta\tAS\tx\nFROM \t$b AS y\nCOPY\t--from=x\t/a /\n", {}, "y", ["a", "c"]),
        ("FROM a\nRUN echo b\x0cFROM c\n", {}, "", ["a"]),
        ("FROM a\r\nFROM\tb\r\n", {}, "", ["b"]),
    ],
)
def test_base_images_are_found(text, args, target, expected):
    """Of the stages that the target needs, without those that depend on unknown variables."""
    assert bases(text, args, target) == expected


WORDS = [
    "FROM",
    "AS",
    "ARG",
    "COPY",
    "RUN",
    "--from=",
    "$A",
    "${A:-",
    "}",
    "A=",
    "<<E",
    "E",
    "\\",
    "\n",
    " ",
    "x",
    "#",
    "escape=",
]


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join) | st.text(max_size=60), st.text(max_size=3))
def test_any_text_is_parsed(text, target):
    """The result is a list of names, or one of our errors."""
    with contextlib.suppress(InputError):
        assert all(isinstance(name, str) for name in bases(text, {"A": "$A$A"}, target) + stages(text))


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\n" + "RUN x <<E\n" * 50000,
        "FROM a\n" + "RUN x \\\n" * 50000,
        "FROM a AS a\n" * 50000,
        "FROM " + "${a-" * 200000,
        "ARG " + "a=${b:-" * 100000 + "\nFROM x",
    ],
    ids=["documents", "one instruction", "stages", "variables", "arguments"],
)
def test_long_texts_are_parsed_in_linear_time(text):
    """Otherwise this test would not end."""
    assert bases(text, {}) in (["a"], ["x"], [])


def test_exponentially_growing_values_are_rejected():
    """After a limited number of steps."""
    text = "ARG A=xx\n" + "ARG A=$A$A\n" * 100 + "FROM $A\n"
    with pytest.raises(InputError, match="a value of ARG grows to more than 4096 characters"):
        bases(text, {})
