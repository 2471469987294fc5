# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of a registry and its connection: temporary ones are retried, others are errors."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import replace
from urllib.parse import urljoin

import pytest
from harness import oci
from harness.driver import failed, run_module, succeeded
from harness.faults import Fault

BIG = 20 << 20  # three chunks
LAYER = "the digest of the big layer"
# Runs the module and records its peak memory in KiB.
MEASURED = """#!%s
import resource, subprocess, sys
code = subprocess.call([sys.executable, *sys.argv[1:]])
open("%s", "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


@pytest.fixture
def big(name):
    """An image with a layer that takes several chunks."""
    return oci.image(name, further=[os.urandom(BIG)])


@pytest.fixture
def archive(big, tmp_path):
    """The same image in an archive."""
    return str(oci.write_tar(tmp_path / "big.tar", oci.layout({"v1": big})))


def busy(code, **headers):
    """Part of a fault."""
    body = json.dumps({"errors": [{"code": code, "message": "not now"}]}).encode()
    return {"headers": {"Content-Type": "application/json", **headers}, "body": body}


@pytest.mark.parametrize(
    "faults",
    [
        [Fault("GET", "/manifests/", status=429, **busy("TOOMANYREQUESTS", **{"Retry-After": "1"}))],
        [Fault("GET", LAYER, times=2, status=503, **busy("UNAVAILABLE"))],
        [Fault("GET", LAYER, cut_answer=3 << 20), Fault("GET", LAYER, cut_answer=1 << 20)],
        [Fault("GET", "/manifests/", cut_answer=0), Fault("GET", "/manifests/", status=502)],
        [Fault("GET", LAYER, slow=20)],
    ],
    ids=["limit", "unavailable", "cut", "cut-manifest", "slow"],
)
def test_a_source_with_temporary_faults(remote, registry, proxy, big, name, faults):
    """It is read completely."""
    oci.push(registry, name + "/from", big, "v1")
    layer = list(big.blobs)[2]
    proxy.faults += [replace(fault, path=fault.path.replace(LAYER, layer)) for fault in faults]
    source = {"name": "%s/%s/from:v1" % (proxy.host, name), "username": registry.username}
    source.update(password=registry.password)
    succeeded(remote("registry_image", name="%s/%s/to:v1" % (registry.host, name), source=source))
    assert all(fault.times == 0 for fault in proxy.faults)
    assert oci.complete(registry, name + "/to", "v1")


@pytest.mark.parametrize(
    ("faults", "patches", "uploads"),
    [
        # Without faults, there are three chunks in one of three uploads.
        ([Fault("PATCH", "", after=1, status=500)], 4, 3),
        ([Fault("PATCH", "", after=2, times=2, status=429, headers={"Retry-After": "0"})], 5, 3),
        ([Fault("POST", "/uploads/", status=429, **busy("TOOMANYREQUESTS"))], 3, 4),
        # Registry 2 discards an upload that does not match the range that it last reported, so a new one is started.
        ([Fault("PATCH", "", after=1, cut_request=3 << 20)], 5, 4),
        ([Fault("PATCH", "", cut_request=0), Fault("PATCH", "", after=1, cut_request=1 << 20)], None, None),
        ([Fault("PATCH", "", cut_answer=0)], 4, 4),
        ([Fault("PATCH", "", status=404, **busy("BLOB_UPLOAD_UNKNOWN"))], 4, 4),
        ([Fault("PUT", "/uploads/", times=2, status=503), Fault("PUT", "/manifests/", status=500)], 3, 5),
    ],
    ids=[
        "unavailable",
        "limit",
        "limit-at-first",
        "cut",
        "cut-twice",
        "answer-lost",
        "forgotten",
        "unavailable-at-last",
    ],
)
def test_an_interrupted_upload_is_continued(remote, registry, proxy, archive, name, faults, patches, uploads):
    """From the range that the registry reports: only lost bytes are sent again."""
    proxy.faults += [replace(fault) for fault in faults]
    succeeded(remote("registry_image", name="%s/%s:v1" % (proxy.host, name), source={"path": archive}))
    assert all(fault.times == 0 for fault in proxy.faults)
    assert oci.complete(registry, name, "v1")
    if patches:
        assert proxy.count("PATCH", "/uploads/") == patches
        assert proxy.count("POST", "/uploads/") == uploads


def test_a_wrong_digest_is_an_error(remote, registry, proxy, big, name):
    """For a manifest, which is the first request and therefore retried, and for a blob. Nothing is tagged."""
    oci.push(registry, name + "/from", big, "v1")
    source = {"name": "%s/%s/from:v1" % (proxy.host, name)}
    source.update(username=registry.username, password=registry.password)
    target = "%s/%s/to:v1" % (registry.host, name)
    layer = list(big.blobs)[2]
    for times, path in ((2, "/manifests/v1"), (1, "/blobs/" + layer)):
        proxy.faults.append(Fault("GET", path, times=times, corrupt=True))
        message = failed(remote("registry_image", name=target, source=source))
        assert "does not match the digest" in message
        assert proxy.faults[-1].times == 0
    assert oci.tags(registry, name + "/to") == []


def test_permanent_faults_are_errors(remote, registry, proxy, archive, name):
    """With the registry's own code, and nothing is tagged."""
    target = "%s/%s:v1" % (proxy.host, name)

    def trouble(*faults, **params):
        proxy.faults[:] = faults
        return failed(remote("registry_image", name=target, source={"path": archive}, **params))

    message = trouble(Fault("HEAD", "/manifests/", status=429, headers={"Retry-After": "3600"}))
    assert "TOOMANYREQUESTS (429). Wait for 3600 seconds" in message
    message = trouble(Fault("PUT", "/manifests/", times=99, status=503, **busy("UNAVAILABLE")))
    assert (
        "UNAVAILABLE (503): not now. The registry has an internal error. Look at its log, or try again later"
    ) in message
    message = trouble(Fault("PUT", "/manifests/", status=403, **busy("DENIED")))
    assert (
        "DENIED (403): not now. This account is not allowed to do that. Change its permissions, or use another account"
    ) in message
    message = trouble(Fault("HEAD", "/manifests/", times=99, cut_answer=0))
    assert "The connection to %s was interrupted. Try again" % proxy.host in message
    message = trouble(Fault("PUT", "/manifests/", status=307, headers={"Location": "https://elsewhere.example/"}))
    assert "answered 307, a redirect that is not part of the registry API" in message
    assert oci.tags(registry, name) == []


def test_a_redirect_to_another_host_does_not_get_the_password(
    remote, registry, other_registry, proxy, authority, big, name
):
    """Blobs are often stored elsewhere. The other registry would accept the same user."""
    oci.push(registry, name, big, "v1")
    oci.push(other_registry, name, big, "v1")
    layer = list(big.blobs)[2]
    there = {"Location": "https://%s/v2/%s/blobs/%s?sig=canary" % (other_registry.host, name, layer)}
    proxy.faults.append(Fault("GET", layer, times=99, status=307, headers=there))
    source = {"name": "%s/%s:v1" % (proxy.host, name), "username": registry.username, "password": registry.password}
    source["ca_path"] = str(authority.certificate)
    message = failed(remote("registry_image", name="%s/%s/to:v1" % (registry.host, name), source=source))
    assert "UNAUTHORIZED" in message
    assert "canary" not in message
    assert oci.tags(registry, name + "/to") == []


def test_a_registry_that_does_not_mount_receives_an_upload(remote, registry, proxy, name):
    """Some start an upload instead."""
    made = oci.image(name)
    oci.push(registry, name, made, "v1")
    begun = {"Location": "/v2/%s/to/blobs/uploads/begun?_state=begun" % name}
    proxy.faults.append(Fault("POST", "mount=", times=99, status=202, headers=begun))
    source = {"name": "%s/%s:v1" % (proxy.host, name)}
    succeeded(remote("registry_image", name="%s/%s/to:v1" % (proxy.host, name), source=source))
    assert oci.complete(registry, name + "/to", "v1")
    assert proxy.count("DELETE", "/uploads/begun") == len(made.blobs)
    assert proxy.count("PUT", "/uploads/") == len(made.blobs)


def test_memory_does_not_grow_with_the_size_of_a_layer(remote, registry, other_registry, authority, name, tmp_path):
    """A layer of 256 MiB between registries takes less than 100 MiB of memory."""
    path = tmp_path / "layer"
    with path.open("wb") as file:
        file.truncate(256 << 20)
        file.seek(0, os.SEEK_END)
        file.write(name.encode())
    digest = push_file(other_registry, name, path)
    made = oci.image(name)
    tree = json.loads(made.data)
    size = path.stat().st_size
    tree["layers"].append({"mediaType": oci.OCI + "layer.v1.tar", "digest": digest, "size": size})
    oci.push(other_registry, name, oci.Image(made.media_type, json.dumps(tree).encode(), made.blobs), "v1")

    measured, python = tmp_path / "kibibytes", tmp_path / "python"
    python.write_text(MEASURED % (sys.executable, measured))
    python.chmod(0o755)
    login = {"username": registry.username, "password": registry.password, "ca_path": str(authority.certificate)}
    params = {"name": "%s/%s:v1" % (registry.host, name), **login}
    params["source"] = {"name": "%s/%s:v1" % (other_registry.host, name), **login}
    succeeded(run_module("registry_image", params, python=str(python)))
    status, headers, _body = registry.call("HEAD", "/v2/%s/blobs/%s" % (name, digest))
    assert (status, int(headers["Content-Length"])) == (200, size)
    assert int(measured.read_text()) < 100 << 10


def push_file(registry, repository, path):
    """Push a file to a registry with plain HTTP. Returns its digest."""
    with path.open("rb") as file:
        digest = "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
    _status, headers, _body = registry.call("POST", "/v2/%s/blobs/uploads/" % repository)
    location = urljoin("https://%s/" % registry.host, headers["Location"])
    kind = {**oci.BYTES, "Content-Length": str(path.stat().st_size)}
    with path.open("rb") as file:
        status, _headers, body = registry.call("PUT", location + "&digest=" + digest, file, headers=kind)
    assert status == 201, body
    return digest
