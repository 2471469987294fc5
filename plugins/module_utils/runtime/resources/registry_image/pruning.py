# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Retention: which tags of a repository stay, by number, age, name and use; the others go."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Dict, Mapping, Sequence, Set

from ...errors import InputError
from ...registry.access import access_of
from ...registry.client import Registries
from ...registry.contents import Contents, read
from ...registry.manifest import moment
from ...registry.reference import LATEST, Reference, is_image_id, parse
from ...state.compare import Change
from ...state.plan import Plan
from ...state.resource import Params
from .removing import Place, going, removal, subject_of
from .table import TAGS

_AGE = re.compile(r"(\d+)([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


@dataclass(frozen=True)
class Snapshot:
    """The repository, and the time."""

    place: Place
    contents: Contents
    now: float


def observe(client: Registries, params: Params) -> Snapshot:
    """All tags, their manifests, and the dates of their images."""
    reference = parse(params["name"])
    if reference.tag or reference.digest:
        raise InputError("name: with state: pruned this is a repository, and %s has a tag or digest" % reference)
    place = Place(reference, access_of(params, params))
    return Snapshot(place, read(place.at(client), dates=True), time.time())


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Delete the tags that no rule keeps. Raises InputError for rules that mean nothing."""
    keep, contents = params["keep"], snapshot.contents
    oldest = _refuse_nonsense(keep, snapshot.now)
    tags = [tag for tag in contents.tags if not subject_of(contents, tag) and _matches(tag, params["tags"] or ["*"])]
    undated = [tag for tag in tags if _date(contents, tag) is None]
    digests = _newest(contents, tags, keep["last"] or 0)
    kept = {tag for tag in tags if contents.tags[tag] in digests or _matches(tag, keep["tags"] or ())}
    kept |= {tag for tag in tags if oldest is not None and (_date(contents, tag) or 0) >= oldest}
    kept |= _in_use(snapshot.place.reference, contents, keep["in_use"] or ())
    warnings = []
    if (keep["last"] or oldest is not None) and set(undated) - kept:
        kept |= set(undated)
        warnings.append("%s: nothing says when these were created, so they stay." % ", ".join(undated))
    gone = going(contents, {tag: "no rule of keep holds it" for tag in tags if tag not in kept})
    changes = (Change(TAGS, sorted(set(contents.tags) - set(gone)), sorted(contents.tags)),) if gone else ()
    return Plan(tuple(removal(snapshot.place, contents, gone)), changes, tuple(warnings))


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``tags``."""
    return {"tags": sorted(snapshot.contents.tags)}


def _refuse_nonsense(keep: Mapping[str, Any], now: float) -> float | None:
    """The moment from which on images are new, if there is a rule about that."""
    if not any(keep.values()):
        raise InputError("keep: without a rule nothing would stay", "Give last, newer_than, tags or in_use.")
    if keep["last"] is not None and keep["last"] < 1:
        raise InputError("keep.last: %d is not a number of images to keep" % keep["last"], "Give 1 or more.")
    if not keep["newer_than"]:
        return None
    match = _AGE.fullmatch(keep["newer_than"].strip().lower())
    if not match:
        raise InputError("keep.newer_than: %r is not an age" % keep["newer_than"], "Write it like 36h, 30d or 2w.")
    return now - int(match.group(1)) * _SECONDS[match.group(2)]


def _matches(tag: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(tag, pattern) for pattern in patterns)


def _date(contents: Contents, tag: str) -> float | None:
    return moment(contents.created.get(contents.tags[tag], ""))


def _newest(contents: Contents, tags: Sequence[str], number: int) -> Set[str]:
    """The newest images that these tags have; several tags of one image count once."""
    dates = {contents.tags[tag]: _date(contents, tag) or 0 for tag in sorted(tags) if _date(contents, tag) is not None}
    return set(sorted(dates, key=lambda digest: dates[digest], reverse=True)[:number])


def _in_use(repository: Reference, contents: Contents, used: Sequence[str]) -> Set[str]:
    """The tags of this repository that are in use: by name, by digest, or by the id of their image."""
    kept: Set[str] = set()
    for text in used:
        if is_image_id(text):
            digest = text if ":" in text else "sha256:" + text
            kept |= {tag for tag in contents.tags if digest in _ids(contents, tag)}
            continue
        reference = parse(text).or_tag(LATEST)
        if (reference.domain, reference.path) != (repository.domain, repository.path):
            continue
        if reference.digest:
            kept |= {tag for tag, digest in contents.tags.items() if reference.digest in contents.needs(digest)}
        elif reference.tag in contents.tags:
            kept.add(reference.tag)
    return kept


def _ids(contents: Contents, tag: str) -> Set[str]:
    """By what an engine may know the image of a tag: the digests of its manifests and of their configs."""
    digests = contents.needs(contents.tags[tag])
    configs = [contents.manifests[digest].config for digest in digests]
    return digests | {config.digest for config in configs if config}
