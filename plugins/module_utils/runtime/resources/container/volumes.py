# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes, mounts and tmpfs. Anonymous volumes are shown by their target alone, also when carried over by name."""

from __future__ import annotations

import os
import re
from typing import Any, Callable, Dict, List, Mapping, Tuple

from ...state import grammar
from ...state.canonical import path, seen, size, size_text, text, texts
from ...state.field import Option, bury, dig
from ...values.reference import image_name
from .values import OURS

# A label of a new container: targets of anonymous volumes carried over from the replaced one.
CARRIED = OURS + "carried"

_KINDS = ("volumes with a name", "paths of the host")
_PROPAGATIONS = ("private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable", "runbindable")
# Mutually exclusive options of ``volumes``; any others are Podman's.
_ALTERNATIVES = (
    ("ro", "rw"),
    ("z", "Z"),
    ("nocopy", "copy"),
    _PROPAGATIONS,
    ("cached", "consistent", "default", "delegated"),
)
_MODES = frozenset(mode for group in _ALTERNATIVES for mode in group) | frozenset(
    ("U", "O", "bind", "rbind", "dev", "nodev", "exec", "noexec", "suid", "nosuid", "idmap", "upperdir", "workdir")
)

_TMPFS = re.compile(
    "(size|mode|[ug]id|nr_inodes|nr_blocks|mpol)=.+|r[ow]|defaults|a?sync|dirsync|r?(private|shared|slave|unbindable)"
    "|(no)?(exec|suid|dev|mand|atime|diratime|relatime|strictatime|tmpcopyup)"
)
_ANONYMOUS = re.compile(r"[0-9a-f]{64}$")

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
MOUNT_OPTIONS = (
    Option("target", required=True),
    Option(
        "type",
        choices=("bind", "cluster", "image", "npipe", "tmpfs", "volume"),
        default="volume",
        newer=(("image", "1.48"),),
    ),
) + tuple(option for option, _path, _default, _types in _MOUNT)
_PLACES = ("/", "~", ".")  # prefixes of host paths
_IMAGE_SUBPATH = "ImageOptions.Subpath"
# Types for which no Linux engine creates containers, and their purpose.
_ELSEWHERE = {"cluster": "services of a swarm", "npipe": "engines on Windows"}
_PATHS = {option.name: path for option, path, _default, _types in _MOUNT}
_DEFAULTS: Mapping[str, Any] = {option.name: default for option, _path, default, _types in _MOUNT}
# The defaults of a mount. Without a source it is an anonymous volume, which is kept.
LEFT_OUT: Mapping[str, Any] = {name: default for name, default in _DEFAULTS.items() if name != "source"}


def read_volume(entry: str) -> str:
    """The grammar of an entry of ``volumes``. Raises ValueError for an invalid volume name."""
    source, colon, _target = entry.partition(":")
    if colon and not source.startswith(_PLACES):
        grammar.volume(source)
    return entry


def read_mount(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The grammar of an entry of ``mounts``. Raises ValueError for an invalid volume or image name."""
    if entry.get("source") and entry.get("type") in (None, "volume"):
        grammar.volume(entry["source"])
    if entry.get("source") and entry.get("type") == "image":
        image_name(entry["source"])
    return entry


def volumes(value: List[str]) -> Dict[str, str]:
    """Volumes as ``{target: source[:options]}``, with an empty source for an anonymous volume.

    Options are sorted, and the default ``rw`` is omitted. Raises ValueError for invalid volumes.
    """
    found: Dict[str, str] = {}
    for entry in value:
        words = entry.split(":")
        if len(words) > 3 or not all(words):
            raise ValueError("%r is not of the form source:target:options" % entry)
        target, written = _volume(entry)
        _refuse_target(words[min(len(words) - 1, 1)])
        _refuse_modes(words)
        if target in found:
            raise ValueError("two volumes have the target %s" % target)
        found[target] = written
    return found


def _volume(entry: str) -> Tuple[str, str]:
    """Target and ``source[:options]`` of a bind."""
    source, colon, rest = entry.partition(":")
    target, _colon, options = rest.partition(":")
    return (_target(target), _written(_source(source), options)) if colon else (_target(entry), "")


def _refuse_modes(words: List[str]) -> None:
    """Raise ValueError for options that engines and Podman do not know, or that exclude each other."""
    given = words[2].split(",") if len(words) > 2 else []
    for option in given:
        if option.partition("=")[0] not in _MODES:
            raise ValueError("%r is not an option of volumes; Docker has ro, rw, z, Z, nocopy and rshared" % option)
    is_path = words[0].startswith(("/", "~", "."))
    for option in given:
        if option in (("nocopy", "copy") if is_path else _PROPAGATIONS):
            raise ValueError("%r is for %s, not for %s" % (option, *_KINDS[:: 1 if is_path else -1]))
    for group in _ALTERNATIVES:
        both = [option for option in given if option in group]
        if len(both) > 1:
            raise ValueError("the options %s are mutually exclusive" % " and ".join(both))


def encode_volumes(value: Mapping[str, str]) -> Dict[str, Any]:
    """Volumes in the create request."""
    binds = []
    for target, written in sorted(value.items()):
        source, _colon, options = written.partition(":")
        if source:
            binds.append(":".join([source, target] + ([options] if options else [])))
    return {"HostConfig.Binds": binds, "Volumes": {target: {} for target in value if not value[target]}}


def decode_volumes(inspected: Mapping[str, Any]) -> Dict[str, str]:
    """The volumes of a container, including those of its image."""
    found = {_target(target): "" for target in dig(inspected, "Config.Volumes") or ()}
    found.update(_volume(_as_declared(bind)) for bind in dig(inspected, "HostConfig.Binds") or ())
    return {target: "" if target in _carried(inspected) else written for target, written in found.items()}


def _as_declared(bind: str) -> str:
    """A bind without the mount options that Podman adds."""
    place, _colon, options = bind.rpartition(":")
    said = options.split(",")
    if "rbind" not in said:
        return bind
    asked = ",".join(option for option in said if option not in ("nodev", "nosuid", "rbind", "rprivate"))
    return ":".join(filter(None, (place, asked)))


def mounts(value: List[Mapping[str, Any]]) -> Dict[str, Dict[str, Any]]:
    """Mounts by target, with their declared settings.

    Raises ValueError for a duplicate target, an option that its type does not have, and a bind without a source.
    """
    found: Dict[str, Dict[str, Any]] = {}
    for entry in value:
        _refuse_target(entry["target"])
        target, kind = _target(entry["target"]), entry.get("type") or "volume"
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
        if kind in _ELSEWHERE:
            raise ValueError("the type %s of %s is only for %s" % (kind, target, _ELSEWHERE[kind]))
        if kind in ("bind", "image") and not mount.get("source"):
            raise ValueError("the %s at %s needs a source" % (kind, target))
        if kind == "bind" and not mount["source"].startswith(_PLACES):
            raise ValueError("the source %r of the bind mount at %s is not a path" % (mount["source"], target))
        if kind == "tmpfs" and mount.get("source"):
            raise ValueError("the tmpfs at %s cannot have a source" % target)
        found[target] = {"type": kind, **_canonical_mount(mount)}
    return found


def encode_mounts(value: Mapping[str, Mapping[str, Any]]) -> Dict[str, Any]:
    """Mounts in the create request."""
    return {"HostConfig.Mounts": [encode_mount(target, value[target]) for target in sorted(value)]}


def decode_mounts(inspected: Mapping[str, Any]) -> Dict[str, Dict[str, Any]]:
    """The mounts of a container, each with all options, including the Engine's defaults."""
    found = {}
    for raw in dig(inspected, "HostConfig.Mounts") or ():
        target, kind = _target(raw.get("Target", "")), raw.get("Type", "")
        mount = {
            name: _DEFAULTS[name] if dig(raw, path) in (None, "", 0) else dig(raw, path)
            for name, path in _PATHS.items()
        }
        if kind == "image":
            mount["subpath"] = dig(raw, _IMAGE_SUBPATH) or ""
        if target in _carried(inspected):
            mount["source"] = ""
        found[target] = {"type": kind, **seen(_canonical_mount, mount)}
    return found


def show_mounts(value: Mapping[str, Mapping[str, Any]]) -> Dict[str, Dict[str, Any]]:
    """Mounts with sizes and permissions in the user's notation."""
    return {
        target: {name: seen(_SHOWN[name], entry) if name in _SHOWN else entry for name, entry in mount.items()}
        for target, mount in value.items()
    }


def chosen(mount: Mapping[str, Any]) -> Dict[str, Any]:
    """The observed settings that differ from the Engine's defaults."""
    return {name: entry for name, entry in mount.items() if entry != _DEFAULTS.get(name)}


def encode_mount(target: str, mount: Mapping[str, Any]) -> Dict[str, Any]:
    """A mount in the create request, without defaults."""
    body: Dict[str, Any] = {"Type": mount["type"], "Target": target}
    for name, place in _PATHS.items():
        if mount.get(name, _DEFAULTS[name]) != _DEFAULTS[name]:
            bury(body, _IMAGE_SUBPATH if name == "subpath" and mount["type"] == "image" else place, mount[name])
    return body


def tmpfs(value: List[str] | Mapping[str, str]) -> Dict[str, str]:
    """tmpfs mounts as ``{target: options}``, with sorted options. Raises ValueError."""
    entries = value.items() if isinstance(value, Mapping) else [entry.partition(":")[::2] for entry in value]
    found: Dict[str, str] = {}
    for target, options in entries:
        if isinstance(value, list):
            _refuse_target(target)
            if _target(target) in found:
                raise ValueError("two file systems have the target %s" % _target(target))
        found[_target(target)] = ",".join(sorted(filter(None, (options or "").split(","))))
    return found


def check_tmpfs(value: Mapping[str, str]) -> None:
    """Raise ValueError for an option that the Engine does not pass to the kernel."""
    for target, options in value.items():
        for option in filter(None, options.split(",")):
            if not _TMPFS.fullmatch(option):
                raise ValueError(
                    "%r on %s is not an option of tmpfs; write it like size=64m,mode=1777" % (option, target)
                )


def anonymous(inspected: Mapping[str, Any]) -> Dict[str, str]:
    """The anonymous volumes of a container: target to the volume's name."""
    found = {}
    # A relative target is hidden by the same absolute one, which therefore comes last.
    for mount in sorted(inspected.get("Mounts") or (), key=lambda mount: str(mount.get("Destination")).startswith("/")):
        if mount.get("Type") == "volume" and _ANONYMOUS.match(mount.get("Name") or ""):
            found[_target(str(mount.get("Destination")))] = mount["Name"]
    return found


def carried(inspected: Mapping[str, Any]) -> List[str]:
    """The names of the volumes that were carried over from a replaced container."""
    found = anonymous(inspected)
    return [found[target] for target in _carried(inspected) if target in found]


def _canonical_mount(mount: Mapping[str, Any]) -> Dict[str, Any]:
    found = dict(mount)
    for name, canonical in _CANONICAL.items():
        if name in found:
            found[name] = canonical(found[name])
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


def _carried(inspected: Mapping[str, Any]) -> List[str]:
    written: str = (dig(inspected, "Config.Labels") or {}).get(CARRIED, "")
    return [_target(target) for target in written.split(",") if target]


def _source(source: str) -> str:
    if source.startswith(("~", ".")):
        return os.path.abspath(os.path.expanduser(source))  # noqa: PTH100, PTH111 (pathlib costs a task 10 ms)
    return path(source) if source.startswith("/") else source


def _target(target: str) -> str:
    """A target as the Engine mounts it; a relative one, possible in images, is relative to the root."""
    return path("/" + target)


def _refuse_target(target: str) -> None:
    """Raise ValueError for a declared target that the Engine rejects."""
    if not target.startswith("/"):
        raise ValueError(
            (
                "the target %r is not an absolute path; if it is part of a string that was split at commas, "
                "write the option as a list"
            )
            % target
        )
    if _target(target) == "/":
        raise ValueError("the target cannot be the root directory")


def _written(source: str, options: str) -> str:
    kept = ",".join(sorted(option for option in options.split(",") if option not in ("", "rw")))
    return "%s:%s" % (source, kept) if kept else source


# How values of suboptions are shown.
_SHOWN: Mapping[str, Callable[[Any], Any]] = {"tmpfs_size": size_text, "tmpfs_mode": lambda mode: "%o" % mode}

# How values of suboptions are normalized.
_CANONICAL: Mapping[str, Callable[[Any], Any]] = {
    "source": _source,
    "labels": texts,
    "volume_options": texts,
    "tmpfs_size": size,
    "tmpfs_mode": _permissions,
    "tmpfs_options": _tmpfs_options,
}
