# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a container: itself, its image, leftovers of a killed replacement, and its dependants."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import Any, Dict, Iterable, Iterator, Mapping, NamedTuple, Tuple

from ...engine import containers, images
from ...engine.client import SHORT, Client
from ...errors import InputError
from ...state.compare import HIDDEN
from ...state.field import dig
from ...state.grammar import is_id
from ...state.resource import Params
from ...values.labels import labels
from ...values.reference import is_image_id, parse
from . import host, networks
from .image import is_made_of, look_at_images
from .labels import KNOWN_BY
from .references import SHARED, Missing, look_up
from .values import links
from .volumes import anonymous

Inspected = Mapping[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """The observed state.

    The images are as in ``Images``. ``successor`` is a container that a replacement created and never renamed.
    ``hosts`` maps names to IDs for the containers that this one shares something with. ``env_files`` holds the
    variables in the files of ``env_file``. ``dead_links`` are links to containers that are gone, even if others now
    have their names. ``networks`` maps IDs in the task to names.
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
    unnamed: bool = False
    networks: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the container, or the future name of its successor; empty if there is neither."""
        if self.container:
            return containers.name_of(self.container)
        return containers.name_of(self.successor)[: -len(successor_name(""))] if self.successor else ""


class Details(NamedTuple):
    """What only a change depends on.

    ``made_of`` is the image that the container was created from. ``absent`` are missing objects that the task names,
    ``ids`` the IDs of the others (see ``look_up``). ``host`` is /info, if an option of the task depends on it.
    ``dependants`` maps the names of containers that use this one to the options by which they do, and ``used`` its
    anonymous volumes that others mount to the name of such a container.
    """

    made_of: Inspected | None = None
    absent: Tuple[Missing, ...] = ()
    ids: Mapping[str, str] = {}
    host: Mapping[str, Any] = {}
    dependants: Mapping[str, Tuple[str, ...]] = {}
    used: Mapping[str, str] = {}


def shown(container: Inspected) -> Dict[str, Any]:
    """The inspect result without our labels and without values of environment variables."""
    config = dict(container["Config"])
    config["Labels"] = labels(config.get("Labels"))
    config["Env"] = ["%s=%s" % (entry.partition("=")[0], HIDDEN) for entry in config.get("Env") or ()]
    return dict(container, Config=config)


def successor_name(name: str) -> str:
    """The name of a new container until the old one is gone."""
    return name + "-slipway-new"


def observe(client: Client, params: Params) -> Snapshot:
    """The container, leftovers of a killed run, and the image: three calls if nothing will change.

    What only a change depends on is left to ``look_further``. Raises InputError for a malformed image name.
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
    return replace(snapshot, **look_at_images(client, params, reference, subject)._asdict())


def _known_by(client: Client, number: str) -> str:
    """The name of the container that replaced one with this id, which the task still uses; empty if none."""
    for entry in containers.list_all(client, label=[KNOWN_BY]):
        known = ((entry.get("Labels") or {}).get(KNOWN_BY) or "").split(",")
        if any(number in (one, one[:SHORT]) for one in known):
            name = containers.name_of(entry)
            end = successor_name("")
            return name[: -len(end)] if name.endswith(end) else name
    return ""


def look_further(client: Client, params: Params, snapshot: Snapshot, replaces: bool) -> Details:
    """What a change depends on: whether everything that the task names exists, and what its host supports.

    If the container is to be replaced, also its image and its dependants.
    """
    shown = host.look(client, params)
    absent, ids = look_up(client, params, shown)
    container, made_of = snapshot.container, snapshot.image
    if not container or not replaces:
        return Details(None, absent, ids, shown)
    if not is_made_of(container, made_of):
        made_of = snapshot.made_of or images.inspect(client, container["Image"])
    return look_at_users(client, container)._replace(made_of=made_of, absent=absent, ids=ids, host=shown)


def look_at_users(client: Client, subject: Inspected) -> Details:
    """The other containers that use this one or its anonymous volumes.

    The Engine stores the ID of a container in a mode, and the names in links and volumes_from; the container list has
    neither.
    """
    found, used, own = {}, {}, set(anonymous(subject).values())
    known = (subject["Id"], "/" + successor_name(containers.name_of(subject)))
    for entry in containers.list_all(client):
        other = containers.inspect(client, entry["Id"])
        if other is None or other["Id"] in known or other["Name"] in known:
            continue
        options = tuple(_uses(other["HostConfig"], subject))
        if options:
            found[containers.name_of(other)] = options
        mounted = own & {mount.get("Name") for mount in other.get("Mounts") or ()}
        used.update(dict.fromkeys(mounted, containers.name_of(other)))
    return Details(dependants=found, used=used)


def _is_going(container: Inspected) -> bool:
    """Whether the Engine is about to remove a container, as it does with ``auto_remove`` shortly after the end."""
    status = container["State"]["Status"]
    return bool(status == "removing" or status == "exited" and dig(container, "HostConfig.AutoRemove"))


def _uses(host: Mapping[str, Any], subject: Inspected) -> Iterator[str]:
    """The options by which a container of this HostConfig uses another one."""
    names = (containers.name_of(subject), subject["Id"], subject["Id"][:SHORT])
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
    alive = {name for entry in containers.list_all(client) for name in entry.get("Names") or ()} if written else set()
    return tuple(links([link for link in written if link.partition(":")[2] not in alive]))


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
