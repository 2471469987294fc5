# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying images to a real registry, verified with plain HTTP and the docker command."""

from __future__ import annotations

import json

import pytest
from harness import oci
from harness.driver import failed, succeeded
from harness.image import BASE

PLATFORMS = ("linux/amd64", "linux/arm64", "linux/arm/v7")


@pytest.fixture
def many(name):
    """An image for several platforms."""
    return oci.index({platform: oci.image(name, platform) for platform in PLATFORMS})


@pytest.fixture
def elsewhere(other_registry):
    """The options for a source in the other registry."""
    return {"username": other_registry.username, "password": other_registry.password}


@pytest.fixture
def far(other_registry, elsewhere, name, authority):
    """Returns source options for a tag or digest in the other registry: far(":v1")."""
    ca = str(authority.certificate)
    far = "%s/far/%s" % (other_registry.host, name)
    return lambda reference: {"name": far + reference, "ca_path": ca, **elsewhere}


def tree(registry, repository, reference):
    """A manifest in the registry."""
    return json.loads(oci.fetch(registry, repository, reference))


@pytest.mark.parametrize("kind", ["oci", "docker"])
def test_an_index_is_copied_from_another_registry(remote, registry, other_registry, far, name, kind):
    """Byte for byte, with all its platforms."""
    many = oci.index({platform: oci.image(name, platform, kind=kind) for platform in PLATFORMS}, kind)
    oci.push(other_registry, "far/" + name, many, "v1")
    target = "%s/%s:v1" % (registry.host, name)
    copied = remote.scenario("registry_image", name=target, source=far(":v1"))
    assert copied["actions"][-1] == "tag image %s: there is no such tag" % target
    assert len(copied["actions"]) == 4
    assert copied["image"]["digest"] == many.digest
    assert copied["image"]["platforms"] == list(PLATFORMS)
    assert oci.fetch(registry, name, "v1") == many.data
    assert oci.complete(registry, name, "v1")

    # By digest, with another tag: all blobs exist.
    again = remote.scenario("registry_image", name=target + "-same", source=far("@" + many.digest))
    assert again["actions"] == ["tag image %s-same: there is no such tag" % target]


def test_only_some_platforms_are_copied(remote, registry, other_registry, far, many, name):
    """To a new index, with the attestations of these platforms."""
    index = json.loads(many.data)
    attested = oci.image(name + " attested", "unknown/unknown")
    note = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": many.children[1].digest}
    names = {"os": "unknown", "architecture": "unknown"}
    entry = {"mediaType": attested.media_type, "digest": attested.digest, "size": len(attested.data)}
    index["manifests"].append({**entry, "platform": names, "annotations": note})
    many = oci.Image(many.media_type, json.dumps(index).encode(), children=[*many.children, attested])
    oci.push(other_registry, "far/" + name, many, "v1")
    target = "%s/%s:v1" % (registry.host, name)
    params = {"name": target, "source": far(":v1")}

    copied = remote.scenario("registry_image", **params, platforms=["linux/arm64", "linux/arm"])
    assert copied["image"]["digest"] != many.digest
    there = [part["digest"] for part in tree(registry, name, "v1")["manifests"]]
    assert there == [many.children[1].digest, many.children[2].digest, attested.digest]
    assert oci.complete(registry, name, "v1")
    assert not oci.fetch(registry, name, many.children[0].digest)

    assert "the source has no linux/s390x. It has linux/amd64" in failed(
        remote("registry_image", **params, platforms=["linux/s390x"])
    )
    assert "is no platform" in failed(remote("registry_image", **params, platforms=["x"]))


def test_a_tag_is_moved_only_with_force_tag(remote, registry, other_registry, far, name):
    """Otherwise the task fails with the current digest."""
    old, new = oci.image(name + " old"), oci.image(name + " new")
    oci.push(other_registry, "far/" + name, new, "v1")
    oci.push(registry, name, old, "v1")
    target = "%s/%s:v1" % (registry.host, name)
    for check in (True, False):
        message = failed(remote("registry_image", check=check, name=target, source=far(":v1")))
        assert "is already another image, %s, and the source is %s" % (old.digest, new.digest) in message
    assert oci.fetch(registry, name, "v1") == old.data
    moved = remote.scenario("registry_image", name=target, source=far(":v1"), force_tag=True)
    assert moved["actions"][-1] == "move tag of image %s: it is another image, %s" % (target, old.digest)
    assert moved["diff"]["before"] == {"digest": old.digest}
    assert moved["diff"]["after"] == {"digest": new.digest}
    assert oci.fetch(registry, name, "v1") == new.data
    assert oci.fetch(registry, name, old.digest) == old.data


def test_within_a_registry_nothing_is_transferred(remote, registry, proxy, many, name):
    """Blobs are mounted. If the digests are equal, nothing is done."""
    oci.push(registry, name + "/build", many, "tested")
    target, source = "%s/%s/release:v1" % (proxy.host, name), "%s/%s/build:tested" % (proxy.host, name)
    succeeded(remote("registry_image", name=target, source={"name": source}))
    assert oci.complete(registry, name + "/release", "v1")
    assert proxy.count("POST", "mount=") == len({digest for child in many.children for digest in child.blobs})
    assert proxy.count("PATCH", "") == 0
    assert proxy.count("PUT", "/blobs/uploads/") == 0
    assert proxy.count("GET", "/build/blobs/") == 0

    proxy.record.clear()
    again = succeeded(remote("registry_image", name=target, source={"name": source}))
    assert not again["changed"]
    assert [path for method, path in proxy.record if method not in ("GET", "HEAD") or "/blobs/" in path] == []


def test_existing_blobs_are_not_uploaded_again(remote, registry, other_registry, proxy, far, name):
    """An interrupted copy is continued, and layers of other images are used."""
    common = b"common" * 1000
    first, second = oci.image(name + " 1", further=[common]), oci.image(name + " 2", further=[common])
    oci.push(registry, name, first, "v1")
    oci.push(other_registry, "far/" + name, second, "v2")
    succeeded(remote("registry_image", name="%s/%s:v2" % (proxy.host, name), source=far(":v2")))
    assert oci.complete(registry, name, "v2")
    assert proxy.count("PUT", "/blobs/uploads/") == 2  # its config, and one layer


def test_one_platform(remote, registry, other_registry, far, name):
    """The platform of an image without an index is checked."""
    oci.push(other_registry, "far/" + name, oci.image(name, "linux/arm64"), "v1")
    params = {"name": "%s/%s" % (registry.host, name), "source": far(":v1")}
    message = failed(remote("registry_image", **params, platforms=["linux/amd64"]))
    assert "the source has no linux/amd64. It is an image for linux/arm64" in message
    copied = remote.scenario("registry_image", **params, platforms=["linux/arm64/v8"])
    assert copied["image"]["name"] == "%s/%s:latest" % (registry.host, name)
    assert copied["image"]["platforms"] == ["linux/arm64"]


@pytest.mark.parametrize("form", ["directory", "tar", "tar.gz"])
def test_an_oci_layout_is_copied(remote, registry, many, name, tmp_path, form):
    """As a directory, or in an archive."""
    files = oci.layout({"v1": many, "v2": oci.image(name + " two")})
    if form == "directory":
        path = oci.write_directory(tmp_path / "layout", files)
    else:
        path = oci.write_tar(tmp_path / ("layout." + form), files, "w:gz" if form == "tar.gz" else "w")
    target = "%s/%s:v1" % (registry.host, name)
    assert "has several images. It has v1, v2" in failed(
        remote("registry_image", name=target, source={"path": str(path)})
    )
    assert "has no image v3" in failed(remote("registry_image", name=target, source={"path": str(path), "image": "v3"}))
    copied = remote.scenario("registry_image", name=target, source={"path": str(path), "image": "v1"})
    assert copied["image"]["digest"] == many.digest
    assert oci.fetch(registry, name, "v1") == many.data
    assert oci.complete(registry, name, "v1")


def test_an_archive_of_docker_save_is_copied(remote, registry, engine, name, tmp_path):
    """A pull returns the same image. An image that the engine has pushed counts as the same."""
    local = name + ":1"
    engine.docker("build", "--tag", local, "-", stdin="FROM %s\nLABEL word=%s\n" % (BASE, name))
    before = engine.inspect("image", local)["Id"]
    path = tmp_path / "saved.tar"
    engine.docker("save", "--output", str(path), local)
    registry.admit(engine)
    target = "%s/%s:1" % (registry.host, name)
    remote.scenario("registry_image", name=target, source={"path": str(path)})
    assert oci.complete(registry, name, "1")
    engine.docker("image", "rm", local)
    engine.docker("pull", target)
    assert engine.inspect("image", target)["Id"] == before
    assert engine.docker("run", "--rm", target, "echo", "runs").strip() == "runs"

    pushed = "%s/%s-pushed:1" % (registry.host, name)
    engine.docker("tag", target, pushed)
    engine.docker("push", pushed)
    same = remote.scenario("registry_image", changed=False, name=pushed, source={"path": str(path)})
    assert same["image"]["digest"] == oci.digest(oci.fetch(registry, name + "-pushed", "1"))


def test_files_without_an_image_are_errors(remote, registry, many, name, tmp_path):
    """They are distinguished, and nothing is tagged."""
    files = oci.layout({"v1": many})
    target = "%s/%s:v1" % (registry.host, name)

    def trouble(path):
        return failed(remote("registry_image", name=target, source={"path": str(path)}))

    (tmp_path / "text").write_text("no archive")
    assert "is neither a directory nor a complete tar archive" in trouble(tmp_path / "text")
    assert "No such file" in trouble(tmp_path / "missing")
    assert "contains no image" in trouble(oci.write_tar(tmp_path / "other.tar", {"a": b""}))
    assert "is malformed" in trouble(oci.write_tar(tmp_path / "bad.tar", {"index.json": b"{"}))
    some = next(iter(many.children[0].blobs))
    inside = "blobs/" + some.replace(":", "/")
    changed = oci.write_tar(tmp_path / "changed.tar", {**files, inside: files[inside][:-1] + b"!"})
    assert "does not match the digest %s" % some in trouble(changed)
    lacking = {path: data for path, data in files.items() if path != inside}
    assert "There is no %s in" % inside in trouble(oci.write_tar(tmp_path / "lacking.tar", lacking))
    manifest = "blobs/" + many.children[0].digest.replace(":", "/")
    lacking = {path: data for path, data in files.items() if path != manifest}
    path = oci.write_tar(tmp_path / "sparse.tar", lacking)
    assert "There is no %s in" % manifest in trouble(path)
    assert oci.tags(registry, name) == []
    # The existing platforms can still be copied.
    source = {"path": str(path)}
    succeeded(remote("registry_image", name=target, source=source, platforms=["linux/arm64", "linux/arm/v7"]))
    assert oci.complete(registry, name, "v1")


def test_tokens_have_only_the_required_permissions(remote, registry, token_registry, token_server, authority, name):
    """From a registry with passwords to one with tokens, within that one, and back."""
    owner = {"username": "owner", "password": token_server.users["owner"]}
    reader = {"username": "reader", "password": token_server.users["reader"]}
    made = oci.image(name)
    oci.push(registry, name, made, "v1")
    there, here = "%s/%s" % (token_registry.host, name), "%s/%s" % (registry.host, name)
    ca = {"ca_path": str(authority.certificate)}
    source = {"name": here + ":v1", "username": registry.username, "password": registry.password, **ca}

    message = failed(remote("registry_image", name=there + ":v1", source=source, **reader))
    assert "UNAUTHORIZED" in message and "Check username and password, and the permissions of this account" in message
    remote.scenario("registry_image", name=there + ":v1", source=source, **owner)
    token_server.asked.clear()
    remote.scenario("registry_image", name=there + "/moved:v1", source={"name": there + ":v1"}, **owner)
    scopes = [sorted(entry["form"]["scope"]) for entry in token_server.asked]
    assert ["repository:%s/moved:pull,push" % name, "repository:%s:pull" % name] in scopes
    remote.scenario("registry_image", name=here + ":v2", source={"name": there + "/moved:v1", **reader, **ca})
    assert oci.fetch(registry, name, "v2") == made.data
    remote.scenario("registry_image", name=there + ":v1", state="absent", **owner)


def test_an_expired_token_is_renewed(remote, token_registry, token_server, name, monkeypatch):
    """During a task. If new tokens are expired, too, the task fails."""
    owner = {"username": "owner", "password": token_server.users["owner"]}
    params = {"name": "%s/%s" % (token_registry.host, name), "state": "absent", **owner}
    monkeypatch.setattr(token_server, "stale", 1)
    succeeded(remote("registry_image", **params))
    assert token_server.stale == 0
    monkeypatch.setattr(token_server, "stale", 100)
    assert "UNAUTHORIZED" in failed(remote("registry_image", **params))


def test_a_mirror_is_only_a_source(remote, registry, mirror, authority, name):
    """It is read-only, and the error says so."""
    made = oci.image(name)
    oci.push(mirror.origin, name, made, "v1")
    ca = str(authority.certificate)
    through = "%s/%s:v1" % (mirror.through.host, name)
    target = "%s/%s:v1" % (registry.host, name)
    remote.scenario("registry_image", name=target, source={"name": through, "ca_path": ca})
    assert oci.fetch(registry, name, "v1") == made.data
    source = {"name": target, "ca_path": ca, "username": registry.username, "password": registry.password}
    nobody = {"username": None, "password": None, "config_path": "/nonexistent"}
    message = failed(remote("registry_image", name=through + "-new", source=source, **nobody))
    assert "UNSUPPORTED" in message and "The registry is read-only, is a mirror, or has deletion disabled" in message


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"source": {}}, "source: set either name or path"),
        ({"source": {"name": "a", "path": "/b"}}, "source: set either name or path"),
        ({"source": {"name": "r.example/a", "image": "b"}}, "source.image: this requires source.path"),
        ({"source": {"name": "r.example/a", "username": "a"}}, "must be set together"),
        ({"name": "r.example/a@sha256:" + 64 * "0", "source": {"name": "a"}}, "Remove the digest"),
        ({"keep": {"last": 1}, "source": {"name": "a"}}, "no effect with state: present"),
        ({"state": "absent", "platforms": ["linux/amd64"]}, "no effect with state: absent"),
    ],
)
def test_invalid_options_are_rejected(remote, params, why):
    """Before a registry is queried."""
    assert why in failed(remote("registry_image", **{"name": "r.example/a", **params}))
