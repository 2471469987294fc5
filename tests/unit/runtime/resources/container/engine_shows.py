# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine would show for a container that our plan creates; only what another plan reads."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.observe import (
    Details,
    Snapshot,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.resource import CONTAINER
from cases import complete, planned

ID = "c0ffee" + "0" * 58
IMAGES = {
    name: {
        "Id": "sha256:%064x" % number,
        "RepoTags": [name],
        "RepoDigests": [],
        "Config": {
            "Env": ["PATH=/bin", "IMAGE=" + name],
            "Cmd": ["sleep", "100"],
            "Labels": {"of": "image"},
            "ExposedPorts": {"8000/tcp": {}},
            "Volumes": {"/image": {}},
        },
    }
    for number, name in enumerate(("one:latest", "two:latest"), 1)
}


def body(plan: Any) -> dict[str, Any]:
    """The create request in a plan."""
    return next(step.body for step in plan.steps if step.kind == "create")


def made(params: Mapping[str, Any], state: str = "running", version: str = "1.51", **labels: str) -> dict[str, Any]:
    """The container that a task creates on a host without containers, as the Engine shows it."""
    params = complete(CONTAINER, {"name": "web", "image": "one:latest", **params})
    plan = planned(CONTAINER, params, Snapshot(image=IMAGES[params["image"]], version=version), Details())
    config = {key: value for key, value in body(plan).items() if key not in ("HostConfig", "NetworkingConfig")}
    image = IMAGES[params["image"]]["Config"]
    names = {entry.partition("=")[0] for entry in config.get("Env", ())}
    config["Env"] = config.get("Env", []) + [e for e in image["Env"] if e.partition("=")[0] not in names]
    if not config.get("Cmd") and not config.get("Entrypoint"):
        config["Cmd"] = image["Cmd"]
    for key in ("Labels", "ExposedPorts", "Volumes"):
        config[key] = {**image[key], **config.get(key, {})}
    config["Labels"].update({"slipway.docker." + key: value for key, value in labels.items()})
    host = body(plan)["HostConfig"]
    endpoints = dict(body(plan).get("NetworkingConfig", {}).get("EndpointsConfig", {}))
    endpoints.setdefault("bridge" if host["NetworkMode"] == "default" else host["NetworkMode"], {})
    for step in plan.steps:
        if step.kind == "connect":
            endpoints[step.args[0]] = step.body
    # A container that has never run shows no networks.
    endpoints = {
        name: {**shown, "NetworkID": "" if state == "created" else "e" * 64} for name, shown in endpoints.items()
    }
    elsewhere = str([host.get(key) for key in ("Binds", "Mounts", "Tmpfs")])
    volumes = [target for target in config["Volumes"] if target not in elsewhere]
    return {
        "Id": ID,
        "Name": "/web",
        "Image": IMAGES[params["image"]]["Id"],
        "Config": {"Hostname": ID[:12], **config},
        "HostConfig": host,
        "NetworkSettings": {"Networks": endpoints},
        "State": shows(state),
        "Mounts": [{"Type": "volume", "Name": "a" * 64, "Destination": target, "RW": True} for target in volumes],
    }


def shows(status: str) -> dict[str, Any]:
    """The state of a container in inspect."""
    word, _colon, health = status.partition(":")
    found: dict[str, Any] = {"Status": word, "Running": word in ("running", "paused", "restarting")}
    found.update(Paused=word == "paused", Restarting=word == "restarting", Dead=word == "dead")
    return {**found, "Health": {"Status": health}} if health else found


def snapshot(
    made_with: Mapping[str, Any] | None = None,
    image: str | None = "one:latest",
    successor: str | None = None,
    state: str = "running",
    version: str = "1.51",
    moved: str = "",
    was: str = "running",
    discards: str = "",
    carried: bool = False,
    **further: Any,
) -> Snapshot:
    """A host with a container that was created with options (``made_with``), and with a ``successor`` of a killed run.

    ``was`` and ``discards`` are labels of the successor, ``carried`` says that the container has the anonymous volume
    of one that it has replaced, and ``further`` is for ``details``.
    """
    container = None if made_with is None else made(made_with, state, version)
    if container and carried:
        container["Config"]["Labels"]["slipway.docker.carried"] = "/image"
    left = None
    if successor:
        left = dict(
            made(made_with or {}, successor, replaces=ID, was=was, discards=discards),
            Name="/web-slipway-new",
            Id="beef",
        )
    old = IMAGES[(made_with or {}).get("image", "one:latest")]
    return Snapshot(container, IMAGES.get(image or ""), old, moved, left, version)


def details(
    made_with: Mapping[str, Any] | None = None,
    dependants: Mapping[str, Any] | None = None,
    host: Mapping[str, Any] | None = None,
    used: Mapping[str, str] | None = None,
    **observed: Any,
) -> Details:
    """The data, besides ``snapshot``, on which a change depends."""
    old = IMAGES[(made_with or {}).get("image", "one:latest")]
    return Details(old, host=host or {}, dependants=dict(sorted((dependants or {}).items())), used=used or {})
