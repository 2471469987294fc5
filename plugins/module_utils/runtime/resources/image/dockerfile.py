# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images a build is based on, read from its Dockerfile. Pure.

Only what decides about that is read: the directive ``escape``, ARG before the first FROM, FROM, and which stages copy
from which.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Dict, Iterator, List, Mapping, Match, Set, Tuple

ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S)\s*$", re.IGNORECASE)
DIRECTIVE = re.compile(r"#\s*\w+\s*=")
HEREDOC = re.compile(r"<<-?\s*[\"']?(\w+)[\"']?")
OTHER_STAGE = re.compile(r"(?:--|[,=])from=([^\s,]+)")  # of COPY --from=X, and RUN --mount=type=bind,from=X
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^}]*))?\})")
SCRATCH = "scratch"


def bases(text: str, args: Mapping[str, str], target: str = "") -> List[str]:
    """The images that the stages up to ``target`` (the last one if empty) are made from, sorted.

    ``args`` are the values of ARG that the build is given. What depends on a variable without a value is left out.
    """
    stages: List[Tuple[str, Set[str]]] = []  # the name, and what it needs: stages or images
    values: Dict[str, str] = {}
    for word, rest in _instructions(text):
        if word == "ARG" and not stages:
            for part in rest.split():
                name, _equals, default = part.partition("=")
                values[name] = args.get(name, _fill(default.strip("\"'"), values))
        elif word == "FROM":
            parts = [part for part in rest.split() if not part.startswith("--")]
            named = parts[2] if len(parts) > 2 and parts[1].upper() == "AS" else str(len(stages))
            stages.append((named.lower(), {_fill(parts[0].strip("\"'"), values)} if parts else set()))
        elif word in ("COPY", "ADD", "RUN") and stages:
            for flag in takewhile(lambda part: part.startswith("--"), rest.split()):
                stages[-1][1].update(OTHER_STAGE.findall(flag))
    return sorted(_needed(stages, target.lower()))


def _needed(stages: List[Tuple[str, Set[str]]], target: str) -> Set[str]:
    names = [name for name, _needs in stages]
    numbers = [number for number, name in enumerate(names) if target in (name, str(number))]
    found: Set[str] = set()
    left = numbers[-1:] or ([len(stages) - 1] if stages else [])
    done: Set[int] = set()
    while left:
        number = left.pop()
        done.add(number)
        for need in stages[number][1]:
            # A stage is known by its name or number to those that come after it.
            earlier = [at for at in range(number) if need.lower() in (names[at], str(at))]
            if earlier:
                left += [at for at in earlier[-1:] if at not in done]
            elif need and need.lower() != SCRATCH and "$" not in need:
                found.add(need)
    return found


def _instructions(text: str) -> Iterator[Tuple[str, str]]:
    """Each instruction in capitals, and the rest of it in one line."""
    lines = text.lstrip("\ufeff").splitlines()
    escape = "\\"
    for line in lines:
        if not DIRECTIVE.match(line.strip()):
            break
        chosen = ESCAPE.match(line.strip())
        escape = chosen.group(1) if chosen else escape
    whole = ""
    ends: List[str] = []
    for number, line in enumerate(lines):
        if ends:  # inside a here-document
            if line.strip() == ends[0]:
                ends.pop(0)
            continue
        if line.strip().startswith("#") or not line.strip():
            continue
        whole += line.strip()
        if whole.endswith(escape):
            whole = whole[:-1] + " "
            continue
        word, _blank, rest = whole.partition(" ")
        word, whole = word.upper(), ""
        if word in ("COPY", "ADD", "RUN"):
            below = {line.strip() for line in lines[number + 1 :]}
            ends = [end for end in HEREDOC.findall(rest) if end in below]
        yield word, rest.strip()


def _fill(text: str, values: Mapping[str, str]) -> str:
    """Replace variables; one without a value stays, and tells by its dollar that the text is not known."""

    def value(match: Match[str]) -> str:
        name, sign, word = match.group(1) or match.group(2), match.group(3) or "", _fill(match.group(4) or "", values)
        known = values.get(name)
        there = bool(known) if sign.startswith(":") else known is not None
        if sign.endswith("+"):
            return word if there else ""
        if sign.endswith("-"):
            return str(known) if there else word
        return known or match.group(0)

    return VARIABLE.sub(value, text)
