# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a container: itself, its image, leftovers of a killed replacement, and its dependants."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import Any, Collection, Dict, Iterable, Iterator, List, Mapping, Tuple

from ...engine import containers, images
from ...engine.client import SHORT, Client
from ...errors import EngineError, InputError
from ...state.compare import HIDDEN, IGNORE_DRIFT, STRICT
from ...state.field import dig
from ...state.grammar import is_id
from ...state.resource import Params
from ...values.reference import is_image_id, parse
from . import host, networks
from .references import SHARED, Missing, look_up
from .values import OURS, links

Inspected = Mapping[str, Any]

# A label of a container that replaced others which a task named by id: their ids.
KNOWN_BY = OURS + "known_by"

# A label of our containers: the digests in registries of its image at its creation.
DIGESTS = OURS + "digests"

# Registries and credentials are imported only when needed: that costs a task 8 ms.


@dataclass(frozen=True)
class Snapshot:
    """The observed state.

    ``image`` is the one that the task names, by default the container's own; ``made_of`` is the one that the container
    was created from. ``moved`` says why the image is to be pulled although it is present; ``unnamed`` that the
    container has the right image, which is on the host under another name or none. ``successor`` is a container that a
    replacement created and never renamed. ``hosts`` maps names to ids for the containers that this one shares something
    with. ``env_files`` holds the variables in the files of ``env_file``. ``dead_links`` are links to containers that
    are gone, even if others now have their names. ``networks`` maps ids in the task to names. ``dependants`` maps the
    names of containers that use this one to the options by which they do. ``absent`` are missing objects that the task
    names, ``ids`` the ids of the others (see ``look_up``). ``host`` is /info, if an option of the task depends on it.
    """

    container: Inspected | None = None
    image: Inspected | None = None
    made_of: Inspected | None = None
    moved: str = ""
    successor: Inspected | None = None
    version: str = ""
    hosts: Mapping[str, str] = field(default_factory=dict)
    env_files: Mapping[str, str] = field(default_factory=dict)
    dead_links: Tuple[str, ...] = ()
    dependants: Mapping[str, Tuple[str, ...]] = field(default_factory=dict)
    unnamed: bool = False
    absent: Tuple[Missing, ...] = ()
    networks: Mapping[str, str] = field(default_factory=dict)
    host: Mapping[str, Any] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the container, or the future name of its successor; empty if there is neither."""
        if self.container:
            return containers.name_of(self.container)
        return containers.name_of(self.successor)[: -len(successor_name(""))] if self.successor else ""


def shown(container: Inspected) -> Dict[str, Any]:
    """The inspect result without our labels and without values of environment variables."""
    config = dict(container["Config"])
    config["Labels"] = {key: value for key, value in (config.get("Labels") or {}).items() if not key.startswith(OURS)}
    config["Env"] = ["%s=%s" % (entry.partition("=")[0], HIDDEN) for entry in config.get("Env") or ()]
    return dict(container, Config=config)


def successor_name(name: str) -> str:
    """The name of a new container until the old one is gone."""
    return name + "-slipway-new"


def look(client: Client, params: Params) -> Snapshot:
    """The container, leftovers of a killed run, and the image: three calls if nothing will change.

    What only changes need is left to ``look_further``. Raises InputError for a malformed image name.
    """
    if params["image"] and not is_image_id(params["image"]):
        parse(params["image"])
    container = containers.inspect(client, params["name"])
    if container and _is_going(container):
        from ...engine import lifecycle

        container = lifecycle.inspect_settled(client, container)
    # The task may name it by its id.
    name = containers.name_of(container) if container else params["name"]
    if container is None and is_id(name):
        name = _known_by(client, name) or name
        container = containers.inspect(client, name) if name != params["name"] else None
    successor = containers.inspect(client, successor_name(name))
    env_files = _env_files(params["env_file"] or ()) if params["state"] != "absent" else {}
    snapshot = Snapshot(
        container,
        successor=successor,
        version=client.version,
        hosts=_hosts(client, params),
        env_files=env_files,
        dead_links=_dead_links(client, container or {}),
        networks=_names_of_networks(client, params),
    )
    subject = container or successor
    reference = params["image"] or (subject and subject["Image"])
    if params["state"] == "absent" or not reference:
        return snapshot
    image = images.inspect(client, reference)
    moved, digest = "", ""
    if image and params["image"] and params["platform"] and (platform_counts(params) or not container):
        image, moved = _of_platform(client, reference, image, params["platform"])
    if image is None:
        digest = _known_digest(client, params) if subject else ""
    elif params["pull"] in ("always", True) and not is_image_id(reference) and "@" not in reference:
        digest = _digest(client, reference)
        moved = moved if _has(image, digest) else "the registry now has another one"
    own = images.inspect(client, subject["Image"]) if subject and digest and (image is None or moved) else None
    unnamed = bool(
        own and (_has(own, digest) or digest in _made_of_digests(subject)) and _is_for(own, params["platform"])
    )
    if unnamed:
        image, moved = own, ""
    made_of = image
    if params["image_comparison"] == "current-image" and container and not is_made_of(container, image):
        made_of = images.inspect(client, container["Image"])
    return replace(snapshot, image=image, made_of=made_of, moved=moved, unnamed=unnamed)


def _known_by(client: Client, number: str) -> str:
    """The name of the container that replaced one with this id, which the task still uses; empty if none."""
    for entry in containers.list_all(client, label=[KNOWN_BY]):
        known = ((entry.get("Labels") or {}).get(KNOWN_BY) or "").split(",")
        if any(number in (one, one[:SHORT]) for one in known):
            name = containers.name_of(entry)
            end = successor_name("")
            return name[: -len(end)] if name.endswith(end) else name
    return ""


def pull(client: Client, reference: str, platform: str | None) -> None:
    """Pull an image, with the host's credentials for its registry."""
    from ...engine import registries

    registries.pull(client, reference, _auth_for(reference), platform)


def look_at_labels(client: Client, reference: str, labels: Collection[str]) -> None:
    """``refuse_labels`` for an image that has just been pulled."""
    refuse_labels(reference, images.inspect(client, reference) or {}, labels)


def platform_counts(params: Params) -> bool:
    """Whether an existing container must match the task's platform."""
    comparisons = params["comparisons"] or {}
    return bool(params["platform"]) and comparisons.get("platform", comparisons.get("*", STRICT)) != IGNORE_DRIFT


def labels_count(params: Params) -> bool:
    """Whether the image may only have labels that the task sets."""
    comparisons = params["comparisons"] or {}
    strict = comparisons.get("labels", comparisons.get("*", STRICT)) == STRICT
    return bool(params["image"]) and params["image_label_mismatch"] == "fail" and strict


def refuse_labels(reference: str, image: Inspected, labels: Collection[str]) -> None:
    """Raise InputError for an image with other labels than these."""
    more = sorted(set((image.get("Config") or {}).get("Labels") or ()) - set(labels))
    if more:
        raise InputError(
            "image_label_mismatch is fail, and the image %s has labels that the task does not set: %s"
            % (reference, ", ".join(more)),
            "Set them with labels.",
        )


def look_further(client: Client, params: Params, snapshot: Snapshot) -> Snapshot:
    """What a plan needs if something will change: the old image, and whether everything that the task names exists."""
    if params["state"] == "absent":
        return snapshot
    shown = host.look(client, params)
    absent, ids = look_up(client, params, shown)
    snapshot = replace(snapshot, absent=absent, ids=ids, host=shown)
    subject = snapshot.container or snapshot.successor
    if subject and not is_made_of(subject, snapshot.image):
        snapshot = replace(snapshot, made_of=images.inspect(client, subject["Image"]))
    return snapshot


def look_around(client: Client, snapshot: Snapshot) -> Snapshot:
    """What a plan needs if an existing container will be removed: its dependants.

    The Engine stores the id of a container in a mode, and the names in links and volumes_from; the container list has
    neither.
    """
    subject, found = snapshot.container or snapshot.successor, {}
    if subject is None:
        return snapshot
    for entry in containers.list_all(client):
        other = containers.inspect(client, entry["Id"]) or {}
        options = tuple(_uses(other.get("HostConfig") or {}, subject))
        if options:
            found[containers.name_of(other)] = options
    return replace(snapshot, dependants=found)


def _is_going(container: Inspected) -> bool:
    """Whether the Engine is about to remove a container, as it does with ``auto_remove`` shortly after the end."""
    status = container["State"]["Status"]
    return bool(status == "removing" or status == "exited" and dig(container, "HostConfig.AutoRemove"))


def _uses(host: Mapping[str, Any], subject: Inspected) -> Iterator[str]:
    """The options by which a container of this HostConfig uses another one."""
    names = (subject["Name"].lstrip("/"), subject["Id"], subject["Id"][:12])
    for option, key in zip(SHARED, ("IpcMode", "NetworkMode", "PidMode")):
        kind, _colon, other = (host.get(key) or "").partition(":")
        if kind == "container" and other in names:
            yield option
    for option, key in (("links", "Links"), ("volumes_from", "VolumesFrom")):
        if any(entry.lstrip("/").partition(":")[0] in names for entry in host.get(key) or ()):
            yield option


def _dead_links(client: Client, container: Inspected) -> Tuple[str, ...]:
    """Links (of the default bridge) whose target is gone.

    The Engine still shows such a link, even if another container now has the name, and refuses to start the container.
    A working link appears among its target's names in GET /containers/json.
    """
    written = dig(container, "HostConfig.Links") or ()
    alive = {name for entry in containers.list_all(client) for name in entry["Names"] or ()} if written else set()
    return tuple(links([link for link in written if link.partition(":")[2] not in alive]))


def is_made_of(container: Inspected, image: Inspected | None) -> bool:
    """Whether a container was created from an image.

    With the containerd image store the container's image may be for one platform, and the name refer to all.
    """
    if image is None:
        return False
    its = {container["Image"], (container.get("ImageManifestDescriptor") or {}).get("digest")}
    named = {image["Id"], (image.get("Descriptor") or {}).get("digest")}
    return bool((its & named) - {None})


def is_of_platform(container: Inspected, image: Inspected) -> bool:
    """Whether a container matches the platform of an image; True if the engine does not say."""
    own = (container.get("ImageManifestDescriptor") or {}).get("platform")
    return not own or (own.get("os"), own.get("architecture")) == (image.get("Os"), image.get("Architecture"))


def with_files(params: Params, snapshot: Snapshot) -> Params:
    """The task with the variables of ``env_file`` added to ``env``, which has precedence."""
    if params["env_file"] is None:
        return params
    return dict(params, env={**snapshot.env_files, **(params["env"] or {})})


def _env_files(paths: Iterable[str]) -> Dict[str, str]:
    """The variables in env files; the last file has precedence.

    A line without ``=`` takes the value from the module's environment. Raises InputError for an unreadable or malformed
    file, without showing its content.
    """
    found: Dict[str, str] = {}
    for path in paths:
        try:
            with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123 (pathlib costs a task 10 ms)
                lines = [line.strip("\r\n").lstrip() for line in file]
        except (OSError, ValueError) as error:
            cause = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise InputError("env_file: %s cannot be read: %s" % (path, cause), "The file must be on the target.")
        for number, line in enumerate(lines, 1):
            name, equals, value = line.partition("=")
            if not line or line.startswith("#") or not equals and name not in os.environ:
                continue
            if not name or " " in name or "\t" in name:
                raise InputError(
                    "env_file: line %d of %s is not of the form NAME=value" % (number, path),
                    "A name cannot contain blanks. Lines that begin with # are comments.",
                )
            found[name] = value if equals else os.environ[name]
    return found


def _hosts(client: Client, params: Params) -> Dict[str, str]:
    """Ids by name: the Engine stores ``container:ID`` for ``container:NAME``."""
    modes = (params[name] or "" for name in SHARED)
    names = {mode.partition(":")[2] for mode in modes if mode.startswith("container:")}
    found = {name: containers.inspect(client, name) for name in names}
    return {name: container["Id"] for name, container in found.items() if container}


def _names_of_networks(client: Client, params: Params) -> Dict[str, str]:
    """Names by id: the Engine shows a container's networks by name, even if given by id."""
    ids = networks.by_id(params)
    if not ids:
        return {}
    from ...engine.networks import inspect

    found = {number: inspect(client, number) for number in ids}
    return {number: network["Name"] for number, network in found.items() if network}


def _of_platform(client: Client, reference: str, image: Dict[str, Any], platform: str) -> Tuple[Dict[str, Any], str]:
    """The image for a platform, or the present one with the reason to pull another."""
    from ...engine import platforms

    image = platforms.among(client, reference, image, platform)
    if platforms.is_for(image, platform):
        return image, ""
    return image, "it is on this host for %s, not for %s" % (platforms.platform_of(image), platform)


def _is_for(image: Inspected, platform: str | None) -> bool:
    if not platform:
        return True
    from ...engine import platforms

    return platforms.is_for(image, platform)


def _known_digest(client: Client, params: Params) -> str:
    """The digest of an image that is not on the host under its name, if it can be found without a download.

    An engine that pulls through a mirror may be unable to ask the registry; then it is empty.
    """
    comparisons, reference = params["comparisons"] or {}, params["image"]
    if not reference or comparisons.get("image", comparisons.get("*", STRICT)) == IGNORE_DRIFT:
        return ""
    digest = "" if is_image_id(reference) else parse(reference).digest
    if digest or is_image_id(reference) or params["pull"] == "never":
        return digest
    try:
        return _digest(client, reference)
    except EngineError:
        return ""


def _digest(client: Client, reference: str) -> str:
    """The digest of a name in its registry, empty if there is none."""
    from ...engine import registries

    found = registries.distribution(client, reference, _auth_for(reference))
    return str(((found or {}).get("Descriptor") or {}).get("digest", ""))


def _made_of_digests(container: Inspected | None) -> List[str]:
    return str((dig(container or {}, "Config.Labels") or {}).get(DIGESTS, "")).split(",")


def _has(image: Inspected, digest: str) -> bool:
    """Whether an image came from a registry with this digest, under any name."""
    return bool(digest) and any(known.endswith("@" + digest) for known in image.get("RepoDigests") or ())


def _auth_for(reference: str) -> Dict[str, str] | None:
    from ...registry.credentials import auth_for

    return auth_for(parse(reference).domain)
