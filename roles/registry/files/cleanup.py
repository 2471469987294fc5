# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clean up a stopped registry: remove old tags, unused manifests, and their blobs.

The caller stops the registry before and starts it afterwards, whatever the result. The exit status is 0, 75 if nothing
was done because a push seems to be in progress, or 1 for a failure. The report has the details.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Set

from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import ContentError, SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.contents import Contents, read
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.manifest import Manifest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.retention import going, orphans, surplus
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.stored import Storage, Stored
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values.reference import Reference

LATER = 75  # EX_TEMPFAIL
RULES = ("last", "newer_than", "tags", "in_use")


class Busy(Exception):
    """The clean-up is postponed, because a push seems to be in progress or the registry is running."""


class Going(NamedTuple):
    """What will be removed from a repository, and the digests that its remaining manifests need."""

    repository: Stored
    tags: Mapping[str, str]  # tags and reasons
    manifests: Set[str]
    needed: Set[str]


def main(path: str) -> int:
    """Clean up with the settings in a file."""
    settings = json.loads(Path(path).read_text(encoding="utf-8"))
    report: Dict[str, Any] = {"began": now(), "result": "failed", "freed_bytes": 0, "blobs": 0, "manifests": 0}
    report.update(tags={}, warnings=[], error="")
    try:
        clean(settings, report)
        report["result"] = "done"
    except Busy as error:
        report.update(result="postponed", error=str(error))
    except (SlipwayError, OSError) as error:
        report["error"] = str(error)
    finally:
        report["ended"] = now()
        write(Path(settings["report"]), report)
    say(report)
    return {"done": 0, "postponed": LATER}.get(report["result"], 1)


def clean(settings: Mapping[str, Any], report: Dict[str, Any]) -> None:
    """Find and remove what is not needed. Raises Busy before anything has changed."""
    if is_serving(settings["config"]):
        raise Busy("The registry is running and would be damaged; stop it first.")
    storage = Storage(settings["root"])
    young = time.time() - settings["grace"]
    plans = [plan(repository, settings["rules"], young, report) for repository in storage.repositories()]
    before = storage.blobs()
    refuse_busy(storage, plans, {digest for digest, blob in before.items() if blob.changed > young}, young)
    for one in plans:
        for tag, reason in one.tags.items():
            one.repository.untag(tag)
            report["tags"]["%s:%s" % (one.repository.name, tag)] = reason
        for digest in one.manifests:
            one.repository.delete(digest)
            report["manifests"] += 1
    try:
        collect(settings)
    finally:
        after = storage.blobs()
        report["blobs"] = len(before) - len(after)
        report["freed_bytes"] = sum(blob.size for blob in before.values()) - sum(blob.size for blob in after.values())


def plan(repository: Stored, rules: Sequence[Mapping[str, Any]], young: float, report: Dict[str, Any]) -> Going:
    """What to remove from a repository: nothing if it contains something unknown."""
    revisions = repository.revisions()
    try:
        contents = read(repository, dates=True)
        manifests: Dict[str, Manifest] = {digest: repository.manifest(digest) for digest in revisions}
    except (SlipwayError, OSError) as error:
        report["warnings"].append("%s was skipped: %s" % (repository.name, error))
        return Going(repository, {}, set(), set(revisions))
    contents = Contents(contents.tags, manifests, contents.created)
    tags: Dict[str, str] = {}
    for rule in rules:
        if any(fnmatchcase(repository.name, pattern) for pattern in rule["repositories"]):
            keep = {name: rule["keep"].get(name) for name in RULES}
            place = Reference("localhost", repository.name)
            tags, warnings = surplus(place, contents, keep, rule.get("tags") or (), time.time())
            report["warnings"] += ["%s: %s" % (repository.name, warning) for warning in warnings]
            break
    # New manifests without a tag may be parts of an index that is being pushed.
    kept = {digest for digest in orphans(contents, contents.tags.values()) if revisions[digest] >= young}
    tags = going(contents, tags, orphans(contents, {*contents.tags.values(), *kept}))
    lost = orphans(contents, {digest for tag, digest in contents.tags.items() if tag not in tags} | kept)
    stay = [manifest for digest, manifest in manifests.items() if digest not in lost]
    needed = {manifest.digest for manifest in stay} | {blob.digest for manifest in stay for blob in manifest.blobs}
    return Going(repository, tags, lost, needed)


def refuse_busy(storage: Storage, plans: Sequence[Going], fresh: Set[str], young: float) -> None:
    """Raise Busy if a manifest for new blobs may still be pushed; the collector would remove these blobs."""
    for one in plans:
        fresh = fresh - one.needed - set(one.repository.revisions())
        for manifest in (one.repository.manifest(digest) for digest in one.manifests):
            fresh -= {blob.digest for blob in manifest.blobs}
    if fresh:
        raise Busy("A push is in progress or was interrupted: %d new blobs do not belong to an image yet." % len(fresh))
    for upload in (storage.top / "repositories").glob("**/_uploads/*/data"):
        if upload.stat().st_mtime > young:
            raise Busy("A push is in progress or was interrupted: %s is new." % upload.parent)


def collect(settings: Mapping[str, Any]) -> None:
    """Remove the blobs with the registry's garbage collector. Not with -m, which destroys the parts of indexes.

    The collector inherits the lock of the caller, if there is one, so the registry is not started while it runs.
    """
    argv = [settings["program"], "garbage-collect", settings["config"]]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, close_fds=False)
    if done.returncode:
        words = (done.stdout + done.stderr).strip().splitlines()[-5:]
        raise ContentError("%s exited with %d: %s" % (" ".join(argv), done.returncode, " / ".join(words)))


def is_serving(config: str) -> bool:
    """Whether a registry with this configuration is running."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:  # the process has ended
            continue
        if words[1:3] == ["serve", config]:
            return True
    return False


def now() -> str:
    """The current time in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def write(path: Path, report: Mapping[str, Any]) -> None:
    """Replace the report."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    new.replace(path)


def say(report: Mapping[str, Any]) -> None:
    """Print the report for the journal."""
    lines: List[str] = ["%s: %s" % (tag, reason) for tag, reason in sorted(report["tags"].items())]
    lines += report["warnings"]
    lines.append(
        "%s: removed %d tags, %d manifests and %d blobs (%d bytes). %s"
        % (
            report["result"],
            len(report["tags"]),
            report["manifests"],
            report["blobs"],
            report["freed_bytes"],
            report["error"],
        )
    )
    sys.stdout.write("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
