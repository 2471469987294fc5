# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Information about images."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Tuple

from ...engine import images
from ...engine.client import Client
from ...engine.containers import name_of
from ...errors import InputError
from ...state.canonical import text
from ...state.field import Control
from ...state.resource import Params, Resource
from ...state.table import Table
from ...values.reference import LATEST, image_name, is_image_id, parse

_SHORT_ID = re.compile("(?:sha256:)?[0-9a-f]{12,63}")

TABLE = Table(
    noun="image",
    options=(
        Control("name", type="list", elements="str", grammar=image_name),
        Control("filters", type="dict"),
        Control("history", type="bool", default=False),
        Control("containers", type="bool", default=False),
    ),
    mutually_exclusive=(("name", "filters"),),
)


@dataclass(frozen=True)
class Snapshot:
    """The images as inspect shows them."""

    images: Tuple[Mapping[str, Any], ...]


def observe(client: Client, params: Params) -> Snapshot:
    """Images by names, by filters, or all; each further detail requires a call per image."""
    if params["name"] is None:
        names = [str(image["Id"]) for image in images.summaries(client, _filters(params["filters"] or {}))]
    else:
        names = [_sought(name) for name in params["name"]]
    found = [image for image in (images.inspect(client, name) for name in names) if image]
    for image in found:
        if params["history"]:
            image["History"] = images.history(client, image["Id"])
        if params["containers"]:
            image["Containers"] = [_user(user) for user in images.users(client, image["Id"])]
    return Snapshot(tuple(found))


def _sought(name: str) -> str:
    """The name for the Engine: unchanged if it may be part of an id, which the Engine tries after the name."""
    either = is_image_id(name) or _SHORT_ID.fullmatch(name)
    return name if either else parse(name).or_tag(LATEST).pinned


def _filters(filters: Mapping[str, Any]) -> Dict[str, List[str]]:
    try:
        return {
            name: [_word(value) for value in (values if isinstance(values, list) else [values])]
            for name, values in filters.items()
        }
    except ValueError as error:
        raise InputError("filters: %s" % error)


def _word(value: Any) -> str:
    # Filters such as dangling are also booleans in the Engine.
    return str(value).lower() if isinstance(value, bool) else text(value)


def _user(container: Mapping[str, Any]) -> Dict[str, Any]:
    return {"Id": container["Id"], "Name": name_of(container), "State": container.get("State")}


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``images``."""
    shown: List[Mapping[str, Any]] = list(snapshot.images)
    return {"images": shown}


IMAGE_INFO = Resource(TABLE, observe, report)
