# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of registry_image."""

from __future__ import annotations

import json

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import execute
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError, StepError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.access import Access
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.client import Registries
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.contents import Contents
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.manifest import (
    OCI_INDEX,
    OCI_MANIFEST,
    Descriptor,
    Manifest,
    parse,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.registry_image import (
    absent,
    copying,
    pruning,
    removing,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.registry_image.resource import (
    REGISTRY_IMAGE,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values.reference import parse as reference
from cases import hold, load

NOW = 1_800_000_000  # 2027-01-15
PLACE = removing.Place(reference("r.example/app"), Access())


def contents(tags=None, children=None, created=None, subjects=None):
    """A repository from data: digests are names, and ``subjects`` maps referrers to their subjects."""
    children, subjects = children or {}, subjects or {}
    digests = {*(tags or {}).values(), *children, *(child for below in children.values() for child in below)}
    manifests = {
        digest: Manifest(
            OCI_INDEX if digest in children else OCI_MANIFEST,
            b"",
            digest,
            config=None if digest in children else Descriptor("", "config-" + digest, 1),
            children=tuple(Descriptor("", child, 1) for child in children.get(digest, ())),
            subject=subjects.get(digest, ""),
        )
        for digest in sorted(digests)
    }
    return Contents(tags or {}, manifests, created or {})


def pruned(**there):
    """A snapshot for the state pruned."""
    return pruning.Snapshot(PLACE, contents(**there), NOW)


def removed(tag="", digest="", have="", **there):
    """A snapshot for the state absent."""
    return absent.Snapshot(PLACE, tag, digest, have, contents(**there))


def copied(have="", there=(), platforms=("linux/amd64", "linux/arm64"), same=False):
    """A snapshot for the state present, of an index."""
    children = [parse(json.dumps({"schemaVersion": 2, "layers": [], "a": name}).encode()) for name in platforms]
    names = {child.digest: name for name, child in zip(platforms, children, strict=True)}
    entries = [{"digest": child.digest, "size": 1, "mediaType": OCI_MANIFEST} for child in children]
    want = parse(json.dumps({"schemaVersion": 2, "manifests": entries}).encode())
    parts = [(child, names[child.digest]) for child in children]
    digests = frozenset(digest for digest, name in names.items() if name in there)
    return copying.Snapshot(reference("r.example/app:v1"), Access(), want, (*parts, (want, "")), have, digests, same)


@pytest.mark.parametrize("case", load(__file__, "pruned"))
def test_retention(case):
    """Cases from the YAML file."""
    hold(case, REGISTRY_IMAGE, pruned)


@pytest.mark.parametrize("case", load(__file__, "absent"))
def test_removal(case):
    """Cases from the YAML file."""
    hold(case, REGISTRY_IMAGE, removed)


def test_only_missing_blobs_are_copied():
    """And the tag is set last."""
    params = {"state": "present", "force_tag": False}
    snapshot = copied(there=["linux/amd64"])
    (_amd64, _name), (arm64, name), _top = snapshot.parts
    assert REGISTRY_IMAGE.plan(params, snapshot).actions() == [
        "copy manifest %s (%s): the repository does not have it" % (arm64.digest, name),
        "tag image r.example/app:v1: there is no such tag",
    ]
    assert not REGISTRY_IMAGE.plan(params, copied(have="x", same=True)).steps


def test_a_tag_is_moved_only_with_force_tag():
    """Otherwise the task fails with both digests."""
    snapshot = copied(have="sha256:other", there=["linux/amd64", "linux/arm64"])
    with pytest.raises(SlipwayError, match="is already another image, sha256:other") as caught:
        REGISTRY_IMAGE.plan({"state": "present", "force_tag": False}, snapshot)
    assert caught.value.details["diff"]["after"] == {"digest": snapshot.want.digest}
    assert REGISTRY_IMAGE.plan({"state": "present", "force_tag": True}, snapshot).actions() == [
        "move tag of image r.example/app:v1: it is another image, sha256:other"
    ]


def test_a_deletion_is_rolled_back(monkeypatch):
    """Parts of an index are restored before the index, then each tag."""
    there = contents({"a": "index", "b": "index", "c": "other"}, {"index": ["x", "y"]})
    log = []

    class Fake:
        def __init__(self, _registry, _path):
            pass

        def delete(self, digest):
            log.append("delete " + digest)
            if digest == "y":
                raise SlipwayError("refused")

        def digest(self, _reference):
            return ""

        def put(self, manifest, name):
            log.append("put %s as %s" % (manifest.digest, name))

    monkeypatch.setattr(removing, "Repository", Fake)
    steps = removing.removal(PLACE, there, {"a": "why", "b": "why"})
    with pytest.raises(StepError, match="rolled back"):
        execute(pruning.Plan(tuple(steps)), Registries())
    assert log == [
        "delete index",
        "delete x",
        "delete y",
        "put y as y",
        "put x as x",
        "put index as a",
        "put index as b",
    ]
