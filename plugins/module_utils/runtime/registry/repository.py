# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One repository of a registry: its manifests, tags and blobs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Iterator, List, Mapping, Tuple
from urllib.parse import quote, urlencode

from ..errors import (
    ConnectionBroken,
    ContentError,
    RegistryError,
    RegistryMissing,
    RegistryUnsupported,
    TransportError,
)
from .client import Registry
from .document import DIGEST, decode, fields, items
from .http import ENOUGH, TRIES, in_time, resolved
from .manifest import (
    ACCEPTED,
    EMPTY,
    LIMIT,
    Descriptor,
    Manifest,
    digest_of,
    hasher,
    listing,
    parse,
    placeholder,
    subject_tag,
)
from .uploads import upload

ACCEPT = ", ".join(ACCEPTED)


@dataclass(frozen=True)
class Repository:
    """A repository ``PATH`` in a registry."""

    registry: Registry
    path: str

    def __str__(self) -> str:
        return "%s/%s" % (self.registry.host, self.path)

    def scopes(self, actions: str, *others: str) -> Tuple[str, ...]:
        """The permissions that a token needs here, and for reading from others."""
        mine = "repository:%s:%s" % (self.path, actions)
        return (mine,) + tuple("repository:%s:pull" % other for other in others)

    def url(self, kind: str, reference: str) -> str:
        """The path of a manifest or a blob."""
        return "/v2/%s/%s/%s" % (self.path, kind, quote(reference, safe=":"))

    def digest(self, reference: str) -> str:
        """HEAD of a manifest: its digest, empty if there is none. Raises RegistryError."""
        doing = "look at %s of %s" % (reference, self.path)
        try:
            # Without Accept, registry 2 returns the digest of a schema 1 manifest.
            answer = self.registry.request(
                "HEAD", self.url("manifests", reference), self.scopes("pull"), doing, {"Accept": ACCEPT}
            )
        except RegistryMissing:
            return ""
        answer.close()
        said = answer.headers.get("Docker-Content-Digest", "")
        return said if DIGEST.fullmatch(said) else self.manifest(reference).digest

    def manifest(self, reference: str) -> Manifest:
        """GET of a verified manifest or index. Raises RegistryMissing, ContentError."""
        doing = "get the manifest %s of %s" % (reference, self.path)
        answer = self.registry.request(
            "GET", self.url("manifests", reference), self.scopes("pull"), doing, {"Accept": ACCEPT}
        )
        data = answer.read(LIMIT)
        wanted = reference if ":" in reference else answer.headers.get("Docker-Content-Digest", "")
        if wanted and hasher(wanted, data).hexdigest() != wanted.partition(":")[2]:
            raise ContentError(
                "%s sent data that does not match the digest %s of %s" % (self.registry.host, wanted, self.path),
                "Do not trust it. Check its storage, and proxies on the way to it.",
            )
        try:
            return parse(data, answer.headers.get("Content-Type", ""))
        except ContentError as error:
            raise ContentError(
                "Cannot %s: %s returned something else. %s" % (doing, self.registry.host, error.cause),
                error.fix or "Check that it is a registry.",
            )

    def put(self, manifest: Manifest, reference: str) -> bool:
        """PUT of a manifest, by digest or tag; returns whether the registry has recorded its subject."""
        answer = self.registry.request(
            "PUT",
            self.url("manifests", reference),
            self.scopes("pull,push"),
            "put %s into %s" % (reference, self.path),
            {"Content-Type": manifest.media_type},
            manifest.data,
        )
        answer.close()
        return bool(manifest.subject) and answer.headers.get("OCI-Subject") == manifest.subject

    def refer(self, manifest: Manifest) -> None:
        """PUT of a manifest with a subject; adds it to the fallback index if the registry has not recorded the subject.

        Raises ContentError if that tag is used for something else.
        """
        if self.put(manifest, manifest.digest):
            return
        tag = subject_tag(manifest.subject)
        try:
            before: Manifest | None = self.manifest(tag)
        except RegistryMissing:
            before = None
        index = listing(before, manifest)
        if index is not before:
            self.put(index, tag)

    def delete(self, digest: str) -> None:
        """DELETE of a manifest, and with it all its tags. Does nothing if it is gone."""
        self._delete("manifests", digest)

    def untag(self, tag: str) -> None:
        """Delete a tag but not its manifest, which others may need.

        Registry 2 deletes only by digest, and with that all tags of the manifest. There, the tag is moved to a unique
        placeholder manifest, which is then deleted.
        """
        try:
            self._delete("manifests", tag)
            return
        except RegistryError as error:
            if error.status not in (400, 405, 415) and not isinstance(error, RegistryUnsupported):
                raise
        before = self.manifest(tag)
        other = placeholder(uuid.uuid4().hex)
        empty = Descriptor("application/octet-stream", digest_of(EMPTY), len(EMPTY))
        if not self.has(empty):
            self.upload(empty, lambda: iter((EMPTY,)))
        self.put(other, tag)
        try:
            self.delete(other.digest)
        except RegistryError:
            self.put(before, tag)
            raise

    def _delete(self, kind: str, reference: str) -> None:
        doing = "delete %s of %s" % (reference, self.path)
        try:
            answer = self.registry.request("DELETE", self.url(kind, reference), self.scopes("pull,push,delete"), doing)
        except RegistryMissing:
            return
        answer.close()

    def tags(self, page_size: int = 1000) -> List[str]:
        """GET of all tags, sorted; empty if there is no such repository."""
        path = "/v2/%s/tags/list?n=%d" % (self.path, page_size)
        try:
            # The list is null for an emptied repository.
            names = self.registry.names(path, self.scopes("pull"), "list the tags of %s" % self.path, "tags")
            return sorted(set(names))
        except RegistryMissing:
            return []

    def referrers(self, digest: str) -> List[Mapping[str, Any]]:
        """Descriptors of manifests with this subject, such as signatures and SBOMs.

        GET /v2/PATH/referrers/DIGEST, or for registries without that API, the index under the fallback tag.
        """
        path = "/v2/%s/referrers/%s" % (self.path, digest)
        found: List[Mapping[str, Any]] = []
        try:
            doing = "list what refers to %s" % digest
            for page in self.registry.pages(path, self.scopes("pull"), doing, "manifests"):
                found += [self._described(entry, doing) for entry in page]
            return found
        except (RegistryMissing, RegistryUnsupported):
            pass
        try:
            index = self.manifest(subject_tag(digest))
        except RegistryMissing:
            return []
        return items(fields(decode(index.data)).get("manifests")) if index.is_index else []

    def _described(self, entry: Any, doing: str) -> Mapping[str, Any]:
        if not isinstance(entry, dict) or not DIGEST.fullmatch(str(entry.get("digest"))):
            raise ContentError("Cannot %s: %s returned something else" % (doing, self.registry.host))
        return entry

    def has(self, blob: Descriptor) -> bool:
        """HEAD of a blob."""
        try:
            answer = self.registry.request(
                "HEAD", self.url("blobs", blob.digest), self.scopes("pull"), "look for %s in %s" % (blob.digest, self)
            )
        except RegistryMissing:
            return False
        answer.close()
        return True

    def blob(self, blob: Descriptor) -> Iterator[bytes]:
        """GET of a blob, in chunks and verified; resumes after a broken connection.

        Raises ContentError if the content does not match the digest, at the end or as soon as it is too long.
        """
        return verified(blob, self._blocks(blob), str(self))

    def _blocks(self, blob: Descriptor) -> Iterator[bytes]:
        offset, failures = 0, 0
        while True:
            before = offset
            try:
                for block in self._part(blob, offset):
                    offset += len(block)
                    yield block
                if offset >= blob.size:
                    return
                raise ConnectionBroken("%s ended before its end" % blob.digest)
            except ConnectionBroken:
                failures = failures + 1 if offset == before else 1
                if failures == TRIES:
                    raise
                self.registry.http.pause(failures)

    def _part(self, blob: Descriptor, offset: int) -> Iterator[bytes]:
        headers = {"Range": "bytes=%d-" % offset} if offset else {}
        answer = self.registry.request(
            "GET", self.url("blobs", blob.digest), self.scopes("pull"), "get %s of %s" % (blob.digest, self), headers
        )
        skip = offset if answer.status != 206 else 0  # the server may not support ranges, and send it from the start
        for block in answer.blocks():
            yield block[skip:]
            skip = max(0, skip - len(block))

    def small(self, blob: Descriptor) -> bytes:
        """The content of a small blob, such as a config. Raises ContentError if it is too long."""
        if blob.size > LIMIT:
            raise ContentError("%s of %s is longer than %d bytes" % (blob.digest, self, LIMIT))
        whole = "%s of %s" % (blob.digest, self)
        return in_time(ENOUGH * self.registry.timeout, whole, lambda: b"".join(self.blob(blob)))

    def mount(self, blob: Descriptor, source: str) -> bool:
        """Mount a blob from another repository of the registry; returns whether the registry did so."""
        query = urlencode({"mount": blob.digest, "from": source})
        answer = self.registry.request(
            "POST",
            "/v2/%s/blobs/uploads/?%s" % (self.path, query),
            self.scopes("pull,push", source),
            "mount %s from %s" % (blob.digest, source),
        )
        answer.close()
        if answer.status == 201:
            return True
        location = answer.headers.get("Location", "")
        if location:  # it started an upload instead
            try:
                url = resolved(answer.url, location)
                self.registry.request("DELETE", url, self.scopes("pull,push"), "end an upload").close()
            except (RegistryError, TransportError):
                pass
        return False

    def upload(self, blob: Descriptor, content: Callable[[], Iterable[bytes]]) -> None:
        """Upload a blob; see ``uploads``. ``content`` returns its bytes from the start."""
        upload(self.registry, self.path, self.scopes("pull,push"), blob, content)


def verified(blob: Descriptor, blocks: Iterable[bytes], where: str) -> Iterator[bytes]:
    """The same bytes. Raises ContentError if they do not match the digest."""
    seen, size = hasher(blob.digest), 0
    for block in blocks:
        size += len(block)
        if size > blob.size:
            break
        seen.update(block)
        yield block
    if size != blob.size or seen.hexdigest() != blob.digest.partition(":")[2]:
        raise ContentError(
            "%s does not match the digest %s" % (where, blob.digest),
            "Its storage, or a proxy on the way to it, cannot be trusted. Push or save the image again.",
        )
