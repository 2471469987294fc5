# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Normal forms of values for a container's process and limits, from the notations of users and the Engine."""

from __future__ import annotations

import re
import shlex
from signal import Signals
from typing import Any, Callable, Dict, Iterable, List, Mapping, Tuple

from ...state.canonical import address, path, seen, size, text, texts
from ...state.field import Option, dig

# The prefix of our labels, which are hidden from users.
OURS = "slipway.docker."

# Stands for the host's address in an entry for a host name.
HOST_GATEWAY = "host-gateway"

SHM = 64 * 1024**2  # default size of /dev/shm

_REAL_TIME = re.compile(r"RT(MIN|MAX)(?:[+-](\d+))?$", re.ASCII)


def gathered(entries: Iterable[Tuple[str, Any]]) -> Dict[str, Any]:
    """Pairs of name and value as a dict; a repeated name has a list of its values."""
    found: Dict[str, Any] = {}
    for name, value in entries:
        found[name] = [*_several(found[name]), value] if name in found else value
    return found


def spread(values: Mapping[str, Any]) -> List[Tuple[str, Any]]:
    """The reverse of ``gathered``, sorted by name."""
    return [(name, value) for name in sorted(values) for value in _several(values[name])]


def _several(value: Any) -> List[Any]:
    return value if isinstance(value, list) else [value]


def hosts(value: Mapping[str, Any]) -> Dict[str, str]:
    """Extra host names with their addresses. Raises ValueError."""
    found = {}
    for name, host in texts(value).items():
        if not name or set(name) & set(":= \t"):
            raise ValueError("%r is not a host name, which has no blanks, colons or equals signs" % name)
        try:
            found[name] = host if host == HOST_GATEWAY else address(host)
        except ValueError as error:
            raise ValueError("%s: %s, and not %s" % (name, error, HOST_GATEWAY))
    return found


def encode_hosts(value: Mapping[str, Any]) -> Dict[str, Any]:
    """Host names in the create request."""
    return {"HostConfig.ExtraHosts": ["%s:%s" % entry for entry in spread(value)]}


def decode_hosts(inspected: Mapping[str, Any]) -> Dict[str, Any]:
    """The extra host names of a container; a name with several addresses has a list of them."""
    split = (entry.partition(":") for entry in dig(inspected, "HostConfig.ExtraHosts") or ())
    return gathered((name, seen(address, host)) for name, _colon, host in split)


def argv(value: str | List[Any] | None) -> List[str]:
    """The words of a command; a string is split like in a shell. Raises ValueError."""
    if isinstance(value, (list, tuple)):
        found = [text(word) for word in value]
        return [] if found == [""] else found  # as the Engine does for an entrypoint
    try:
        return shlex.split(text(value))
    except ValueError as error:
        raise ValueError(
            "%s in it; close the quotation mark, write a backslash before a literal one, or use a list of words"
            % str(error).lower()
        )


def labels(value: Mapping[str, Any] | None) -> Dict[str, str]:
    """Labels without ours."""
    return {key: entry for key, entry in texts(value or {}).items() if not key.startswith(OURS)}


def capabilities(value: List[str] | None) -> List[str]:
    """Capabilities without ``CAP_``, in upper case, sorted."""
    names = (name.upper() for name in value or ())
    return sorted({name[4:] if name.startswith("CAP_") else name for name in names})


def cpus(value: int | float) -> int:
    """Number of CPUs in units of 1e-9: a float from users, an int from the Engine. Raises ValueError."""
    try:
        return round(value * 10**9) if isinstance(value, float) else value
    except (OverflowError, ValueError):
        raise ValueError("%s is not a number of CPUs" % value)


def show_cpus(value: int) -> float:
    """The reverse of ``cpus``."""
    return value / 10**9


def pids(value: int | None) -> int:
    """A limit of processes; -1 for none, for which the Engine also uses 0 and null."""
    return value if value and value > 0 else -1


def swappiness(value: int | None) -> int:
    """The swappiness; -1 for the kernel's default, for which the Engine uses null."""
    return -1 if value is None else value


def shm(value: Any) -> int:
    """The size of /dev/shm in bytes."""
    return size(value) or SHM


def swap(value: Any) -> int:
    """Memory plus swap in bytes; -1 for ``unlimited``."""
    return -1 if value == "unlimited" else size(value)


def hostname(inspected: Mapping[str, Any]) -> str:
    """The declared host name; empty for the Engine's default, which is the start of the id."""
    name = str(dig(inspected, "Config.Hostname") or "")
    return "" if name == str(inspected.get("Id"))[:12] else name


def ulimits(value: List[str]) -> Dict[str, str]:
    """Limits as ``{name: soft:hard}``, from ``name:soft[:hard]`` or ``name=soft[:hard]``. Raises ValueError."""
    found = {}
    for entry in value or ():
        words = entry.replace("=", ":", 1).split(":")
        if not 2 <= len(words) <= 3 or not all(re.fullmatch("-1|[0-9]+", word) for word in words[1:]):
            raise ValueError("%r is not of the form name:soft:hard" % entry)
        soft, hard = int(words[1]), int(words[-1])
        if soft > hard != -1 or soft == -1 != hard:
            raise ValueError("%r: the soft limit is above the hard one; use name:soft:hard" % entry)
        if words[0] in found:
            raise ValueError("there are two limits for %s" % words[0])
        found[words[0]] = "%d:%d" % (soft, hard)
    return found


def decode_ulimits(inspected: Mapping[str, Any]) -> Dict[str, Any]:
    """The limits of a container."""
    raw = dig(inspected, "HostConfig.Ulimits") or ()
    return gathered((entry["Name"], "%s:%s" % (entry.get("Soft", 0), entry.get("Hard", 0))) for entry in raw)


def encode_ulimits(value: Mapping[str, Any]) -> Dict[str, Any]:
    """Limits in the create request."""
    limits = ((name, limit.split(":")) for name, limit in spread(value))
    return {
        "HostConfig.Ulimits": [{"Name": name, "Soft": int(soft), "Hard": int(hard)} for name, (soft, hard) in limits]
    }


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


def decode_devices(inspected: Mapping[str, Any]) -> List[str]:
    """The devices of a container."""
    names = ("PathOnHost", "PathInContainer", "CgroupPermissions")
    raw = dig(inspected, "HostConfig.Devices") or ()
    return sorted(_device(*(entry.get(name) or "" for name in names)) for entry in raw)


def _device(host: str, inside: str, rights: str) -> str:
    return ":".join([path(host), path(inside), "".join(right for right in "rwm" if right in rights)])


def encode_devices(value: List[str]) -> Dict[str, Any]:
    """Devices in the create request."""
    names = ("PathOnHost", "PathInContainer", "CgroupPermissions")
    return {"HostConfig.Devices": [dict(zip(names, entry.split(":"))) for entry in value]}


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


# Suboptions of ``device_requests``, their names in the Engine, and the defaults.
_REQUEST: Tuple[Tuple[Option, str, Any], ...] = (
    (Option("driver"), "Driver", ""),
    (Option("count", type="int"), "Count", 0),
    (Option("device_ids", type="list", elements="str"), "DeviceIDs", []),
    (Option("capabilities", type="list", elements="list"), "Capabilities", []),
    (Option("options", type="dict"), "Options", {}),
)
REQUEST_OPTIONS = tuple(option for option, _key, _none in _REQUEST)


def requests(value: List[Mapping[str, Any]]) -> List[Dict[str, Any]]:
    """Requests for devices such as GPUs, with all settings."""
    every = ({option.name: entry.get(option.name) or none for option, _key, none in _REQUEST} for entry in value)
    return [dict(request, options=texts(request["options"])) for request in every]


def encode_requests(value: List[Mapping[str, Any]]) -> Dict[str, Any]:
    """Device requests in the create request."""
    return {
        "HostConfig.DeviceRequests": [{key: entry[option.name] for option, key, _none in _REQUEST} for entry in value]
    }


def decode_requests(inspected: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """The device requests of a container."""
    raw = dig(inspected, "HostConfig.DeviceRequests") or ()
    return requests([{option.name: entry.get(key) for option, key, _none in _REQUEST} for entry in raw])


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


def security(inspected: Mapping[str, Any]) -> List[str]:
    """Security options without what the Engine adds to privileged containers and those in host namespaces."""
    host = inspected.get("HostConfig") or {}
    found = security_options(host.get("SecurityOpt"))
    added = host.get("Privileged") or "host" in (host.get("PidMode"), host.get("IpcMode"))
    return [entry for entry in found if not (added and entry == "label=disable")]


def words(value: List[Any] | None) -> List[str]:
    """A list of strings."""
    return [text(entry) for entry in value or ()]


def addresses(value: List[Any]) -> List[str]:
    """A list of IP addresses. Raises ValueError."""
    return [address(entry) for entry in value]


def signal(value: str) -> str:
    """The name of a signal: ``SIGTERM`` for ``term`` and ``15``; unchanged if it is unknown."""
    if not value:
        return ""
    name = value.upper()
    name = name[3:] if name.startswith("SIG") else name
    match = _REAL_TIME.match(name)
    if match:
        name = str(34 + int(match.group(2) or 0) if match.group(1) == "MIN" else 64 - int(match.group(2) or 0))
    if name.isdigit():
        return _real_time(int(name)) or seen(lambda number: Signals(int(number)).name, name)
    return Signals["SIG" + name].name if "SIG" + name in Signals.__members__ else value


def _real_time(number: int) -> str:
    """The name of a real-time signal known to the Engine; empty for other numbers."""
    if not 34 <= number <= 64:
        return ""
    name, away = ("SIGRTMIN+%d", number - 34) if number < 50 else ("SIGRTMAX-%d", 64 - number)
    return name % away if away else name[:8]
