# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that only containers have."""

from __future__ import annotations

import json
import re
from typing import Any, Callable, Dict, Iterable, List, Mapping, Tuple

from ...state.canonical import BOOLEANS, address, seen, texts
from ...state.field import Option, dig
from ...values.amounts import size
from ...values.mounts import path
from ...values.process import gathered, spread

SHM = 64 * 1024**2  # default size of /dev/shm

# Security options with a value, and switches; some are Podman's, and the last is an old form.
_SECURITY = ("apparmor", "label", "seccomp", "mask", "proc-opts", "unmask")
_SWITCHES = ("no-new-privileges", "no_new_privileges", "writable-cgroups", "disable")
_SET = re.compile(r"(?:\d+(?:-\d+)?(?:,(?!$)|$))*$", re.ASCII)
_DEVICE = ("PathOnHost", "PathInContainer", "CgroupPermissions")

# Suboptions of ``device_requests``, their names in the Engine, and the defaults.
_REQUEST: Tuple[Tuple[Option, str, Any], ...] = (
    (Option("driver"), "Driver", ""),
    (Option("count", type="int"), "Count", 0),
    (Option("device_ids", type="list", elements="str"), "DeviceIDs", []),
    (Option("capabilities", type="list", elements="list"), "Capabilities", []),
    (Option("options", type="dict"), "Options", {}),
)
REQUEST_OPTIONS = tuple(option for option, _key, _none in _REQUEST)


def hostname(inspected: Mapping[str, Any]) -> str:
    """The declared host name; empty for the Engine's default, which is the start of the id."""
    name = str(dig(inspected, "Config.Hostname") or "")
    return "" if name == str(inspected.get("Id"))[:12] else name


def swap(value: Any) -> int:
    """Memory plus swap in bytes; -1 for ``unlimited``."""
    return -1 if value == "unlimited" else size(value)


def swappiness(value: int | None) -> int:
    """The swappiness; -1 for the kernel's default, for which the Engine uses null."""
    return -1 if value is None else value


def shm(value: Any) -> int:
    """The size of /dev/shm in bytes."""
    return size(value) or SHM


def check_cpuset(value: str) -> None:
    """Raise ValueError for an invalid set of processors or memory nodes."""
    ranges = [part.partition("-") for part in value.split(",")] if _SET.match(value) else [("1", "-", "0")]
    if any(dash and int(first) > int(last) for first, dash, last in ranges):
        raise ValueError("%r is not a list such as 0-2,4" % value)
    if any(int(number) > 8192 for number in re.findall("[0-9]+", value)):
        raise ValueError("%r has a number above 8192, the maximum of the Engine" % value)


def rates(value: List[Mapping[str, Any]], canonical: Callable[[Any], int], key: str) -> Dict[str, int]:
    """Rates of devices (or another value, see ``key``) by path.

    Raises ValueError for duplicate devices and for rates that are not positive.
    """
    found: Dict[str, int] = {}
    for entry in value:
        device, rate = path(entry["path"]), canonical(entry[key])
        if device in found:
            raise ValueError("the device %s is listed twice" % device)
        if rate <= 0:
            raise ValueError("the %s of %s must be more than zero" % (key, device))
        found[device] = rate
    return found


def check_weight(value: int) -> None:
    """Raise ValueError for an invalid block I/O weight; zero for none."""
    if value and not 10 <= value <= 1000:
        raise ValueError("%d is not a weight from 10 to 1000" % value)


def encode_hosts(value: Mapping[str, Any]) -> List[str]:
    """Extra host names in the create request."""
    return ["%s:%s" % entry for entry in spread(value)]


def decode_hosts(raw: Iterable[str] | None) -> Dict[str, Any]:
    """The reverse of ``encode_hosts``; a name with several addresses has a list of them."""
    split = (entry.partition(":") for entry in raw or ())
    return gathered((name, seen(address, host)) for name, _colon, host in split)


def devices(value: List[str]) -> List[str]:
    """Devices as ``host:container:permissions``. Raises ValueError."""
    found = []
    for entry in value:
        words = entry.split(":")
        if len(words) == 2 and not words[1].startswith("/"):
            words.insert(1, words[0])
        host, inside, rights = (words + [words[0], "rwm"][len(words) - 1 :])[:3]
        if len(words) > 3 or not host.startswith("/") or not inside.startswith("/") or not re.match("[rwm]+$", rights):
            raise ValueError("%r is not of the form /dev/host:/dev/container:rwm" % entry)
        found.append(_device(host, inside, rights))
    return sorted(found)


def encode_devices(value: List[str]) -> List[Dict[str, str]]:
    """Devices in the create request."""
    return [dict(zip(_DEVICE, entry.split(":"))) for entry in value]


def decode_devices(raw: Iterable[Mapping[str, Any]] | None) -> List[str]:
    """The reverse of ``encode_devices``."""
    return sorted(_device(*(entry.get(name) or "" for name in _DEVICE)) for entry in raw or ())


def _device(host: str, inside: str, rights: str) -> str:
    return ":".join([path(host), path(inside), "".join(right for right in "rwm" if right in rights)])


def check_device_rules(value: List[str]) -> None:
    """Raise ValueError for a rule that the Engine cannot parse."""
    for rule in value:
        if not re.fullmatch(r"[acb] (\d+|\*):(\d+|\*) [rwm]{1,3}", rule, re.ASCII):
            raise ValueError("%r is not a rule such as 'c 1:3 rwm'" % rule)


def requests(value: List[Mapping[str, Any]]) -> List[Dict[str, Any]]:
    """Requests for devices such as GPUs, with all settings."""
    every = ({option.name: entry.get(option.name) or none for option, _key, none in _REQUEST} for entry in value)
    return [dict(request, options=texts(request["options"])) for request in every]


def check_requests(value: List[Mapping[str, Any]]) -> None:
    """Raise ValueError if both a number of devices and their ids are given."""
    if any(request["count"] and request["device_ids"] for request in value):
        raise ValueError("count and device_ids are mutually exclusive")


def encode_requests(value: List[Mapping[str, Any]]) -> List[Dict[str, Any]]:
    """Device requests in the create request."""
    return [{key: entry[option.name] for option, key, _none in _REQUEST} for entry in value]


def decode_requests(raw: Iterable[Mapping[str, Any]] | None) -> List[Dict[str, Any]]:
    """The reverse of ``encode_requests``."""
    return requests([{option.name: entry.get(key) for option, key, _none in _REQUEST} for entry in raw or ()])


def links(value: List[str] | None) -> List[str]:
    """Links as ``container:alias``; the Engine uses ``/container:/owner/alias``."""
    found = []
    for entry in value or ():
        target, _colon, alias = entry.partition(":")
        found.append("%s:%s" % (target.lstrip("/"), alias.rpartition("/")[2] or target.lstrip("/")))
    return sorted(found)


def security_options(value: List[str] | None) -> List[str]:
    """Security options, sorted: ``name=value`` (a colon is also accepted), or the name of a switch."""
    written = (entry if "=" in entry else entry.replace(":", "=", 1) for entry in value or ())
    return sorted(entry[:-5] if entry.endswith("=true") else entry for entry in written)


def check_security_options(value: List[str]) -> None:
    """Raise ValueError for an unknown option, and for a file if the Engine expects its content."""
    for entry in value:
        name, equals, given = entry.partition("=")
        if name == "systempaths":
            raise ValueError(
                "systempaths is an option of the Docker CLI only; set masked_paths and readonly_paths to []"
            )
        if name not in _SWITCHES and not (equals and name in _SECURITY):
            known = ", ".join([*("%s=..." % known for known in _SECURITY[:3]), *_SWITCHES[:1]])
            raise ValueError("%r is not a security option; use one of %s" % (entry, known))
        if name in _SWITCHES and equals and given not in BOOLEANS:
            raise ValueError("%s must be true or false, not %r" % (name, given))
        if name == "seccomp" and given.lstrip().startswith("{"):
            try:
                json.loads(given)
            except ValueError as error:
                raise ValueError("the profile of seccomp is not JSON: %s" % error)
        elif name == "seccomp" and given not in ("", "unconfined", "builtin"):
            raise ValueError("seccomp takes the text of a profile, not its path (%r); use lookup('file', ...)" % given)


def security(inspected: Mapping[str, Any]) -> List[str]:
    """Security options without what the Engine adds to privileged containers and those in host namespaces."""
    host = inspected.get("HostConfig") or {}
    found = security_options(host.get("SecurityOpt"))
    added = host.get("Privileged") or "host" in (host.get("PidMode"), host.get("IpcMode"))
    return [entry for entry in found if not (added and entry == "label=disable")]


def kinds(*known: str) -> Callable[[str], None]:
    """A check for one of these words, optionally followed by a colon and more. Raises ValueError."""

    def check(value: str) -> None:
        if value and value.partition(":")[0] not in known:
            raise ValueError("%r is none of %s" % (value, ", ".join(known)))

    return check
