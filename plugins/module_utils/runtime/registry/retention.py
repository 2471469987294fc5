# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tags of a repository are kept, by number, age, name and use, and which manifests are unneeded. No I/O."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any, Collection, Dict, List, Mapping, Sequence, Set, Tuple

from ..errors import InputError
from ..values.reference import LATEST, Reference, is_image_id, parse
from .contents import Contents
from .manifest import moment, owner_of

_AGE = re.compile(r"(\d+)([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def subject_of(contents: Contents, tag: str) -> str:
    """The digest of the image that a tag's content is attached to, by name or subject; empty for an image."""
    subject = contents.manifests[contents.tags[tag]].subject
    return owner_of(tag) or (subject if subject in contents.manifests else "")


def surplus(
    repository: Reference, contents: Contents, keep: Mapping[str, Any], patterns: Sequence[str], now: float
) -> Tuple[Dict[str, str], List[str]]:
    """The tags that no rule keeps, with reasons, and warnings. Raises InputError for invalid rules.

    Only tags that match one of the ``patterns`` are considered.
    """
    oldest = _refuse_nonsense(keep, now)
    tags = [tag for tag in contents.tags if not subject_of(contents, tag) and _matches(tag, patterns or ["*"])]
    undated = [tag for tag in tags if _date(contents, tag) is None]
    digests = _newest(contents, tags, keep["last"] or 0)
    kept = {tag for tag in tags if contents.tags[tag] in digests or _matches(tag, keep["tags"] or ())}
    kept |= {tag for tag in tags if oldest is not None and (_date(contents, tag) or 0) >= oldest}
    kept |= _in_use(repository, contents, keep["in_use"] or ())
    warnings = []
    if (keep["last"] or oldest is not None) and set(undated) - kept:
        kept |= set(undated)
        warnings.append("%s: these have no creation date and are kept." % ", ".join(undated))
    return going(contents, {tag: "no rule of keep keeps it" for tag in tags if tag not in kept}), warnings


def going(contents: Contents, reasons: Mapping[str, str], digests: Collection[str] = ()) -> Dict[str, str]:
    """The tags to delete, with reasons, including those attached to a deleted image.

    ``digests`` are untagged manifests that are deleted as well.
    """
    tags = dict(reasons)
    owners = {tag: subject_of(contents, tag) for tag in contents.tags}
    while True:
        gone = unneeded(contents, set(tags)) | set(digests)
        further = {tag: "it belongs to %s" % owner for tag, owner in owners.items() if owner and owner in gone}
        if set(further) <= set(tags):
            return tags
        tags = {**further, **tags}


def unneeded(contents: Contents, tags: Set[str]) -> Set[str]:
    """The manifests that are needed only by these tags."""
    needed: Set[str] = set()
    for tag, digest in contents.tags.items():
        if tag not in tags:
            needed |= contents.needs(digest)
    gone: Set[str] = set()
    for tag in tags:
        gone |= contents.needs(contents.tags[tag]) - needed
    return gone


def orphans(contents: Contents, roots: Collection[str]) -> Set[str]:
    """The manifests that none of these roots needs, and that are not attached to a needed one."""
    needed: Set[str] = set()
    further = list(roots)
    while further:
        for digest in further:
            needed |= contents.needs(digest)
        further = [
            digest
            for digest, manifest in contents.manifests.items()
            if digest not in needed and manifest.subject in needed
        ]
    return set(contents.manifests) - needed


def _refuse_nonsense(keep: Mapping[str, Any], now: float) -> float | None:
    """The time since when images are kept, if there is a rule for age."""
    if not any(keep.values()):
        raise InputError("keep: without a rule, nothing would be kept", "Set last, newer_than, tags or in_use.")
    if keep["last"] is not None and keep["last"] < 1:
        raise InputError("keep.last: %d is not a number of images to keep" % keep["last"], "Set it to 1 or more.")
    if not keep["newer_than"]:
        return None
    match = _AGE.fullmatch(keep["newer_than"].strip().lower())
    if not match:
        raise InputError("keep.newer_than: %r is not an age" % keep["newer_than"], "Use an age such as 36h, 30d or 2w.")
    return now - int(match.group(1)) * _SECONDS[match.group(2)]


def _matches(tag: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(tag, pattern) for pattern in patterns)


def _date(contents: Contents, tag: str) -> float | None:
    return moment(contents.created.get(contents.tags[tag], ""))


def _newest(contents: Contents, tags: Sequence[str], number: int) -> Set[str]:
    """The newest images with these tags; several tags of one image count once."""
    dates = {contents.tags[tag]: _date(contents, tag) or 0 for tag in sorted(tags) if _date(contents, tag) is not None}
    return set(sorted(dates, key=lambda digest: dates[digest], reverse=True)[:number])


def _in_use(repository: Reference, contents: Contents, used: Sequence[str]) -> Set[str]:
    """The tags of this repository in use: by name, by digest, or by image id."""
    kept: Set[str] = set()
    for text in used:
        if is_image_id(text):
            digest = text if ":" in text else "sha256:" + text
            kept |= {tag for tag in contents.tags if any(known.startswith(digest) for known in _ids(contents, tag))}
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
    """The ids that an engine may show for a tag's image: the digests of its manifests and configs."""
    digests = contents.needs(contents.tags[tag])
    configs = [contents.manifests[digest].config for digest in digests]
    return digests | {config.digest for config in configs if config}
