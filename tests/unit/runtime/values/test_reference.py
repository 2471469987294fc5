# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image names, with the rules of Docker."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values.reference import (
    Reference,
    is_image_id,
    parse,
)
from hypothesis import given
from hypothesis import strategies as st

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "domain", "path", "tag", "digest", "shown"),
    [
        ("busybox", "docker.io", "library/busybox", "", "", "busybox"),
        ("busybox:1", "docker.io", "library/busybox", "1", "", "busybox:1"),
        ("team/app", "docker.io", "team/app", "", "", "team/app"),
        ("docker.io/busybox", "docker.io", "library/busybox", "", "", "busybox"),
        ("docker.io/library/busybox", "docker.io", "library/busybox", "", "", "busybox"),
        ("index.docker.io/team/app:1", "docker.io", "team/app", "1", "", "team/app:1"),
        ("library/team/app", "docker.io", "library/team/app", "", "", "library/team/app"),
        ("localhost/app", "localhost", "app", "", "", "localhost/app"),
        ("localhost:5000/app:2", "localhost:5000", "app", "2", "", "localhost:5000/app:2"),
        ("r.example/app", "r.example", "app", "", "", "r.example/app"),
        ("r.example:5000/a/b/c:x@" + DIGEST, "r.example:5000", "a/b/c", "x", DIGEST, None),
        ("app@" + DIGEST, "docker.io", "library/app", "", DIGEST, None),
        ("10.1.2.3:5000/app", "10.1.2.3:5000", "app", "", "", "10.1.2.3:5000/app"),
        ("[fd00::1]:5000/app", "[fd00::1]:5000", "app", "", "", "[fd00::1]:5000/app"),
        ("R.Example/app", "R.Example", "app", "", "", "R.Example/app"),
        ("a__b/c--d/e.f:A_-.1", "docker.io", "a__b/c--d/e.f", "A_-.1", "", "a__b/c--d/e.f:A_-.1"),
    ],
)
def test_valid_names_are_parsed(text, domain, path, tag, digest, shown):
    """The registry is separated from the path, and the defaults of Docker Hub are filled in."""
    reference = parse(text)
    assert reference == Reference(domain, path, tag, digest)
    assert str(reference) == (shown or text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("https://r.example/app", "an image name has no scheme"),
        ("App", "uppercase"),
        ("r.example/App", "uppercase"),
        ("A/b", "uppercase"),
        ("a//b", "must consist of"),
        ("/a", "must consist of"),
        ("a/", "must consist of"),
        ("-a", "must consist of"),
        ("a..b", "must consist of"),
        ("a___b", "must consist of"),
        ("a b", "must consist of"),
        ("app:", "the tag ''"),
        ("app:-x", "the tag '-x'"),
        ("app:" + "x" * 129, "the tag"),
        ("app:1:2", "the tag '1:2'"),
        ("app@", "the digest ''"),
        ("app@sha256:123", "the digest"),
        ("app@" + DIGEST[:-1], "the digest"),
        ("r.example:port/app", "is not HOST"),
        ("-r.example/app", "is not HOST"),
        (DIGEST, "an image ID"),
        (DIGEST[7:], "an image ID"),
        ("r.example/" + "a" * 250, "longer than 255"),
    ],
)
def test_invalid_names_are_rejected(text, why):
    """The message has the name and the reason."""
    with pytest.raises(InputError, match=why) as caught:
        parse(text)
    assert not text or repr(text) in str(caught.value)


def test_a_missing_tag_is_filled_in():
    """For names, names with a tag and names with a digest; the tag may be a digest."""
    assert str(parse("app").or_tag("1")) == "app:1"
    assert str(parse("app:2").or_tag("1")) == "app:2"
    assert str(parse("app@" + DIGEST).or_tag("1")) == "app@" + DIGEST
    assert str(parse("app").or_tag(DIGEST)) == "app@" + DIGEST
    with pytest.raises(InputError, match="the tag"):
        parse("app").or_tag("a b")


def test_a_name_with_tag_and_digest_is_queried_by_digest():
    """The tag is ignored."""
    assert parse("app:1@" + DIGEST).pinned == "app@" + DIGEST
    assert parse("app:1").pinned == "app:1"
    assert parse("app").pinned == "app"


def test_ids_are_distinguished_from_names():
    """A full ID or its first 12 digits; other beginnings may be names."""
    assert is_image_id(DIGEST)
    assert is_image_id(DIGEST[7:])
    assert is_image_id(DIGEST[7:19])
    assert is_image_id(DIGEST[:19])
    assert not is_image_id(DIGEST[7:18])
    assert not is_image_id("deadbeef")


words = st.text("ab0", min_size=1, max_size=4)
components = st.lists(words, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([".", "_", "__", "-", "---"]).map(lambda separator: separator.join(parts))
)
domains = st.sampled_from(["docker.io", "localhost", "localhost:5000", "r.example", "10.0.0.1:5000", "[::1]:443"])
tags = st.one_of(st.just(""), st.text("aB0_", min_size=1), st.just("v1.0-rc_1"))
digests = st.one_of(st.just(""), st.text("0123456789abcdef", min_size=64, max_size=64).map("sha256:%s".__mod__))


@given(domains, st.lists(components, min_size=1, max_size=4), tags, digests)
def test_written_references_are_parsed_to_the_same(domain, path, tag, digest):
    """For any reference."""
    text = domain + "/" + "/".join(path) + (":" + tag if tag else "") + ("@" + digest if digest else "")
    reference = parse(text)
    assert parse(str(reference)) == reference
    assert (reference.tag, reference.digest) == (tag, digest)


@given(st.text(max_size=80))
def test_other_texts_raise_input_errors(text):
    """No text causes another exception."""
    try:
        assert parse(str(parse(text))) == parse(text)
    except InputError:
        pass
