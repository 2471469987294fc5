# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying, keeping and removing referrers such as signatures; verified with plain HTTP."""

from __future__ import annotations

import json

import pytest
from harness import oci
from harness.driver import failed, succeeded

PLATFORMS = ("linux/amd64", "linux/arm64")


@pytest.fixture
def many(name):
    """An image for several platforms."""
    return oci.index({platform: oci.image(name, platform) for platform in PLATFORMS})


@pytest.fixture
def signed(many, name):
    """Its referrers: a bill of materials with a signature, one of a platform, and signatures of cosign."""
    materials = oci.attached(name + " materials", many)
    return {
        "materials": materials,
        "signature": oci.attached(name + " signature", materials, "application/vnd.example.signature"),
        "part": oci.attached(name + " part", many.children[1]),
        ".sig": oci.image(name + " cosign"),
        ".att": oci.image(name + " attestation"),
    }


def push(registry, repository, many, signed, tag="v1"):
    """Push all of them, with indexes under fallback tags, as for a registry without the referrers API."""
    oci.push(registry, repository, many, tag)
    oci.push(registry, repository, oci.listing(signed["materials"]), oci.tag_of(many))
    oci.push(registry, repository, oci.listing(signed["signature"]), oci.tag_of(signed["materials"]))
    oci.push(registry, repository, oci.listing(signed["part"]), oci.tag_of(many.children[1]))
    oci.push(registry, repository, signed[".sig"], oci.tag_of(many, ".sig"))
    oci.push(registry, repository, signed[".att"], oci.tag_of(many.children[0], ".att"))


def listed(registry, repository, subject):
    """The digests in the index under the fallback tag of an image."""
    data = oci.fetch(registry, repository, oci.tag_of(subject))
    return [entry["digest"] for entry in json.loads(data)["manifests"]] if data else []


@pytest.fixture
def source(other_registry, authority, name):
    """The image in the other registry."""
    login = {"username": other_registry.username, "password": other_registry.password}
    return {"name": "%s/%s:v1" % (other_registry.host, name), "ca_path": str(authority.certificate), **login}


def test_referrers_are_copied_if_requested(remote, registry, other_registry, many, signed, source, name):
    """The image is the same either way, and later referrers are copied separately."""
    push(other_registry, name, many, signed)
    params = {"name": "%s/%s:v1" % (registry.host, name), "source": source}
    plain = remote.scenario("registry_image", **params)
    assert "referrers" not in plain["image"]
    assert oci.tags(registry, name) == ["v1"]

    copied = remote.scenario("registry_image", **params, referrers=True)
    kinds = {
        signed["materials"].digest: ("application/spdx+json", many.digest),
        signed["signature"].digest: ("application/vnd.example.signature", signed["materials"].digest),
        signed["part"].digest: ("application/spdx+json", many.children[1].digest),
        signed[".sig"].digest: (oci.tag_of(many, ".sig"), many.digest),
        signed[".att"].digest: (oci.tag_of(many.children[0], ".att"), many.children[0].digest),
    }
    assert sorted(copied["actions"]) == sorted(
        "copy referrer %s (%s): it belongs to %s" % (digest, kind, subject) for digest, (kind, subject) in kinds.items()
    )
    assert copied["diff"]["before"] == {"referrers": []}
    assert len(copied["diff"]["after"]["referrers"]) == 5
    assert {one["digest"]: one["subject"] for one in copied["image"]["referrers"]} == {
        digest: subject for digest, (_kind, subject) in kinds.items()
    }
    # The index is the same that other tools create, except for white space.
    kept = json.loads(oci.fetch(registry, name, oci.tag_of(many)))
    assert kept == json.loads(oci.listing(signed["materials"]).data)
    assert listed(registry, name, signed["materials"]) == [signed["signature"].digest]
    assert listed(registry, name, many.children[1]) == [signed["part"].digest]
    for part in ("materials", "signature", "part"):
        assert oci.fetch(registry, name, signed[part].digest) == signed[part].data
    assert all(oci.complete(registry, name, tag) for tag in oci.tags(registry, name))
    assert len(oci.tags(registry, name)) == 6


def test_existing_referrers_are_kept(remote, registry, other_registry, many, signed, source, name):
    """The index under the fallback tag is extended. Another signature of cosign is replaced only with force_tag."""
    push(other_registry, name, many, signed)
    own, countersigned = oci.attached(name + " own", many), oci.image(name + " countersigned")
    oci.push(registry, name, many, "v1")
    oci.push(registry, name, oci.listing(own), oci.tag_of(many))
    oci.push(registry, name, countersigned, oci.tag_of(many, ".sig"))
    params = {"name": "%s/%s:v1" % (registry.host, name), "source": source, "referrers": True}
    for check in (True, False):
        message = failed(remote("registry_image", check=check, **params))
        assert "%s is already another image," % oci.tag_of(many, ".sig") in message
        assert "force_tag" in message
    assert listed(registry, name, many) == [own.digest]
    remote.scenario("registry_image", **params, force_tag=True)
    assert listed(registry, name, many) == [own.digest, signed["materials"].digest]
    assert oci.fetch(registry, name, oci.tag_of(many, ".sig")) == signed[".sig"].data


def test_a_registry_with_the_referrers_api_gets_no_fallback_tag(
    remote, registry, other_registry, proxy, many, signed, source, name
):
    """The referrers are found by the API, and copied within the registry by mounting blobs."""
    push(other_registry, name, many, signed)
    proxy.referrers = {}
    there = "%s/%s:v1" % (proxy.host, name)
    copied = remote.scenario("registry_image", name=there, source=source, referrers=True)
    assert copied["actions"][-1].startswith("tag image")
    assert listed(registry, name, many) == []
    assert [entry["digest"] for entry in proxy.referrers[name, many.digest]] == [signed["materials"].digest]
    assert oci.tags(registry, name) == sorted([oci.tag_of(many, ".sig"), oci.tag_of(many.children[0], ".att"), "v1"])
    proxy.record.clear()
    moved = "%s/%s/moved:v1" % (proxy.host, name)
    again = succeeded(remote("registry_image", name=moved, source={"name": there}, referrers=True))
    assert len(again["image"]["referrers"]) == 5
    assert set(proxy.referrers) >= {(name + "/moved", many.digest), (name + "/moved", signed["materials"].digest)}
    assert proxy.count("PUT", "/blobs/uploads/") == 0
    assert not succeeded(remote("registry_image", name=moved, source={"name": there}, referrers=True))["changed"]
    # From a registry with the API to one without.
    login = {"username": registry.username, "password": registry.password}
    target = "%s/%s/back:v1" % (registry.host, name)
    back = remote.scenario("registry_image", name=target, source={"name": moved, **login}, referrers=True)
    assert len(back["image"]["referrers"]) == 5
    assert listed(registry, name + "/back", many) == [signed["materials"].digest]


def test_only_some_platforms(remote, registry, other_registry, many, signed, source, name):
    """Referrers of the index are not copied, because the copy has another digest; those of its images are."""
    push(other_registry, name, many, signed)
    params = {"name": "%s/%s:v1" % (registry.host, name), "source": source, "platforms": ["linux/arm64"]}
    copied = remote.scenario("registry_image", **params, referrers=True)
    assert [one["digest"] for one in copied["image"]["referrers"]] == [signed["part"].digest]
    assert oci.tags(registry, name) == sorted([oci.tag_of(many.children[1]), "v1"])


def test_a_referrer_may_be_an_index(remote, registry, other_registry, many, source, name):
    """With its images. Entries that are missing or have another subject are skipped."""
    bundle = oci.index({platform: oci.image(name + " more", platform) for platform in PLATFORMS})
    tree = json.loads(bundle.data)
    tree["subject"] = {"mediaType": many.media_type, "digest": many.digest, "size": len(many.data)}
    bundle = oci.Image(bundle.media_type, json.dumps(tree).encode(), children=bundle.children)
    gone, other = oci.attached(name + " gone", many), oci.attached(name + " other", many.children[0])
    entries = json.loads(oci.listing(gone, other).data)
    entries["manifests"].append({"mediaType": bundle.media_type, "digest": bundle.digest, "size": len(bundle.data)})
    oci.push(other_registry, name, many, "v1")
    for one in (bundle, other, gone):
        oci.push(other_registry, name, one)
    oci.push(other_registry, name, oci.Image(many.media_type, json.dumps(entries).encode()), oci.tag_of(many))
    status, _headers, _body = other_registry.call("DELETE", "/v2/%s/manifests/%s" % (name, gone.digest))
    assert status == 202
    params = {"name": "%s/%s:v1" % (registry.host, name), "source": source, "referrers": True}
    copied = remote.scenario("registry_image", **params)
    assert [one["digest"] for one in copied["image"]["referrers"]] == [bundle.digest]
    assert listed(registry, name, many) == [bundle.digest]
    assert oci.complete(registry, name, bundle.digest)


def test_unsupported_referrers_are_errors(remote, registry, proxy, many, name):
    """A manifest type that was removed from the specification."""
    oci.push(registry, name, many, "v1")
    old = {"mediaType": "application/vnd.oci.artifact.manifest.v1+json", "digest": "sha256:" + 64 * "0", "size": 9}
    proxy.referrers = {(name, many.digest): [old]}
    target, source = "%s/%s/to:v1" % (registry.host, name), {"name": "%s/%s:v1" % (proxy.host, name)}
    source.update(username=registry.username, password=registry.password)
    copied = remote.scenario("registry_image", name=target, source=source, referrers=True)
    assert "%s, which refers to %s, cannot be copied: it is not an OCI manifest" % (
        old["digest"],
        many.digest,
    ) in str(copied["warnings"])
    assert copied["image"]["referrers"] == []


@pytest.mark.parametrize("form", ["entries", "tags"])
def test_referrers_in_an_archive_are_copied(remote, registry, many, signed, name, tmp_path, form):
    """As manifests in index.json with a subject, or with the tags that they have in registries."""
    tags = {"v1": many, oci.tag_of(many, ".sig"): signed[".sig"], oci.tag_of(many.children[0], ".att"): signed[".att"]}
    further = [signed[part] for part in ("materials", "signature", "part")]
    if form == "tags":
        tags[oci.tag_of(many)] = oci.listing(signed["materials"])
        tags[oci.tag_of(signed["materials"])] = oci.listing(signed["signature"])
        tags[oci.tag_of(many.children[1])] = oci.listing(signed["part"])
        further = []
    path = oci.write_tar(tmp_path / "signed.tar", oci.layout(tags, *further))
    # It contains one image and its referrers.
    params = {"name": "%s/%s:v1" % (registry.host, name), "source": {"path": str(path)}}
    copied = remote.scenario("registry_image", **params, referrers=True)
    assert len(copied["image"]["referrers"]) == 5
    assert listed(registry, name, many) == [signed["materials"].digest]
    assert listed(registry, name, signed["materials"]) == [signed["signature"].digest]
    assert oci.fetch(registry, name, oci.tag_of(many, ".sig")) == signed[".sig"].data
    assert all(oci.complete(registry, name, tag) for tag in oci.tags(registry, name))


def test_referrers_are_kept_and_removed_with_their_image(remote, registry, name):
    """Including one with a tag, which does not count as an image."""
    made = {tag: oci.image(name + tag, created="2026-01-0%sT00:00:00Z" % tag) for tag in "123"}
    sboms = {tag: oci.attached(name + tag, image) for tag, image in made.items()}
    for tag, image in made.items():
        oci.push(registry, name, image, tag)
        oci.push(registry, name, sboms[tag], "sbom-" + tag)
        oci.push(registry, name, oci.listing(sboms[tag]), oci.tag_of(image))
    where = "%s/%s" % (registry.host, name)
    remote.scenario("registry_image", name=where, state="pruned", keep={"last": 2})
    assert oci.tags(registry, name) == sorted(
        ["2", "3", "sbom-2", "sbom-3", oci.tag_of(made["2"]), oci.tag_of(made["3"])]
    )
    assert all(oci.complete(registry, name, tag) for tag in oci.tags(registry, name))
    assert not oci.fetch(registry, name, sboms["1"].digest)
    remote.scenario("registry_image", name=where + ":2", state="absent")
    assert oci.tags(registry, name) == sorted(["3", "sbom-3", oci.tag_of(made["3"])])
    # By digest, an image without a tag.
    alone = oci.image(name + " alone")
    oci.push(registry, name, alone)
    oci.push(registry, name, oci.image(name + " signature"), oci.tag_of(alone, ".sig"))
    remote.scenario("registry_image", name="%s@%s" % (where, alone.digest), state="absent")
    assert oci.tags(registry, name) == sorted(["3", "sbom-3", oci.tag_of(made["3"])])


def test_referrers_without_a_copy_are_rejected(remote):
    """The option is only for copies."""
    message = failed(remote("registry_image", name="r.example/a:b", state="absent", referrers=True))
    assert "referrers: no effect with state: absent" in message
