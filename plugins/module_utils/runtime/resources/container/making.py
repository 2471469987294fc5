# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a new container is created, and how it replaces an old one.

The old container keeps its name until it is removed, and it is removed only when the new one is running. So wherever a
run is killed, either the old container has the name, or only the new one exists, as ``successor_name``. Its labels tell
the next run what to undo or finish.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ...engine import attach, containers, images, lifecycle, readiness, volumes
from ...engine.client import SHORT, Client
from ...engine.creation import Creation
from ...state.field import dig
from ...state.plan import Kind, Made, Step, UndoDetails
from ...state.resource import Params
from .changing import join, leave
from .difference import Difference, marker
from .keeping import given, networks_of, taken_over
from .networks import endpoint, shares
from .observe import DIGESTS, KNOWN_BY, successor_name
from .order import stops_first
from .references import key
from .table import TABLE
from .values import OURS
from .volumes import CARRIED, anonymous, carried

# Labels of a replacement: the id and the status of the old container, and the names of the volumes to remove
# with it.
REPLACES = OURS + "replaces"
WAS = OURS + "was"
DISCARDS = OURS + "discards"


def with_digests(client: Client, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A create request with the image's registry digests, which the Engine forgets when the image loses its names."""
    known = (images.inspect(client, body["Image"]) or {}).get("RepoDigests") or ()
    digests = sorted({name.rpartition("@")[2] for name in known})
    return {**body, "Labels": {**body["Labels"], DIGESTS: ",".join(digests)}} if digests else body


def labelled(container: Mapping[str, Any], label: str) -> str:
    """The value of one of these labels; empty for other containers."""
    return str((dig(container, "Config.Labels") or {}).get(label, ""))


def _is_asked_for(params: Params, container: Mapping[str, Any]) -> bool:
    """Whether the task names a container by its id."""
    return params["asked_for"] in (container["Id"], container["Id"][:SHORT])


def discard(written: str) -> List[Step]:
    """Remove the volumes in a label: mounted by name, they no longer count as anonymous in the Engine."""
    names = filter(None, written.split(","))
    return [
        Step(Kind.REMOVE, "volume", name, "it was anonymous", volumes.remove, (name,), lasting=True) for name in names
    ]


def unmake(client: Client, creation: Creation) -> UndoDetails | bool:
    """Undo a creation; the container's output is part of the task's result."""
    said = creation.unmake(client)
    return False if said is None else UndoDetails(said)


def create(params: Params, want: Mapping[str, Any], made: Made, then: List[Step]) -> List[Step]:
    """Create a container, ``then`` the further steps; if any fails, it is removed."""
    name = params["name"]
    creation = Creation(
        name, _body(want, marker(want), {}), params["platform"], options=TABLE.places(want), learn=with_digests
    )
    steps = _make(creation, made, want, "it does not exist", params["ids"])
    return steps + [step if step.undo else step._replace(undo=steps[0].undo) for step in then]


def stop(params: Params, container: Mapping[str, Any], reason: str, undo: Step | None = None) -> List[Step]:
    """Stop a container if it is running; it is started again if a later step fails."""
    if not container["State"]["Running"]:
        return []
    name, target = container["Name"].lstrip("/"), container["Id"]
    undo = undo or _start_again(container, target)
    if params["force_kill"]:
        how = (target, params["kill_signal"], seconds_to_stop(params, container))
        return [Step(Kind.KILL, "container", name, reason, lifecycle.kill, how, undo)]
    return [
        Step(Kind.STOP, "container", name, reason, lifecycle.stop, (target, seconds_to_stop(params, container)), undo)
    ]


def has_done_its_work(container: Mapping[str, Any]) -> bool:
    """Whether a container has exited with 0: if so, its successor or next run may exit as well."""
    return bool(container["State"]["Status"] == "exited" and container["State"].get("ExitCode") == 0)


def seconds_to_stop(params: Params, container: Mapping[str, Any]) -> int:
    """The seconds that a container may take to stop."""
    own: int | None = dig(container, "Config.StopTimeout")
    declared: int | None = params["stop_timeout"]
    limits = (limit for limit in (declared, own, lifecycle.STOP_LIMIT) if limit is not None)
    return next(limits)


def remove(params: Params, container: Mapping[str, Any], reason: str) -> List[Step]:
    """Stop and remove a container, with its anonymous volumes unless ``keep_volumes``."""
    name = container["Name"].lstrip("/")
    args = (container["Id"], not params["keep_volumes"], False, params["removal_wait_timeout"])
    steps = [*stop(params, container, reason), Step(Kind.REMOVE, "container", name, reason, lifecycle.remove, args)]
    return steps if params["keep_volumes"] else steps + discard(",".join(carried(container)))


def replacement(
    params: Params,
    old: Mapping[str, Any],
    want: Mapping[str, Any],
    found: Difference,
    reason: str,
    runs: bool,
    made: Made,
) -> List[Step]:
    """Create the new container beside the old one, switch over, and remove the old one once the new one is running.

    If a step fails, the previous ones are undone and the old container runs as before.
    """
    name, new = params["name"], successor_name(params["name"])
    values = {"image": found.made_of, **taken_over(old, found, want), **want}
    labels = {REPLACES: old["Id"], WAS: old["State"]["Status"]}
    labels.update(marker(want, frozenset() if "image" in want else found.recorded))
    known = [*filter(None, labelled(old, KNOWN_BY).split(",")), *([old["Id"]] if _is_asked_for(params, old) else [])]
    if known:
        labels[KNOWN_BY] = ",".join(known)
    taken = _taken(old, values, found) if params["keep_volumes"] else {}
    if taken:
        labels[CARRIED] = ",".join(sorted(taken))
    if not params["keep_volumes"] and carried(old):
        labels[DISCARDS] = ",".join(carried(old))
    back = _again(old, found) if dig(old, "HostConfig.AutoRemove") else None
    body, options = _body(values, labels, taken), TABLE.places(values)
    # One with auto_remove is recreated if needed; so a stop can always be undone.
    comes_back = back is not None
    creation = Creation(new, body, params["platform"], old["Id"], options, with_digests, comes_back)
    takeover: List[Step] = []
    one_off = params["state"] == "started" and not params["detach"]
    stays = not (one_off and values.get("auto_remove"))
    if runs:
        why = "it takes over from the old one"
        undo = Step(Kind.REMOVE, "container", new, "undo its start", unmake, (creation,))
        wait = readiness.await_healthy if params["state"] == "healthy" else readiness.await_running
        limit = params["healthy_wait_timeout"]
        may_end = (True,) if params["state"] != "healthy" and has_done_its_work(old) else ()
        takeover = [
            Step(Kind.START, "container", new, why, lifecycle.start, (made,), undo),
            Step(Kind.WAIT, "container", new, why, wait, (made, limit, *may_end), alters=False),
        ]
        if one_off:
            takeover = [Step(Kind.RUN, "container", new, why, attach.run, (made,), undo)]
    first = runs and stops_first(params, old, values, found.have, one_off)
    pause = stop(params, old, "the new one needs its place", back) if first else []
    end = [] if first else stop(params, old, "the new one runs" if runs else "it is replaced", back)
    done = "the new one has taken over"
    steps = [
        *_make(creation, made, values, reason, params["ids"]),
        *pause,
        *takeover,
        *end,
        *remove(params, dict(old, State={"Running": False}), done),
        *([Step(Kind.RENAME, "container", new, done, lifecycle.rename, (made, name))] if stays else ()),
    ]
    return [step._replace(about="the new container " + name) if step.name == new else step for step in steps]


def _again(old: Mapping[str, Any], found: Difference) -> Step:
    """Undo the stop of a container with auto_remove: recreate it as it was, and start it."""
    name, volumes_of_it = old["Name"].lstrip("/"), anonymous(old)
    labels = {label: text for label, text in (dig(old, "Config.Labels") or {}).items() if label.startswith(OURS)}
    if volumes_of_it:
        labels[CARRIED] = ",".join(sorted(volumes_of_it))
    values = {**given(old, found), "image": found.made_of}
    if not shares(found.was["network_mode"]):
        values["networks"] = networks_of(found.was)
    creation = Creation(name, _body(values, labels, volumes_of_it))
    made = Made()
    args = (old, [*_make(creation, made, values, "it was there"), _start_again(old, made)])
    return Step(Kind.MAKE, "container", name, "undo its stop, which removed it", _remake, args)


def _start_again(old: Mapping[str, Any], target: str | Made) -> Step:
    """Undo the stop of a container, on itself or on its recreation."""
    args = (target, bool(old["State"].get("Paused")))
    return Step(Kind.START, "container", old["Name"].lstrip("/"), "undo its stop", lifecycle.start_again, args)


def _remake(client: Client, old: Mapping[str, Any], steps: List[Step]) -> bool:
    """Recreate a container with these steps, unless it still exists."""
    still = containers.inspect(client, old["Id"])
    if still and still["State"]["Running"]:
        return False
    lifecycle.await_gone(client, old["Id"])
    for step in steps:
        step.run(client)
    return True


def _body(values: Mapping[str, Any], labels: Mapping[str, str], taken: Mapping[str, str]) -> Dict[str, Any]:
    """The create request: the declared values, our labels, and anonymous volumes to carry over."""
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
    # Before API 1.44 engines accept a MAC address only for the container, since 1.52 only for the endpoint.
    own = {"mac_address": values["mac_address"]} if "mac_address" in values else {}
    first = {mode: endpoint({**own, **wanted.get(mode, {})})}
    others = {network: endpoint(wanted[network]) for network in _at_once(wanted) if network != mode}
    if first[mode] or others:
        body["NetworkingConfig"] = {"EndpointsConfig": {**first, **others}}
    return body


def _make(
    creation: Creation,
    made: Made,
    values: Mapping[str, Any],
    reason: str,
    ids: Mapping[str, str] | None = None,
) -> List[Step]:
    """Create a container on its first network and connect it to the others, without starting it."""
    name, mode = creation.name, creation.body["HostConfig"]["NetworkMode"]
    undo = Step(Kind.REMOVE, "container", name, "undo its creation", unmake, (creation,))
    steps = [Step(Kind.CREATE, "container", name, reason, creation.make, undo=undo, makes=made)]
    first = "bridge" if mode == "default" else mode
    wanted = values.get("networks", {})
    if "networks" in values and first not in wanted and not shares(mode):
        steps.append(leave(name, made, first)._replace(undo=undo))
    later = [network for network in wanted if network != first and network not in _at_once(wanted)]
    numbers = {network: (ids or {}).get(key("network", network), "") for network in later}
    return steps + [join(name, made, network, wanted[network], number=numbers[network]) for network in later]


def _at_once(wanted: Mapping[str, Mapping[str, Any]]) -> List[str]:
    """Networks to set on creation: engines ignore a MAC address when connecting later (API 1.44)."""
    return [network for network, settings in wanted.items() if settings.get("mac_address")]


def _taken(old: Mapping[str, Any], values: Mapping[str, Any], found: Difference) -> Dict[str, str]:
    """The anonymous volumes that the new container also mounts: target to name."""
    places = {**found.base["volumes"], **values.get("volumes", {})}
    places.update({target: mount.get("source", "") for target, mount in values.get("mounts", {}).items()})
    return {target: name for target, name in anonymous(old).items() if places.get(target) == ""}
