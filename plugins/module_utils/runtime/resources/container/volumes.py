# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes and tmpfs. Anonymous volumes are shown by their target alone, also when carried over by name."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Tuple

from ...state import grammar
from ...state.field import dig
from ...values import mounts
from ...values.labels import OURS

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

# Types of ``mounts`` for which no Linux engine creates containers, and their purpose.
_ELSEWHERE = {"cluster": "services of a swarm", "npipe": "engines on Windows"}


def read_volume(entry: str) -> str:
    """The grammar of an entry of ``volumes``. Raises ValueError for an invalid volume name."""
    source, colon, _target = entry.partition(":")
    if colon and not source.startswith(mounts.PLACES):
        grammar.volume(source)
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
        mounts.check_target(words[min(len(words) - 1, 1)])
        _refuse_modes(words)
        if target in found:
            raise ValueError("two volumes have the target %s" % target)
        found[target] = written
    return found


def _volume(entry: str) -> Tuple[str, str]:
    """Target and ``source[:options]`` of a bind."""
    source, colon, rest = entry.partition(":")
    target, _colon, options = rest.partition(":")
    return (
        (mounts.target_path(target), _written(mounts.source_path(source), options))
        if colon
        else (mounts.target_path(entry), "")
    )


def _refuse_modes(words: List[str]) -> None:
    """Raise ValueError for options that engines and Podman do not know, or that exclude each other."""
    given = words[2].split(",") if len(words) > 2 else []
    for option in given:
        if option.partition("=")[0] not in _MODES:
            raise ValueError("%r is not an option of volumes; Docker has ro, rw, z, Z, nocopy and rshared" % option)
    is_path = words[0].startswith(mounts.PLACES)
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
    found = {mounts.target_path(target): "" for target in dig(inspected, "Config.Volumes") or ()}
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


def _written(source: str, options: str) -> str:
    kept = ",".join(sorted(option for option in options.split(",") if option not in ("", "rw")))
    return "%s:%s" % (source, kept) if kept else source


def check_mounts(value: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise ValueError for a type of mount that containers on Linux cannot have."""
    for target, mount in value.items():
        kind = mount["type"]
        if kind in _ELSEWHERE:
            raise ValueError("the type %s of %s is only for %s" % (kind, target, _ELSEWHERE[kind]))


def decode_mounts(inspected: Mapping[str, Any]) -> Dict[str, Dict[str, Any]]:
    """The mounts of a container; those of anonymous volumes have no source, also when carried over."""
    found = mounts.decode(dig(inspected, "HostConfig.Mounts"))
    for target in _carried(inspected):
        if target in found:
            found[target]["source"] = ""
    return found


def tmpfs(value: List[str] | Mapping[str, str]) -> Dict[str, str]:
    """tmpfs mounts as ``{target: options}``, with sorted options. Raises ValueError."""
    entries = value.items() if isinstance(value, Mapping) else [entry.partition(":")[::2] for entry in value]
    found: Dict[str, str] = {}
    for target, options in entries:
        if isinstance(value, list):
            mounts.check_target(target)
            if mounts.target_path(target) in found:
                raise ValueError("two file systems have the target %s" % mounts.target_path(target))
        found[mounts.target_path(target)] = ",".join(sorted(filter(None, (options or "").split(","))))
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
            found[mounts.target_path(str(mount.get("Destination")))] = mount["Name"]
    return found


def carried(inspected: Mapping[str, Any]) -> List[str]:
    """The names of the volumes that were carried over from a replaced container."""
    found = anonymous(inspected)
    return [found[target] for target in _carried(inspected) if target in found]


def _carried(inspected: Mapping[str, Any]) -> List[str]:
    written: str = (dig(inspected, "Config.Labels") or {}).get(CARRIED, "")
    return [mounts.target_path(target) for target in written.split(",") if target]
