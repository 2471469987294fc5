# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine as it will be after the steps that are planned so far.

It has the interface of a client, so that the plan of each object is made against the effects of those before it, with
the same functions as in a task of its own. The ID of an object that does not exist yet is made up; the step that needs
it gets the real one when it is executed.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple
from urllib.parse import unquote

from ..engine import containers, images, networks, volumes
from ..engine.client import SHORT
from ..errors import NotFound
from ..resources.container.networks import shares
from ..state.field import dig
from ..state.plan import Kind, Step
from ..values.reference import is_image_id, parse
from .reading import Reading
from .table import Key

Values = Mapping[str, Any]

_OBJECT = re.compile(r"/(?:(container)s/([^/]+)/json|(image)s/(.+)/json|(network)s/([^/]+)|(volume)s/([^/]+))")
_PULLS = (Kind.BUILD, Kind.IMPORT, Kind.LOAD, Kind.PULL, Kind.TAG)
# The state of a container after a step of this kind.
_STATES: Mapping[str, Tuple[str, bool]] = {
    Kind.START: ("running", True),
    Kind.RESTART: ("running", True),
    Kind.UNPAUSE: ("running", True),
    Kind.PAUSE: ("paused", True),
    Kind.STOP: ("exited", False),
    Kind.KILL: ("exited", False),
    Kind.RUN: ("exited", False),
}


def image_key(reference: str) -> str:
    """One form for all spellings of an image's name; an ID stays as it is."""
    return reference if is_image_id(reference) else parse(reference).or_tag("latest").pinned


class Foreseen:
    """The engine's objects after the steps that were given to ``apply``.

    ``made`` maps the IDs that were made up to what they stand for.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.made: Dict[str, Key] = {}
        self.containers = {entry["Id"]: entry for entry in containers.list_all(reading)}  # type: ignore[arg-type]
        self.networks = {entry["Id"]: entry for entry in networks.list_all(reading)}  # type: ignore[arg-type]
        self._numbers = {containers.name_of(entry): number for number, entry in self.containers.items()}
        self._volumes: Dict[str, Values] | None = None
        self._images: Dict[str, Values | None] = {}
        self._removed: Dict[str, List[str]] = {}  # IDs of networks by name
        self._shown: Dict[str, Values] = {}  # containers as inspect will show them

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reading, name)

    def get(self, path: str, *, expect: Any, **query: Any) -> Any:
        """As ``Client.get``."""
        return self.call("GET", path, query, expect=expect)

    def call(self, method: str, path: str, query: Any = None, *args: Any, expect: Any, **kwargs: Any) -> Any:
        """As ``Client.call``, for the requests that plans depend on; others go to the engine."""

        def ask() -> Any:
            return self._reading.call(method, path, query, *args, expect=expect, **kwargs)

        if method != "GET":
            return ask()
        filters = (query or {}).get("filters") or {}
        if path == "/containers/json":
            return _matching(self.containers, filters, ask)
        if path == "/networks":
            return _matching(self.networks, filters, ask)
        if path == "/volumes":
            return {**ask(), "Volumes": list(self.volumes.values())}
        found = _OBJECT.fullmatch(path)
        if not found:
            return ask()
        noun, name = filter(None, found.groups())
        return getattr(self, "_" + noun)(unquote(name), ask)

    @property
    def volumes(self) -> Dict[str, Values]:
        """All volumes by name."""
        if self._volumes is None:
            self._volumes = {volume["Name"]: volume for volume in volumes.list_all(self._reading)}  # type: ignore[arg-type]
        return self._volumes

    def named(self, name: str) -> Values | None:
        """The listed container with this name or ID, or None."""
        number = self._numbers.get(name, name)
        if number not in self.containers and len(name) == SHORT:
            number = next((number for number in self.containers if number.startswith(name)), name)
        return self.containers.get(number)

    def container(self, name: str) -> Values | None:
        """A container as inspect will show it."""
        return containers.inspect(self, name)  # type: ignore[arg-type]

    def _container(self, name: str, ask: Callable[[], Any]) -> Any:
        entry = self.named(name)
        if entry is None:
            raise NotFound("No such container: %s" % name, status=404)
        number = entry["Id"]
        found = self._shown.get(number) or containers.inspect(self._reading, number)  # type: ignore[arg-type]
        if found is None:  # somebody has removed it since it was listed
            self._forget(entry)
            raise NotFound("No such container: %s" % name, status=404)
        return found

    def _forget(self, entry: Values) -> None:
        del self.containers[entry["Id"]]
        self._numbers.pop(containers.name_of(entry), None)

    def _network(self, name: str, ask: Callable[[], Any]) -> Any:
        found = [network for network in self.networks.values() if networks.is_meant(network, name)]
        if not found:
            raise NotFound("No such network: %s" % name, status=404)
        return found[0] if len(found) == 1 else ask()

    def _volume(self, name: str, ask: Callable[[], Any]) -> Any:
        if name not in self.volumes:
            raise NotFound("No such volume: %s" % name, status=404)
        return self.volumes[name]

    def _image(self, name: str, ask: Callable[[], Any]) -> Any:
        key = image_key(name)
        if key not in self._images:
            return ask()
        if self._images[key] is None:
            raise NotFound("No such image: %s" % name, status=404)
        return self._images[key]

    def apply(self, key: Key, steps: Sequence[Step]) -> None:
        """Take over the effects of the steps of a node."""
        for step in steps:
            change = getattr(self, "_change_" + step.noun, None)  # other nouns are no objects of the engine
            if change:
                change(key, step)

    def _number(self, noun: str, name: str, before: str = "") -> str:
        """An ID for a new object; ``before`` is that of the object which had its name."""
        number = hashlib.sha256(("%s %s %s %d" % (noun, name, before, len(self.made))).encode()).hexdigest()
        self.made[number] = Key(noun, name)
        return number

    def _change_container(self, key: Key, step: Step) -> None:
        if step.kind == Kind.CREATE:
            self._create_container(key, step)
            return
        entry = self.named(step.name)
        if entry is None:
            return
        number = entry["Id"]
        if step.kind == Kind.REMOVE:
            self._forget(entry)
        elif step.kind == Kind.RENAME:
            name = step.args[1]
            self._numbers.pop(step.name, None)
            self._numbers[name] = number
            self.containers[number] = {**entry, "Names": ["/" + name]}
            self._show(number, Name="/" + name)
        elif step.kind in (Kind.CONNECT, Kind.DISCONNECT):
            self._join(number, step, key.name if key.noun == "network" else str(step.args[0]))
        elif step.kind == Kind.UPDATE:
            shown = self.container(number) or {}
            self._show(number, HostConfig={**shown["HostConfig"], **step.body})
        elif step.kind == Kind.WAIT:
            shown = self.container(number) or {}
            if dig(shown, "Config.Healthcheck"):
                self._show(number, State={**shown["State"], "Health": {"Status": "healthy"}})
        elif step.kind in _STATES:
            status, runs = _STATES[step.kind]
            shown = self.container(number) or {}
            self.containers[number] = {**entry, "State": status}
            state = {**shown["State"], "Status": status, "Running": runs, "Paused": status == "paused", "ExitCode": 0}
            self._show(number, State={**state, "Restarting": False})
            if runs and not shown["State"]["Running"]:
                self._attach(number, dig(shown, "NetworkSettings.Networks") or {})

    def _create_container(self, key: Key, step: Step) -> None:
        before, name = self.named(key.name) or {"Id": ""}, "/" + step.name
        number = self._number("container", key.name, before["Id"])
        host = step.body.get("HostConfig") or {}
        config = {name: value for name, value in step.body.items() if name not in ("HostConfig", "NetworkingConfig")}
        mode = host.get("NetworkMode") or "default"
        endpoints = {
            "bridge" if name == "default" else name: endpoint
            for name, endpoint in ((step.body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}).items()
        }
        if not shares(mode):
            endpoints.setdefault("bridge" if mode == "default" else mode, {})
        image = images.inspect(self, config["Image"]) if config.get("Image") else None  # type: ignore[arg-type]
        self._numbers[step.name] = number
        self.containers[number] = {
            "Id": number,
            "Names": [name],
            "Labels": config.get("Labels"),
            "HostConfig": {"NetworkMode": mode},
            "NetworkSettings": {"Networks": endpoints},
            "State": "created",
        }
        self._shown[number] = {
            "Id": number,
            "Name": name,
            "Image": image["Id"] if image else "",
            "RestartCount": 0,
            "Config": {"Tty": False, **config},
            "HostConfig": {"NetworkMode": "default", **host},
            "State": {"Status": "created", "Running": False, "ExitCode": 0, "FinishedAt": ""},
            "Mounts": [],
            "NetworkSettings": {"Networks": endpoints},
        }

    def _show(self, number: str, **parts: Any) -> None:
        self._shown[number] = {**(self.container(number) or {}), **parts}

    def _attach(self, number: str, on: Values) -> None:
        """The endpoints of a container; each has the ID of its network once the container runs."""
        ids = {network["Name"]: network["Id"] for network in self.networks.values()}
        found = {
            name: _endpoint(one or {}, (one or {}).get("NetworkID") or ids.get(name, name)) for name, one in on.items()
        }
        self._put_on(number, found)

    def _join(self, number: str, step: Step, network: str) -> None:
        joined = next((one for one in self.networks.values() if networks.is_meant(one, network)), {})
        on = dict(dig(self.container(number) or {}, "NetworkSettings.Networks") or {})
        name = joined.get("Name") or network
        on.pop(name, None)
        if step.kind == Kind.CONNECT:
            on[name] = _endpoint(step.body or {}, joined.get("Id", ""))
        self._put_on(number, on)

    def _put_on(self, number: str, on: Values) -> None:
        """Let a container have these endpoints."""
        settings = (self.container(number) or {}).get("NetworkSettings") or {}
        self._show(number, NetworkSettings={**settings, "Networks": on})
        self.containers[number] = {**self.containers[number], "NetworkSettings": {"Networks": on}}

    def _change_network(self, key: Key, step: Step) -> None:
        same = [number for number, network in self.networks.items() if network["Name"] == step.name]
        if step.kind == Kind.REMOVE:
            self._removed[step.name] = same
            for number in same:
                del self.networks[number]
        elif step.kind == Kind.CREATE:
            number = self._number("network", step.name, "".join(self._removed.get(step.name, ())))
            driver = step.body.get("Driver") or "bridge"
            scope = step.body.get("Scope") or ("swarm" if driver == "overlay" else "local")
            self.networks[number] = {**step.body, "Id": number, "Scope": scope, "Driver": driver, "Containers": {}}

    def _change_volume(self, key: Key, step: Step) -> None:
        if step.kind == Kind.REMOVE:
            self.volumes.pop(step.name, None)
        elif step.kind == Kind.CREATE:
            body = {name: value for name, value in step.body.items() if name != "DriverOpts"}
            self.volumes[step.name] = {"Driver": "local", **body, "Options": step.body.get("DriverOpts") or {}}

    def _change_image(self, key: Key, step: Step) -> None:
        if step.kind == Kind.REMOVE:
            self._images[image_key(step.name)] = None
        elif step.kind in _PULLS:
            name = image_key(step.name)
            number = "sha256:" + self._number("image", name)
            self._images[name] = {"Id": number, "RepoTags": [name], "RepoDigests": [], "Config": {}}


def _endpoint(declared: Values, network: str) -> Values:
    """An endpoint of a running container, in the network with this ID; only a declared address is known."""
    ipam = declared.get("IPAMConfig") or {}
    addresses = {"IPAddress": ipam.get("IPv4Address"), "GlobalIPv6Address": ipam.get("IPv6Address")}
    return {**declared, **{key: text for key, text in addresses.items() if text}, "NetworkID": network}


def _matching(entries: Mapping[str, Values], filters: Mapping[str, List[str]], ask: Callable[[], Any]) -> List[Values]:
    """The entries that match filters; those for other filters than labels are evaluated by the engine."""
    if set(filters) <= {"label"}:
        return [entry for entry in entries.values() if all(_has(entry, text) for text in filters.get("label", ()))]
    return [entries[entry["Id"]] for entry in ask() if entry["Id"] in entries]


def _has(entry: Values, text: str) -> bool:
    label, equals, value = text.partition("=")
    found = (entry.get("Labels") or {}).get(label)
    return found is not None and (not equals or found == value)
