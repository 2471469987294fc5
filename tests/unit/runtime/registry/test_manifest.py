# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests, indexes and platforms."""

from __future__ import annotations

import json

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import ContentError, InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.manifest import (
    DOCKER_INDEX,
    DOCKER_MANIFEST,
    EMPTY,
    OCI_INDEX,
    OCI_MANIFEST,
    digest_of,
    fits,
    image_facts,
    listing,
    moment,
    owner_of,
    parse,
    placeholder,
    subject_tag,
    trimmed,
)
from hypothesis import given
from hypothesis import strategies as st

A, B, C, D = ("sha256:" + letter * 64 for letter in "abcd")


def dump(tree):
    """Bytes of JSON."""
    return json.dumps(tree).encode()


def entry(digest, platform="", **further):
    """A descriptor."""
    names = dict(zip(("os", "architecture", "variant"), platform.split("/"), strict=False)) if platform else {}
    return {"mediaType": OCI_MANIFEST, "digest": digest, "size": 7, **({"platform": names} if names else {}), **further}


INDEX = {
    "schemaVersion": 2,
    "manifests": [
        entry(A, "linux/amd64"),
        entry(B, "linux/arm/v7"),
        entry(C, "linux/arm64/v8"),
        entry(D, "unknown/unknown", annotations={"vnd.docker.reference.digest": C}),
    ],
}


@pytest.mark.parametrize(
    ("tree", "said", "kind"),
    [
        ({"schemaVersion": 2, "mediaType": DOCKER_MANIFEST}, "", DOCKER_MANIFEST),
        ({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}, "text/plain", OCI_INDEX),
        ({"schemaVersion": 2}, OCI_MANIFEST + "; charset=utf-8", OCI_MANIFEST),
        ({"schemaVersion": 2, "manifests": []}, "application/json", OCI_INDEX),
        ({"schemaVersion": 2, "layers": []}, "", OCI_MANIFEST),
        ({"schemaVersion": 2, "manifests": []}, DOCKER_INDEX, DOCKER_INDEX),
    ],
)
def test_the_media_type_is_found(tree, said, kind):
    """In the manifest, in the header of the answer, or from the keys."""
    assert parse(dump(tree), said).media_type == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"1",
        b"{",
        dump({"schemaVersion": 1, "fsLayers": []}),
        dump({"schemaVersion": 2, "mediaType": "text/html"}),
        dump({"schemaVersion": 2, "config": {"digest": A}}),
        dump({"schemaVersion": 2, "config": 1}),
        dump({"schemaVersion": 2, "layers": 1}),
        dump({"schemaVersion": 2, "layers": [{"digest": A, "size": "x"}]}),
    ],
)
def test_invalid_manifests_are_rejected(data):
    """Also those of the obsolete schema 1."""
    with pytest.raises(ContentError):
        parse(data)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda part: (
            st.lists(part)
            | st.dictionaries(
                st.sampled_from(
                    ["schemaVersion", "mediaType", "config", "layers", "manifests", "subject", "platform", "digest"]
                ),
                part,
            )
        ),
    )
)
def test_any_json_is_a_manifest_or_an_error(tree):
    """An error has one sentence."""
    try:
        parse(dump(tree))
    except ContentError:
        pass


def test_blobs_of_a_manifest():
    """Each once, without those that must not be distributed."""
    foreign = {"mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "digest": C, "size": 9}
    tree = {"schemaVersion": 2, "config": entry(A), "layers": [entry(B), entry(B), {**foreign, "urls": ["https://x"]}]}
    manifest = parse(dump({**tree, "subject": {"digest": D}}))
    assert [blob.digest for blob in manifest.blobs] == [A, B]
    assert manifest.size == 14
    assert manifest.subject == D
    assert manifest.digest == digest_of(manifest.data)


@pytest.mark.parametrize(
    ("kinds", "unpacked"),
    [
        (["application/vnd.oci.image.layer.v1.tar", "application/vnd.docker.image.rootfs.diff.tar"], True),
        (["application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+zstd"], False),
        (["application/vnd.docker.image.rootfs.diff.tar.gzip"], False),
        ([], False),
    ],
)
def test_uncompressed_images_are_recognized(kinds, unpacked):
    """They have at least one layer, and none is compressed."""
    layers = [{**entry(B), "mediaType": kind} for kind in kinds]
    assert parse(dump({"schemaVersion": 2, "config": entry(A), "layers": layers})).is_unpacked is unpacked


@pytest.mark.parametrize(
    ("platforms", "kept"),
    [
        (["linux/amd64"], [A]),
        (["linux/arm"], [B]),
        (["linux/arm64"], [C, D]),
        (["linux/arm64", "linux/amd64"], [A, C, D]),
    ],
)
def test_an_index_is_reduced_to_platforms(platforms, kept):
    """Attestations of a platform are kept with it."""
    index = parse(dump(INDEX))
    less = trimmed(index, platforms)
    assert [child.digest for child in less.children] == kept
    assert less.media_type == index.media_type
    assert trimmed(index, platforms).data == less.data


def test_an_index_with_all_platforms_is_unchanged():
    """Byte for byte. A missing platform is an error."""
    index = parse(dump(INDEX))
    assert trimmed(index, ["linux/amd64", "linux/arm", "linux/arm64"]) is index
    with pytest.raises(InputError, match=r"no linux/arm/v6. It has linux/amd64, linux/arm/v7, linux/arm64"):
        trimmed(index, ["linux/arm/v6"])


def test_a_variant_is_compared_only_if_given():
    """``linux/arm`` includes all variants."""
    assert fits("linux/arm/v7", ["linux/arm"])
    assert not fits("linux/arm/v7", ["linux/arm/v6"])
    assert not fits("linux/arm64", ["linux/arm"])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-01-02T03:04:05Z", 1767323045),
        ("2026-01-02T03:04:05.123456789Z", 1767323045.123456789),
        ("2026-01-02T05:04:05+02:00", 1767323045),
        ("2026-01-01T23:34:05-03:30", 1767323045),
        ("1970-01-01T00:00:00Z", None),
        ("1980-01-01T00:00:01Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("2026-13-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_parsed(text, seconds):
    """With nanoseconds and time zones, and invalid ones."""
    assert moment(text) == (None if seconds is None else pytest.approx(seconds, abs=1e-6))


def test_the_facts_of_an_image():
    """From its configuration, if it has them."""
    config = {"os": "linux", "architecture": "arm64", "variant": "v8", "created": "2026-01-02T03:04:05Z"}
    assert image_facts(dump(config)) == ("linux/arm64", "2026-01-02T03:04:05Z")
    assert image_facts(b"{}") == ("", "")
    assert image_facts(b"[]") == ("", "")
    assert image_facts(b"nonsense") == ("", "")


def test_a_placeholder_manifest_is_unique():
    """Its only blob is the empty one."""
    one, two = placeholder("1"), placeholder("2")
    assert one.digest != two.digest
    assert [blob.digest for blob in one.blobs] == [digest_of(EMPTY)]


def test_fallback_tags_of_referrers():
    """A long digest is truncated, because tags have a maximum length."""
    short, long = "sha256:" + 64 * "a", "sha512:" + 128 * "b"
    assert subject_tag(short) == "sha256-" + 64 * "a"
    assert subject_tag(long) == "sha512-" + 64 * "b"
    assert owner_of(subject_tag(short)) == owner_of(subject_tag(short) + ".sig") == short
    assert owner_of("v1") == owner_of("sha256-abc.sig") == ""


def test_an_index_of_referrers_is_updated():
    """Each manifest is added once, with its annotations. Other manifests than an index are rejected."""
    config = {"mediaType": "application/vnd.example", "digest": "sha256:c", "size": 1}
    plain = parse(dump({"schemaVersion": 2, "config": config, "layers": []}))
    typed = parse(dump({"schemaVersion": 2, "artifactType": "a/b", "config": config, "annotations": {"word": "x"}}))
    one = listing(None, plain)
    assert one.media_type == OCI_INDEX
    two = listing(one, typed)
    assert listing(two, plain) is two
    assert [entry["artifactType"] for entry in json.loads(two.data)["manifests"]] == ["application/vnd.example", "a/b"]
    assert json.loads(two.data)["manifests"][1] == {
        "mediaType": typed.media_type,
        "size": len(typed.data),
        "digest": typed.digest,
        "artifactType": "a/b",
        "annotations": {"word": "x"},
    }
    with pytest.raises(ContentError, match="expected a referrers index"):
        listing(plain, typed)
