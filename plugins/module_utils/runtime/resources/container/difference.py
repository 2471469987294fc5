# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparison of declared and existing values, without I/O; what to do about differences is decided by the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Mapping, Tuple

from ...errors import InputError
from ...state.compare import STRICT, Change, describe
from ...state.field import KEYED, dig
from ...state.resource import Params
from ...values import healthcheck, mounts, process
from ...values.reference import LATEST, Reference, is_image_id, parse
from . import networks
from .limits import implied
from .observe import Snapshot, is_made_of, is_of_platform, platform_counts
from .ports import at
from .references import SHARED
from .table import CHOSEN, COMPATIBLE, DAEMON_ADDS, MERGED, TABLE
from .values import OURS

# A label of the container with the names of the declared options, without their values.
DECLARED = OURS + "declared"


@dataclass(frozen=True)
class Difference:
    """An existing container compared with its declaration.

    ``want`` holds the declared values, merged with those from image and daemon, and the values implied for other
    options; ``was`` all values of the container, ``have`` those that are compared; ``dropped`` options that were
    declared before and no longer are; ``recorded`` those declared before; ``base`` the values from the task's image,
    ``brought`` those from the image that the container was created from, ``made_of`` a name of that image.
    """

    have: Mapping[str, Any]
    want: Mapping[str, Any]
    changes: Tuple[Change, ...]
    drift: Tuple[Change, ...]
    was: Mapping[str, Any]
    base: Mapping[str, Any]
    brought: Mapping[str, Any]
    recorded: FrozenSet[str]
    dropped: FrozenSet[str]
    made_of: str


def compatible(params: Params) -> Params:
    """The task with the values implied by container_default_behavior."""
    if params["container_default_behavior"] == "no_defaults":
        return params
    return {**params, **{name: value for name, value in COMPATIBLE.items() if params.get(name) is None}}


def declared(params: Params) -> Dict[str, Any]:
    """The canonical values that the task declares. Raises InputError."""
    if params["command_handling"] == "compatibility":
        raise InputError(
            "command_handling: compatibility is not supported, because it splits the words of a list again",
            "Write command and entrypoint as lists of words, and remove command_handling.",
        )
    ours = sorted(label for label in params["labels"] or () if label.startswith(OURS))
    if ours:
        raise InputError("labels: %s is reserved for this collection" % ", ".join(ours), "Choose another name.")
    want = {name: value for name, value in TABLE.want(params).items() if value != "" or name not in CHOSEN}
    if want.get("memory_swap") == 0:
        del want["memory_swap"]  # 0 counts as unset: with a memory limit, the Engine sets twice that
    comparisons = params["comparisons"] or {}
    try:
        process.check_signal(process.signal(params["kill_signal"] or ""))
    except ValueError as error:
        raise InputError("kill_signal: %s" % error)
    if params["default_host_ip"] and "published_ports" in want:
        try:
            want["published_ports"] = at(params["default_host_ip"], want["published_ports"])
        except ValueError as error:
            raise InputError("default_host_ip: %s" % error)
    _settle_mode(want)
    strict = comparisons.get("networks", comparisons.get("*")) == STRICT
    if "networks" in want and not (params["networks_cli_compatible"] or strict):
        want["networks"] = {**networks.default_networks(want.get("network_mode", "default")), **want["networks"]}
    _leave_out_alias(want, params["name"])
    return want


def _settle_mode(want: Dict[str, Any]) -> None:
    """If ``networks`` lists only ``host`` or ``none``, set that as the network mode."""
    named = next(iter(want.get("networks", ())), "")
    if not networks.shares(named):
        return
    if want.setdefault("network_mode", named) != named:
        raise InputError(
            "networks: %s is a network mode, but network_mode is %s" % (named, want["network_mode"]),
            "Remove one of them.",
        )
    del want["networks"]


def by_id(want: Mapping[str, Any], snapshot: Snapshot) -> Dict[str, Any]:
    """The wanted values, with containers to share something with by id, as the Engine stores them."""
    found = dict(want)
    for name in SHARED:
        kind, _colon, other = found.get(name, "").partition(":")
        if kind == "container":
            found[name] = "container:" + snapshot.hosts.get(other, other)
    return found


def _leave_out_alias(own: Mapping[str, Any], name: str) -> None:
    """Ignore a declared alias that the Engine adds automatically."""
    for endpoint in own.get("networks", {}).values():
        if "aliases" in endpoint:
            endpoint["aliases"] = [alias for alias in endpoint["aliases"] if alias != name]


def difference(params: Params, snapshot: Snapshot, container: Mapping[str, Any]) -> Difference:
    """Compare a container with the task. Raises InputError."""
    own = declared(params)
    _leave_out_alias(own, dig(container, "Config.Hostname"))
    base, old_base = _of_image(snapshot.image or snapshot.made_of), _of_image(snapshot.made_of)
    if params["image_comparison"] == "current-image":
        base = dict(old_base)
    recorded = remembered(container)
    was = TABLE.have(container)
    have = dict(was)
    # A task without an image declares only some options of a container that another task declares.
    dropped = frozenset(name for name in recorded if name in have and name not in own and "image" in own)
    if snapshot.dead_links:
        have["links"] = [link for link in have["links"] if link not in snapshot.dead_links]
    for name in DAEMON_ADDS:
        known = {key.partition(".")[2] for key in recorded if key.startswith(name + ".")} | set(own.get(name, ()))
        have[name] = {key: value for key, value in have[name].items() if key in known}
    base["networks"] = networks.default_networks(own.get("network_mode", "default"))
    unmoved = "networks" not in own and own.get("network_mode") == was["network_mode"]
    if unmoved and not networks.is_in(base["networks"], was["networks"]):
        dropped |= {"networks"}  # changed by somebody; they follow the network mode
    # The Engine uses the image's value, or its default, for an empty string.
    emptied = {name: base[name] for name, value in own.items() if value == "" and name in base}
    want = {**implied(own), **own, **emptied, **{name: base[name] for name in dropped}}
    want = {**want, **_merged(own, base, have)}
    if recorded and "image" in own:
        for name, left_out in (("mounts", mounts.LEFT_OUT), ("networks", networks.LEFT_OUT)):
            if name in own:
                want[name] = _whole(own[name], have[name], left_out)
    want = by_id(want, snapshot)
    if "image" in own and snapshot.image and not snapshot.moved:
        want["image"] = snapshot.image["Id"]
        same = not platform_counts(params) or is_of_platform(container, snapshot.image)
        have["image"] = want["image"] if same and is_made_of(container, snapshot.image) else own_image(container)
        if params["image_name_mismatch"] == "recreate" and not _same_name(params["image"], container):
            have["image"] = dig(container, "Config.Image")
    comparisons = dict(params["comparisons"] or {})
    if _is_of_other_platform(params, snapshot, container):
        comparisons["image"] = STRICT
    changes, drift = TABLE.changes(want, have, comparisons), TABLE.drift(want, have, comparisons)
    changes, drift = (
        tuple(_with_names(change, params, snapshot, container) for change in found) for found in (changes, drift)
    )
    made_of = _name_of_image(snapshot, container)
    return Difference(have, want, changes, drift, was, base, old_base, recorded, dropped, made_of)


def left_alone(name: str, found: Difference) -> Tuple[str, ...]:
    """Warnings about differences that are ignored."""
    return tuple("container %s is left alone: %s" % (name, describe(change)) for change in found.drift)


def taken_along(name: str, found: Difference) -> Tuple[str, ...]:
    """Warnings about ignored differences that a replacement for another reason also changes."""
    return tuple(
        "container %s is replaced for another reason, which also changes what comparisons leave alone: %s"
        % (name, describe(change))
        for change in found.drift
    )


def marker(own: Mapping[str, Any], before: FrozenSet[str] = frozenset()) -> Dict[str, str]:
    """The label that records what is declared now, and ``before`` by a task for other options."""
    entries = ["%s.%s" % (name, key) for name in DAEMON_ADDS for key in own.get(name, ())]
    return {DECLARED: ",".join(sorted({*own, *entries, *before}))}


def remembered(container: Mapping[str, Any]) -> FrozenSet[str]:
    """The names recorded by ``marker``; empty for a container that was not created here."""
    written = (dig(container, "Config.Labels") or {}).get(DECLARED, "")
    return frozenset(filter(None, written.split(",")))


def _whole(own: Mapping[str, Any], have: Mapping[str, Any], left_out: Mapping[str, Any]) -> Dict[str, Dict[str, Any]]:
    """Entries with defaults for existing settings that they omit: nobody else has declared those of our containers."""
    return {
        key: {**{sub: none for sub, none in left_out.items() if have.get(key, {}).get(sub, none) != none}, **entry}
        for key, entry in own.items()
    }


def _of_image(image: Mapping[str, Any] | None) -> Dict[str, Any]:
    """The values of a container with no options but this image."""
    return TABLE.have({"Config": (image or {}).get("Config") or {}, "HostConfig": {}, "Image": None})


def _merged(own: Mapping[str, Any], base: Mapping[str, Any], have: Mapping[str, Any]) -> Dict[str, Any]:
    merged = {name: _merge(base[name], own[name]) for name in MERGED if name in own}
    if "healthcheck" in merged:
        merged["healthcheck"] = healthcheck.canonical(merged["healthcheck"])
    if "exposed_ports" in merged:
        published = own.get("published_ports", have["published_ports"])
        merged["exposed_ports"] = _merge(merged["exposed_ports"], sorted(published))
    if own.get("command") == [] and not own.get("entrypoint"):
        merged["command"] = base["command"]
    return merged


def _merge(base: Any, own: Any) -> Any:
    return {**base, **own} if isinstance(own, Mapping) else sorted({*base, *own})


def _with_names(change: Change, params: Params, snapshot: Snapshot, container: Mapping[str, Any]) -> Change:
    """Readable values for a diff: images by name and id, and only the declared part of observed values."""
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


def _is_of_other_platform(params: Params, snapshot: Snapshot, container: Mapping[str, Any]) -> bool:
    """Whether a container is known to be for another platform than the task's; counts even if its image is ignored."""
    image = snapshot.made_of
    if not platform_counts(params):
        return False
    from ...engine.platforms import is_for  # imported only if needed: few tasks set a platform

    own = dig(container, "ImageManifestDescriptor.platform")
    if own:
        image = {"Os": own.get("os"), "Architecture": own.get("architecture"), "Variant": own.get("variant")}
    return bool(image and (own or is_made_of(container, image)) and not is_for(image, params["platform"]))


def _name_of_image(snapshot: Snapshot, container: Mapping[str, Any]) -> str:
    """The image name that a container was created with, unless it now refers to another image; then the id."""
    name: str = dig(container, "Config.Image") or ""
    tagged = name if ":" in name.rpartition("/")[2] else name + ":latest"
    same = tagged in ((snapshot.made_of or {}).get("RepoTags") or ())
    return name if same else str(container["Image"])


def own_image(container: Mapping[str, Any]) -> str:
    """The digest of the container's own image, also if its name refers to several."""
    return str(dig(container, "ImageManifestDescriptor.digest") or container["Image"])


def _same_name(name: str, container: Mapping[str, Any]) -> bool:
    its = str(dig(container, "Config.Image"))
    return name == its or not (is_image_id(name) or is_image_id(its)) and _named(name) == _named(its)


def _named(name: str) -> Reference:
    return parse(name).or_tag(LATEST)


def _short(digest: str) -> str:
    return digest.partition(":")[2][:12]
