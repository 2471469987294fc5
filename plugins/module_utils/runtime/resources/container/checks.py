# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of declared values for a container's process and limits. Each raises ValueError."""

from __future__ import annotations

import json
import re
from signal import Signals
from typing import Any, Callable, List, Mapping

from ...state.canonical import BOOLEANS, size_text
from .values import show_cpus

_CAPABILITIES = re.compile(
    "ALL|AUDIT_(CONTROL|READ|WRITE)|BLOCK_SUSPEND|BPF|CHECKPOINT_RESTORE|CHOWN|DAC_(OVERRIDE|READ_SEARCH)|FOWNER|FSETID"
    "|IPC_(LOCK|OWNER)|KILL|LEASE|LINUX_IMMUTABLE|MAC_(ADMIN|OVERRIDE)|MKNOD|NET_(ADMIN|BIND_SERVICE|BROADCAST|RAW)"
    "|PERFMON|SETFCAP|SETGID|SETPCAP|SETUID|SYSLOG|WAKE_ALARM"
    "|SYS_(ADMIN|BOOT|CHROOT|MODULE|NICE|PACCT|PTRACE|RAWIO|RESOURCE|TIME|TTY_CONFIG)"
)
_ULIMITS = re.compile(
    "as|core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack", re.IGNORECASE
)
# Security options with a value, and switches; some are Podman's, and the last is an old form.
_SECURITY = ("apparmor", "label", "seccomp", "mask", "proc-opts", "unmask")
_SWITCHES = ("no-new-privileges", "no_new_privileges", "writable-cgroups", "disable")
_SET = re.compile(r"(?:\d+(?:-\d+)?(?:,(?!$)|$))*$", re.ASCII)


def capabilities(value: List[str]) -> None:
    """Raise ValueError for anything but a capability of Linux."""
    for name in value:
        if not _CAPABILITIES.fullmatch(name):
            raise ValueError("%r is not a capability such as NET_ADMIN, or ALL" % name)


def cpus(value: int) -> None:
    """Raise ValueError for less than the Engine's minimum; zero is no limit."""
    if value < 0 or 0 < value < 10**7:
        raise ValueError("%s is not a number of CPUs, 0.01 or more" % show_cpus(value))


def within(least: int, most: int, none: int = -1) -> Callable[[int], None]:
    """A check that a number is in a range, or ``none``. Raises ValueError."""

    def check(value: int) -> None:
        if not least <= value <= most and value != none:
            raise ValueError("%d is not from %d to %d" % (value, least, most))

    return check


def weight(value: int) -> None:
    """Check a block I/O weight; zero for none. Raises ValueError."""
    if value and not 10 <= value <= 1000:
        raise ValueError("%d is not a weight from 10 to 1000" % value)


def not_negative(value: int) -> None:
    """Raise ValueError for a negative number."""
    if value < 0:
        raise ValueError("%d is less than zero" % value)


def least(minimum: int) -> Callable[[int], None]:
    """A check for a minimum; zero and -1 mean no limit. Raises ValueError."""

    def check(value: int) -> None:
        if value not in (-1, 0) and value < minimum:
            raise ValueError("%d is less than the minimum, %d" % (value, minimum))

    return check


def memory(value: int) -> None:
    """Raise ValueError for less than the Engine's minimum of memory."""
    if value and value < 6 * 1024**2:
        raise ValueError("%s is less than the minimum, 6m; use 0 for no limit" % size_text(value))


def user(value: str) -> None:
    """Raise ValueError for an invalid user or group id."""
    for part in value.split(":", 1):
        if re.fullmatch("-?[0-9]+", part) and not 0 <= int(part) < 2**31:
            raise ValueError("%s is not a user or group ID, which is from 0 to %d" % (part, 2**31 - 1))


def kinds(*known: str) -> Callable[[str], None]:
    """A check for one of these words, optionally followed by a colon and more. Raises ValueError."""

    def check(value: str) -> None:
        if value and value.partition(":")[0] not in known:
            raise ValueError("%r is none of %s" % (value, ", ".join(known)))

    return check


def device_rules(value: List[str]) -> None:
    """Raise ValueError for a rule that the Engine cannot parse."""
    for rule in value:
        if not re.fullmatch(r"[acb] (\d+|\*):(\d+|\*) [rwm]{1,3}", rule, re.ASCII):
            raise ValueError("%r is not a rule such as 'c 1:3 rwm'" % rule)


def ulimits(value: Mapping[str, str]) -> None:
    """Raise ValueError for an unknown limit, or one that is too large for the Engine."""
    for name, limit in value.items():
        if not _ULIMITS.fullmatch(name):
            raise ValueError("%r is not a limit; use one of %s" % (name, _ULIMITS.pattern.replace("|", ", ")))
        if any(int(number) >= 2**63 for number in limit.split(":")):
            raise ValueError("%s: %s is too large for a limit; use -1 for no limit" % (name, limit))


def cpuset(value: str) -> None:
    """Raise ValueError for an invalid set of processors or memory nodes."""
    ranges = [part.partition("-") for part in value.split(",")] if _SET.match(value) else [("1", "-", "0")]
    if any(dash and int(first) > int(last) for first, dash, last in ranges):
        raise ValueError("%r is not a list such as 0-2,4" % value)
    if any(int(number) > 8192 for number in re.findall("[0-9]+", value)):
        raise ValueError("%r has a number above 8192, the maximum of the Engine" % value)


def requests(value: List[Mapping[str, Any]]) -> None:
    """Raise ValueError if both a number of devices and their ids are given."""
    if any(request["count"] and request["device_ids"] for request in value):
        raise ValueError("count and device_ids are mutually exclusive")


def working_dir(value: str) -> None:
    """Raise ValueError for a path that is not absolute."""
    if value and not value.startswith("/"):
        raise ValueError("%r is not an absolute path, which begins with a slash" % value)


def signal(value: str) -> None:
    """Raise ValueError for an unknown signal."""
    if value and value not in Signals.__members__ and not value.startswith("SIGRTM"):
        raise ValueError("%r is not a signal such as SIGTERM" % value)


def security_options(value: List[str]) -> None:
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
