# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The containers that are measured, as each side declares them; pure.

Their main process ignores SIGTERM, so all sides stop them with SIGKILL, and no stop waits.
"""

from __future__ import annotations

from typing import Any

NETWORK = "bench"
SUBNET = "10.99.0.0/16"
LABEL = "slipway.benchmark"
CREATE, UNCHANGED, CHANGE, REMOVE = ACTIONS = ("create", "unchanged", "change", "remove")
WORDS = {CREATE: "creation", UNCHANGED: "no change", CHANGE: "one of N changed", REMOVE: "removal"}

Options = dict[str, Any]

# A container with common options, for the cost of a single task.
TYPICAL: Options = {
    "name": "web",
    "pull": "never",
    "labels": {"team": "web"},
    "volumes": ["data:/data"],
    "networks": [{"name": "front", "aliases": ["www"]}],
    "published_ports": ["8080:80"],
    "restart_policy": "always",
    "memory": "256m",
    "healthcheck": {"test": ["CMD", "true"], "interval": "30s"},
}


def names(number: int) -> list[str]:
    """The names of the containers."""
    return ["bench-%03d" % index for index in range(number)]


def changed_name(number: int) -> str:
    """The container that ``change`` replaces."""
    return names(number)[number // 2]


def containers(number: int, image: str, action: str = CREATE) -> list[Options]:
    """The options of slipway.docker.container, except the state. ``change`` sets another variable in one of them."""
    other = changed_name(number) if action in (CHANGE, REMOVE) else None
    return [
        {
            "name": name,
            "image": image,
            "pull": "never",
            "command": ["sleep", "100000"],
            "env": {"LEVEL": "debug" if name == other else "info", "NAME": name},
            "labels": {LABEL: "1"},
            "networks": [{"name": NETWORK}],
            "stop_signal": "SIGKILL",
            "memory": "64m",
        }
        for name in names(number)
    ]


def composition(options: list[Options]) -> Options:
    """The same containers as a Compose file."""
    services = {
        each["name"]: {
            "container_name": each["name"],
            "image": each["image"],
            "pull_policy": each["pull"],
            "command": each["command"],
            "environment": each["env"],
            "labels": each["labels"],
            "networks": [network["name"] for network in each["networks"]],
            "stop_signal": each["stop_signal"],
            "mem_limit": each["memory"],
        }
        for each in options
    }
    return {"name": "bench", "services": services, "networks": {NETWORK: {"name": NETWORK, "external": True}}}


def request(options: Options) -> Options:
    """The body of the Engine's create request for a container."""
    return {
        "Image": options["image"],
        "Cmd": options["command"],
        "Env": ["%s=%s" % item for item in options["env"].items()],
        "Labels": options["labels"],
        "StopSignal": options["stop_signal"],
        "HostConfig": {"NetworkMode": NETWORK, "Memory": 64 << 20},
        "NetworkingConfig": {"EndpointsConfig": {NETWORK: {}}},
    }
