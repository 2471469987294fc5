# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever registries, files and users say: parsers give a value, or one of our own errors with a sentence."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import tarfile

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import ContentError, SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry import (
    archive,
    challenge,
    credentials,
    document,
    http,
    manifest,
    mirrors,
    token,
    uploads,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.tarball import Tarball
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.archive import read_archive
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values import reference
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

DIGEST = "sha256:" + "a" * 64
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(DIGEST)
NAMES = st.sampled_from(
    [
        *("mediaType", "schemaVersion", "config", "layers", "manifests", "digest", "size", "platform", "annotations"),
        *(
            "subject",
            "urls",
            "os",
            "architecture",
            "artifactType",
            "RepoTags",
            "Config",
            "Layers",
            "rootfs",
            "diff_ids",
        ),
        *(
            "auths",
            "auth",
            "credHelpers",
            "credsStore",
            "identitytoken",
            "username",
            "password",
            "h.example",
            "proxies",
        ),
        *("token", "access_token", "expires_in", "io.containerd.image.name", "vnd.docker.reference.type", "created"),
    ]
)
TREES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=6), max_leaves=12
)
quick = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ours = contextlib.suppress(SlipwayError)


@quick
@given(st.binary(max_size=60) | TREES.map(lambda tree: json.dumps(tree).encode()))
@example(b"[" * 100000)
@example(b'{"schemaVersion": ' + b"9" * 5000 + b"}")
@example(b'{"schemaVersion": NaN}')
@example(b'"\\ud800"')
def test_documents(data):
    """JSON, or a ValueError."""
    with contextlib.suppress(ValueError):
        json.dumps(document.decode(data), ensure_ascii=False).encode()


@quick
@given(TREES, st.sampled_from(["", manifest.OCI_INDEX, manifest.OCI_MANIFEST, "text/html"]))
@example({"schemaVersion": 2, "config": {"digest": DIGEST, "size": 1e400}}, "")
@example({"schemaVersion": 2, "manifests": [{"digest": "sha256:../../etc", "size": 1}]}, "")
@example([], manifest.OCI_INDEX)
@example(5, manifest.OCI_INDEX)
@example(None, manifest.OCI_INDEX)
def test_manifests(tree, said):
    """What comes out of one can be used."""
    data = json.dumps(tree).encode()
    with ours:
        found = manifest.parse(data, said)
        assert all("/" not in part.digest and part.size >= 0 for part in (*found.layers, *found.children))
        assert isinstance(found.purpose + found.created + found.subject, str)
        manifest.moment(found.created)
    platform, created = manifest.image_facts(data)
    assert isinstance(platform + created, str)


@quick
@given(st.text(max_size=40))
@example("u:PW@host/x")
@example("a@b@c")
def test_references(text):
    """A name, or why it is none."""
    with ours:
        found = reference.parse(text).or_tag("latest")
        assert reference.parse(str(found)) == found
    with ours:
        credentials.registry_name(text)


@quick
@given(
    st.text(max_size=60) | st.lists(st.sampled_from(["Bearer", " ", ",", "=", '"', "realm", "\\", "x"])).map("".join)
)
@example(" " * 100000)
@example('Bearer realm="' + "\\" * 100000)
def test_challenges(header):
    """Those that can be read."""
    challenge.choose(challenge.parse(header))


@quick
@given(st.text(max_size=40))
@example("²")
@example("9" * 5000)
@example("Mon, 01 Jan 0001 00:00:00 -2300")
def test_headers(text):
    """Numbers and times."""
    assert http.retry_after(text, 0.0) >= 0
    start, end = uploads.read_range(text)
    assert start >= 0 <= end
    assert isinstance(http.shown("https://" + text), str)
    with ours:
        http.resolved("https://r.example/v2/", text)


@pytest.mark.parametrize("location", ["http://[", "https://h:99999/", "ftp://h/", "file:///etc/passwd"])
def test_a_location_that_leads_nowhere(location):
    """It is not followed."""
    with pytest.raises(SlipwayError, match="https://r.example/v2/ names '.*', which is not an HTTP address"):
        http.resolved("https://r.example/v2/", location)


@quick
@given(TREES)
@example({"auths": []})
@example({"auths": {"h.example": {"auth": "!"}}})
@example({"auths": {"h.example": 5}})
@example({"credHelpers": "pass"})
@example({"credHelpers": {"h.example": 5}})
@example({"credHelpers": {"h.example": "a\0b"}})
@example({"credsStore": 5})
@example({"proxies": {"default": 5}})
@example({"auths": {"https://[": {"auth": base64.b64encode(b"\xff").decode()}}})
def test_configurations_of_the_docker_command(tree):
    """Whatever a config.json holds. A helper is not run: there is none of that name."""
    with ours:
        config = credentials.parse_config(json.dumps(tree).encode(), "config.json")
        credentials.proxies_for(config, "unix:///var/run/docker.sock")
        found = credentials.find(config, "h.example")
        assert found is None or isinstance(found.username + found.password + found.identity_token, str)


@quick
@given(st.dictionaries(NAMES, SCALARS, max_size=4))
@example({"expires_in": 10**400})
@example({"expires_in": "nan"})
def test_lifetimes_of_tokens(answer):
    """A time that makes sense."""
    assert token.lifetime(answer) >= 0


def packed(files):
    """A tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def looked_at(path):
    """Read an archive in both ways."""
    with ours:
        assert read_archive(str(path)) is not None
    with ours:
        archive.Archive(str(path)).choose("")


@quick
@given(st.sampled_from(["manifest.json", "index.json"]), TREES, TREES)
@example("index.json", {"manifests": [{"digest": DIGEST, "annotations": True}]}, None)
@example("index.json", {"manifests": [{"digest": DIGEST, "mediaType": manifest.OCI_INDEX, "annotations": True}]}, None)
@example("manifest.json", [{"Config": "c.json", "RepoTags": 5, "Layers": []}], {})
@example("manifest.json", [{"Config": {}, "RepoTags": ["a"], "Layers": [5]}], {})
def test_archives(tmp_path, name, tree, config):
    """Archives of which the documents are not as they should be."""
    path = tmp_path / "a.tar"
    path.write_bytes(packed({name: json.dumps(tree).encode(), "c.json": json.dumps(config).encode()}))
    looked_at(path)


@quick
@given(st.integers(0, 1535), st.binary(min_size=1, max_size=12))
def test_broken_headers(tmp_path, at, data):
    """Some bytes of an archive are other ones."""
    path = tmp_path / "a.tar"
    whole = bytearray(packed({"index.json": b'{"manifests": []}', "x" * 120: b"y"}))
    whole[at : at + len(data)] = data
    path.write_bytes(whole)
    looked_at(path)


def test_indexes_in_one_another(tmp_path):
    """Neither depth nor number, nor a circle, costs more than the bytes that say it."""
    files, known = {}, DIGEST
    files["blobs/" + DIGEST.replace(":", "/")] = json.dumps({"manifests": [{"digest": DIGEST, "size": 1}] * 2})
    for number in range(9):
        name = "sha256:%064d" % number
        files["blobs/" + name.replace(":", "/")] = json.dumps({"manifests": [{"digest": known, "size": 1}] * 50})
        known = name
    files["index.json"] = json.dumps({"manifests": [{"digest": known, "size": 1}] * 50})
    path = tmp_path / "a.tar"
    path.write_bytes(packed({name: text.encode() for name, text in files.items()}))
    (held,) = read_archive(str(path))
    assert len(held.digests) == 10
    for number in range(9, 20):
        name = "sha256:%064d" % number
        files["blobs/" + name.replace(":", "/")] = json.dumps({"manifests": [{"digest": known, "size": 1}]})
        known = name
    files["index.json"] = json.dumps({"manifests": [{"digest": known, "size": 1}]})
    path.write_bytes(packed({name: text.encode() for name, text in files.items()}))
    with pytest.raises(SlipwayError, match="is not an archive of images .it has too many or too deeply nested indexes"):
        read_archive(str(path))


def header(name, size, kind):
    """The header of an entry, of any size."""
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    "data",
    [
        header("x", -512, b"0") * 2,
        header("x", 1 << 40, b"x"),
        header("x", 1 << 40, b"L"),
        header("x", 1 << 62, b"0"),
        b"".join(header("x", 1, b"L") + b"y" + bytes(511) for _number in range(3000)),
    ],
    ids=["below zero", "extended header", "long name", "size", "names of names"],
)
def test_sizes_that_none_can_have(tmp_path, data):
    """Neither an endless loop, nor all of the memory."""
    path = tmp_path / "a.tar"
    path.write_bytes(data + bytes(1024))
    with pytest.raises(ContentError):
        assert len(list(Tarball(str(path)).members())) < 2
    with pytest.raises(SlipwayError, match="is not an archive of images"):
        read_archive(str(path))


@pytest.mark.parametrize("path", ["/dev/zero", "pipe"])
def test_what_is_no_file(tmp_path, path):
    """It is not read at all."""
    if path == "pipe":
        path = str(tmp_path / "pipe")
        __import__("os").mkfifo(path)
    with pytest.raises(SlipwayError, match=r"is not an archive of images \(it is not a file\)"):
        read_archive(path)
    with pytest.raises(SlipwayError, match=r"source\.path: .* is neither a directory nor a file"):
        archive.Archive(path)


@pytest.mark.parametrize(
    "text",
    [
        "u:PW@h",
        "https://u:PW@h",
        "https://u:PW@h/x",
        "u:PW@h/x",
        "u:P W@h/x",
        "u:PW:1@h:5000/x:1",
        "u:PW/1@h/x",
        "u:12PW@h",
    ],
)
def test_passwords_are_in_no_message(text):
    """However an address, the name of an image or that of a mirror has them."""
    for call in (
        reference.parse,
        credentials.registry_name,
        lambda text: mirrors.hosts_toml("h", [{"url": text, "capabilities": [], "ca_path": None}], [], []),
    ):
        with pytest.raises(SlipwayError) as caught:
            call(text)
        assert "PW" not in str(caught.value)
        assert "P W" not in str(caught.value)
