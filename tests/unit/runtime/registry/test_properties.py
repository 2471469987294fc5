# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Property tests: for any input, parsers return a value or raise one of our errors, with a sentence."""

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
def test_any_document(data):
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
def test_any_manifest(tree, said):
    """All values of a parsed manifest can be used."""
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
def test_any_reference(text):
    """A name, or the reason why it is invalid."""
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
def test_any_challenge(header):
    """Valid ones are returned."""
    challenge.choose(challenge.parse(header))


@quick
@given(st.text(max_size=40))
@example("²")
@example("9" * 5000)
@example("Mon, 01 Jan 0001 00:00:00 -2300")
def test_any_header(text):
    """Numbers and dates."""
    assert http.retry_after(text, 0.0) >= 0
    start, end = uploads.read_range(text)
    assert start >= 0 <= end
    assert isinstance(http.shown("https://" + text), str)
    with ours:
        http.resolved("https://r.example/v2/", text)


@pytest.mark.parametrize("location", ["http://[", "https://h:99999/", "ftp://h/", "file:///etc/passwd"])
def test_any_location(location):
    """An invalid one is not followed."""
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
def test_any_configuration_of_the_docker_command(tree):
    """No helper is run, because none has such a name."""
    with ours:
        config = credentials.parse_config(json.dumps(tree).encode(), "config.json")
        credentials.proxies_for(config, "unix:///var/run/docker.sock")
        found = credentials.find(config, "h.example")
        assert found is None or isinstance(found.username + found.password + found.identity_token, str)


@quick
@given(st.dictionaries(NAMES, SCALARS, max_size=4))
@example({"expires_in": 10**400})
@example({"expires_in": "nan"})
def test_any_lifetime_of_a_token(answer):
    """The expiry is plausible."""
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
    """Read an archive with both readers."""
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
def test_archives_with_invalid_documents(tmp_path, name, tree, config):
    """The documents are random JSON."""
    path = tmp_path / "a.tar"
    path.write_bytes(packed({name: json.dumps(tree).encode(), "c.json": json.dumps(config).encode()}))
    looked_at(path)


@quick
@given(st.integers(0, 1535), st.binary(min_size=1, max_size=12))
def test_archives_with_broken_headers(tmp_path, at, data):
    """Some bytes are replaced."""
    path = tmp_path / "a.tar"
    whole = bytearray(packed({"index.json": b'{"manifests": []}', "x" * 120: b"y"}))
    whole[at : at + len(data)] = data
    path.write_bytes(whole)
    looked_at(path)


def test_nested_indexes(tmp_path):
    """Depth, number and circles cost no more than the size of the documents."""
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
    """The header of an entry with any size."""
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
def test_impossible_sizes_of_entries(tmp_path, data):
    """Neither an endless loop nor excessive memory."""
    path = tmp_path / "a.tar"
    path.write_bytes(data + bytes(1024))
    with pytest.raises(ContentError):
        assert len(list(Tarball(str(path)).members())) < 2
    with pytest.raises(SlipwayError, match="is not an archive of images"):
        read_archive(str(path))


@pytest.mark.parametrize("path", ["/dev/zero", "pipe"])
def test_special_files_are_not_read(tmp_path, path):
    """They may be endless, or block."""
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
def test_messages_contain_no_passwords(text):
    """For passwords in addresses, image names and mirrors."""
    for call in (
        reference.parse,
        credentials.registry_name,
        lambda text: mirrors.hosts_toml("h", [{"url": text, "capabilities": [], "ca_path": None}], [], []),
    ):
        with pytest.raises(SlipwayError) as caught:
            call(text)
        assert "PW" not in str(caught.value)
        assert "P W" not in str(caught.value)
