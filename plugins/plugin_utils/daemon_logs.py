# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the Docker Engine's log drivers; with any other option the engine does not start."""

from __future__ import annotations

import re
from typing import Any, Dict, FrozenSet, List, Mapping

USUAL = "json-file"  # the default of daemon.json
COMMON = frozenset(("mode", "max-buffer-size"))
FILES = frozenset(("compress", "max-file", "max-size"))
TAGS = frozenset(("env", "env-regex", "labels", "labels-regex", "tag"))
CACHE = frozenset(("cache-compress", "cache-disabled", "cache-max-file", "cache-max-size"))
SYSLOG = ("address", "facility", "format", "tls-ca-cert", "tls-cert", "tls-key", "tls-skip-verify")
# Other drivers, and plugins, check their options themselves.
OPTIONS: Dict[str, FrozenSet[str]] = {
    "json-file": COMMON | CACHE | FILES | TAGS,
    "local": COMMON | CACHE | FILES,
    "journald": COMMON | CACHE | TAGS,
    "syslog": COMMON | CACHE | TAGS | frozenset("syslog-" + name for name in SYSLOG),
}
SIZE = r"\d+(\.\d+)? ?([kmgtp]i?)?b?"
# Valid values. The engine checks some of these only when it creates a container.
FORMS: Dict[str, Dict[str, str]] = {
    "max-size": {"form": r"-1|" + SIZE, "words": "a size, such as 10m, or -1"},
    "max-buffer-size": {"form": SIZE, "words": "a size, such as 4m"},
    "max-file": {"form": r"[1-9]\d*", "words": "an integer of 1 or more"},
    "compress": {"form": r"true|false", "words": "true or false"},
    "mode": {"form": r"blocking|non-blocking", "words": "blocking or non-blocking"},
}


def driver_of(config: Mapping[str, Any]) -> str:
    """The log driver of a daemon.json."""
    return str(config.get("log-driver") or USUAL)


def kept_options(options: Mapping[str, Any], driver: str) -> Dict[str, Any]:
    """The options of one driver that another one also supports."""
    return {name: value for name, value in options.items() if name in OPTIONS.get(driver, ())}


def log_problems(config: Mapping[str, Any]) -> List[str]:
    """A sentence for each log option with which the engine would not start, or could not create containers."""
    options, driver = config.get("log-opts") or {}, driver_of(config)
    if driver not in OPTIONS or not isinstance(options, Mapping):
        return []
    found = []
    for name in sorted(map(str, options)):
        value = options[name]
        form = FORMS.get(name)
        if name not in OPTIONS[driver]:
            found.append("log-opts contains %s, which the log driver %s does not support" % (name, driver))
        elif form and isinstance(value, str) and not re.fullmatch(form["form"], value.lower()):
            found.append('log-opts.%s must be %s, not "%s"' % (name, form["words"], value))
    if "max-buffer-size" in options and options.get("mode") != "non-blocking":
        found.append("log-opts.max-buffer-size requires log-opts.mode: non-blocking")
    return found
