# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process is run with: command, user, capabilities, ulimits, host names and signals."""

from __future__ import annotations

import re
import shlex
from signal import Signals
from typing import Any, Dict, Iterable, List, Mapping, Tuple

from ..state.canonical import address, seen, text, texts

# Stands for the host's address in an entry for a host name.
HOST_GATEWAY = "host-gateway"

_CAPABILITIES = re.compile(
    "ALL|AUDIT_(CONTROL|READ|WRITE)|BLOCK_SUSPEND|BPF|CHECKPOINT_RESTORE|CHOWN|DAC_(OVERRIDE|READ_SEARCH)|FOWNER|FSETID"
    "|IPC_(LOCK|OWNER)|KILL|LEASE|LINUX_IMMUTABLE|MAC_(ADMIN|OVERRIDE)|MKNOD|NET_(ADMIN|BIND_SERVICE|BROADCAST|RAW)"
    "|PERFMON|SETFCAP|SETGID|SETPCAP|SETUID|SYSLOG|WAKE_ALARM"
    "|SYS_(ADMIN|BOOT|CHROOT|MODULE|NICE|PACCT|PTRACE|RAWIO|RESOURCE|TIME|TTY_CONFIG)"
)
_ULIMITS = re.compile(
    "as|core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack", re.IGNORECASE
)
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


def words(value: List[Any] | None) -> List[str]:
    """A list of strings."""
    return [text(entry) for entry in value or ()]


def check_user(value: str) -> None:
    """Raise ValueError for an invalid user or group id."""
    for part in value.split(":", 1):
        if re.fullmatch("-?[0-9]+", part) and not 0 <= int(part) < 2**31:
            raise ValueError("%s is not a user or group ID, which is from 0 to %d" % (part, 2**31 - 1))


def check_working_dir(value: str) -> None:
    """Raise ValueError for a path that is not absolute."""
    if value and not value.startswith("/"):
        raise ValueError("%r is not an absolute path, which begins with a slash" % value)


def capabilities(value: List[str] | None) -> List[str]:
    """Capabilities without ``CAP_``, in upper case, sorted."""
    names = (name.upper() for name in value or ())
    return sorted({name[4:] if name.startswith("CAP_") else name for name in names})


def check_capabilities(value: List[str]) -> None:
    """Raise ValueError for anything but a capability of Linux."""
    for name in value:
        if not _CAPABILITIES.fullmatch(name):
            raise ValueError("%r is not a capability such as NET_ADMIN, or ALL" % name)


def ulimits(value: List[str]) -> Dict[str, str]:
    """Limits as ``{name: soft:hard}``, from ``name:soft[:hard]`` or ``name=soft[:hard]``. Raises ValueError."""
    found = {}
    for entry in value or ():
        parts = entry.replace("=", ":", 1).split(":")
        if not 2 <= len(parts) <= 3 or not all(re.fullmatch("-1|[0-9]+", part) for part in parts[1:]):
            raise ValueError("%r is not of the form name:soft:hard" % entry)
        soft, hard = int(parts[1]), int(parts[-1])
        if soft > hard != -1 or soft == -1 != hard:
            raise ValueError("%r: the soft limit is above the hard one; use name:soft:hard" % entry)
        if parts[0] in found:
            raise ValueError("there are two limits for %s" % parts[0])
        found[parts[0]] = "%d:%d" % (soft, hard)
    return found


def check_ulimits(value: Mapping[str, str]) -> None:
    """Raise ValueError for an unknown limit, or one that is too large for the Engine."""
    for name, limit in value.items():
        if not _ULIMITS.fullmatch(name):
            raise ValueError("%r is not a limit; use one of %s" % (name, _ULIMITS.pattern.replace("|", ", ")))
        if any(int(number) >= 2**63 for number in limit.split(":")):
            raise ValueError("%s: %s is too large for a limit; use -1 for no limit" % (name, limit))


def encode_ulimits(value: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Limits as the Engine has them."""
    limits = ((name, limit.split(":")) for name, limit in spread(value))
    return [{"Name": name, "Soft": int(soft), "Hard": int(hard)} for name, (soft, hard) in limits]


def decode_ulimits(raw: Iterable[Mapping[str, Any]] | None) -> Dict[str, Any]:
    """The reverse of ``encode_ulimits``; a name with several limits has a list of them."""
    return gathered((entry["Name"], "%s:%s" % (entry.get("Soft", 0), entry.get("Hard", 0))) for entry in raw or ())


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


def check_signal(value: str) -> None:
    """Raise ValueError for an unknown signal."""
    if value and value not in Signals.__members__ and not value.startswith("SIGRTM"):
        raise ValueError("%r is not a signal such as SIGTERM" % value)


def _real_time(number: int) -> str:
    """The name of a real-time signal known to the Engine; empty for other numbers."""
    if not 34 <= number <= 64:
        return ""
    name, away = ("SIGRTMIN+%d", number - 34) if number < 50 else ("SIGRTMAX-%d", 64 - number)
    return name % away if away else name[:8]
