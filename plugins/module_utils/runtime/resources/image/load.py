# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images from files: image archives and file systems."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Dict, List, Mapping, Tuple

from ...engine import transfer
from ...engine.client import Client
from ...errors import InputError, NotFound
from ...state.compare import Change
from ...state.plan import Kind, Plan, Step
from ...state.resource import Params
from ...values.reference import Reference
from .archive import Archive, names_in
from .files import pieces
from .target import FORCED, Target

# The label with the digest of the file that an image was imported from.
LABEL = "slipway.docker.import"
TO_COME = "its file does not exist yet"

Images = Mapping[str, Any]  # name to image, None if missing


def wanted_of(target: Target, archive: Archive) -> List[str]:
    """The images that loading an archive must provide: all its names, and the task's image if given by id."""
    return names_in(archive) + ([] if target.named else [target.text])


def load_plan(params: Params, target: Target, archive: Archive | None, images: Images) -> Plan:
    """Load an archive if the host lacks any of its images. ``images`` are those of ``wanted_of``."""
    path = params["load_path"]
    changes: Tuple[Change, ...] = ()
    if archive is None:
        reason = TO_COME
    else:
        _must_hold(target, archive, path)
        reason = _lacks(archive, images)
        if reason:
            want = {name: _id(archive, name) for name in images}
            changes = (Change("loaded_images", want, {name: image and image["Id"] for name, image in images.items()}),)
    if not (reason or params["force_source"]):
        return Plan()
    # If it is only forced, the host has everything in it, and nothing will be new.
    step = Step(Kind.LOAD, "image", target.text, reason or FORCED, _load, (path,))
    step = step._replace(alters=bool(reason), certain=bool(reason))
    return Plan((step,), changes, _to_come(target.text, path) if archive is None else ())


def _must_hold(target: Target, archive: Archive, path: str) -> None:
    if any(target.text in held.names | held.digests for held in archive):
        return
    names = names_in(archive)
    raise NotFound(
        "The archive %s does not contain the image %s, but %s"
        % (path, target.text, ", ".join(names) or "an image without a name"),
        "Set name to an image in the archive, and add another name with repository.",
    )


def _lacks(archive: Archive, images: Images) -> str:
    for name, image in images.items():
        if image is None:
            return "there is no image %s" % name
        if not any(held.is_it(image) for held in archive if name in held.names | held.digests):
            return "%s is not the image in the archive" % name
    return ""


def _id(archive: Archive, name: str) -> str:
    return min(digest for held in archive if name in held.names | held.digests for digest in held.digests)


def _load(client: Client, path: str) -> None:
    transfer.load(client, path, pieces(_there("load_path", path)))


def import_digest(options: Mapping[str, Any]) -> str | None:
    """The digest of the file to import; None if it does not exist. Raises HostError, InputError."""
    if not Path(options["path"]).exists():
        return None
    if not Path(options["path"]).is_file():
        raise InputError("import.path: %s is not a file" % options["path"], "Use the path of the archive.")
    content = hashlib.sha256()
    for piece in pieces(options["path"]):
        content.update(piece)
    decisive = [content.hexdigest(), options["changes"] or []]
    return "sha256:" + hashlib.sha256(json.dumps(decisive).encode("utf-8")).hexdigest()


def import_plan(params: Params, named: Reference, digest: str | None, image: Any) -> Plan:
    """Import a file system unless the image was created from it."""
    path = params["import"]["path"]
    labels: Dict[str, str] = ((image or {}).get("Config") or {}).get("Labels") or {}
    have = labels.get(LABEL)
    if digest is None:
        reason = TO_COME
    elif image is None:
        reason = "it does not exist"
    elif have is None:
        reason = "it was not imported by this module"
    elif have != digest:
        reason = "the file or the changes differ"
    elif params["force_source"]:
        reason = ""
    else:
        return Plan()
    args = (named, params["import"], digest)
    step = Step(Kind.IMPORT, "image", named.pinned, reason or FORCED, _import, args, certain=bool(reason))
    if digest is None:
        return Plan((step,), warnings=_to_come(named.pinned, path))
    return Plan((step,), (Change("import_digest", digest, have),))


def _import(client: Client, named: Reference, options: Mapping[str, Any], digest: str | None) -> None:
    path = _there("import.path", options["path"])
    label = 'LABEL "%s"="%s"' % (LABEL, digest or import_digest(options))
    changes = [*(options["changes"] or ()), label]
    transfer.bring_in(client, named.repository, named.tag, pieces(path), changes)


def _to_come(name: str, path: str) -> Tuple[str, ...]:
    # An earlier task in check mode might create the file; otherwise the step reports that it is missing.
    return ("%s can only be available if an earlier task creates the file %s" % (name, path),)


def _there(option: str, path: str) -> str:
    if not Path(path).is_file():
        raise InputError(
            "%s: there is no file %s on this host" % (option, path),
            "Copy it to the host first, for example with ansible.builtin.copy.",
        )
    return path
