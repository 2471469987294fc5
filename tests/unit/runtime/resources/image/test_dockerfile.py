# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base images of a Dockerfile."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.dockerfile import bases

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
    ],
)
def test_bases(text, args, target, expected):
    """Of the stages that the target needs; what depends on an unknown variable is left out."""
    assert bases(text, args, target) == expected
