# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clean up a registry that does not run: old tags, manifests that nothing needs, and then the blobs of both.

Who starts this stops the registry before and starts it afterwards, whatever happens here. It ends with 0, with 75 if a
push seems to be under way, so that nothing was done, and with 1 for a failure. All of it is in the report.
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
    """A push is under way, as far as can be seen."""


class Going(NamedTuple):
    """What goes from one repository, and what its manifests need that stay."""

    repository: Stored
    tags: Mapping[str, str]  # with the reasons
    manifests: Set[str]
    needed: Set[str]


def main(path: str) -> int:
    """Clean up as the file says."""
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
    """Find out what goes, and have it go. Nothing has changed if this raises Busy."""
    if is_serving(settings["config"]):
        raise Busy("The registry runs, and would be damaged: stop it first.")
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
    """What goes from a repository: nothing, if there is something in it that is not understood."""
    revisions = repository.revisions()
    try:
        contents = read(repository, dates=True)
        manifests: Dict[str, Manifest] = {digest: repository.manifest(digest) for digest in revisions}
    except (SlipwayError, OSError) as error:
        report["warnings"].append("%s stays as it is: %s" % (repository.name, error))
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
    # What is young and has no tag may be a part of an index that is being pushed.
    kept = {digest for digest in orphans(contents, contents.tags.values()) if revisions[digest] >= young}
    tags = going(contents, tags, orphans(contents, {*contents.tags.values(), *kept}))
    lost = orphans(contents, {digest for tag, digest in contents.tags.items() if tag not in tags} | kept)
    stay = [manifest for digest, manifest in manifests.items() if digest not in lost]
    needed = {manifest.digest for manifest in stay} | {blob.digest for manifest in stay for blob in manifest.blobs}
    return Going(repository, tags, lost, needed)


def refuse_busy(storage: Storage, plans: Sequence[Going], fresh: Set[str], young: float) -> None:
    """Raise Busy where there are blobs that a manifest may be coming for, which the collector would take away."""
    for one in plans:
        fresh = fresh - one.needed - set(one.repository.revisions())
        for manifest in (one.repository.manifest(digest) for digest in one.manifests):
            fresh -= {blob.digest for blob in manifest.blobs}
    if fresh:
        raise Busy("A push is under way, or was broken off: %d new blobs are in no image yet." % len(fresh))
    for upload in (storage.top / "repositories").glob("**/_uploads/*/data"):
        if upload.stat().st_mtime > young:
            raise Busy("A push is under way, or was broken off: %s is new." % upload.parent)


def collect(settings: Mapping[str, Any]) -> None:
    """Have the registry's own collector free the blobs. Not with -m, which destroys the parts of indexes.

    It gets the lock of who started this, if there is one, so that nobody starts the registry as long as it runs.
    """
    argv = [settings["program"], "garbage-collect", settings["config"]]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, close_fds=False)
    if done.returncode:
        words = (done.stdout + done.stderr).strip().splitlines()[-5:]
        raise ContentError("%s ended with %d: %s" % (" ".join(argv), done.returncode, " / ".join(words)))


def is_serving(config: str) -> bool:
    """Whether a process serves with this configuration."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:  # it has ended
            continue
        if words[1:3] == ["serve", config]:
            return True
    return False


def now() -> str:
    """This moment, in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def write(path: Path, report: Mapping[str, Any]) -> None:
    """Replace the report."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    new.replace(path)


def say(report: Mapping[str, Any]) -> None:
    """For the journal."""
    lines: List[str] = ["%s: %s" % (tag, reason) for tag, reason in sorted(report["tags"].items())]
    lines += report["warnings"]
    lines.append(
        "%s: freed %d bytes, of %d blobs; %d tags and %d manifests went. %s"
        % (
            report["result"],
            report["freed_bytes"],
            report["blobs"],
            len(report["tags"]),
            report["manifests"],
            report["error"],
        )
    )
    sys.stdout.write("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
