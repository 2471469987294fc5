# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files for containers whose content comes from the controller."""

from __future__ import annotations

import base64
from typing import Any, Callable, Dict, Mapping

Read = Callable[[str], bytes]


class SourceError(Exception):
    """A file that cannot be read, as a sentence that names the entry."""


def with_contents(args: Mapping[str, Any], read: Read) -> Dict[str, Any]:
    """The options of a project with ``content`` in place of ``src``. Raises SourceError.

    What has the wrong type is left to the module, which names it.
    """
    found = dict(args)
    if "containers" in found:
        found["containers"] = _containers(found["containers"], read)
    defaults = found.get("defaults")
    if isinstance(defaults, Mapping) and "containers" in defaults:
        containers = _container(defaults["containers"], "defaults.containers", read)
        found["defaults"] = {**defaults, "containers": containers}
    return found


def _containers(value: Any, read: Read) -> Any:
    if isinstance(value, Mapping):
        return {name: _container(entry, "containers.%s" % name, read) for name, entry in value.items()}
    if isinstance(value, list):
        return [_container(entry, "containers[%d]%s" % (n, _name(entry)), read) for n, entry in enumerate(value)]
    return value


def _name(entry: Any) -> str:
    return " (%s)" % entry["name"] if isinstance(entry, Mapping) and entry.get("name") else ""


def _container(entry: Any, title: str, read: Read) -> Any:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("files"), list):
        return entry
    files = [_file(file, "%s.files[%d]" % (title, number), read) for number, file in enumerate(entry["files"])]
    return {**entry, "files": files}


def _file(file: Any, title: str, read: Read) -> Any:
    if not isinstance(file, Mapping) or file.get("src") is None:
        return file
    if file.get("content") is not None:
        raise SourceError("%s: src and content are mutually exclusive." % title)
    try:
        content = read(str(file["src"]))
    except Exception as error:
        raise SourceError("%s: src: %s" % (title, error))
    rest = {name: value for name, value in file.items() if name != "src"}
    return {**rest, "content": base64.b64encode(content).decode("ascii"), "encoding": "base64"}
