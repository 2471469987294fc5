# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of all kinds for a clean-up: [SCHEME://]HOST:PORT CA fill, and afterwards look.

In team/app there are an old index and a new one, each for two platforms, what belongs to the new one by its subject,
and an image without a tag. What is random makes each of them so large that its space counts.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import ssl
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

NOTES = Path("/root/images.json")
OCI = "application/vnd.oci.image.%s.v1+json"
KINDS = "%s, %s" % (OCI % "index", OCI % "manifest")
LAYER = 200_000


def call(method: str, path: str, body: bytes = b"", kind: str = "application/octet-stream") -> tuple[int, Any, bytes]:
    """Status, headers and body of a request of alice's."""
    url = path if "://" in path else "%s/v2/%s" % (HOST, path)
    request = urllib.request.Request(url, data=body or None, method=method)
    request.add_header("Authorization", "Basic " + base64.b64encode(b"alice:correct horse").decode())
    request.add_header("Content-Type" if body else "Accept", kind)
    try:
        with urllib.request.urlopen(request, context=TRUST, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def blob(data: bytes, kind: str) -> dict[str, Any]:
    """Push a blob; its descriptor."""
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    location = call("POST", "team/app/blobs/uploads/")[1]["Location"]
    status = call("PUT", location + "&digest=" + digest, data)[0]
    assert status == 201, status
    return {"mediaType": kind, "digest": digest, "size": len(data)}


def manifest(tree: dict[str, Any], kind: str, tag: str = "") -> dict[str, Any]:
    """Push a manifest; its descriptor."""
    data = json.dumps({"schemaVersion": 2, "mediaType": OCI % kind, **tree}).encode()
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    status = call("PUT", "team/app/manifests/" + (tag or digest), data, OCI % kind)[0]
    assert status == 201, status
    return {"mediaType": OCI % kind, "digest": digest, "size": len(data)}


def image(machine: str, created: str, tag: str = "", **more: Any) -> dict[str, Any]:
    """Push an image for a platform."""
    config = {"architecture": machine, "os": "linux", "created": created, "rootfs": {"type": "layers", "diff_ids": []}}
    layer = blob(os.urandom(LAYER), "application/vnd.oci.image.layer.v1.tar")
    tree = {"config": blob(json.dumps(config).encode(), OCI % "config"), "layers": [layer], **more}
    return {**manifest(tree, "manifest", tag), "platform": {"os": "linux", "architecture": machine}}


def index(created: str, tag: str) -> dict[str, Any]:
    """Push an image for two platforms."""
    return manifest({"manifests": [image(machine, created) for machine in ("amd64", "arm64")]}, "index", tag)


def fill() -> None:
    """Push all of it, and note the digests."""
    kept = index("2026-01-02T00:00:00Z", "v2")
    notes = {
        "old": index("2025-01-02T00:00:00Z", "v1")["digest"],
        "kept": kept["digest"],
        "orphan": image("amd64", "2026-01-03T00:00:00Z")["digest"],
        "belongs": image("amd64", "2026-01-03T00:00:00Z", subject=kept)["digest"],
    }
    NOTES.write_text(json.dumps(notes))


def whole(digest: str) -> list[str]:
    """What can be pulled of an image, platform by platform, with all its blobs. What is missing fails."""
    status, _headers, data = call("GET", "team/app/manifests/" + digest, kind=KINDS)
    assert status == 200, (digest, status)
    tree = json.loads(data)
    for part in [tree["config"], *tree["layers"]] if "config" in tree else []:
        status, _headers, data = call("GET", "team/app/blobs/" + part["digest"])
        assert status == 200, (part, status)
        assert "sha256:" + hashlib.sha256(data).hexdigest() == part["digest"]
    below = [child["digest"] for child in tree.get("manifests", ())]
    return [digest, *(found for child in below for found in whole(child))]


def look() -> None:
    """Print what is there of what was pushed."""
    notes = json.loads(NOTES.read_text())
    there = {name: call("HEAD", "team/app/manifests/" + digest, kind=KINDS)[0] == 200 for name, digest in notes.items()}
    pulled = {name: len(whole(notes[name])) for name in sorted(there) if there[name]}
    tags = sorted(json.loads(call("GET", "team/app/tags/list")[2])["tags"])  # the registry: as its disk has them
    sys.stdout.write(json.dumps({"pulled": pulled, "tags": tags}, sort_keys=True) + "\n")


if __name__ == "__main__":
    HOST = sys.argv[1] if "://" in sys.argv[1] else "https://" + sys.argv[1]
    TRUST = ssl.create_default_context(cafile=sys.argv[2])
    {"fill": fill, "look": look}[sys.argv[3]]()
