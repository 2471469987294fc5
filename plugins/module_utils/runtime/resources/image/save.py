# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Saving images to an archive, unless the file already holds exactly these images."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, List, Mapping

from ...engine import transfer
from ...engine.client import Client
from ...errors import BlockedError, HostError, InputError
from ...registry.replacing import write
from ...registry.temporary import LEFT, discard
from ...state.compare import Change
from ...state.plan import Kind, Plan, Step
from ...state.resource import Params
from ...values.reference import is_image_id, parse
from .archive import Archive, names_in, read_archive
from .target import Target

USUAL_MODE = 0o600  # as in the Docker CLI: an image may hold secrets


@dataclass(frozen=True)
class Saved:
    """The file at ``archive_path``: its mode and its images, None if it is not an image archive."""

    mode: int
    archive: Archive | None


def read_saved(path: str) -> Saved | None:
    """Read the file; None if there is none. Raises HostError, and InputError for anything but a regular file."""
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError("Cannot look at %s (%s)" % (path, error.strerror))
    if not stat.S_ISREG(found.st_mode):
        raise InputError("archive_path: %s is not a file" % path, "Use the path of the archive.")
    try:
        return Saved(stat.S_IMODE(found.st_mode), read_archive(path))
    except InputError:
        return Saved(stat.S_IMODE(found.st_mode), None)


def names_of(params: Params, target: Target) -> List[str]:
    """The images to save to the archive. Raises InputError."""
    further = [
        name if is_image_id(name) else parse(name).or_tag(params["tag"]) for name in params["archive_names"] or ()
    ]
    names = [target.text, *(name if isinstance(name, str) else name.pinned for name in further)]
    return sorted(set(names), key=names.index)


def mode_of(params: Params) -> int | None:
    """The option ``archive_mode``: octal digits, or the number that YAML made of them. Raises InputError."""
    given = params["archive_mode"]
    if given is None:
        return None
    try:
        mode = given if isinstance(given, int) else int(given, 8)
    except (ValueError, TypeError):
        mode = -1
    if not 0 <= mode <= 0o777:
        raise InputError("archive_mode: %r is not a mode" % (given,), "Use octal digits in quotes, such as '0640'.")
    return mode


def doubts(path: str) -> List[str]:
    """Why saving will fail, unless an earlier task that check mode did not run has changed that."""
    place = Path(path).parent
    return [] if place.is_dir() else ["There is no directory %s on this host." % place]


def save_plan(params: Params, images: Mapping[str, Any], saved: Saved | None, new: str) -> Plan:
    """Write the archive of these images (by name) if it does not hold them; ``new`` is a name that changes first."""
    path, mode = params["archive_path"], mode_of(params)
    missing = [name for name, image in images.items() if image is None and name != new]
    if missing:
        raise BlockedError("There is no image %s on this host to save" % missing[0], "Pull, build or load it first.")
    if new:
        reason = "%s is a new image" % new
    elif saved is None:
        reason = "there is no such file"
    elif saved.archive is None:
        reason = "the file is not an archive of images"
    else:
        reason = _differs(images, saved.archive)
    if reason:
        want = {name: "(the new image)" if name == new else image["Id"] for name, image in images.items()}
        have = {name: held for name, held in _shown(saved).items() if name not in want or held != want[name]}
        use = mode if mode is not None else saved.mode if saved else USUAL_MODE
        step = Step(Kind.SAVE, "image", path, reason, _save, (path, list(images), use))
        return Plan((step,), (Change("archived_images", want, have or None),))
    if saved and mode is not None and mode != saved.mode:
        step = Step(Kind.CHMOD, "archive", path, "its mode is %04o" % saved.mode, _chmod, (path, mode))
        return Plan((step,), (Change("archive_mode", "%04o" % mode, "%04o" % saved.mode),))
    return Plan()


def tidying(paths: Iterable[str]) -> List[Step]:
    """The steps that remove what killed runs have left beside the archive."""
    return [Step(Kind.REMOVE, "file", path, LEFT, discard, (path,), lasting=True) for path in paths]


def _differs(images: Mapping[str, Any], archive: Archive) -> str:
    seen = []
    for name, image in images.items():
        named = not is_image_id(name) and "@" not in name
        held = next((one for one in archive if (name in one.names if named else one.is_it(image))), None)
        if held is None:
            return "it does not contain %s" % name
        if not held.is_it(image):
            return "it contains another image with the name %s" % name
        seen.append(held)
    more = [name for name in names_in(archive) if name not in images]
    more += ["an image without a name" for held in archive if held not in seen and not held.names]
    return "it also contains %s" % ", ".join(more) if more else ""


def _shown(saved: Saved | None) -> Mapping[str, str]:
    archive = saved.archive if saved else None
    return {name: min(held.digests) for held in archive or () for name in held.names}


def _save(client: Client, path: str, names: List[str], mode: int) -> None:
    if not Path(path).parent.is_dir():
        raise InputError("archive_path: there is no directory %s on this host" % Path(path).parent, "Create it first.")
    write(path, transfer.save(client, names), mode)


def _chmod(client: Client, path: str, mode: int) -> None:
    try:
        Path(path).chmod(mode)
    except OSError as error:
        raise HostError("Cannot change the mode of %s (%s)" % (path, error.strerror))
