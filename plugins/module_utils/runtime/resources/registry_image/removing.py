# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which manifests are deleted with tags, and which are kept because something else needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Mapping, Sequence, Tuple

from ...registry.access import Access
from ...registry.client import Registries
from ...registry.contents import Contents
from ...registry.manifest import Manifest
from ...registry.repository import Repository
from ...registry.retention import unneeded
from ...state.plan import Kind, Step
from ...values.reference import Reference


@dataclass(frozen=True)
class Place:
    """A repository, and how to access it."""

    reference: Reference  # without tag and digest
    access: Access

    def at(self, client: Registries) -> Repository:
        """The repository."""
        return Repository(client.at(self.reference.domain, self.access), self.reference.path)


def removal(place: Place, contents: Contents, tags: Mapping[str, str]) -> List[Step]:
    """The steps that delete tags, for these reasons, and with them the manifests that nothing else needs."""
    gone = unneeded(contents, set(tags))
    untagged: List[Step] = []
    deleted: List[Step] = []
    for digest in _in_order(contents, tags):
        mine = sorted(tag for tag in tags if contents.tags[tag] == digest)
        if digest in gone:
            deleted.append(_delete(place, contents, digest, mine, tags[mine[0]]))
        else:
            untagged += [_untag(place, contents.manifests[digest], tag, tags[tag]) for tag in mine]
    tops = {contents.tags[tag] for tag in tags}
    below = [digest for digest in contents.manifests if digest in gone and digest not in tops]
    return untagged + deleted + [_delete(place, contents, digest, [], "nothing else needs it") for digest in below]


def _in_order(contents: Contents, tags: Mapping[str, str]) -> List[str]:
    """The digests of tags without duplicates, indexes before their manifests."""
    digests = list(dict.fromkeys(contents.tags[tag] for tag in tags))
    return sorted(digests, key=lambda digest: -len(contents.needs(digest)))


def _delete(place: Place, contents: Contents, digest: str, tags: Sequence[str], reason: str) -> Step:
    manifest = contents.manifests[digest]
    name = "%s@%s" % (place.reference, digest)
    if tags:
        name += " (%s)" % ", ".join(tags)
    undo = Step(Kind.PUT_BACK, "image", name, "undo the deletion", put_back, (place, manifest, tuple(tags)))
    return Step(Kind.DELETE, "image", name, reason, delete, (place, digest), undo)


def _untag(place: Place, manifest: Manifest, tag: str, reason: str) -> Step:
    name = "%s:%s" % (place.reference, tag)
    undo = Step(Kind.PUT_BACK, "tag", name, "undo the deletion", put_back, (place, manifest, (tag,)))
    reason += "; its image stays, because something else needs it"
    return Step(Kind.DELETE, "tag", name, reason, untag, (place, tag), undo)


def delete(client: Registries, place: Place, digest: str) -> None:
    """Delete a manifest with all its tags."""
    place.at(client).delete(digest)


def untag(client: Registries, place: Place, tag: str) -> None:
    """Delete a tag only."""
    place.at(client).untag(tag)


def put_back(client: Registries, place: Place, manifest: Manifest, tags: Tuple[str, ...]) -> None:
    """Restore a manifest and its tags, where they differ."""
    repository = place.at(client)
    for reference in tags or (manifest.digest,):
        if repository.digest(reference) != manifest.digest:
            repository.put(manifest, reference)
