# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Tuple

from ...engine import images
from ...engine.client import Client
from ...registry.reference import LATEST, is_image_id, parse
from ...state.field import Control
from ...state.resource import Params, Resource
from ...state.table import Table

TABLE = Table(noun="image", options=(Control("name", type="list", elements="str"),))


@dataclass(frozen=True)
class Snapshot:
    """The images that there are, as inspect shows them."""

    images: Tuple[Mapping[str, Any], ...]


def observe(client: Client, params: Params) -> Snapshot:
    """The images of these names, or all; one call for each."""
    if params["name"] is None:
        names = [str(image["Id"]) for image in images.summaries(client, {})]
    else:
        names = [name if is_image_id(name) else parse(name).or_tag(LATEST).pinned for name in params["name"]]
    found = [images.inspect(client, name) for name in names]
    return Snapshot(tuple(image for image in found if image))


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``images``."""
    shown: List[Mapping[str, Any]] = list(snapshot.images)
    return {"images": shown}


IMAGE_INFO = Resource(TABLE, observe, report)
