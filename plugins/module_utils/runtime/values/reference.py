# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image names, parsed by Docker's rules: ``[HOST[:PORT]/]PATH[:TAG][@DIGEST]``. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..errors import InputError

HUB = "docker.io"
LATEST = "latest"

NAME_LIMIT = 255  # characters of registry and path together
LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
DOMAIN = re.compile(r"(?:%s(?:\.%s)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?" % (LABEL, LABEL))
PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
IMAGE_ID = re.compile(r"(?:sha256:)?[0-9a-f]{64}")
SHORT_ID = re.compile(r"(?:sha256:)?[0-9a-f]{12}")


@dataclass(frozen=True)
class Reference:
    """A parsed name. ``tag`` and ``digest`` are empty if missing; with both, Docker uses the digest."""

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def repository(self) -> str:
        """The name without tag and digest, in the Engine's form: without ``docker.io/library/``."""
        if self.domain != HUB or _is_host(self.path.partition("/")[0]):
            return "%s/%s" % (self.domain, self.path)
        official = self.path.startswith("library/") and self.path.count("/") == 1
        return self.path[len("library/") :] if official else self.path

    @property
    def pinned(self) -> str:
        """The name that identifies exactly this in the Engine: by digest if there is one, else by tag."""
        if self.digest:
            return "%s@%s" % (self.repository, self.digest)
        return "%s:%s" % (self.repository, self.tag) if self.tag else self.repository

    def or_tag(self, tag: str) -> Reference:
        """This name, with this tag (or digest) if it has neither. Raises InputError for a malformed tag."""
        if self.tag or self.digest:
            return self
        if ":" in tag:
            return replace(self, digest=_digest(tag, tag))
        return replace(self, tag=_tag(tag, tag))

    def __str__(self) -> str:
        return self.repository + (":" + self.tag if self.tag else "") + ("@" + self.digest if self.digest else "")


def parse(text: str) -> Reference:
    """Parse an image name. Raises InputError with the reason."""
    if not text:
        raise InputError("The image name is empty", "Use a name such as registry.example.com:5000/team/app:1.0.")
    if "://" in text:
        scheme = "Remove %s://." % text.split("://")[0] if "@" not in text else "Remove it."
        raise _malformed(without_user(text), "an image name has no scheme", scheme)
    if IMAGE_ID.fullmatch(text):
        raise _malformed(text, "this is an image ID, not a name", "Use a name with a tag or a digest.")
    rest, at, digest = text.partition("@")
    if at:  # checked first, for what precedes it may be a user and a password
        _digest(digest, text)
    last = rest.rfind("/") + 1
    end, colon, tag = rest[last:].partition(":")
    domain, path = _split(rest[:last] + end)
    if not DOMAIN.fullmatch(domain):
        raise _malformed(text, "%r is not HOST or HOST:PORT" % domain)
    if path != path.lower():
        raise _malformed(text, "the part %r has uppercase letters" % path, "Use lowercase letters.")
    if not PATH.fullmatch(path):
        raise _malformed(
            text,
            (
                "the part %r must consist of letters and digits, separated by single '.', '_' or '/', by '__' "
                "or by dashes"
            )
            % path,
        )
    if len(domain) + 1 + len(path) > NAME_LIMIT:
        raise _malformed(text, "it is longer than %d characters" % NAME_LIMIT)
    return Reference(domain, path, _tag(tag, text) if colon else "", _digest(digest, text) if at else "")


def named(text: str) -> str:
    """The type of options that accept only an image name. Raises InputError."""
    parse(text)
    return text


def image_name(text: str) -> str:
    """The type of options that accept an image name or id. Raises InputError."""
    if not is_image_id(text):
        parse(text)
    return text


def is_image_id(text: str) -> bool:
    """Whether this is an image id or its first 12 digits, which has no registry, path or tag."""
    return bool(IMAGE_ID.fullmatch(text) or SHORT_ID.fullmatch(text))


def _split(name: str) -> tuple[str, str]:
    """Registry and path: the first part is a registry if it looks like a host, by Docker's rules."""
    first, slash, rest = name.partition("/")
    if slash and _is_host(first):
        domain, path = first, rest
    else:
        domain, path = HUB, name
    if domain == "index.docker.io":
        domain = HUB
    if domain == HUB and "/" not in path:
        path = "library/" + path
    return domain, path


def _is_host(first: str) -> bool:
    return first == "localhost" or "." in first or ":" in first


def _tag(tag: str, text: str) -> str:
    if not TAG.fullmatch(tag):
        raise _malformed(
            text,
            (
                "the tag %r must consist of up to 128 letters, digits, '_', '.' and '-', and must not begin "
                "with '.' or '-'"
            )
            % tag,
        )
    return tag


def _digest(digest: str, text: str) -> str:
    algorithm, _colon, value = digest.partition(":")
    if not DIGEST.fullmatch(digest) or len(value) != DIGEST_LENGTHS.get(algorithm, len(value)):
        why = "the digest %r is not sha256: followed by 64 hexadecimal digits" % without_user(digest)
        raise _malformed(without_user(text), why)
    return digest


def without_user(text: str) -> str:
    """A text without everything up to its last @, which may be a user and a password in any form."""
    before, at, rest = text.rpartition("@")
    return "...@" + rest if at and (":" in before or "/" in rest) else text


def _malformed(text: str, why: str, fix: str = "") -> InputError:
    return InputError(
        "%r is not an image name: %s" % (text, why),
        fix or "Use a name such as registry.example.com:5000/team/app:1.0.",
    )
