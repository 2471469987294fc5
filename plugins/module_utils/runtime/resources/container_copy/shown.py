# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Diffs of files."""

from __future__ import annotations

import os
import posixpath
from typing import Any, Collection, Dict, List, Mapping

from .entries import FILE, LINK, Entry

NAMED = 3  # maximum paths named in a reason


def legible(path: str) -> str:
    """A printable form of a path with arbitrary bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def difference(
    path: str,
    want: Mapping[str, Entry],
    have: Mapping[str, Entry],
    same: Collection[str] = (),
    old: bytes | None = None,
    new: bytes | None = None,
) -> Dict[str, Any]:
    """Ansible's diff of entries below a path: a line for each, or the text of a single small file."""
    before: List[str] = []
    after: List[str] = []
    for name, wanted in want.items():
        found, where = have.get(name), legible(posixpath.join(path, name) if name else path)
        is_new = wanted.kind == FILE and (found is None or name not in same)
        theirs, ours = _text(old), _text(new) if is_new else ""
        if found:
            before.append(_line(where, found) + (theirs if is_new and ours else ""))
        told = ours and (theirs or not found)
        after.append(_line(where, wanted, is_new and bool(found) and not told) + (ours if told else ""))
    header = legible(path)
    return {"before_header": header, "after_header": header, "before": "".join(before), "after": "".join(after)}


def summary(reasons: Mapping[str, str], total: int) -> str:
    """Why entries have to be written, by name relative to a path; empty for unchanged ones."""
    if total == 1:
        return reasons[""]
    differing = [name for name in reasons if reasons[name]]
    if reasons[""]:
        return "%s, with the %d entries below it" % (reasons[""], total - 1)
    named = ["%s (%s)" % (legible(name), reasons[name]) for name in differing[:NAMED]]
    rest = ["%d more" % (len(differing) - NAMED)] if len(differing) > NAMED else []
    return "%d of %d entries differ: %s" % (len(differing), total, ", ".join(named + rest))


def _line(where: str, entry: Entry, is_new: bool = False) -> str:
    words = ["%s to %s" % (entry.kind, legible(entry.target)) if entry.kind == LINK else entry.kind]
    if entry.kind == FILE:
        words.append("%d bytes%s" % (entry.size, ", other content" if is_new else ""))
    if entry.kind != LINK and entry.mode is not None:
        words.append("mode %04o" % entry.mode)
    if entry.kind != LINK and entry.uid is not None:
        words.append("owner %s:%s" % (entry.uid, entry.gid))
    return "%s: %s\n" % (where, ", ".join(words))


def _text(data: bytes | None) -> str:
    """A content as text, ending in a line break; empty if it is binary or too large."""
    if not data or b"\0" in data:
        return ""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if text.endswith("\n") else text + "\n"
