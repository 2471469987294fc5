# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files .dockerignore excludes from a build, by Docker's rules. No I/O.

Each line is a pattern relative to the context's root, in the syntax of Go's filepath.Match, plus ``**`` for any number
of directories. A pattern that matches a directory matches everything below it; ``!`` includes files again; the last
matching pattern decides. As in moby's patternmatcher (MatchesUsingParentResults), a pattern that could not change the
result for a directory is not evaluated for it, and so does not apply below it: after ``build/*``, ``!build`` includes
nothing again.

Patterns are matched by an automaton in a single pass. A Python regular expression would try every way to divide a path
among several wildcards, which can take exponential time.
"""

from __future__ import annotations

import posixpath
import re
from typing import Dict, Iterator, List, Tuple

from ...errors import InputError

WILD = re.compile(r"[*?\[\\]")
ENDING = re.compile(r"\*\*[^/*?\[\]\\][^*?\[\]\\]*")  # such as **.pyc: Docker only compares the end of the path
SET = re.compile(r"[\[&|~]")  # special in Python's character classes, now or in the future
# Classes and control characters of Go's regular expressions, to which Docker converts patterns.
BRACKETS = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]", re.DOTALL)
NAMED = re.compile(r"\[:(\^?)(\w+):\]")
CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-\~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
ESCAPES = {"d": r"[0-9]", "D": r"[^0-9]", "s": r"[\t\n\f\r ]", "S": r"[^\t\n\f\r ]", "w": r"[0-9A-Za-z_]"}
ESCAPES.update({"W": r"[^0-9A-Za-z_]", **{letter: "\\" + letter for letter in "aftnrv"}})
MOST_RULES = 10000
MOST_WILDCARDS = 120  # wildcards in a pattern
REMEMBERED = 10000  # transitions of an automaton

# Tokens of a pattern: one character (as a regular expression), any number of characters in a name, any number of
# directories with a trailing slash, and anything.
NAME, DIRECTORIES, ALL = "*", "**/", "**"


class Rule:
    """One line: its pattern, and whether it includes files again. Raises re.error, IndexError or ValueError.

    The automaton's states are the pattern tokens that may come next; a set of states is a bit mask.
    """

    def __init__(self, text: str, negated: bool) -> None:
        self.text = text
        self.negated = negated
        self._tokens = list(_tokens(text))
        if sum(isinstance(token, str) for token in self._tokens) > MOST_WILDCARDS:
            raise ValueError("it has more than %d wildcards" % MOST_WILDCARDS)
        self._done = 1 << len(self._tokens)
        self._start = self._enter(0)
        self._next: Dict[Tuple[int, str], int] = {}

    def matches(self, path: str) -> bool:
        """Whether the pattern matches this path."""
        states = self._start
        for character in path:
            key = states, character
            if key not in self._next:
                if len(self._next) >= REMEMBERED:
                    self._next.clear()
                self._next[key] = self._step(states, character)
            states = self._next[key]
            if not states:
                return False
        return bool(states & self._done)

    def _step(self, states: int, character: str) -> int:
        found = 0
        for number, token in enumerate(self._tokens):
            if not states >> number & 1:
                continue
            if not isinstance(token, str):
                found |= self._enter(number + 1) if token.match(character) else 0
            elif token == NAME:
                found |= self._enter(number) if character != "/" else 0
            elif token == ALL:
                found |= self._enter(number)
            else:  # what follows begins after a slash, and not before it
                found |= 1 << number | (self._enter(number + 1) if character == "/" else 0)
        return found

    def _enter(self, number: int) -> int:
        """A state, and the following ones that match the empty string."""
        states = 1 << number
        while number < len(self._tokens) and isinstance(self._tokens[number], str):
            number += 1
            states |= 1 << number
        return states


class Ignore:
    """The rules of a .dockerignore, given as lines. Raises InputError for a malformed line."""

    def __init__(self, text: str = "", source: str = ".dockerignore") -> None:
        self._rules = _rules(text, source)
        self._seen: Dict[str, int] = {}  # directories to matching rules, as a bit mask

    def excludes(self, path: str) -> bool:
        """Whether the file or directory at this path (relative, with slashes) is excluded."""
        above, end = 0, path.find("/")
        while end >= 0:
            directory = path[:end]
            if directory not in self._seen:
                if len(self._seen) >= REMEMBERED:
                    self._seen.clear()
                self._seen[directory] = self._look(directory, above)[1]
            above, end = self._seen[directory], path.find("/", end + 1)
        return self._look(path, above)[0]

    def _look(self, path: str, above: int) -> Tuple[bool, int]:
        """Whether a path is excluded, and the matching rules; ``above`` are those of its directory."""
        excluded, matching = False, 0
        for number, rule in enumerate(self._rules):
            if above >> number & 1 or rule.negated == excluded and rule.matches(path):
                matching |= 1 << number
                excluded = not rule.negated
        return excluded, matching

    def may_readmit(self, directory: str) -> bool:
        """Whether a rule might include something below an excluded directory."""
        return any(rule.negated and _could_be_below(rule.text, directory) for rule in self._rules)


def _rules(text: str, source: str) -> Tuple[Rule, ...]:
    found: List[Rule] = []
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        if line.startswith("#") or not line.strip():
            continue
        words = line.strip()
        negated = words.startswith("!")
        if negated:
            words = words[1:].strip()
            if not words:
                raise InputError("%s, line %d: '!' must be followed by a pattern" % (source, number))
        words = posixpath.normpath(words).lstrip("/") or "."
        try:
            found.append(Rule(words, negated))
        except (re.error, IndexError, ValueError) as error:
            raise InputError("%s, line %d: %r is not a pattern (%s)" % (source, number, line.strip()[:100], error))
        if len(found) > MOST_RULES:
            raise InputError("%s has more than %d lines" % (source, MOST_RULES), "Combine some of them.")
    return tuple(found)


def _tokens(words: str) -> Iterator[re.Pattern[str] | str]:
    """The tokens of a pattern. Raises re.error or IndexError for a malformed one."""
    at, last = 0, ""
    if ENDING.fullmatch(words):
        yield ALL
        at = 2
    while at < len(words):
        character = words[at]
        at += 1
        token = ""
        if character == "*" and words[at : at + 1] != "*":
            token = NAME
        elif character == "*":
            at += 2 if words[at + 1 : at + 2] == "/" else 1
            token = DIRECTORIES if at < len(words) else ALL
        if token:
            if token != last or token == NAME:
                yield token
        elif character == "?":
            yield re.compile("[^/]")
        elif character == "[":
            whole = BRACKETS.match(words, at - 1)
            if whole is None:
                raise re.error("a bracket is not closed")
            yield re.compile(_brackets(whole.group()), re.DOTALL)
            at = whole.end()
        elif character == "\\":
            character = words[at]
            at += 1
            if character.isalnum() and character.isascii() and character not in ESCAPES:
                raise re.error("\\%s is not supported" % character)
            yield re.compile(ESCAPES.get(character, re.escape(character)))
        else:
            yield re.compile(re.escape(character))
        last = token


def _brackets(words: str) -> str:
    """A character class in Python's syntax. Raises re.error for an unknown class."""
    found, at = "", 1
    for named in NAMED.finditer(words):
        if named.group(1) or named.group(2) not in CLASSES:
            raise re.error("the class %s is not supported" % named.group())
        found += SET.sub(r"\\\g<0>", words[at : named.start()]) + CLASSES[named.group(2)]
        at = named.end()
    return "[" + found + SET.sub(r"\\\g<0>", words[at:])


def _could_be_below(words: str, directory: str) -> bool:
    wild = WILD.search(words)
    fixed = words[: wild.start()].rpartition("/")[0] if wild else words
    return (fixed + "/").startswith(directory + "/") or bool(
        wild and (directory + "/").startswith(fixed and fixed + "/")
    )
