# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of a container with its declaration. No I/O; the plan decides what to do about differences."""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, Mapping, NamedTuple, Tuple

from ...state.compare import STRICT, Change, describe
from ...state.field import KEYED, dig
from ...state.resource import Params
from ...values import healthcheck, mounts
from ...values.reference import LATEST, Reference, is_image_id, parse
from . import networks
from .image import is_made_of, is_of_platform, platform_counts
from .labels import remembered
from .limits import implied
from .observe import Snapshot
from .table import DAEMON_ADDS, MERGED, TABLE

Values = Mapping[str, Any]


_IMAGES: Dict[str, Dict[str, Any]] = {}  # the values of images, by their configurations


class Comparison(NamedTuple):
    """What differs between a container and its declaration.

    ``want`` holds the declared values, with what the image and the daemon add to them and what they imply, and ``have``
    those of the container that are compared; ``ignored`` are differences that ``comparisons`` leaves alone. ``dropped``
    are the options that earlier tasks declared and this one does not, and ``image`` holds the values of the image that
    the declaration is completed with.
    """

    want: Values
    have: Values
    changes: Tuple[Change, ...]
    ignored: Tuple[Change, ...]
    dropped: FrozenSet[str]
    image: Values


def compare(params: Params, own: Values, snapshot: Snapshot, container: Values) -> Comparison:
    """Compare a container with the values that its task declares (``own``)."""
    own = networks.without_alias(own, dig(container, "Config.Hostname"))
    current = params["image_comparison"] == "current-image"
    image = of_image(snapshot.made_of if current else snapshot.image or snapshot.made_of)
    image["networks"] = networks.default_networks(own.get("network_mode", "default"))
    was, recorded = TABLE.have(container), remembered(container)
    have = _comparable(was, own, recorded, snapshot)
    dropped = _dropped(was, own, recorded, image["networks"])
    # The Engine uses the image's value, or its default, for an empty string.
    emptied = {name: image[name] for name, value in own.items() if value == "" and name in image}
    want = {**implied(own), **own, **emptied, **{name: image[name] for name in dropped}}
    want = {**want, **_merged(own, image, have)}
    if recorded and "image" in own:
        for name, left_out in (("mounts", mounts.LEFT_OUT), ("networks", networks.LEFT_OUT)):
            if name in own:
                want[name] = _whole(own[name], have[name], left_out)
    if "image" in own and snapshot.image and not snapshot.moved:
        want["image"], have["image"] = snapshot.image["Id"], _image_of(params, snapshot.image, container)
    comparisons = dict(params["comparisons"] or {})
    if _is_of_other_platform(params, snapshot, container):
        comparisons["image"] = STRICT
    changes, ignored = (
        tuple(_with_names(change, params, snapshot, container) for change in found(want, have, comparisons))
        for found in (TABLE.changes, TABLE.ignored)
    )
    return Comparison(want, have, changes, ignored, dropped, image)


def left_alone(name: str, found: Comparison) -> Tuple[str, ...]:
    """Warnings about differences that are ignored."""
    return tuple("container %s is left alone: %s" % (name, describe(change)) for change in found.ignored)


def taken_along(name: str, found: Comparison) -> Tuple[str, ...]:
    """Warnings about ignored differences that a replacement for another reason also changes."""
    return tuple(
        "container %s is replaced for another reason, which also changes what comparisons leave alone: %s"
        % (name, describe(change))
        for change in found.ignored
    )


def of_image(image: Values | None) -> Dict[str, Any]:
    """The values of a container with no options but this image."""
    config = (image or {}).get("Config") or {}
    key = repr(config)
    if key not in _IMAGES:  # several containers of a task may have the same image
        _IMAGES[key] = TABLE.have({"Config": config, "HostConfig": {}, "Image": None})
    return dict(_IMAGES[key])


def _comparable(was: Values, own: Values, recorded: FrozenSet[str], snapshot: Snapshot) -> Dict[str, Any]:
    """The values of the container, without dead links and without what the daemon has added."""
    have = dict(was)
    if snapshot.dead_links:
        have["links"] = [link for link in have["links"] if link not in snapshot.dead_links]
    for name in DAEMON_ADDS:
        known = {key.partition(".")[2] for key in recorded if key.startswith(name + ".")} | set(own.get(name, ()))
        have[name] = {key: value for key, value in have[name].items() if key in known}
    return have


def _dropped(was: Values, own: Values, recorded: FrozenSet[str], default_networks: Values) -> FrozenSet[str]:
    """The options that are no longer declared, and the networks if somebody has changed undeclared ones."""
    # A task without an image declares only some options of a container that another task declares.
    dropped = frozenset(name for name in recorded if name in was and name not in own and "image" in own)
    unmoved = "networks" not in own and own.get("network_mode") == was["network_mode"]
    if unmoved and not networks.is_in(default_networks, was["networks"]):
        dropped |= {"networks"}  # they follow the network mode
    return dropped


def _whole(own: Values, have: Values, left_out: Values) -> Dict[str, Dict[str, Any]]:
    """Entries with defaults for existing settings that they omit: nobody else has declared those of our containers."""
    return {
        key: {**{sub: none for sub, none in left_out.items() if have.get(key, {}).get(sub, none) != none}, **entry}
        for key, entry in own.items()
    }


def _merged(own: Values, image: Values, have: Values) -> Dict[str, Any]:
    merged = {name: _merge(image[name], own[name]) for name in MERGED if name in own}
    if "healthcheck" in merged:
        merged["healthcheck"] = healthcheck.canonical(merged["healthcheck"])
    if "exposed_ports" in merged:
        published = own.get("published_ports", have["published_ports"])
        merged["exposed_ports"] = _merge(merged["exposed_ports"], sorted(published))
    if own.get("command") == [] and not own.get("entrypoint"):
        merged["command"] = image["command"]
    return merged


def _merge(image: Any, own: Any) -> Any:
    return {**image, **own} if isinstance(own, Mapping) else sorted({*image, *own})


def _image_of(params: Params, image: Values, container: Values) -> str:
    """The image of the container as compared with the task's: its ID if they are the same."""
    if params["image_name_mismatch"] == "recreate" and not _same_name(params["image"], container):
        return str(dig(container, "Config.Image"))
    same = not platform_counts(params) or is_of_platform(container, image)
    return str(image["Id"]) if same and is_made_of(container, image) else own_image(container)


def _with_names(change: Change, params: Params, snapshot: Snapshot, container: Values) -> Change:
    """Readable values for a diff: images by name and ID, and only the declared part of observed values."""
    if change.field and change.field.compare == KEYED:
        chosen = mounts.chosen if change.name == "mounts" else networks.chosen
        have = {
            key: {sub: entry.get(sub) for sub in change.want[key]} if key in change.want else chosen(entry)
            for key, entry in change.have.items()
        }
        return change._replace(have=have)
    if change.name != "image":
        return change
    named = params["image"]
    if snapshot.image and not snapshot.moved:
        named = "%s (%s)" % (named, _short(snapshot.image["Id"]))
    return change._replace(want=named, have="%s (%s)" % (dig(container, "Config.Image"), _short(own_image(container))))


def _is_of_other_platform(params: Params, snapshot: Snapshot, container: Values) -> bool:
    """Whether a container is known to be for another platform than the task's; counts even if its image is ignored."""
    image = snapshot.made_of
    if not platform_counts(params):
        return False
    from ...engine.platforms import is_for  # imported only if needed: few tasks set a platform

    own = dig(container, "ImageManifestDescriptor.platform")
    if own:
        image = {"Os": own.get("os"), "Architecture": own.get("architecture"), "Variant": own.get("variant")}
    return bool(image and (own or is_made_of(container, image)) and not is_for(image, params["platform"]))


def own_image(container: Values) -> str:
    """The digest of the container's own image, also if its name refers to several."""
    return str(dig(container, "ImageManifestDescriptor.digest") or container["Image"])


def _same_name(name: str, container: Values) -> bool:
    its = str(dig(container, "Config.Image"))
    return name == its or not (is_image_id(name) or is_image_id(its)) and _named(name) == _named(its)


def _named(name: str) -> Reference:
    return parse(name).or_tag(LATEST)


def _short(digest: str) -> str:
    return digest.partition(":")[2][:12]
