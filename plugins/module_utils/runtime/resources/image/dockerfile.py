# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of a Dockerfile and their base images. No I/O.

Only what matters for that is parsed: the directive ``escape``, ARG before the first FROM, FROM, and copies from stages.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import takewhile
from typing import Dict, Iterator, List, Mapping, Match, Set, Tuple

from ...errors import InputError

ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S)\s*$", re.IGNORECASE)
DIRECTIVE = re.compile(r"#\s*\w+\s*=")
HEREDOC = re.compile(r"<<-?\s*[\"']?(\w+)[\"']?")
OTHER_STAGE = re.compile(r"(?:--|[,=])from=([^\s,]+)")  # of COPY --from=X, and RUN --mount=type=bind,from=X
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^}]*))?\})")
SCRATCH = "scratch"
SYNTAX = re.compile(r"#\s*syntax\s*=\s*(\S+)", re.IGNORECASE)
LONGEST = 4096  # characters of a FROM, an ARG, or a value; image names are shorter


def is_usual(text: str) -> bool:
    """Whether a Dockerfile is in Docker's own syntax: the directive ``syntax`` may select any other."""
    found = SYNTAX.match(text.lstrip("\ufeff"))
    return found is None or "docker/dockerfile" in found.group(1)


def stages(text: str) -> List[str]:
    """The names of the stages, in lower case; unnamed ones have their number."""
    found: List[str] = []
    for word, rest in _instructions(text):
        if word == "FROM":
            found.append(_stage(rest, len(found)))
    return found


def bases(text: str, args: Mapping[str, str], target: str = "") -> List[str]:
    """The base images of the stages up to ``target`` (default: the last one), sorted.

    ``args`` are values of build arguments. Names with an unset variable are left out. Raises InputError for values that
    grow without limit.
    """
    stages: List[Tuple[str, Set[str]]] = []  # stage name: required stages or images
    values: Dict[str, str] = {}
    for word, rest in _instructions(text):
        if word == "ARG" and not stages:
            for part in rest[:LONGEST].split():
                name, _equals, default = part.partition("=")
                values[name] = args.get(name, _fill(default.strip("\"'"), values))
        elif word == "FROM":
            parts = [part for part in rest[:LONGEST].split() if not part.startswith("--")]
            needs = {_fill(parts[0].strip("\"'"), values)} if parts else set()
            stages.append((_stage(rest, len(stages)), needs))
        elif word in ("COPY", "ADD", "RUN") and stages:
            for flag in takewhile(lambda part: part.startswith("--"), rest.split()):
                stages[-1][1].update(OTHER_STAGE.findall(flag))
    return sorted(_needed(stages, target.lower()))


def _stage(rest: str, number: int) -> str:
    """The name of the stage that a FROM starts."""
    parts = [part for part in rest[:LONGEST].split() if not part.startswith("--")]
    return (parts[2] if len(parts) > 2 and parts[1].upper() == "AS" else str(number)).lower()


def _needed(stages: List[Tuple[str, Set[str]]], target: str) -> Set[str]:
    numbers: Dict[str, List[int]] = {}
    for number, (name, _needs) in enumerate(stages):
        for word in sorted({name, str(number)}):
            numbers.setdefault(word, []).append(number)
    found: Set[str] = set()
    left = numbers.get(target, [])[-1:] or ([len(stages) - 1] if stages else [])
    done: Set[int] = set()
    while left:
        number = left.pop()
        if number in done:
            continue
        done.add(number)
        for need in stages[number][1]:
            # Later stages can refer to it by name or number.
            known = numbers.get(need.lower(), [])
            earlier = bisect_left(known, number)
            if earlier:
                left.append(known[earlier - 1])
            elif need and need.lower() != SCRATCH and "$" not in need:
                found.add(need)
    return found


def _instructions(text: str) -> Iterator[Tuple[str, str]]:
    """Each instruction in upper case, and its arguments in one line."""
    lines = text.lstrip("\ufeff").split("\n")
    escape = "\\"
    for line in lines:
        if not DIRECTIVE.match(line.strip()):
            break
        chosen = ESCAPE.match(line.strip())
        escape = chosen.group(1) if chosen else escape
    last = {line.strip(): number for number, line in enumerate(lines)}  # the last index of each line
    whole: List[str] = []
    ends: List[str] = []
    for number, line in enumerate(lines):
        if ends:  # inside a heredoc
            if line.strip() == ends[0]:
                ends.pop(0)
            continue
        part = line.strip()
        if part.startswith("#") or not part:
            continue
        if part.endswith(escape):
            whole.append(part[:-1] + " ")
            continue
        words = "".join([*whole, part]).split(None, 1)
        if not words:
            continue
        word, rest, whole = words[0].upper(), "".join(words[1:]), []
        if word in ("COPY", "ADD", "RUN"):
            ends = [end for end in HEREDOC.findall(rest) if last.get(end, -1) > number]
        yield word, rest.strip()


def _fill(text: str, values: Mapping[str, str]) -> str:
    """Replace variables; unset ones are kept, so that a dollar marks an unknown value."""

    def value(match: Match[str]) -> str:
        name, sign, word = match.group(1) or match.group(2), match.group(3) or "", _fill(match.group(4) or "", values)
        known = values.get(name)
        there = bool(known) if sign.startswith(":") else known is not None
        if sign.endswith("+"):
            return word if there else ""
        if sign.endswith("-"):
            return str(known) if there else word
        return known or match.group(0)

    filled = VARIABLE.sub(value, text)
    if len(filled) > LONGEST:
        raise InputError(
            "build.dockerfile: a value of ARG grows to more than %d characters" % LONGEST, "Check its definition."
        )
    return filled
