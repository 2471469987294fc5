# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files .dockerignore leaves out of a build, by Docker's rules. Pure.

Each line is a pattern, relative to the root of the context, in the manner of Go's filepath.Match, with ``**`` for any
number of directories. A pattern that matches a directory matches all below it; ``!`` takes files back in; the last
pattern that matches a file decides.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import List, Pattern, Tuple

from ...errors import InputError

WILD = re.compile(r"[*?\[\\]")


@dataclass(frozen=True)
class Rule:
    """One line: what it matches, and whether it takes files back in."""

    text: str
    pattern: Pattern[str]
    negated: bool

    def matches(self, path: str) -> bool:
        """Whether the pattern matches this path or a directory above it."""
        parts = path.split("/")
        return any(self.pattern.match("/".join(parts[: end + 1])) for end in range(len(parts)))


class Ignore:
    """The rules of one .dockerignore, given by its lines. Raises InputError for a line that has no meaning."""

    def __init__(self, text: str = "", source: str = ".dockerignore") -> None:
        self._rules = _rules(text, source)

    def excludes(self, path: str) -> bool:
        """Whether the file or directory at this path (relative, with slashes) is left out."""
        excluded = False
        for rule in self._rules:
            if rule.negated == excluded and rule.matches(path):
                excluded = not rule.negated
        return excluded

    def may_readmit(self, directory: str) -> bool:
        """Whether a rule might take back in something below an excluded directory."""
        return any(rule.negated and _could_be_below(rule.text, directory) for rule in self._rules)


def _rules(text: str, source: str) -> Tuple[Rule, ...]:
    found: List[Rule] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        words = line.strip()
        negated = words.startswith("!")
        if negated:
            words = words[1:].strip()
            if not words:
                raise InputError("%s, line %d: a lone '!' takes nothing back in" % (source, number))
        words = posixpath.normpath(words).lstrip("/") or "."
        try:
            found.append(Rule(words, re.compile(_regex(words)), negated))
        except (re.error, IndexError):
            raise InputError("%s, line %d: %r is not a pattern" % (source, number, line.strip()))
    return tuple(found)


def _regex(words: str) -> str:
    """The regular expression of a pattern. Raises re.error or IndexError where the pattern is malformed."""
    expression, at = "", 0
    while at < len(words):
        character = words[at]
        at += 1
        if character == "*":
            if words[at : at + 1] != "*":
                expression += "[^/]*"
                continue
            while words[at : at + 1] == "*":
                at += 1
            if words[at : at + 1] == "/":
                at += 1
            expression += "(?:.*/)?" if at < len(words) else ".*"
        elif character == "?":
            expression += "[^/]"
        elif character == "[":
            end = words.index("]", at + 1) if "]" in words[at + 1 :] else -1
            if end < 0:
                raise re.error("a bracket stays open")
            expression += "[" + words[at:end] + "]"
            at = end + 1
        elif character == "\\":
            expression += re.escape(words[at])
            at += 1
        else:
            expression += re.escape(character)
    return expression + r"\Z"


def _could_be_below(words: str, directory: str) -> bool:
    wild = WILD.search(words)
    fixed = words[: wild.start()].rpartition("/")[0] if wild else words
    return (fixed + "/").startswith(directory + "/") or bool(
        wild and (directory + "/").startswith(fixed and fixed + "/")
    )
