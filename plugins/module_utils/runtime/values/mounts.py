# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts: volumes, paths of the host, images and tmpfs, as entries with suboptions."""

from __future__ import annotations

import os
import re
from typing import Any, Callable, Dict, Iterable, List, Mapping, Tuple

from ..state import grammar
from ..state.canonical import seen, text, texts
from ..state.field import Option, bury, dig
from .amounts import size, size_text
from .reference import image_name

PLACES = ("/", "~", ".")  # prefixes of host paths

# Suboption of ``mounts``, its path in the Engine's mount, the Engine's default, and the types of mount that have it
# (all, if empty).
_MOUNT: Tuple[Tuple[Option, str, Any, Tuple[str, ...]], ...] = (
    (Option("source"), "Source", "", ()),
    (Option("read_only", type="bool"), "ReadOnly", False, ()),
    (Option("consistency", choices=("cached", "consistent", "default", "delegated")), "Consistency", "default", ()),
    (
        Option("propagation", choices=("private", "rprivate", "shared", "rshared", "slave", "rslave")),
        "BindOptions.Propagation",
        "rprivate",
        ("bind",),
    ),
    (Option("non_recursive", type="bool"), "BindOptions.NonRecursive", False, ("bind",)),
    (Option("create_mountpoint", type="bool", since="1.42"), "BindOptions.CreateMountpoint", False, ("bind",)),
    (
        Option("read_only_non_recursive", type="bool", since="1.44"),
        "BindOptions.ReadOnlyNonRecursive",
        False,
        ("bind",),
    ),
    (
        Option("read_only_force_recursive", type="bool", since="1.44"),
        "BindOptions.ReadOnlyForceRecursive",
        False,
        ("bind",),
    ),
    (Option("subpath", since="1.45"), "VolumeOptions.Subpath", "", ("volume", "image")),
    (Option("no_copy", type="bool"), "VolumeOptions.NoCopy", False, ("volume",)),
    (Option("labels", type="dict"), "VolumeOptions.Labels", {}, ("volume",)),
    (Option("volume_driver"), "VolumeOptions.DriverConfig.Name", "local", ("volume",)),
    (Option("volume_options", type="dict"), "VolumeOptions.DriverConfig.Options", {}, ("volume",)),
    (Option("tmpfs_size"), "TmpfsOptions.SizeBytes", 0, ("tmpfs",)),
    (Option("tmpfs_mode", type="raw"), "TmpfsOptions.Mode", 0o1777, ("tmpfs",)),
    (Option("tmpfs_options", type="list", elements="dict", since="1.46"), "TmpfsOptions.Options", [], ("tmpfs",)),
)
OPTIONS = (
    Option("target", required=True),
    Option(
        "type",
        choices=("bind", "cluster", "image", "npipe", "tmpfs", "volume"),
        default="volume",
        newer=(("image", "1.48"),),
    ),
) + tuple(option for option, _path, _default, _types in _MOUNT)
_IMAGE_SUBPATH = "ImageOptions.Subpath"  # of an image, instead of that of a volume
_PATHS = {option.name: path for option, path, _default, _types in _MOUNT}
_DEFAULTS: Mapping[str, Any] = {option.name: default for option, _path, default, _types in _MOUNT}
# The defaults of a mount. Without a source it is an anonymous volume, which is kept.
LEFT_OUT: Mapping[str, Any] = {name: default for name, default in _DEFAULTS.items() if name != "source"}


def read(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The grammar of an entry of ``mounts``. Raises ValueError for an invalid volume or image name."""
    if entry.get("source") and entry.get("type") in (None, "volume"):
        grammar.volume(entry["source"])
    if entry.get("source") and entry.get("type") == "image":
        image_name(entry["source"])
    return entry


def canonical(value: List[Mapping[str, Any]]) -> Dict[str, Dict[str, Any]]:
    """Mounts by target, with their declared settings.

    Raises ValueError for a duplicate target, an option that its type does not have, and a bind without a source.
    """
    found: Dict[str, Dict[str, Any]] = {}
    for entry in value:
        check_target(entry["target"])
        target, kind = target_path(entry["target"]), entry.get("type") or "volume"
        if target in found:
            raise ValueError("two mounts have the target %s" % target)
        mount = {key: entry[key] for key in _PATHS if entry.get(key) is not None}
        if not isinstance(mount.get("tmpfs_mode", ""), str):
            raise ValueError(
                "tmpfs_mode must be in quotes, such as '1777', because YAML may read another number without them"
            )
        for option, _path, _default, types in _MOUNT:
            if option.name in mount and types and kind not in types:
                raise ValueError("%s of %s cannot be used with mounts of type %s" % (option.name, target, kind))
        if kind in ("bind", "image") and not mount.get("source"):
            raise ValueError("the %s at %s needs a source" % (kind, target))
        if kind == "bind" and not mount["source"].startswith(PLACES):
            raise ValueError("the source %r of the bind mount at %s is not a path" % (mount["source"], target))
        if kind == "tmpfs" and mount.get("source"):
            raise ValueError("the tmpfs at %s cannot have a source" % target)
        found[target] = {"type": kind, **_canonical(mount)}
    return found


def encode(value: Mapping[str, Mapping[str, Any]]) -> List[Dict[str, Any]]:
    """Mounts as the Engine has them, sorted by target."""
    return [_encode(target, value[target]) for target in sorted(value)]


def _encode(target: str, mount: Mapping[str, Any]) -> Dict[str, Any]:
    """A mount without defaults."""
    body: Dict[str, Any] = {"Type": mount["type"], "Target": target}
    for name, place in _PATHS.items():
        if mount.get(name, _DEFAULTS[name]) != _DEFAULTS[name]:
            bury(body, _IMAGE_SUBPATH if name == "subpath" and mount["type"] == "image" else place, mount[name])
    return body


def decode(raw: Iterable[Mapping[str, Any]] | None) -> Dict[str, Dict[str, Any]]:
    """Mounts by target, each with all options, including the Engine's defaults."""
    found = {}
    for entry in raw or ():
        target, kind = target_path(entry.get("Target", "")), entry.get("Type", "")
        mount = {
            name: _DEFAULTS[name] if dig(entry, path) in (None, "", 0) else dig(entry, path)
            for name, path in _PATHS.items()
        }
        if kind == "image":
            mount["subpath"] = dig(entry, _IMAGE_SUBPATH) or ""
        found[target] = {"type": kind, **seen(_canonical, mount)}
    return found


def show(value: Mapping[str, Mapping[str, Any]]) -> Dict[str, Dict[str, Any]]:
    """Mounts with sizes and permissions in the user's notation."""
    return {
        target: {name: seen(_SHOWN[name], entry) if name in _SHOWN else entry for name, entry in mount.items()}
        for target, mount in value.items()
    }


def chosen(mount: Mapping[str, Any]) -> Dict[str, Any]:
    """The observed settings that differ from the Engine's defaults."""
    return {name: entry for name, entry in mount.items() if entry != _DEFAULTS.get(name)}


def check_target(target: str) -> None:
    """Raise ValueError for a declared target that the Engine rejects."""
    if not target.startswith("/"):
        raise ValueError(
            (
                "the target %r is not an absolute path; if it is part of a string that was split at commas, "
                "write the option as a list"
            )
            % target
        )
    if target_path(target) == "/":
        raise ValueError("the target cannot be the root directory")


def target_path(target: str) -> str:
    """A target as the Engine mounts it; a relative one, possible in images, is relative to the root."""
    return path("/" + target)


def source_path(source: str) -> str:
    """A source as the Engine has it: a path of the host is absolute, and a name is unchanged."""
    if source.startswith(("~", ".")):
        return os.path.abspath(os.path.expanduser(source))  # noqa: PTH100, PTH111 (pathlib costs a task 10 ms)
    return path(source) if source.startswith("/") else source


def _canonical(mount: Mapping[str, Any]) -> Dict[str, Any]:
    found = dict(mount)
    for name, form in _CANONICAL.items():
        if name in found:
            found[name] = form(found[name])
    return found


def _permissions(value: str | int) -> int:
    if isinstance(value, int):
        return value
    if not re.match("[0-7]{1,4}$", value):
        raise ValueError("tmpfs_mode %r must consist of octal digits, such as 1777" % value)
    return int(value, 8) or int(_DEFAULTS["tmpfs_mode"])  # the Engine treats zero as unset


def _tmpfs_options(value: List[Any]) -> List[List[str]]:
    """The options in the Engine's form: a name, or a name and a value. Raises ValueError."""
    found = []
    for entry in value:
        if isinstance(entry, Mapping):
            if len(entry) != 1:
                raise ValueError("an entry of tmpfs_options must have exactly one name with its value")
            ((name, given),) = entry.items()
            entry = [text(name)] if given is None else [text(name), text(given)]
        found.append(entry)
    return sorted(found)


# How values of suboptions are shown.
_SHOWN: Mapping[str, Callable[[Any], Any]] = {"tmpfs_size": size_text, "tmpfs_mode": lambda mode: "%o" % mode}

# How values of suboptions are normalized.
_CANONICAL: Mapping[str, Callable[[Any], Any]] = {
    "source": source_path,
    "labels": texts,
    "volume_options": texts,
    "tmpfs_size": size,
    "tmpfs_mode": _permissions,
    "tmpfs_options": _tmpfs_options,
}


def path(value: Any) -> str:
    """A path as the Engine writes it: without doubled slashes, single dots and a slash at the end."""
    kept: List[str] = []
    for part in text(value).split("/"):
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part not in ("", ".") and not (part == ".." and value.startswith("/")):
            kept.append(part)
    return ("/" if str(value).startswith("/") else "") + "/".join(kept) if value else ""
