# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random projects and random edits of them, for tests with the model of an engine and with a real one."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

ORDERING = ("depends_on", "max_parallel")  # options that change only the order of steps
PRUNE = ["containers", "networks", "volumes"]
PORTS = range(8300, 8312)


class RandomProject:
    """A valid project that is edited at random.

    Containers refer only to containers with a lower number, so their references have no cycle. ``networks``,
    ``volumes`` and ``containers`` are options of the module.
    """

    def __init__(self, random: Random, containers: int = 8) -> None:
        self.random = random
        self.containers: dict[str, dict[str, Any]] = {}
        self.networks: dict[str, dict[str, Any]] = {}
        self.volumes: dict[str, dict[str, Any]] = {}
        self._most = containers + 3
        self._least = max(1, containers - 3)
        for _number in range(2):
            self._add_network()
            self._add_volume()
        for _number in range(containers):
            self._add_container()

    def options(self) -> dict[str, Any]:
        """The options of the module."""
        return copy.deepcopy(
            {
                "networks": self.networks,
                "volumes": self.volumes,
                "containers": self.containers,
                "prune": PRUNE,
            }
        )

    def edit(self) -> list[str]:
        """One to five edits. Returns their names."""
        edits = [
            *[self._set_env, self._set_ports, self._move_port, self._set_address, self._set_volumes] * 2,
            *[self._connect, self._share, self._depend, self._set_memory] * 2,
            *(self._scale, self._stop, self._reorder),
            *(self._add_container, self._remove_container, self._rename_container),
            *(self._add_network, self._remove_network, self._change_network),
            *(self._add_volume, self._remove_volume),
        ]
        chosen = [self.random.choice(edits) for _number in range(self.random.choice([1, 1, 2, 3, 5]))]
        for edit in chosen:
            edit()
        return [edit.__name__.strip("_") for edit in chosen]

    def _some(self, *options: str) -> dict[str, Any] | None:
        """A random container that has these options, if there is one."""
        found = [one for one in self.containers.values() if all(one.get(option) for option in options)]
        return self.random.choice(found) if found else None

    def _named(self, one: dict[str, Any]) -> str:
        return next(name for name, other in self.containers.items() if other is one)

    def _lower(self, one: dict[str, Any]) -> list[str]:
        """The containers that this one may refer to."""
        name = self._named(one)
        return [other for other, its in self.containers.items() if _number(other) < _number(name) and _runs(its)]

    def _is_used(self, name: str) -> bool:
        """Whether other containers refer to this one."""
        return any(
            name in one["depends_on"] or one.get("network_mode") == "container:" + name
            for one in self.containers.values()
        )

    def _free(self, prefix: str, taken: Any, most: int) -> str | None:
        free = [prefix + "-%02d" % number for number in range(1, most + 1) if prefix + "-%02d" % number not in taken]
        return self.random.choice(free) if free else None

    def _add_network(self) -> None:
        name = self._free("net", self.networks, 4)
        if name:
            subnet = "10.95.%d.0/24" % _number(name)
            self.networks[name] = {"ipam_config": [{"subnet": subnet}], "internal": False}

    def _change_network(self) -> None:
        if self.networks:
            network = self.random.choice(list(self.networks.values()))
            if self.random.random() < 0.5:
                network["internal"] = not network["internal"]
            else:
                network["labels"] = {"edit": str(self.random.randrange(3))}

    def _remove_network(self) -> None:
        if len(self.networks) < 2:
            return
        name = self.random.choice(list(self.networks))
        del self.networks[name]
        for one in self.containers.values():
            if "networks" in one:
                one["networks"] = [entry for entry in one["networks"] if entry["name"] != name]
                self._complete_networks(one)

    def _complete_networks(self, one: dict[str, Any]) -> None:
        """Let a container be in at least one network."""
        if not one["networks"]:
            one["networks"] = [{"name": self.random.choice(list(self.networks))}]
        if one.get("network_mode") not in [None, *(entry["name"] for entry in one["networks"])]:
            one["network_mode"] = one["networks"][0]["name"]

    def _add_volume(self) -> None:
        name = self._free("vol", self.volumes, 4)
        if name:
            self.volumes[name] = {}

    def _remove_volume(self) -> None:
        if self.volumes:
            name = self.random.choice(list(self.volumes))
            del self.volumes[name]
            for one in self.containers.values():
                one["volumes"] = [text for text in one["volumes"] if not text.startswith(name + ":")]

    def _add_container(self) -> None:
        name = self._free("con", self.containers, 20) if len(self.containers) < self._most else None
        if not name:
            return
        one: dict[str, Any] = {
            "env": {"A": "0"},
            "published_ports": [],
            "volumes": [],
            "depends_on": [],
            "networks": [{"name": self.random.choice(list(self.networks))}],
        }
        if self.random.random() < 0.5:
            one["network_mode"] = one["networks"][0]["name"]
        self.containers[name] = one
        for edit in (self._set_ports, self._set_volumes, self._depend, self._share):
            if self.random.random() < 0.4:
                edit(one)

    def _remove_container(self, name: str = "") -> None:
        if len(self.containers) <= self._least and not name:
            return
        name = name or self.random.choice(list(self.containers))
        del self.containers[name]
        self._forget(name)

    def _forget(self, name: str) -> None:
        """Let no container refer to this one."""
        for one in self.containers.values():
            one["depends_on"] = [other for other in one["depends_on"] if other != name]
            if one.get("network_mode") == "container:" + name:
                self._leave(one)

    def _rename_container(self) -> None:
        """Give the declaration of a container another name."""
        name, new = self.random.choice(list(self.containers)), self._free("con", self.containers, 20)
        if not new or self._is_used(name):
            return
        one = self.containers[name]
        refers = [_number(other) for other in one["depends_on"]]
        if one.get("network_mode", "").startswith("container:"):
            refers.append(_number(one["network_mode"]))
        if all(number < _number(new) for number in refers):
            self.containers[new] = self.containers.pop(name)

    def _reorder(self) -> None:
        for name in sorted(self.containers, key=lambda _name: self.random.random()):
            self.containers[name] = self.containers.pop(name)

    def _set_env(self) -> None:
        one = self._some()
        if one:
            one["env"] = {
                "A": str(self.random.randrange(4)),
                **({"B": "1"} if self.random.random() < 0.3 else {}),
            }

    def _set_memory(self) -> None:
        one = self._some()
        if one:
            one["memory"] = "%dm" % self.random.choice([64, 96])

    def _set_volumes(self, one: dict[str, Any] | None = None) -> None:
        one = one or self._some()
        if one:
            chosen = [name for name in self.volumes if self.random.random() < 0.4]
            one["volumes"] = ["%s:/data/%s" % (name, name) for name in chosen]

    def _taken(self) -> set[str]:
        return {text.partition(":")[0] for one in self.containers.values() for text in one["published_ports"]}

    def _set_ports(self, one: dict[str, Any] | None = None) -> None:
        one = one or self._some("networks")
        if one and "networks" in one and "scale" not in one:
            one["published_ports"] = []
            free = [port for port in PORTS if str(port) not in self._taken()]
            chosen = self.random.sample(free, min(len(free), self.random.randrange(3)))
            one["published_ports"] = ["%d:80%d" % (port, number) for number, port in enumerate(sorted(chosen))]

    def _move_port(self) -> None:
        """Give a port of a container to another one."""
        one, other = self._some("published_ports"), self._some("networks")
        if one and other and one is not other and "scale" not in other:
            text = self.random.choice(one["published_ports"])
            one["published_ports"] = [entry for entry in one["published_ports"] if entry != text]
            other["published_ports"] = [*other["published_ports"], "%s:81%s" % (text[:4], text[3])]

    def _set_address(self) -> None:
        """Give a container a static address, which another one may have had."""
        one = self._some("networks")
        if one and "scale" not in one:
            entry = self.random.choice(one["networks"])
            if entry.pop("ipv4_address", None) and self.random.random() < 0.5:
                return
            address = "10.95.%d.%d" % (_number(entry["name"]), self.random.randrange(200, 203))
            for other in self.containers.values():
                for its in other.get("networks", ()):
                    if its.get("ipv4_address") == address:
                        del its["ipv4_address"]
            entry["ipv4_address"] = address

    def _connect(self) -> None:
        one = self._some("networks")
        if one:
            kept = {entry["name"]: entry for entry in one["networks"]}
            chosen = [name for name in self.networks if self.random.random() < 0.5]
            one["networks"] = [kept.get(name, {"name": name, "aliases": ["alias"]}) for name in chosen]
            self._complete_networks(one)

    def _share(self, one: dict[str, Any] | None = None) -> None:
        """Let a container use the network namespace of another one, or no longer."""
        one = one or self._some()
        if one is None or "scale" in one:
            return
        if one.get("network_mode", "").startswith("container:") and self.random.random() < 0.5:
            self._leave(one)
            return
        lower = [name for name in self._lower(one) if "scale" not in self.containers[name]]
        if lower:
            one.pop("networks", None)
            one.update(network_mode="container:" + self.random.choice(lower), published_ports=[])

    def _leave(self, one: dict[str, Any]) -> None:
        name = self.random.choice(list(self.networks))
        one.update(network_mode=name, networks=[{"name": name}])

    def _depend(self, one: dict[str, Any] | None = None) -> None:
        one = one or self._some()
        if one:
            lower = self._lower(one)
            one["depends_on"] = self.random.sample(lower, min(len(lower), self.random.randrange(3)))

    def _scale(self) -> None:
        one = self._some("networks")
        if one is None:
            return
        name = self._named(one)
        if "scale" not in one and (self._is_used(name) or not _runs(one)):
            return
        if "scale" in one and self.random.random() < 0.3:
            del one["scale"]
            self._forget(name)
            return
        one.update(scale=self.random.randrange(1, 4), max_parallel=self.random.randrange(1, 3), published_ports=[])
        for entry in one["networks"]:
            entry.pop("ipv4_address", None)

    def _stop(self) -> None:
        """Stop a container that no other one needs, or start it again."""
        one = self._some()
        if one and "scale" not in one and not self._is_used(self._named(one)):
            one["state"] = "stopped" if _runs(one) else "started"


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])


def _runs(one: dict[str, Any]) -> bool:
    return one.get("state") != "stopped"


def objects(options: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """The declaration of each object, for each replica, without what changes only the order of steps."""
    found: dict[tuple[str, str], Any] = {}
    for noun in ("network", "volume"):
        found.update({(noun, name): entry for name, entry in options[noun + "s"].items()})
    for name, one in options["containers"].items():
        entry = {option: value for option, value in one.items() if option not in (*ORDERING, "scale")}
        replicas = ["%s-%d" % (name, number + 1) for number in range(one.get("scale", 0))]
        found.update({("container", replica): entry for replica in (replicas if "scale" in one else [name])})
    return found


def edited(before: dict[str, Any], after: dict[str, Any]) -> set[tuple[str, str]]:
    """The objects that differ between two projects."""
    old, new = objects(before), objects(after)
    return {key for key in {*old, *new} if old.get(key) != new.get(key)}


def sharing(options: dict[str, Any], replaced: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The containers that use the network namespace of one of these, directly or not."""
    found: set[tuple[str, str]] = set()
    while True:
        further = {
            key
            for key, one in objects(options).items()
            if key[0] == "container" and ("container", one.get("network_mode", "")[10:]) in replaced | found
        }
        if further <= found:
            return found
        found |= further
