# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of a container's process and its limits: the user's spelling and the Engine's, to one."""

from __future__ import annotations

import re
import shlex
from typing import Any, Callable, Dict, List, Mapping, Tuple

from ...state.canonical import duration, size, text, texts
from ...state.field import Option, dig

# Labels of ours; they are no part of what a user declares or sees.
OURS = "slipway.docker."

_TEST_KINDS = ("NONE", "CMD", "CMD-SHELL")
_TIMES = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}


def pairs(separator: str, entries: List[str] | Mapping[str, Any] | None) -> Dict[str, str]:
    """``KEY=VALUE`` entries as a dict; one without a separator has an empty value."""
    if isinstance(entries, Mapping):
        return texts(entries)
    split = (entry.partition(separator) for entry in entries or ())
    return {key: value for key, _separator, value in split}


def joined(separator: str, entries: Mapping[str, str]) -> List[str]:
    """The reverse of ``pairs``, in a settled order."""
    return [key + separator + entries[key] for key in sorted(entries)]


def environment(value: List[str] | Mapping[str, Any] | None) -> Dict[str, str]:
    """Environment variables. Raises ValueError for a name that cannot be one."""
    found = pairs("=", value)
    for name in found:
        if not name or "=" in name:
            raise ValueError("%r cannot be the name of a variable" % name)
    return found


def argv(value: str | List[Any] | None) -> List[str]:
    """A command as its words; a string is split as a shell would."""
    if isinstance(value, (list, tuple)):
        return [text(word) for word in value]
    return shlex.split(text(value))


def labels(value: Mapping[str, Any] | None) -> Dict[str, str]:
    """Labels without ours."""
    return {key: entry for key, entry in texts(value or {}).items() if not key.startswith(OURS)}


def capabilities(value: List[str] | None) -> List[str]:
    """Capabilities without ``CAP_``, in upper case, sorted."""
    names = (name.upper() for name in value or ())
    return sorted({name[4:] if name.startswith("CAP_") else name for name in names})


def cpus(value: int | float) -> int:
    """Processors in units of 1e-9: the user's are a float, the Engine's an int."""
    return round(value * 10**9) if isinstance(value, float) else value


def within(least: int, most: int) -> Callable[[int], int]:
    """A canonical form: a number between two others, or -1 for none that a cgroup tells. Raises ValueError."""

    def canonical(value: int) -> int:
        if not least <= value <= most and value != -1:
            raise ValueError("%d is not from %d to %d" % (value, least, most))
        return value

    return canonical


def weight(value: int) -> int:
    """A share of block I/O; zero for none of its own. Raises ValueError."""
    if value and not 10 <= value <= 1000:
        raise ValueError("%d is not a weight from 10 to 1000" % value)
    return value


def pids(value: int | None) -> int:
    """A limit of processes; -1 for none, which the Engine also spells 0 and null."""
    return value if value and value > 0 else -1


def swap(value: Any) -> int:
    """Memory plus swap in bytes; -1 for ``unlimited``."""
    return -1 if value == "unlimited" else size(value)


def hostname(inspected: Mapping[str, Any]) -> str:
    """The declared host name; the Engine's own choice is the start of the id."""
    name: str = dig(inspected, "Config.Hostname") or ""
    return "" if name == inspected.get("Id", "")[:12] else name


def healthcheck(value: Mapping[str, Any] | None) -> Dict[str, Any]:
    """A health check with its times in nanoseconds, and only what it says. Raises ValueError."""
    given = {key: entry for key, entry in (value or {}).items() if entry is not None}
    found: Dict[str, Any] = {}
    test = given.get("test")
    if isinstance(test, str):
        found["test"] = ["NONE"] if test == "NONE" else ["CMD-SHELL", test]
    elif test:
        found["test"] = [text(word) for word in test]
        if found["test"][0] not in _TEST_KINDS:
            raise ValueError("test as a list begins with one of %s" % ", ".join(_TEST_KINDS))
    elif given.get("test_cli_compatible") is False:
        found["test"] = ["NONE"]
    for name in _TIMES:
        if name in given:
            found[name] = duration(given[name])
            if 0 < found[name] < 10**6:
                raise ValueError("%s is less than a millisecond" % name)
    if "retries" in given:
        found["retries"] = int(given["retries"])
    return {"test": ["NONE"]} if found.get("test") == ["NONE"] else {key: found[key] for key in found if found[key]}


def encode_healthcheck(value: Mapping[str, Any]) -> Dict[str, Any]:
    """A health check as the create request has it."""
    names = dict(_TIMES, test="Test", retries="Retries")
    return {"Healthcheck": {names[key]: entry for key, entry in value.items()}}


def decode_healthcheck(inspected: Mapping[str, Any]) -> Dict[str, Any]:
    """The health check of a container."""
    raw = dig(inspected, "Config.Healthcheck") or {}
    names = dict(_TIMES, test="Test", retries="Retries")
    return healthcheck({name: raw.get(key) for name, key in names.items()})


def ulimits(value: List[Any] | None) -> Dict[str, str]:
    """Limits as ``{name: soft:hard}``, from ``name:soft[:hard]`` (or ``name=soft[:hard]``) or the Engine's objects."""
    found = {}
    for entry in value or ():
        if isinstance(entry, Mapping):
            found[entry["Name"]] = "%d:%d" % (entry["Soft"], entry["Hard"])
            continue
        words = entry.replace("=", ":", 1).split(":")
        if not 2 <= len(words) <= 3 or not all(re.match(r"-1$|\d+$", word) for word in words[1:]):
            raise ValueError("%r is not like name:soft:hard" % entry)
        soft, hard = int(words[1]), int(words[-1])
        if soft > hard != -1 or soft == -1 != hard:
            raise ValueError("%r: the soft limit is more than the hard one" % entry)
        if words[0] in found:
            raise ValueError("two limits for %s" % words[0])
        found[words[0]] = "%d:%d" % (soft, hard)
    return found


def encode_ulimits(value: Mapping[str, str]) -> Dict[str, Any]:
    """Limits as the create request has them."""
    limits = ((name, limit.split(":")) for name, limit in sorted(value.items()))
    return {
        "HostConfig.Ulimits": [{"Name": name, "Soft": int(soft), "Hard": int(hard)} for name, (soft, hard) in limits]
    }


def devices(value: List[Any] | None) -> List[str]:
    """Devices as ``host:container:permissions``."""
    found = []
    for entry in value or ():
        if isinstance(entry, Mapping):
            entry = "%(PathOnHost)s:%(PathInContainer)s:%(CgroupPermissions)s" % entry
        words = entry.split(":")
        if len(words) == 2 and not words[1].startswith("/"):
            words.insert(1, words[0])
        if len(words) > 3:
            raise ValueError("%r is not like host:container:rwm" % entry)
        found.append(":".join((words + [words[0], "rwm"][len(words) - 1 :])[:3]))
    return sorted(found)


def encode_devices(value: List[str]) -> Dict[str, Any]:
    """Devices as the create request has them."""
    names = ("PathOnHost", "PathInContainer", "CgroupPermissions")
    return {"HostConfig.Devices": [dict(zip(names, entry.split(":"))) for entry in value]}


def rates(value: List[Mapping[str, Any]], canonical: Callable[[Any], int], key: str) -> Dict[str, int]:
    """Rates (or what ``key`` names) of devices by path.

    Raises ValueError for a device that is named twice, and for no rate.
    """
    found: Dict[str, int] = {}
    for entry in value:
        path, rate = entry["path"], canonical(entry[key])
        if path in found:
            raise ValueError("the device %s is named twice" % path)
        if rate <= 0:
            raise ValueError("the %s of %s is not more than zero" % (key, path))
        found[path] = rate
    return found


# Suboptions of ``device_requests``, their names in the Engine, and what it means by leaving one out.
_REQUEST: Tuple[Tuple[Option, str, Any], ...] = (
    (Option("driver"), "Driver", ""),
    (Option("count", type="int"), "Count", 0),
    (Option("device_ids", type="list", elements="str"), "DeviceIDs", []),
    (Option("capabilities", type="list", elements="list"), "Capabilities", []),
    (Option("options", type="dict"), "Options", {}),
)
REQUEST_OPTIONS = tuple(option for option, _key, _none in _REQUEST)


def requests(value: List[Mapping[str, Any]]) -> List[Dict[str, Any]]:
    """Requests for devices such as GPUs, each with all its settings. Raises ValueError for count with device_ids."""
    found = []
    for entry in value:
        request = {option.name: entry.get(option.name) or none for option, _key, none in _REQUEST}
        if request["count"] and request["device_ids"]:
            raise ValueError("count and device_ids exclude each other")
        found.append(dict(request, options=texts(request["options"])))
    return found


def encode_requests(value: List[Mapping[str, Any]]) -> Dict[str, Any]:
    """Requests for devices as the create request has them."""
    return {
        "HostConfig.DeviceRequests": [{key: entry[option.name] for option, key, _none in _REQUEST} for entry in value]
    }


def decode_requests(inspected: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """The requests for devices of a container."""
    raw = dig(inspected, "HostConfig.DeviceRequests") or ()
    return requests([{option.name: entry.get(key) for option, key, _none in _REQUEST} for entry in raw])


def links(value: List[str] | None) -> List[str]:
    """Links as ``container:alias``; the Engine has ``/container:/owner/alias``."""
    found = []
    for entry in value or ():
        target, _colon, alias = entry.partition(":")
        found.append("%s:%s" % (target.lstrip("/"), alias.rpartition("/")[2] or target.lstrip("/")))
    return sorted(found)


def security_options(value: List[str] | None) -> List[str]:
    """Security options, sorted: ``name=value``, which may also be spelled with a colon, or a name that is a switch."""
    written = (entry if "=" in entry else entry.replace(":", "=", 1) for entry in value or ())
    return sorted(entry[:-5] if entry.endswith("=true") else entry for entry in written)


def security(inspected: Mapping[str, Any]) -> List[str]:
    """Security options without what the Engine adds for containers that see the host's processes."""
    host = inspected.get("HostConfig") or {}
    found = security_options(host.get("SecurityOpt"))
    added = host.get("Privileged") or "host" in (host.get("PidMode"), host.get("IpcMode"))
    return [entry for entry in found if not (added and entry == "label=disable")]


def words(value: List[Any] | None) -> List[str]:
    """A list of strings."""
    return [text(entry) for entry in value or ()]
