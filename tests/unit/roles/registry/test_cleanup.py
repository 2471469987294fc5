# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the clean-up of a registry's storage. The garbage collector is tested with real registries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.manifest import (
    OCI_CONFIG,
    OCI_INDEX,
    OCI_MANIFEST,
    digest_of,
)

ROOT = Path(__file__).parents[4]
CLEANUP = ROOT / "roles" / "registry" / "files" / "cleanup.py"
OLD = 86400


class Disk:
    """The storage of a registry on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.top = root / "docker" / "registry" / "v2"
        self.repository = self.top / "repositories" / "team" / "app"

    def write(self, path: Path, data: bytes, age: int) -> None:
        """Write a file with an age in seconds."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (time.time() - age, time.time() - age))

    def blob(self, data: bytes, age: int = OLD) -> dict[str, Any]:
        """Write a blob. Returns its descriptor."""
        digest = digest_of(data)
        value = digest.partition(":")[2]
        self.write(self.top / "blobs" / "sha256" / value[:2] / value / "data", data, age)
        return {"digest": digest, "size": len(data), "mediaType": "application/octet-stream"}

    def manifest(self, tree: dict[str, Any], *tags: str, age: int = OLD, kind: str = OCI_MANIFEST) -> dict[str, Any]:
        """Write a manifest with tags. Returns its descriptor."""
        made = self.blob(json.dumps({"schemaVersion": 2, "mediaType": kind, **tree}).encode(), age)
        link = made["digest"].encode()
        path = made["digest"].replace(":", "/") + "/link"
        manifests = self.repository / "_manifests"
        self.write(manifests / "revisions" / path, link, age)
        for tag in tags:
            self.write(manifests / "tags" / tag / "current" / "link", link, age)
            self.write(manifests / "tags" / tag / "index" / path, link, age)
        return {**made, "mediaType": kind}

    def image(self, name: str, *tags: str, day: int = 1, age: int = OLD, **more: Any) -> dict[str, Any]:
        """Write an image that was created on that day of January 2026. Returns its descriptor."""
        config = json.dumps(
            {"architecture": "amd64", "os": "linux", "created": "2026-01-%02dT00:00:00Z" % day, "n": name}
        )
        tree = {"config": {**self.blob(config.encode(), age), "mediaType": OCI_CONFIG}}
        tree["layers"] = [self.blob(b"layer of " + name.encode(), age)]  # type: ignore[assignment]
        return self.manifest({**tree, **more}, *tags, age=age)

    def index(self, name: str, *tags: str, day: int = 1, age: int = OLD) -> dict[str, Any]:
        """Write an index of two images. Returns its descriptor."""
        parts = [self.image(name + part, day=day, age=age) for part in "ab"]
        return self.manifest({"manifests": parts}, *tags, age=age, kind=OCI_INDEX)

    def there(self) -> set[str]:
        """The digests of all manifests."""
        return {"sha256:" + link.parts[-2] for link in self.repository.glob("_manifests/revisions/*/*/link")}

    def tags(self) -> list[str]:
        """All tags."""
        return sorted(path.name for path in self.repository.glob("_manifests/tags/*"))

    def clean(self, *rules: dict[str, Any], program: str = "/bin/true") -> tuple[int, dict[str, Any]]:
        """Run the clean-up. Returns its exit status and its report."""
        settings = {"root": str(self.root), "program": program, "config": str(self.root / "config"), "grace": 3600}
        settings.update(rules=list(rules), report=str(self.root / "report.json"))
        (self.root / "settings").write_text(json.dumps(settings))
        argv = [sys.executable, str(CLEANUP), str(self.root / "settings")]
        env = {**os.environ, "PYTHONPATH": str(ROOT / ".cache" / "collections")}
        done = subprocess.run(argv, env=env, check=False, capture_output=True, text=True)
        assert done.stderr == ""
        return done.returncode, json.loads((self.root / "report.json").read_text())


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


def test_untagged_manifests_are_removed_and_parts_of_indexes_are_kept(disk: Disk) -> None:
    disk.index("kept", "1")
    kept = disk.there()
    disk.index("lost")
    status, report = disk.clean()
    assert (status, report["result"], report["manifests"]) == (0, "done", 3)
    assert disk.there() == kept
    assert disk.clean()[1]["manifests"] == 0


def test_referrers_are_kept_and_removed_with_their_image(disk: Disk) -> None:
    kept = disk.index("kept", "1")
    first = disk.image("signature", subject=kept)
    disk.image("signature of the signature", subject=first)
    stay = disk.there()
    lost = disk.index("lost")
    disk.image("its signature", subject=lost)
    disk.image("cosign's", "sha256-%s.sig" % lost["digest"].partition(":")[2])
    assert disk.clean()[0] == 0
    assert disk.there() == stay
    assert disk.tags() == ["1"]


def test_the_first_matching_rule_applies(disk: Disk) -> None:
    for day in (1, 2, 3):
        disk.index("of day %d" % day, "build-%d" % day, day=day)
    disk.image("release", "v1")
    _status, report = disk.clean(
        {"repositories": ["other/*"], "keep": {"tags": ["none"]}},
        {"repositories": ["team/*"], "tags": ["build-*"], "keep": {"last": 1}},
        {"repositories": ["*"], "keep": {"tags": ["none"]}},
    )
    assert disk.tags() == ["build-3", "v1"]
    assert len(disk.there()) == 4
    assert sorted(report["tags"]) == ["team/app:build-1", "team/app:build-2"]


def test_new_blobs_without_a_manifest_postpone_the_clean_up(disk: Disk) -> None:
    disk.index("lost")
    before = disk.there()
    disk.blob(b"new", age=0)
    status, report = disk.clean()
    assert (status, report["result"]) == (75, "postponed")
    assert disk.there() == before


def test_an_upload_in_progress_postpones_the_clean_up(disk: Disk) -> None:
    disk.index("lost")
    before = disk.there()
    disk.write(disk.repository / "_uploads" / "some-id" / "data", b"some", 0)
    assert disk.clean()[0] == 75
    assert disk.there() == before
    disk.write(disk.repository / "_uploads" / "some-id" / "data", b"some", OLD)
    assert disk.clean()[0] == 0


def test_parts_of_an_index_that_is_being_pushed_are_kept(disk: Disk) -> None:
    """Old parts as well, if they belong to a new index without a tag."""
    part = disk.image("old part")
    disk.manifest({"manifests": [part]}, age=0, kind=OCI_INDEX)
    disk.image("new part", age=0)
    stay = disk.there()
    disk.image("lost")
    assert disk.clean()[0] == 0
    assert disk.there() == stay


def test_a_repository_with_unknown_manifests_is_skipped(disk: Disk) -> None:
    disk.manifest({"schemaVersion": 1}, "old", kind="application/vnd.docker.distribution.manifest.v1+json")
    disk.index("lost")
    before = disk.there()
    status, report = disk.clean()
    assert (status, report["manifests"]) == (0, 0)
    assert "team/app was skipped" in report["warnings"][0]
    assert disk.there() == before


def test_a_failure_of_the_collector_is_reported(disk: Disk) -> None:
    disk.index("lost")
    status, report = disk.clean(program="/bin/false")
    assert (status, report["result"]) == (1, "failed")
    assert "/bin/false garbage-collect" in report["error"]
    assert report["manifests"] == 3


def test_a_running_registry_postpones_the_clean_up(disk: Disk) -> None:
    disk.index("lost")
    before = disk.there()
    (disk.root / "serve").write_text("import time; print(flush=True); time.sleep(60)")
    argv = [sys.executable, "serve", str(disk.root / "config")]
    with subprocess.Popen(argv, cwd=disk.root, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdout.readline()
        status, report = disk.clean()
        other.kill()
    assert status == 75
    assert "stop it first" in report["error"]
    assert disk.there() == before


def test_the_removed_blobs_and_bytes_are_reported(disk: Disk) -> None:
    lost = disk.blob(b"12345")["digest"].partition(":")[2]
    program = disk.root / "collector"
    program.write_text("#!/bin/sh\nrm -r %s\n" % (disk.top / "blobs" / "sha256" / lost[:2]))
    program.chmod(0o755)
    _status, report = disk.clean(program=str(program))
    assert (report["freed_bytes"], report["blobs"]) == (5, 1)
