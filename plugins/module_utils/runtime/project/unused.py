# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that only containers had which the project replaces or removes."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Set, Tuple

from ..engine import images
from ..engine.containers import name_of
from .declared import Declared
from .foreseen import Foreseen
from .table import Key

Values = Mapping[str, Any]


def unused(
    before: Mapping[str, Values], every: Iterable[Declared], engine: Foreseen
) -> List[Tuple[str, Dict[Key, str]]]:
    """The names or IDs of these images, each with the containers that had it before the run."""
    containers = {one.key for one in every if one.key.noun == "container"}
    needed = _needed(every, engine)
    found: Dict[str, Dict[Key, str]] = {}
    for number, entry in before.items():
        key, image = Key("container", name_of(entry)), str(entry.get("ImageID") or "")
        if number not in engine.containers and key in containers and image and image not in needed:
            found.setdefault(str(entry.get("Image") or image), {})[key] = "it has the image until then"
    return list(found.items())


def _needed(every: Iterable[Declared], engine: Foreseen) -> Set[str]:
    """The IDs of the images that containers will have, or that the project declares."""
    found = {str(entry.get("ImageID")) for entry in engine.containers.values()}
    found.update(
        str((engine.container(number) or {}).get("Image")) for number in engine.made if number in engine.containers
    )
    for one in every:
        reference = one.params["image"] if one.key.noun == "container" else one.key.name
        if one.stays and one.key.noun in ("container", "image") and reference:
            shown = images.inspect(engine, reference)  # type: ignore[arg-type]
            found.add(str((shown or {}).get("Id")))
    return found
