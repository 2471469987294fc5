# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image manifests and indexes (media types of Docker and OCI), and the platforms in them. No I/O."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from ..errors import ContentError, InputError
from ..values.platform import normal
from . import document

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"
INDEXES = (OCI_INDEX, DOCKER_INDEX)
ACCEPTED = (OCI_INDEX, DOCKER_INDEX, OCI_MANIFEST, DOCKER_MANIFEST)

LIMIT = 4 << 20  # what a registry must accept, and the most that is read
EMPTY = b"{}"  # the content of OCI's empty descriptor
CREATED = "org.opencontainers.image.created"
# The annotation of a manifest that buildx adds to an index for an image's attestations; it has no real platform.
BELONGS_TO = "vnd.docker.reference.digest"

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))")
# A tag for something attached to an image: a cosign signature and the like, or the fallback list of referrers.
_ATTACHED = re.compile(r"(sha256|sha512)-([0-9a-f]{64,128})(?:\.[a-z0-9]+)?")


@dataclass(frozen=True)
class Descriptor:
    """A descriptor: a reference from a manifest. ``platform`` is like ``linux/arm/v7``, or empty."""

    media_type: str
    digest: str
    size: int
    platform: str = ""
    belongs_to: str = ""
    elsewhere: bool = False  # a layer that must not be redistributed, with URLs of its own


@dataclass(frozen=True)
class Manifest:
    """A manifest or an index: its bytes and their parsed content."""

    media_type: str
    data: bytes
    digest: str
    config: Descriptor | None = None
    layers: Tuple[Descriptor, ...] = ()
    children: Tuple[Descriptor, ...] = ()
    subject: str = ""
    artifact_type: str = ""
    created: str = ""

    @property
    def is_index(self) -> bool:
        """Whether it lists manifests instead of layers."""
        return self.media_type in INDEXES

    @property
    def is_unpacked(self) -> bool:
        """Whether its layers are uncompressed, as ``docker save`` writes them; no engine pushes such layers."""
        return bool(self.layers) and all(layer.media_type.endswith(".tar") for layer in self.layers)

    @property
    def blobs(self) -> Tuple[Descriptor, ...]:
        """The blobs that must be uploaded before it: config and layers, without duplicates."""
        parts = ((self.config,) if self.config else ()) + self.layers
        return tuple({part.digest: part for part in parts if not part.elsewhere}.values())

    @property
    def purpose(self) -> str:
        """What it is, if not an image: its artifact type, or the type of its config."""
        return self.artifact_type or (self.config.media_type if self.config else "")

    @property
    def size(self) -> int:
        """The size of config and layers in bytes."""
        return sum(part.size for part in self.blobs)


def digest_of(data: bytes, algorithm: str = "sha256") -> str:
    """The digest of bytes."""
    return "%s:%s" % (algorithm, hasher(algorithm + ":", data).hexdigest())


def hasher(digest: str, data: bytes = b"") -> Any:
    """A hash object for the algorithm of a digest. Raises ContentError for one that Python does not support."""
    algorithm = digest.partition(":")[0]
    if algorithm not in ("sha256", "sha384", "sha512"):
        raise ContentError("The digest %s uses an algorithm that is not supported" % digest[:90])
    return hashlib.new(algorithm, data)


def parse(data: bytes, media_type: str = "") -> Manifest:
    """Parse a manifest; ``media_type`` is that of the answer. Raises ContentError."""
    try:
        tree = document.fields(document.decode(data))
        kind = _kind(tree, media_type.partition(";")[0].strip())
        if kind not in ACCEPTED:
            raise ContentError("%s is not a supported manifest type" % (kind[:100] or "This"))
        return Manifest(
            media_type=kind,
            data=data,
            digest=digest_of(data),
            config=_descriptor(tree["config"]) if tree.get("config") else None,
            layers=tuple(_descriptor(layer) for layer in document.items(tree.get("layers"))),
            children=tuple(_descriptor(child) for child in document.items(tree.get("manifests"))),
            subject=document.digest(tree["subject"].get("digest")) if document.fields(tree.get("subject")) else "",
            artifact_type=document.text(tree.get("artifactType")),
            created=document.text(document.fields(tree.get("annotations")).get(CREATED)),
        )
    except ValueError as error:
        raise ContentError("The manifest is malformed (%s)" % error)


def _kind(tree: Mapping[str, Any], said: str) -> str:
    if tree.get("mediaType"):
        return document.text(tree["mediaType"])
    if said in ACCEPTED or tree.get("schemaVersion") != 2:
        return said
    return OCI_INDEX if "manifests" in tree else OCI_MANIFEST


def _descriptor(entry: Any) -> Descriptor:
    """A descriptor. Raises ValueError."""
    entry = document.fields(entry)
    media_type = document.text(entry.get("mediaType"))
    return Descriptor(
        media_type=media_type,
        digest=document.digest(entry.get("digest")),
        size=document.size(entry.get("size")),
        platform=_platform(document.fields(entry.get("platform"))),
        belongs_to=document.text(document.fields(entry.get("annotations")).get(BELONGS_TO)),
        elsewhere=bool(entry.get("urls")) and ("foreign" in media_type or "nondistributable" in media_type),
    )


def _platform(tree: Mapping[str, Any]) -> str:
    """The platform in an index or a config; empty if there is none."""
    parts = [document.text(tree[key]) for key in ("os", "architecture", "variant") if tree.get(key)]
    try:
        return normal("/".join(parts)) if len(parts) > 1 else ""
    except ValueError:
        return "/".join(parts)


def fits(platform: str, wanted: Sequence[str]) -> bool:
    """Whether a platform is one of those; one without a variant matches all variants."""
    return any(platform == want or want.count("/") == 1 and platform.startswith(want + "/") for want in wanted)


def trimmed(index: Manifest, platforms: Sequence[str]) -> Manifest:
    """An index with these platforms only, and what is attached to them; unchanged if nothing is left out.

    Raises InputError for a missing platform.
    """
    there = [child.platform for child in index.children if not child.belongs_to and child.platform]
    for platform in platforms:
        if not any(fits(have, (platform,)) for have in there):
            raise InputError(
                "platforms: the source has no %s" % platform, "It has %s." % (", ".join(there) or "no platforms at all")
            )
    kept = {child.digest for child in index.children if not child.belongs_to and fits(child.platform, platforms)}
    keep = [child.digest in kept or child.belongs_to in kept for child in index.children]
    if all(keep):
        return index
    tree = json.loads(index.data)
    tree["manifests"] = [entry for entry, stays in zip(tree["manifests"], keep) if stays]
    return parse(json.dumps(tree, separators=(",", ":")).encode("utf-8"), index.media_type)


def moment(text: str) -> float | None:
    """A time in a manifest (RFC 3339), in seconds since 1970.

    None for malformed times, and for years before 1981: reproducible builds set such times, which mean nothing.
    """
    match = _TIME.fullmatch(text)
    if not match:
        return None
    numbers = [int(part) for part in match.groups()[:6]]
    try:
        seconds = datetime(*numbers, tzinfo=timezone.utc).timestamp()  # type: ignore[arg-type, misc]
    except ValueError:
        return None
    sign, hours, minutes = match.groups()[7:]
    if sign:
        seconds -= (1 if sign == "+" else -1) * (int(hours) * 3600 + int(minutes) * 60)
    return seconds + float("0." + (match.group(7) or "0")) if numbers[0] > 1980 else None


def image_facts(config: bytes) -> Tuple[str, str]:
    """The platform and creation time in an image's config; empty if unset."""
    try:
        tree = document.fields(document.decode(config))
        return _platform(tree), document.text(tree.get("created"))
    except ValueError:
        return "", ""


def is_image_config(descriptor: Descriptor | None) -> bool:
    """Whether a config is that of an image, and not of another kind of artifact."""
    return descriptor is not None and descriptor.media_type in (OCI_CONFIG, DOCKER_CONFIG)


def of_docker_archive(config: Descriptor, layers: Sequence[Descriptor]) -> Manifest:
    """A generated manifest for an image that comes without one."""
    tree: Dict[str, Any] = {"schemaVersion": 2, "mediaType": DOCKER_MANIFEST, "config": _entry(config)}
    tree["layers"] = [_entry(layer) for layer in layers]
    return parse(json.dumps(tree, separators=(",", ":")).encode("utf-8"))


def subject_tag(digest: str) -> str:
    """The fallback tag of the index of referrers, for registries without the referrers API."""
    algorithm, _colon, value = digest.partition(":")
    return "%s-%s" % (algorithm[:32], value[:64])


def owner_of(tag: str) -> str:
    """The digest of the image that a tag's content is attached to; empty for ordinary tags."""
    match = _ATTACHED.fullmatch(tag)
    return "%s:%s" % match.groups() if match else ""


def listing(index: Manifest | None, referrer: Manifest) -> Manifest:
    """A referrers index with one more manifest; unchanged if it has it. Raises ContentError if it is not an index."""
    if index and not index.is_index:
        raise ContentError("%s: expected a referrers index" % index.digest)
    if index and referrer.digest in {child.digest for child in index.children}:
        return index
    tree: Dict[str, Any] = (
        json.loads(index.data) if index else {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}
    )
    entry = {"mediaType": referrer.media_type, "size": len(referrer.data), "digest": referrer.digest}
    further = {"artifactType": referrer.purpose, "annotations": json.loads(referrer.data).get("annotations")}
    entry.update({key: value for key, value in further.items() if value})
    tree["manifests"] = [*(tree.get("manifests") or ()), entry]
    return parse(json.dumps(tree, separators=(",", ":")).encode("utf-8"), OCI_INDEX)


def placeholder(mark: str) -> Manifest:
    """A unique manifest without content; its only blob is ``EMPTY``."""
    empty: List[Dict[str, Any]] = [
        {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_of(EMPTY), "size": len(EMPTY)}
    ]
    tree = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": empty[0],
        "layers": empty,
        "annotations": {"slipway.docker.placeholder": mark},
    }
    return parse(json.dumps(tree, separators=(",", ":")).encode("utf-8"))


def _entry(descriptor: Descriptor) -> Dict[str, Any]:
    return {"mediaType": descriptor.media_type, "size": descriptor.size, "digest": descriptor.digest}
