# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a new container comes to be, and how it takes the place of an old one.

The old container keeps its name until it is removed, and it is removed only when the new one runs. So wherever a run
is killed, either the old container has the name, or there is only the new one, under ``successor_name``.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ...engine import attach, containers, volumes
from ...state.field import dig
from ...state.plan import Step
from ...state.resource import Params
from .changing import join, leave
from .difference import Difference, marker
from .mounts import CARRIED, anonymous, carried
from .networks import chosen, endpoint, shares
from .observe import successor_name
from .ports import fixed
from .table import TABLE
from .values import OURS

# On a container that was made to replace another one: the id of that one.
REPLACES = OURS + "replaces"


def is_ours(container: Mapping[str, Any]) -> bool:
    """Whether a container was made by a replacement."""
    return REPLACES in (dig(container, "Config.Labels") or {})


def create(params: Params, want: Mapping[str, Any]) -> List[Step]:
    """Make a container where there is none."""
    name = params["name"]
    creation = containers.Creation(name, _body(want, marker(want), {}), params["platform"], options=TABLE.places(want))
    return _make(creation, want, "it does not exist")


def stop(params: Params, container: Mapping[str, Any], reason: str) -> List[Step]:
    """Stop a container if it runs; if a later step fails it is started again."""
    if not container["State"]["Running"]:
        return []
    name = container["Name"].lstrip("/")
    again = containers.start_paused if container["State"].get("Paused") else containers.start
    undo = Step("start", "container", name, "take back its stop", again, (name,))
    if params["force_kill"]:
        args = (name, params["kill_signal"], seconds_to_stop(params, container))
        return [Step("kill", "container", name, reason, containers.kill, args, undo)]
    return [Step("stop", "container", name, reason, containers.stop, (name, seconds_to_stop(params, container)), undo)]


def seconds_to_stop(params: Params, container: Mapping[str, Any]) -> int:
    """How long a container may take to stop."""
    own: int | None = dig(container, "Config.StopTimeout")
    declared: int | None = params["stop_timeout"]
    limits = (limit for limit in (declared, own, containers.STOP_LIMIT) if limit is not None)
    return next(limits)


def remove(params: Params, container: Mapping[str, Any], reason: str) -> List[Step]:
    """Stop and remove a container, with its anonymous volumes unless ``keep_volumes``."""
    name = container["Name"].lstrip("/")
    args = (name, not params["keep_volumes"], False, params["removal_wait_timeout"])
    steps = [*stop(params, container, reason), Step("remove", "container", name, reason, containers.remove, args)]
    if not params["keep_volumes"]:
        # Carried over by name, they are no longer anonymous to the Engine.
        for volume in carried(container):
            steps.append(Step("remove", "volume", volume, "it was anonymous", volumes.remove, (volume,)))
    return steps


def replacement(
    params: Params,
    old: Mapping[str, Any],
    want: Mapping[str, Any],
    found: Difference,
    reason: str,
    runs: bool,
) -> List[Step]:
    """Make the new container beside the old one, let it take over, and remove the old one once it runs.

    The old one stops first only where the two cannot run at once. If a step fails, the steps before it are taken
    back and the old one runs as before.
    """
    name, new = params["name"], successor_name(params["name"])
    values = {"image": found.made_of, **found.kept, **want}
    labels = {REPLACES: old["Id"]}
    labels.update(marker(want, frozenset() if "image" in want else found.recorded))
    taken = _taken(old, values, found) if params["keep_volumes"] else {}
    if taken:
        labels[CARRIED] = ",".join(sorted(taken))
    if "networks" not in {*want, *found.dropped} and not shares(values.get("network_mode", "default")):
        values["networks"] = {network: chosen(settings) for network, settings in found.have["networks"].items()}
    body = _body(values, labels, taken)
    creation = containers.Creation(new, body, params["platform"], instead_of=old["Id"], options=TABLE.places(values))
    takeover: List[Step] = []
    one_off = params["state"] == "started" and not params["detach"]
    stays = not (one_off and values.get("auto_remove"))
    if runs:
        why = "it takes over from the old one"
        undo = Step("remove", "container", new, "take back its start", creation.unmake)
        wait = containers.await_healthy if params["state"] == "healthy" else containers.await_running
        limit = params["healthy_wait_timeout"]
        takeover = [
            Step("start", "container", new, why, containers.start, (new,), undo),
            Step("wait for", "container", new, why, wait, (new, limit), alters=False),
        ]
        if one_off:
            takeover = [Step("run", "container", new, why, attach.run, (new,), undo)]
    pause = stop(params, old, "the new one needs its place") if one_off or _must_yield(old, values) else []
    end = [] if pause else stop(params, old, "the new one runs")
    done = "the new one has taken over"
    return [
        *_make(creation, values, reason),
        *pause,
        *takeover,
        *end,
        *remove(params, dict(old, State={"Running": False}), done),
        *([Step("rename", "container", new, done, containers.rename, (new, name))] if stays else ()),
    ]


def _body(values: Mapping[str, Any], labels: Mapping[str, str], taken: Mapping[str, str]) -> Dict[str, Any]:
    """The create request: the declared values, our labels, and the anonymous volumes that are taken over."""
    body = TABLE.body(values)
    body["Labels"] = {**body.get("Labels", {}), **labels}
    host = body.setdefault("HostConfig", {})
    mounted = {mount["Target"]: mount for mount in host.get("Mounts", ())}
    for target, volume in sorted(taken.items()):
        if target in mounted:
            mounted[target]["Source"] = volume
        else:
            host.setdefault("Binds", []).append("%s:%s" % (volume, target))
    wanted = values.get("networks", {})
    mode = values.get("network_mode") or next(iter(wanted), "none" if "networks" in values else "default")
    host["NetworkMode"] = mode
    # Engines before API 1.44 know a MAC address of the container alone, those from 1.52 on one of the endpoint alone.
    own = {"mac_address": values["mac_address"]} if "mac_address" in values else {}
    first = {mode: endpoint({**own, **wanted.get(mode, {})})}
    others = {network: endpoint(wanted[network]) for network in _at_once(wanted) if network != mode}
    if first[mode] or others:
        body["NetworkingConfig"] = {"EndpointsConfig": {**first, **others}}
    return body


def _make(creation: containers.Creation, values: Mapping[str, Any], reason: str) -> List[Step]:
    """Create a container, on its first network, and connect it to the others, not yet started."""
    name, mode = creation.name, creation.body["HostConfig"]["NetworkMode"]
    undo = Step("remove", "container", name, "take back its creation", creation.unmake)
    steps = [Step("create", "container", name, reason, creation.make, undo=undo)]
    first = "bridge" if mode == "default" else mode
    wanted = values.get("networks", {})
    if "networks" in values and first not in wanted and not shares(mode):
        steps.append(leave(name, first))
    later = [network for network in wanted if network != first and network not in _at_once(wanted)]
    return steps + [join(name, network, wanted[network]) for network in later]


def _at_once(wanted: Mapping[str, Mapping[str, Any]]) -> List[str]:
    """The networks that a container is made with: to connect it later, engines ignore its MAC address (API 1.44)."""
    return [network for network, settings in wanted.items() if settings.get("mac_address")]


def _taken(old: Mapping[str, Any], values: Mapping[str, Any], found: Difference) -> Dict[str, str]:
    """The anonymous volumes that the new container has a place for: target to name."""
    places = {**found.base["volumes"], **values.get("volumes", {})}
    places.update({target: mount.get("source", "") for target, mount in values.get("mounts", {}).items()})
    return {target: name for target, name in anonymous(old).items() if places.get(target) == ""}


def _must_yield(old: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether the old container has something that only one of the two can have at a time.

    Two processes that write to the same files count as well.
    """
    host = old["HostConfig"]
    addressed = any(
        settings.get(key)
        for settings in values.get("networks", {}).values()
        for key in ("ipv4_address", "ipv6_address", "mac_address")
    )
    return bool(
        fixed(values.get("published_ports", {}))
        or addressed
        or values.get("mac_address")
        or host.get("NetworkMode") == "host"
        or any(mount.get("Type") != "tmpfs" and mount.get("RW") for mount in old.get("Mounts") or ())
    )
