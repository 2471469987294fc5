# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing tags and images from a real registry, and pruning repositories; verified with HTTP and docker."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from harness import oci
from harness.driver import failed, succeeded
from harness.faults import Fault
from harness.registry import Registry

PLATFORMS = ("linux/amd64", "linux/arm64")


def index(word, created="2026-01-02T03:04:05Z"):
    """An image for several platforms."""
    return oci.index({platform: oci.image("%s %s" % (word, platform), platform, created) for platform in PLATFORMS})


def ago(**span):
    """A time in the past, in the format of images."""
    return (datetime.now(UTC) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_tag_is_removed_and_other_tags_of_its_image_are_kept(remote, registry, name):
    """Registry 2 can delete only by digest, which removes all tags."""
    many = index(name)
    oci.push(registry, name, many, "v1", "v2", "latest")
    gone = remote.scenario("registry_image", name="%s/%s:v1" % (registry.host, name), state="absent")
    reason = "state is absent; its image stays, because something else needs it"
    assert gone["actions"] == ["delete tag %s/%s:v1: %s" % (registry.host, name, reason)]
    assert gone["diff"]["before"] == {"exists": True, "digest": many.digest}
    assert gone["diff"]["after"] == {"exists": False}
    assert gone["image"] is None
    assert oci.tags(registry, name) == ["latest", "v2"]
    assert oci.fetch(registry, name, "v2") == many.data
    assert oci.complete(registry, name, "latest")


def test_the_last_tag_is_removed_with_its_image(remote, registry, name):
    """Except for parts of other indexes."""
    common = oci.image(name + " common", "linux/amd64")
    one = oci.index({"linux/amd64": common, "linux/arm64": oci.image(name + " one", "linux/arm64")})
    two = oci.index({"linux/amd64": common, "linux/arm64": oci.image(name + " two", "linux/arm64")})
    oci.push(registry, name, one, "v1")
    oci.push(registry, name, two, "v2")
    gone = remote.scenario("registry_image", name="%s/%s:v1" % (registry.host, name), state="absent")
    assert len(gone["actions"]) == 2
    assert not oci.fetch(registry, name, one.digest)
    assert not oci.fetch(registry, name, one.children[1].digest)
    assert oci.complete(registry, name, "v2")
    remote.scenario("registry_image", name="%s/%s:v2" % (registry.host, name), state="absent")
    assert oci.tags(registry, name) == []
    assert not oci.fetch(registry, name, common.digest)
    remote.scenario("registry_image", changed=False, name="%s/%s-not:v2" % (registry.host, name), state="absent")


def test_a_tagged_part_of_an_index_is_kept(remote, registry, name):
    """Only the tag is removed."""
    many = index(name)
    oci.push(registry, name, many, "v1")
    oci.push(registry, name, many.children[0], "amd64")
    remote.scenario("registry_image", name="%s/%s:amd64" % (registry.host, name), state="absent")
    assert oci.tags(registry, name) == ["v1"]
    assert oci.complete(registry, name, "v1")


def test_a_digest_is_removed_if_nothing_needs_it(remote, registry, name):
    """Otherwise the task fails and says what needs it."""
    many, alone = index(name), oci.image(name + " alone")
    oci.push(registry, name, many, "v1", "v2")
    oci.push(registry, name, alone)
    by = "%s/%s@%%s" % (registry.host, name)
    for digest in (many.digest, many.children[1].digest):
        message = failed(remote("registry_image", name=by % digest, state="absent"))
        assert (
            "is needed by the tags v1, v2. Remove these tags. Images that no tag needs are removed with them"
        ) in message
    assert oci.complete(registry, name, "v1")
    remote.scenario("registry_image", name=by % alone.digest, state="absent")
    assert not oci.fetch(registry, name, alone.digest)
    both = "%s/%s:v1@%s" % (registry.host, name, many.digest)
    assert "has a tag and a digest" in failed(remote("registry_image", name=both, state="absent"))


def test_a_registry_without_deletion_is_an_error(remote, lab, authority, name):
    """Nothing changes."""
    storage = {"filesystem": {"rootdirectory": str(lab.root / "keeping" / "data")}}
    keeping = Registry(lab, authority, "keeping", settings={"storage": storage})
    oci.push(keeping, name, oci.image(name), "v1", "v2")
    for tag in ("v1", "v2"):
        target = "%s/%s:%s" % (keeping.host, name, tag)
        message = failed(remote("registry_image", name=target, state="absent"))
        assert (
            "UNSUPPORTED" in message and "The registry is read-only, is a mirror, or has deletion disabled" in message
        )
    oci.push(keeping, name + "/one", oci.image(name), "v1")
    message = failed(remote("registry_image", name="%s/%s/one:v1" % (keeping.host, name), state="absent"))
    assert "The registry is read-only, is a mirror, or has deletion disabled" in message
    assert oci.tags(keeping, name) == ["v1", "v2"]
    assert oci.complete(keeping, name, "v1") and oci.complete(keeping, name, "v2")


def test_an_interrupted_deletion_is_rolled_back(remote, registry, proxy, name):
    """Deleted tags are restored."""
    images = [oci.image("%s %d" % (name, number), created=ago(days=number)) for number in range(3)]
    for number, made in enumerate(images):
        oci.push(registry, name, made, "v%d" % number)
    proxy.faults.append(Fault("DELETE", images[2].digest, status=403))
    message = failed(remote("registry_image", name="%s/%s" % (proxy.host, name), state="pruned", keep={"last": 1}))
    assert "The steps before it have been rolled back" in message
    assert oci.tags(registry, name) == ["v0", "v1", "v2"]
    assert all(oci.complete(registry, name, "v%d" % number) for number in range(3))


def test_retention_keeps_matching_images(remote, registry, name):
    """The newest, those of the last days, by name, and those in use. Check mode lists the others."""
    made = {
        "v1": index(name + " v1", ago(days=100)),
        "dev-1": index(name + " dev-1", ago(days=50)),
        "dev-2": index(name + " dev-2", ago(days=40)),
        "dev-3": index(name + " dev-3", ago(days=30)),
        "dev-4": index(name + " dev-4", ago(days=3)),
        "dev-5": index(name + " dev-5", ago(days=20)),
        "dev-6": index(name + " dev-6", ago(days=60)),
        "old": index(name + " old", ago(days=61)),
    }
    for tag, image in made.items():
        oci.push(registry, name, image, tag)
    oci.push(registry, name, made["dev-1"], "dev-1-too")
    oci.push(registry, name, oci.image(name + " signature"), made["dev-2"].digest.replace(":", "-") + ".sig")
    oci.push(registry, name, oci.image(name + " other"), made["dev-4"].digest.replace(":", "-") + ".sig")
    oci.push(registry, name, oci.image(name + " undated", created="1970-01-01T00:00:00Z"), "dev-undated")
    there = oci.tags(registry, name)
    repository = "%s/%s" % (registry.host, name)
    keep = {
        "last": 2,
        "newer_than": "1w",
        "tags": ["v*"],
        "in_use": [
            repository + ":dev-6",
            "alpine:3",
            repository + "/other:dev-2",
            "%s@%s" % (repository, made["old"].children[1].digest),
        ],
    }
    params = {"name": repository, "state": "pruned", "keep": keep}
    listed = succeeded(remote("registry_image", check=True, **params))
    assert oci.tags(registry, name) == there
    assert listed["tags"] == there
    pruned = remote.scenario("registry_image", **params)
    assert pruned["actions"] == listed["actions"]
    assert "dev-undated: these have no creation date and are kept." in str(pruned["warnings"])
    stay = ["dev-4", "dev-5", "dev-6", "dev-undated", "old", "v1"]
    stay.append(made["dev-4"].digest.replace(":", "-") + ".sig")
    assert oci.tags(registry, name) == sorted(stay)
    assert pruned["tags"] == sorted(stay)
    assert pruned["diff"]["after"] == {"tags": sorted(stay)}
    assert all(oci.complete(registry, name, tag) for tag in stay)
    for tag in ("dev-1", "dev-2", "dev-3"):
        for part in [made[tag], *made[tag].children]:
            assert not oci.fetch(registry, name, part.digest), tag


def test_retention_of_some_tags(remote, registry, name):
    """All other tags are kept, with all that they need."""
    old, new = index(name + " old", ago(days=9)), index(name + " new")
    oci.push(registry, name, old, "dev-1", "stable")
    oci.push(registry, name, new, "dev-2")
    params = {
        "name": "%s/%s" % (registry.host, name),
        "state": "pruned",
        "tags": ["dev-*"],
        "keep": {"newer_than": "1h"},
    }
    remote.scenario("registry_image", **params)
    assert oci.tags(registry, name) == ["stable"]
    assert oci.complete(registry, name, "stable")


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"keep": {}}, "keep: without a rule, nothing would be kept"),
        ({"keep": {"last": 0, "tags": ["a"]}}, "is not a number of images to keep"),
        ({"keep": {"newer_than": "a month"}}, "is not an age. Use an age such as 36h, 30d or 2w"),
        ({"keep": {"last": 1}, "name": "r.example/a:b"}, "has a tag or digest"),
        ({"keep": {"last": 1, "in_use": ["A"]}}, "is not an image name:"),
    ],
)
def test_invalid_options_are_rejected(remote, registry, name, params, why):
    """Before anything is deleted."""
    options = {"name": "%s/%s" % (registry.host, name), "state": "pruned", **params}
    assert why in failed(remote("registry_image", **options))


def test_kept_images_can_be_pulled_for_each_platform(remote, lab, engine, authority, other_registry, name):
    """After retention and garbage collection, which frees disk space."""
    registry = Registry(lab, authority, "shrinking")
    ballast = [bytes(range(256)) * 8]
    kept = oci.index(
        {platform: oci.image(name + platform, platform, ago(days=1), further=ballast) for platform in PLATFORMS}
    )
    noise = [open("/dev/urandom", "rb").read(3 << 20)]  # noqa: SIM115, PTH123
    dropped = oci.index(
        {
            "linux/amd64": kept.children[0],
            "linux/arm64": oci.image(name + " dropped", "linux/arm64", ago(days=9), further=noise),
        }
    )
    oci.push(other_registry, name, kept, "kept")
    oci.push(other_registry, name, dropped, "dropped")
    ca = str(authority.certificate)
    for tag in ("kept", "dropped"):
        source = {"name": "%s/%s:%s" % (other_registry.host, name, tag), "ca_path": ca}
        source.update(username=other_registry.username, password=other_registry.password)
        remote.scenario("registry_image", name="%s/%s:%s" % (registry.host, name, tag), source=source)
    before = size_of(registry)
    repository = "%s/%s" % (registry.host, name)
    # The removed index also contains the newest amd64 image, so it is selected by name and not by date.
    remote.scenario("registry_image", name=repository, state="pruned", keep={"tags": ["kept"]})
    assert oci.tags(registry, name) == ["kept"]
    subprocess.run(
        ["docker-registry", "garbage-collect", str(registry.root / "config.yml")], check=True, capture_output=True
    )
    assert size_of(registry) < before - (3 << 20)
    registry.admit(engine)
    for platform, child in zip(PLATFORMS, kept.children, strict=True):
        engine.docker("pull", "--platform", platform, repository + ":kept")
        seen = engine.inspect("image", repository + ":kept")
        assert "/".join((seen["Os"], seen["Architecture"])) == platform
        assert seen["Id"] == oci.digest(child.config)
        engine.docker("image", "rm", repository + ":kept")


def size_of(registry):
    """The disk usage of a registry, in bytes."""
    return sum(path.stat().st_size for path in (registry.root / "data").rglob("*") if path.is_file())
